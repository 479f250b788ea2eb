"""The ledger, to be read: distributions and their deliveries."""

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin.readonly import ReadOnly
from publications.eligibility import in_words
from publications.models import Delivery, Distribution

State = Delivery.State
# How many distributions the filter of the deliveries offers.
RECENT = 30
COLOURS = {
    **dict.fromkeys(Delivery.PENDING, "info"),
    **dict.fromkeys(Delivery.SENT, "success"),
    **dict.fromkeys(Delivery.LOST, "danger"),
    **dict.fromkeys(Delivery.LEFT, "warning"),
    State.NOT_ENTITLED: None,
}


@admin.register(Distribution)
class DistributionAdmin(ReadOnly, ModelAdmin):
    list_display = ["__str__", "stage", "planned_at", "promised", "sent", "pending", "lost", "left"]
    list_filter = ["state"]
    list_select_related = ["issue__publication"]
    list_per_page = 20
    search_fields = ["issue__title", "issue__number", "issue__serial_number"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("issue__publication")
        return rows.annotate(
            promised_count=counted(~Q(deliveries__state=State.NOT_ENTITLED)),
            sent_count=counted(Q(deliveries__state__in=Delivery.SENT)),
            pending_count=counted(Q(deliveries__state__in=Delivery.PENDING)),
            lost_count=counted(Q(deliveries__state__in=Delivery.LOST)),
            left_count=counted(Q(deliveries__state__in=Delivery.LEFT)),
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A distribution is looked at on the progress page of its issue."""
        distribution = self.get_object(request, object_id)
        if distribution is None or not self.has_view_permission(request, distribution):
            return super().change_view(request, object_id, form_url, extra_context)
        return HttpResponseRedirect(
            reverse("admin:publications_issue_progress", args=[distribution.issue_id])
        )

    @display(
        description=_("state"),
        ordering="state",
        label={
            Distribution.State.RUNNING: "info",
            Distribution.State.PAUSED: "warning",
            Distribution.State.STOPPED: "danger",
            Distribution.State.FINISHED: "success",
        },
    )
    def stage(self, distribution):
        return distribution.state, distribution.get_state_display()

    @display(description=_("promised"), ordering="promised_count")
    def promised(self, distribution):
        return distribution.promised_count

    @display(description=_("sent"), ordering="sent_count")
    def sent(self, distribution):
        return distribution.sent_count

    @display(description=_("still to send"), ordering="pending_count")
    def pending(self, distribution):
        return distribution.pending_count

    @display(description=_("failed"), ordering="lost_count")
    def lost(self, distribution):
        return distribution.lost_count

    @display(description=_("left out"), ordering="left_count")
    def left(self, distribution):
        return distribution.left_count


def counted(condition: Q) -> Count:
    return Count("deliveries", filter=condition & Q(deliveries__isnull=False))


class IssueFilter(admin.SimpleListFilter):
    """The latest distributions; an older one is opened from its issue."""

    title = _("issue")
    parameter_name = "distribution"

    def lookups(self, request, model_admin):
        rows = Distribution.objects.select_related("issue__publication")[:RECENT]
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request, queryset):
        value = self.value()
        return queryset.filter(distribution=value) if value and value.isdigit() else queryset


class ReasonFilter(admin.SimpleListFilter):
    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        codes = Delivery.objects.exclude(reason="").order_by("reason")
        return [
            (code, in_words(code)) for code in codes.values_list("reason", flat=True).distinct()
        ]

    def queryset(self, request, queryset):
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    list_display = ["unit", "issue", "address", "stage", "why", "attempts", "sent_at"]
    list_filter = [IssueFilter, "state", ReasonFilter]
    list_select_related = ["unit", "tier", "contact", "distribution__issue__publication"]
    list_per_page = 50
    search_fields = ["unit__name", "unit__credit_code", "address", "message_id"]
    search_help_text = _("Search the unit's name or credit code, the address or the Message-ID")
    show_full_result_count = False
    fields = [
        ("unit", "tier"),
        ("issue", "state"),
        ("contact", "address"),
        ("why", "basis_in_words"),
        ("attempts", "sent_at", "due_at"),
        "reply",
        "message_id",
    ]
    readonly_fields = ["issue", "why", "basis_in_words"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related).order_by(
            "-distribution", "unit__name"
        )

    @display(description=_("issue"), ordering="distribution")
    def issue(self, delivery):
        return delivery.distribution.issue

    @display(description=_("state"), ordering="state", label=COLOURS)
    def stage(self, delivery):
        return delivery.state, delivery.get_state_display()

    @display(description=_("reason"), empty_value="—")
    def why(self, delivery):
        return in_words(delivery.reason) if delivery.reason else None

    @display(description=_("basis"), empty_value="—")
    def basis_in_words(self, delivery):
        return in_words(delivery.basis) if delivery.basis else None
