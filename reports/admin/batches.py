"""Batches of tiers and seats: prepared, filled, looked at, applied. Here, because what a batch
changes is a question across apps."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
)

from letters.tasks import wake
from members.admin.recorded import Recorded
from members.appointments import prepare_reverse
from members.days import day_of
from members.models import (
    AppointmentBatch,
    MemberUnit,
    SeatChange,
    SpecialCommittee,
    Tier,
    TierChange,
)
from members.nominating import nominate, nominate_holders, read_list
from members.record import acting
from reports.changes import apply_as_shown, compare, telling_days

FOLDER = "admin/reports/appointmentbatch/"
CHANGE = "admin:members_appointmentbatch_change"
FILL = "admin:members_appointmentbatch_fill"
LONGEST_LIST = 400_000  # characters of a pasted list
Policy = AppointmentBatch.Policy


# --- Filling -------------------------------------------------------------------------------------


class HoldersForm(forms.Form):
    """Everybody who holds a tier, for the same one or another."""

    held = forms.ModelChoiceField(
        Tier.objects.all(), label=_("units that hold"), widget=UnfoldAdminSelectWidget
    )
    tier = forms.ModelChoiceField(
        Tier.objects.all(), label=_("get from now on"), widget=UnfoldAdminSelectWidget
    )

    def put(self, batch: AppointmentBatch) -> int:
        return nominate_holders(batch=batch, **self.cleaned_data)


class OneForm(forms.Form):
    """One unit: a tier, or a committee that it joins or leaves, or both."""

    unit = forms.ModelChoiceField(MemberUnit.objects.all(), label=_("member unit"))
    tier = forms.ModelChoiceField(
        Tier.objects.all(), label=_("new tier"), required=False, widget=UnfoldAdminSelectWidget
    )
    committee = forms.ModelChoiceField(
        SpecialCommittee.objects.all(),
        label=_("special committee"),
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    step = forms.ChoiceField(
        choices=SeatChange.Step, label=_("takes or leaves"), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        relation = TierChange._meta.get_field("unit")
        widget = AutocompleteSelect(relation, admin.site, attrs={"style": "width: 100%"})
        widget.choices = self.fields["unit"].choices
        self.fields["unit"].widget = widget

    def clean(self) -> dict:
        data = super().clean()
        if not self.errors and not data["tier"] and not data["committee"]:
            raise ValidationError(_("Choose a tier, a committee, or both."))
        return data

    def put(self, batch: AppointmentBatch) -> int:
        data, lines = self.cleaned_data, []
        if data["tier"]:
            lines.append(TierChange(unit=data["unit"], tier=data["tier"]))
        if data["committee"]:
            seat = {"committee": data["committee"], "step": data["step"]}
            lines.append(SeatChange(unit=data["unit"], **seat))
        return nominate(batch=batch, lines=lines)


class ListForm(forms.Form):
    lines = forms.CharField(
        label=_("list"),
        max_length=LONGEST_LIST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text=_(
            "A line for a unit: name or credit code, a tab, the tier or the committee. "
            "For a unit that leaves its committee, another tab and 退出. "
            "Two columns copied from a spreadsheet fit."
        ),
    )

    def clean_lines(self) -> list[TierChange | SeatChange]:
        return read_list(self.cleaned_data["lines"])

    def put(self, batch: AppointmentBatch) -> int:
        return nominate(batch=batch, lines=self.cleaned_data["lines"])


WAYS = {"holders": HoldersForm, "one": OneForm, "list": ListForm}


class Lines(TabularInline):
    """What the batch says of each unit; put in on a page of its own, taken out here."""

    extra = 0
    tab = True
    per_page = 50

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        """A line is read here; only the box to take it out is sent back."""
        return self.has_delete_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return not _is_applied(obj) and super().has_delete_permission(request, obj)


class TierChangeInline(Lines):
    model = TierChange
    fields = readonly_fields = ["unit", "tier"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "tier")


class SeatChangeInline(Lines):
    model = SeatChange
    fields = readonly_fields = ["unit", "committee", "step"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "committee")


# --- Batches -------------------------------------------------------------------------------------


@admin.register(AppointmentBatch)
class AppointmentBatchAdmin(Recorded, ModelAdmin):
    when_empty = _(
        "Before an assembly, enter its day and resolution, then list the units and their tiers."
    )
    list_display = ["name", "term", "effective_on", "policy", "tiers", "seats", "state"]
    list_filter = [("applied_at", admin.EmptyFieldListFilter), "term"]
    list_select_related = ["term", "applied_by"]
    search_fields = ["name", "resolution"]
    search_help_text = _("Name or resolution")
    fields = [
        ("name", "term"),
        ("effective_on", "resolution"),
        ("policy", "due_on"),
        ("state_in_words", "reverses"),
    ]
    readonly_fields = ["state_in_words", "reverses"]
    inlines = [TierChangeInline, SeatChangeInline]
    actions_detail = ["fill", "preview", "reverse"]

    def get_queryset(self, request):
        batches = super().get_queryset(request).select_related("term", "applied_by", "reverses")
        return batches.annotate(
            tier_count=Count("tier_changes", distinct=True),
            seat_count=Count("seat_changes", distinct=True),
        )

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:-1]

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def has_change_permission(self, request, obj=None) -> bool:
        return not _is_applied(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return not _is_applied(obj) and super().has_delete_permission(request, obj)

    def has_fill_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.change_appointmentbatch")

    def has_apply_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.apply_batch")

    def get_actions(self, request):
        """Drafts are deleted one by one on their page, so that no applied one goes along."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_actions_detail(self, request, object_id):
        """Only what can be done with a draft, or with a batch that was applied."""
        batch = AppointmentBatch.objects.filter(pk=object_id).first()
        offered = super().get_actions_detail(request, object_id)
        if batch is None:
            return []
        return [each for each in offered if _is_for_applied(each) == batch.is_applied]

    def save_model(self, request, obj, form, change):
        with acting(by=request.user, why=obj.resolution):
            super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        """A new batch is filled next."""
        response = super().response_add(request, obj, post_url_continue)
        goes_on = "_addanother" in request.POST or "_popup" in request.POST
        return response if goes_on else redirect(FILL, obj.pk)

    # --- Columns ---

    @display(description=_("changes of tier"), ordering="tier_count")
    def tiers(self, batch):
        return batch.tier_count

    @display(description=_("changes of seats"), ordering="seat_count")
    def seats(self, batch):
        return batch.seat_count

    @display(
        description=_("state"),
        ordering="applied_at",
        label={"applied": "success", "draft": "warning"},
    )
    def state(self, batch):
        if not batch.is_applied:
            return "draft", _("draft")
        on = date_format(timezone.localtime(batch.applied_at), "DATE_FORMAT")
        return "applied", _("applied on %(date)s by %(by)s") % {"date": on, "by": batch.applied_by}

    @display(description=_("state"))
    def state_in_words(self, batch):
        _code, words = self.state(batch)
        return words

    # --- One batch ---

    @action(
        description=_("Put units in"), url_path="fill", permissions=["fill"], icon="playlist_add"
    )
    def fill(self, request, object_id):
        """Three ways to put units in: those of a tier, one, or a list."""
        batch = get_object_or_404(self.get_queryset(request), pk=object_id)
        if batch.is_applied:
            return self._is_over(request, batch)
        way = request.POST.get("way")
        found = {
            name: form(request.POST if name == way else None, prefix=name)
            for name, form in WAYS.items()
        }
        if way in found and found[way].is_valid():
            try:
                count = found[way].put(batch)
            except ValidationError as error:
                found[way].add_error(None, error.messages)
            else:
                text = ngettext("%(count)s line put in.", "%(count)s lines put in.", count)
                self.message_user(request, text % {"count": count}, messages.SUCCESS)
                return redirect(FILL, batch.pk)
        media = sum((form.media for form in found.values()), forms.Media())
        return self._page(request, batch, "fill.html", _("Put units in"), forms=found, media=media)

    @action(
        description=_("Preview and apply"),
        url_path="preview",
        permissions=["apply"],
        icon="compare_arrows",
    )
    def preview(self, request, object_id):
        """What each unit wins and loses; applied with exactly that effect when it is sent back."""
        batch = get_object_or_404(self.get_queryset(request), pk=object_id)
        if batch.is_applied:
            return self._is_over(request, batch)
        on, by, at = _day_asked(request, batch), request.user, timezone.localtime()
        problems = []
        if request.method == "POST":
            try:
                shown = request.POST.get("shown", "")
                apply_as_shown(batch=batch, on=on, shown=shown, by=by, at=at)
            except ValidationError as error:
                problems = error.messages
            else:
                wake()
                text = _("Applied: it holds from %(date)s.")
                said = {"date": date_format(batch.begins_on)}
                self.message_user(request, text % said, messages.SUCCESS)
                return redirect(CHANGE, batch.pk)
        try:
            comparison = compare(batch=batch, on=on, by=by, at=at)
        except ValidationError as error:
            comparison, problems = None, error.messages
        return self._page(
            request,
            batch,
            "preview.html",
            _("What the batch changes"),
            comparison=comparison,
            problems=problems,
            on=on,
            days=telling_days(batch)[1:],
            is_backdated=batch.begins_on < day_of(at),
        )

    @action(
        description=_("Prepare taking it back"),
        url_path="reverse",
        permissions=["apply"],
        icon="undo",
    )
    def reverse(self, request, object_id):
        """First say what it will do; do it when the page is sent back."""
        batch = get_object_or_404(self.get_queryset(request), pk=object_id)
        problems = []
        if request.method == "POST":
            try:
                made = prepare_reverse(batch=batch, by=request.user)
            except ValidationError as error:
                problems = error.messages
            else:
                text = _("The draft is ready. Look at what it changes, then apply it.")
                self.message_user(request, text, messages.SUCCESS)
                return redirect("admin:members_appointmentbatch_preview", made.pk)
        return self._page(
            request, batch, "reverse.html", _("Prepare taking it back"), problems=problems
        )

    def _is_over(self, request, batch):
        """Somebody applied it meanwhile, or pressed twice."""
        self.message_user(request, _("This batch has been applied already."), messages.WARNING)
        return redirect(CHANGE, batch.pk)

    def _page(self, request, batch, template: str, title: str, **more) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": batch,
            "batch": batch,
            "title": title,
            **more,
        }
        return TemplateResponse(request, FOLDER + template, context)


def _is_for_applied(offered) -> bool:
    return offered.path.rstrip("/").endswith("reverse")


def _is_applied(batch) -> bool:
    return isinstance(batch, AppointmentBatch) and batch.is_applied


def _day_asked(request, batch: AppointmentBatch) -> dt.date:
    """The day for which rights are compared: one of the telling ones, by default the first."""
    asked = request.POST.get("on") or request.GET.get("on")
    days = {day.isoformat(): day for day in telling_days(batch)}
    return days.get(asked, batch.begins_on)
