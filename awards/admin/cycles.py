"""Cycles of the awards: what is asked, when, and opening the next one from the last."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.decorators import action, display

from awards.admin.forms import OpenNextForm, QuestionRowForm, RowForm, RowFormSet
from awards.cycles import due_cycles, open_from
from awards.models import AwardApplication, AwardCycle, CycleQuestion, MaterialRequirement
from members.days import day_of

FOLDER = "admin/awards/awardcycle/"
Stage = AwardCycle.Stage
State = AwardApplication.State
COLOURS = {
    Stage.HIDDEN: "warning",
    Stage.AHEAD: "info",
    Stage.OPEN: "success",
    Stage.CLOSED: None,
}


class QuestionInline(StackedInline):
    model = CycleQuestion
    form = QuestionRowForm
    formset = RowFormSet
    fields = [
        ("label", "label_en"),
        ("hint", "hint_en"),
        ("kind", "is_required"),
        "choices",
        "position",
    ]
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0


class RequirementInline(TabularInline):
    model = MaterialRequirement
    form = RowForm
    formset = RowFormSet
    fields = ["name", "name_en", "hint", "hint_en", "is_required", "position"]
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0


class StageFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "stage"

    def lookups(self, request, model_admin):
        return Stage.choices

    def queryset(self, request, queryset):
        at, announced = timezone.now(), queryset.filter(is_announced=True)
        if self.value() == Stage.HIDDEN:
            return queryset.filter(is_announced=False)
        if self.value() == Stage.AHEAD:
            return announced.filter(opens_on__gt=day_of(at))
        if self.value() == Stage.OPEN:
            return queryset.open(at)
        if self.value() == Stage.CLOSED:
            return announced.filter(opens_on__lte=day_of(at)).exclude(
                pk__in=queryset.not_closed(at)
            )
        return queryset


@admin.register(AwardCycle)
class AwardCycleAdmin(ModelAdmin):
    inlines = [QuestionInline, RequirementInline]
    list_display = [
        "name",
        "award",
        "stage",
        "opens_on",
        "closes_at",
        "drafts",
        "to_check",
        "in_review",
        "decided",
    ]
    list_filter = [StageFilter, "award", "year"]
    list_select_related = ["award"]
    list_before_template = f"{FOLDER}due.html"
    search_fields = ["name", "name_en", "award__name"]
    search_help_text = _("Search names of cycles and awards")
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("award", "is_announced"),
                    ("name", "name_en"),
                    ("year", "round"),
                    ("opens_on", "result_expected_on"),
                    "closes_at",
                    "per_unit_limit",
                    "guidance",
                ]
            },
        )
    ]
    actions_list = ["open_next"]
    actions_detail = ["open_after"]
    warn_unsaved_form = True

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("award__benefit_item")
        return rows.annotate(
            drafts_count=counted(State.DRAFT),
            to_check_count=counted(State.SUBMITTED, State.RETURNED),
            in_review_count=counted(State.ACCEPTED),
            decided_count=Count("applications") - counted(State.DRAFT, *AwardApplication.UNDECIDED),
            all_count=Count("applications"),
        )

    def get_readonly_fields(self, request, obj=None):
        """What applications are for does not change under them."""
        return ["award"] if obj and obj.all_count else []

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A deadline keeps its seconds: the usual widget would show and save minutes."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "closes_at":
            _day, time = field.widget.widgets
            time.format = "%H:%M:%S"
        return field

    def changelist_view(self, request, extra_context=None):
        due = due_cycles(timezone.localdate()) if self.has_add_permission(request) else []
        return super().changelist_view(request, (extra_context or {}) | {"due": due})

    # --- Columns ---

    @display(description=_("state"), label=COLOURS)
    def stage(self, cycle):
        stage = cycle.stage(timezone.now())
        return stage, stage.label

    @display(description=_("drafts"), ordering="drafts_count")
    def drafts(self, cycle):
        return cycle.drafts_count

    @display(description=_("to check"), ordering="to_check_count")
    def to_check(self, cycle):
        return cycle.to_check_count

    @display(description=_("in review"), ordering="in_review_count")
    def in_review(self, cycle):
        return cycle.in_review_count

    @display(description=_("decided or withdrawn"), ordering="decided_count")
    def decided(self, cycle):
        return cycle.decided_count

    # --- The next cycle ---

    @action(
        description=_("Open the next cycle"),
        url_path="open-next",
        permissions=["add"],
        icon="event_repeat",
    )
    def open_next(self, request):
        """The next cycle of an award, with guidance, questions and materials of its last one."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OpenNextForm(request.POST or None, initial=self.proposed(request))
        if request.method == "POST" and form.is_valid():
            try:
                cycle = open_from(**form.cleaned_data, by=request.user)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                return self.opened(request, cycle)
        return self.page(request, form)

    @action(
        description=_("Open the next cycle"),
        url_path="open-after",
        permissions=["add_next"],
        icon="event_repeat",
    )
    def open_after(self, request, object_id):
        cycle = self.get_object(request, str(object_id))
        address = reverse("admin:awards_awardcycle_open_next")
        return HttpResponseRedirect(f"{address}?award={cycle.award_id}" if cycle else address)

    def has_add_next_permission(self, request, object_id=None) -> bool:
        return self.has_add_permission(request)

    def proposed(self, request) -> dict:
        """The award asked for, and the year by its period."""
        year = timezone.localdate().year
        wanted = request.GET.get("award", "")
        last = AwardCycle.objects.filter(award=wanted) if wanted.isdecimal() else None
        last = last and last.select_related("award__benefit_item").order_by("-year").first()
        if not last:
            return {"year": year}
        return {
            "award": last.award_id,
            "year": max(year, last.year + (last.award.years_between or 0)),
        }

    def opened(self, request, cycle: AwardCycle):
        self.log_addition(request, cycle, gettext("Opened from the last cycle."))
        messages.success(
            request,
            _("Opened from the last cycle. Look over the dates and texts, then announce it."),
        )
        return HttpResponseRedirect(reverse("admin:awards_awardcycle_change", args=[cycle.pk]))

    def page(self, request, form: OpenNextForm) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Open the next cycle"),
            "form": form,
            "due": due_cycles(timezone.localdate()),
        }
        return TemplateResponse(request, f"{FOLDER}open_next.html", context)


def counted(*states: str) -> Count:
    return Count("applications", filter=Q(applications__state__in=states))
