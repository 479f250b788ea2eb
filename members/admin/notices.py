"""缴费通知: raising those of a year, looking at each, withdrawing one that was wrong."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from letters.tasks import wake
from members import notices
from members.admin.readonly import ReadOnly
from members.admin.recorded import Recorded
from members.admin.steps import Preview, Step, walk
from members.dues_year import missing_of_each
from members.models import BankAccount, DuesNotice, DuesReminder, ReminderRule
from members.standing_words import yuan

COLOURS = {
    "paid": "success",
    "open": "info",
    "late": "warning",
    "withdrawn": "default",
}
WORDS = {
    "paid": _("paid"),
    "open": _("to be paid"),
    "late": _("overdue"),
    "withdrawn": _("withdrawn"),
}


class RaiseForm(forms.Form):
    year = forms.IntegerField(
        label=_("dues of the year"),
        min_value=1990,
        max_value=2100,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    due_on = forms.DateField(label=_("to be paid by"), widget=UnfoldAdminSingleDateWidget)
    why = forms.CharField(
        label=_("why"),
        max_length=200,
        help_text=_("For example the resolution on the standards of the year."),
        widget=UnfoldAdminTextInputWidget,
    )

    def clean_due_on(self) -> dt.date:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose a day that has not passed."))
        return day


class WithdrawForm(forms.Form):
    because = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)


class WithdrawnFilter(DropdownFilter):
    title = _("withdrawn")
    parameter_name = "withdrawn"

    def lookups(self, request, model_admin):
        return [("no", _("not withdrawn")), ("yes", _("withdrawn"))]

    def queryset(self, request, rows):
        if self.value() in ("yes", "no"):
            return rows.filter(withdrawn_at__isnull=self.value() == "no")
        return rows


@admin.register(DuesNotice)
class DuesNoticeAdmin(Recorded, ReadOnly, ModelAdmin):
    when_empty = _("Raise the notices of a year: every unit that owes its dues gets one.")
    list_display = ["unit", "year", "kind", "tier", "asked", "still_due", "due_on", "state"]
    list_filter = ["year", "kind", "tier", WithdrawnFilter]
    list_filter_submit = True
    list_select_related = ["unit", "tier"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["unit__name", "unit__credit_code"]
    search_help_text = _("Unit or credit code")
    date_hierarchy = "due_on"
    fields = [
        ("unit", "account"),
        ("kind", "year"),
        ("tier", "amount"),
        ("due_on", "raised_at", "raised_by"),
        "written_to",
        "reminded",
        ("withdrawn_at", "withdrawn_by", "withdrawn_because"),
    ]
    readonly_fields = ["account", "written_to", "reminded"]
    actions_list = ["raise_year"]
    actions_detail = ["withdraw"]

    def has_raise_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.raise_notices")

    def get_changelist_instance(self, request):
        """With what is missing of each notice on the page, in a fixed number of queries."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        today = timezone.localdate()
        missing = missing_of_each(found.result_list, today)
        for notice in found.result_list:
            notice.missing = missing[notice.pk]
        return found

    @display(description=_("asked for"), ordering="amount")
    def asked(self, notice) -> str:
        return yuan(notice.amount)

    @display(description=pgettext_lazy("sum", "missing"))
    def still_due(self, notice) -> str:
        return yuan(notice.missing) if notice.missing and not notice.withdrawn_at else "—"

    @display(description=_("state"), label=COLOURS)
    def state(self, notice) -> tuple[str, str]:
        if notice.withdrawn_at:
            word = "withdrawn"
        elif not notice.missing:
            word = "paid"
        else:
            word = "late" if notice.due_on < timezone.localdate() else "open"
        return word, WORDS[word]

    @display(description=_("dues account"))
    def account(self, notice) -> str:
        url = reverse("admin:members_duesaccount_change", args=[notice.unit_id])
        return format_html('<a href="{}?year={}">{}</a>', url, notice.year, _("Open the account"))

    @display(description=_("written to"))
    def written_to(self, notice) -> str:
        letters = ((letter.to, letter.get_state_display()) for letter in notice.letters.all())
        return format_html_join(", ", "{} ({})", letters) or "—"

    @display(description=_("reminders"))
    def reminded(self, notice) -> str:
        rows = notice.reminders.select_related("rule")
        said = ((row.due_on, row.rule, row.get_outcome_display()) for row in rows)
        return format_html_join("", "<div>{} · {} · {}</div>", said) or "—"

    @action(
        description=_("Raise the notices of a year"),
        url_path="raise",
        permissions=["raise"],
        icon="request_quote",
    )
    def raise_year(self, request):
        """Who would be asked, and who not and why, is shown before anything is written."""
        if not self.has_raise_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        year = today.year + (today.month > 9)
        due_on = max(dt.date(year, 3, 31), today + notices.TIME_TO_PAY)
        form = RaiseForm(request.POST or None, initial={"year": year, "due_on": due_on})
        step = Step(
            title=_("Raise the notices of a year"),
            form=form,
            preview=lambda values: planned(values["year"], today),
            act=lambda values: self._raise(request, values),
            back=reverse("admin:members_duesnotice_changelist"),
            lead=[
                _(
                    "Every member that owes dues of the year gets a notice and a letter. Doing it "
                    "twice raises nothing twice."
                )
            ],
            button=_("Raise these notices"),
        )
        return walk(self, request, step)

    def _raise(self, request, values: dict) -> str:
        count = notices.raise_notices(
            **values, on=timezone.localdate(), at=timezone.now(), by=request.user
        )
        wake()
        text = ngettext("%(count)s notice raised.", "%(count)s notices raised.", count)
        return text % {"count": count}

    @action(description=_("Withdraw the notice"), url_path="withdraw", permissions=["raise"])
    def withdraw(self, request, object_id):
        notice = get_object_or_404(DuesNotice.objects.select_related("unit"), pk=object_id)
        if not self.has_raise_permission(request):
            raise PermissionDenied

        def act(values: dict) -> str:
            notices.withdraw(notice=notice, **values, by=request.user, at=timezone.now())
            return _("Recorded.")

        step = Step(
            title=_("Withdraw the notice"),
            form=WithdrawForm(request.POST or None),
            preview=lambda values: Preview(
                says=[_("The unit no longer sees it, and is not reminded of it.")]
            ),
            act=act,
            back=reverse("admin:members_duesnotice_change", args=[notice.pk]),
            lead=[str(notice)],
        )
        return walk(self, request, step)


def planned(year: int, today: dt.date) -> Preview:
    plan = notices.plan(year, today)
    text = ngettext(
        "%(count)s notice of %(year)s will be raised, for %(amount)s together.",
        "%(count)s notices of %(year)s will be raised, for %(amount)s together.",
        plan.units,
    )
    says = text % {"count": plan.units, "year": year, "amount": yuan(plan.amount)}
    is_without = not BankAccount.objects.filter(is_active=True).exists()
    warning = _("No bank account is in use: the letters will name none.") if is_without else ""
    return Preview(
        says=[says], warning=warning, template="admin/members/notices_plan.html", facts=plan
    )


@admin.register(ReminderRule)
class ReminderRuleAdmin(ModelAdmin):
    list_display = ["when", "opening", "is_active"]
    fields = ["days", "opening", "is_active"]

    @display(description=_("when"), ordering="days")
    def when(self, rule) -> str:
        return rule.when


@admin.register(DuesReminder)
class DuesReminderAdmin(ReadOnly, ModelAdmin):
    """The log: what became of each rule for each notice."""

    when_empty = _(
        "No reminder has gone out yet. They follow the notices by the rules under “Reminder rules”."
    )
    list_display = ["unit", "year", "rule", "due_on", "result", "still_due", "decided_at"]
    list_filter = ["outcome", "rule"]
    list_select_related = ["notice__unit", "rule"]
    show_full_result_count = False
    search_fields = ["notice__unit__name", "notice__unit__credit_code"]
    search_help_text = _("Unit or credit code")
    date_hierarchy = "decided_at"
    fields = ["notice", "rule", "due_on", "outcome", "missing", "decided_at", "written_to"]
    readonly_fields = ["written_to"]

    @display(description=_("member unit"), ordering="notice__unit__name")
    def unit(self, reminder):
        return reminder.notice.unit

    @display(description=_("dues of the year"), ordering="notice__year")
    def year(self, reminder) -> int:
        return reminder.notice.year

    @display(description=pgettext_lazy("sum", "missing"), ordering="missing")
    def still_due(self, reminder) -> str:
        return yuan(reminder.missing)

    @display(
        description=_("outcome"),
        ordering="outcome",
        label={
            DuesReminder.Outcome.SENT: "success",
            DuesReminder.Outcome.NO_ADDRESS: "danger",
        },
    )
    def result(self, reminder) -> tuple[str, str]:
        return reminder.outcome, reminder.get_outcome_display()

    @display(description=_("written to"))
    def written_to(self, reminder) -> str:
        return ", ".join(letter.to for letter in reminder.letters.all()) or "—"
