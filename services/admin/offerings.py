"""Services offered, each with its form and its stages."""

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import display

from accounts.models import User
from services.models import OfferingQuestion, ServiceOffering, ServiceRequest, Stage

STAFF_TURN = Q(requests__state__in=ServiceRequest.STAFF_TURN)


class QuestionInline(StackedInline):
    model = OfferingQuestion
    fields = [
        ("label", "label_en"),
        ("hint", "hint_en"),
        ("kind", "role"),
        "choices",
        ("is_required", "is_asked"),
        "position",
    ]
    ordering_field = "position"
    hide_ordering_field = True
    collapsible = True
    extra = 0
    tab = True


class StageInline(TabularInline):
    model = Stage
    fields = ["name", "name_en", "position"]
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0
    tab = True


@admin.register(ServiceOffering)
class ServiceOfferingAdmin(ModelAdmin):
    inlines = [QuestionInline, StageInline]
    list_display = ["__str__", "benefit_item", "owner", "days", "waiting", "taking"]
    list_filter = ["is_open", "is_for_bulletin"]
    list_select_related = ["benefit_item", "owner"]
    search_fields = ["name", "name_en", "code", "summary"]
    search_help_text = _("Search names and descriptions")
    fields = [
        ("name", "name_en"),
        ("code", "benefit_item"),
        ("owner", "target_working_days"),
        ("is_open", "is_for_bulletin"),
        "summary",
        "summary_en",
        "guidance",
        "guidance_en",
    ]
    warn_unsaved_form = True

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("benefit_item", "owner")
        return rows.annotate(waiting_count=Count("requests", filter=STAFF_TURN))

    def get_readonly_fields(self, request, obj=None):
        """The code is part of every address a member has kept."""
        return ["code"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "owner":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for model in (OfferingQuestion, Stage):
            number(model, model.objects.filter(offering=form.instance))

    @display(description=_("working days"), ordering="target_working_days")
    def days(self, offering):
        return offering.target_working_days

    @display(description=_("requests waiting for us"), ordering="waiting_count")
    def waiting(self, offering):
        return offering.waiting_count

    @display(
        description=_("open for requests"),
        ordering="is_open",
        label={True: "success", False: "warning"},
    )
    def taking(self, offering):
        return offering.is_open, _("open") if offering.is_open else _("closed for now")


def number(model: type, rows: Iterable) -> None:
    """Number rows 1, 2, 3 … as they were dragged; new ones come last."""
    ordered = sorted(rows, key=lambda row: (row.position == 0, row.position, row.pk))
    for position, row in enumerate(ordered, start=1):
        row.position = position
    model.objects.bulk_update(ordered, ["position"])
