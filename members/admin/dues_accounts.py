"""会费账户: for each unit and year what is due, waived, paid and missing, and what finance does."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from members import dues
from members.admin.readonly import ReadOnly
from members.admin.steps import Preview, Step, walk
from members.dues_year import THE_END, YearOfDues, dues_of
from members.foreseeing import foreseen, telling_days
from members.models import (
    DuesAccount,
    DuesAdjustment,
    DuesNotice,
    DuesPayment,
    DuesStandard,
    MembershipApplication,
    MemberUnit,
    Tier,
    TransferSlip,
)
from members.standing import missing, standing, with_dues
from members.standing_words import yuan

CHANGELIST = "members_duesaccount_changelist"
STATES = {
    "paid": _("paid"),
    "waived": _("waived in full"),
    "part": _("partly paid"),
    "open": _("not paid"),
    "unknown": _("amount not set"),
}
COLOURS = {
    "paid": "success",
    "waived": "success",
    "part": "warning",
    "open": "warning",
    "unknown": "danger",
}
NOTHING = Value(Decimal(0))


# --- The list ----------------------------------------------------------------------------------


class YearFilter(DropdownFilter):
    """The year of the figures; this year where none is chosen."""

    title = _("dues of the year")
    parameter_name = "year"

    def lookups(self, request, model_admin):
        this_year = timezone.localdate().year
        return [(str(year), str(year)) for year in range(this_year + 1, this_year - 9, -1)]

    def queryset(self, request, units):
        return units


class StateFilter(DropdownFilter):
    title = _("state of the dues")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def queryset(self, request, units):
        return units.filter(dues_state=self.value()) if self.value() in STATES else units


class DuesTierFilter(DropdownFilter):
    title = _("tier")
    parameter_name = "tier"

    def lookups(self, request, model_admin):
        return [(tier.code, tier.label) for tier in Tier.objects.all()]

    def queryset(self, request, units):
        tier = Tier.objects.filter(code=self.value() or "").first()
        return units.filter(dues_tier=tier.pk) if tier else units


def year_of(request) -> int:
    """The year in the address; this one where there is none to be read."""
    filters = QueryDict(request.GET.get("_changelist_filters", "")[:500])
    text = request.GET.get("year") or filters.get("year", "")
    is_year = text.isascii() and text.isdecimal() and len(text) == 4
    year = int(text) if is_year else timezone.localdate().year
    return min(max(year, 1990), 2100)


def with_account(units: models.QuerySet, year: int, on: dt.date) -> models.QuerySet:
    """Units that were members in ``year``, with what the list shows of it, in one query."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    member = MembershipApplication.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=first),
        unit=OuterRef("pk"),
        decision=MembershipApplication.Decision.APPROVED,
        decided_on__lte=last,
    )
    notice = DuesNotice.objects.standing().filter(
        unit=OuterRef("pk"), year=year, kind=DuesNotice.Kind.ANNUAL
    )
    asked = F("dues_due") + Coalesce(F("dues_added"), NOTHING)
    units = with_dues(units, year, on).filter(Exists(member))
    units = units.annotate(
        dues_tier=F("dues_by_tier"),
        standard=F("dues_due"),
        asked=asked,
        adjusted=Coalesce(F("dues_added"), NOTHING),
        received=Coalesce(F("dues_paid"), NOTHING),
        missing=missing(),
        noticed_until=Subquery(notice.values("due_on")[:1]),
    )
    state = Case(
        When(standard__isnull=True, then=Value("unknown")),
        When(missing__gt=0, received__gt=0, then=Value("part")),
        When(missing__gt=0, then=Value("open")),
        When(received__lte=0, asked__lte=0, then=Value("waived")),
        default=Value("paid"),
        output_field=models.CharField(),
    )
    return units.annotate(dues_state=state)


# --- What finance does -------------------------------------------------------------------------


class AmountForm(forms.Form):
    """An amount of one year; each act adds what it has to know."""

    amount = forms.DecimalField(
        label=_("amount (yuan)"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class ReceiveForm(AmountForm):
    paid_on = forms.DateField(label=_("paid on"), widget=UnfoldAdminSingleDateWidget)
    reference = forms.CharField(
        label=_("bank reference"),
        max_length=120,
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )


class RefundForm(ReceiveForm):
    paid_on = forms.DateField(label=_("given back on"), widget=UnfoldAdminSingleDateWidget)
    reason = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)


class WaiveForm(AmountForm):
    applies_from = forms.DateField(label=_("applies from"), widget=UnfoldAdminSingleDateWidget)
    reason = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)
    resolution = forms.CharField(
        label=_("resolution"), max_length=120, widget=UnfoldAdminTextInputWidget
    )


class CorrectForm(forms.Form):
    reason = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)


@dataclass(frozen=True)
class Act:
    """A button of the account: who may press it, what it asks, what it calls."""

    name: str
    title: str
    permission: str
    form: type[forms.Form]
    do: Callable


RECEIVE = Act("receive", _("Book a payment"), "members.confirm_payment", ReceiveForm, dues.receive)
REFUND = Act("refund", _("Give money back"), "members.confirm_payment", RefundForm, dues.refund)
WAIVE = Act("waive", _("Waive dues"), "members.waive_dues", WaiveForm, dues.waive)
CORRECT = Act(
    "correct", _("Take an adjustment back"), "members.waive_dues", CorrectForm, dues.correct
)
ACTS = {act.name: act for act in (RECEIVE, REFUND, WAIVE, CORRECT)}


@admin.register(DuesAccount)
class DuesAccountAdmin(ReadOnly, ModelAdmin):
    """Nothing is kept here: the figures are counted anew each time."""

    list_display = [
        *("name", "tier_of_year", "due", "adjustments", "paid", "still_due", "state", "until"),
    ]
    list_filter = [YearFilter, StateFilter, DuesTierFilter]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "former_names__name", "credit_code"]
    search_help_text = _("Name, former name or credit code")

    def get_queryset(self, request):
        units = super().get_queryset(request)
        if request.resolver_match.url_name != CHANGELIST:
            return units
        return with_account(units, year_of(request), timezone.localdate())

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        tiers = Tier.objects.in_bulk()
        year = year_of(request)
        for unit in found.result_list:
            unit.tier_label = tiers[unit.dues_tier].label if unit.dues_tier else "—"
            unit.year = year
        return found

    def changelist_view(self, request, extra_context=None):
        title = _("Dues accounts of %(year)s") % {"year": year_of(request)}
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def get_urls(self):
        view = self.admin_site.admin_view
        acts = [
            path(
                f"<int:object_id>/{name}/",
                view(self.act_view),
                {"name": name},
                name=f"members_duesaccount_{name}",
            )
            for name in ACTS
        ]
        return acts + super().get_urls()

    # --- Columns -------------------------------------------------------------------------------

    @display(description=_("tier of the year"))
    def tier_of_year(self, unit) -> str:
        return unit.tier_label

    @display(description=_("standard"), ordering="standard")
    def due(self, unit) -> str:
        return "—" if unit.standard is None else yuan(unit.standard)

    @display(description=_("waived or added"), ordering="adjusted")
    def adjustments(self, unit) -> str:
        return signed(unit.adjusted) if unit.adjusted else "—"

    @display(description=pgettext_lazy("sum", "paid"), ordering="received")
    def paid(self, unit) -> str:
        return yuan(unit.received) if unit.received else "—"

    @display(description=pgettext_lazy("sum", "missing"), ordering="missing")
    def still_due(self, unit) -> str:
        return yuan(unit.missing) if unit.missing and unit.missing > 0 else "—"

    @display(description=_("state of the dues"), label=COLOURS, ordering="dues_state")
    def state(self, unit) -> tuple[str, str]:
        return unit.dues_state, STATES[unit.dues_state]

    @display(description=_("notice: to be paid by"), ordering="noticed_until", empty_value="—")
    def until(self, unit):
        return unit.noticed_until

    # --- One account ---------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """All rows of a unit's year, each with who, when and why; and what can be done."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        if not str(object_id).isdecimal():
            raise Http404
        unit = get_object_or_404(MemberUnit, pk=object_id)
        today, year = timezone.localdate(), year_of(request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": unit,
            "title": _("%(unit)s: dues of %(year)s") % {"unit": unit, "year": year},
            "unit": unit,
            "year": year,
            "years": range(today.year + 1, today.year - 9, -1),
            "account": dues_of(unit, year, today),
            "in_the_end": dues_of(unit, year, THE_END),
            "standing": standing(unit, today),
            "today": today,
            **rows_of(unit, year),
            "acts": [
                (
                    act.name,
                    act.title,
                    reverse(f"admin:members_duesaccount_{act.name}", args=[unit.pk]),
                )
                for act in ACTS.values()
                if act is not CORRECT and request.user.has_perm(act.permission)
            ],
            "may_correct": request.user.has_perm(CORRECT.permission),
        }
        return TemplateResponse(request, "admin/members/dues_account.html", context)

    def act_view(self, request, object_id: int, name: str):
        """One act on a unit's year: its form, its preview, and then the act."""
        act = ACTS[name]
        if not request.user.has_perm(act.permission):
            raise PermissionDenied
        unit, year = get_object_or_404(MemberUnit, pk=object_id), year_of(request)
        account = dues_of(unit, year, THE_END)
        more = further(act, request, unit, year)
        back = f"{reverse('admin:members_duesaccount_change', args=[unit.pk])}?year={year}"

        def do(values: dict):
            return act.do(**values, **more, by=request.user, at=timezone.localtime())

        def told(values: dict) -> str:
            do(values)
            return _("Recorded.")

        step = Step(
            title=act.title,
            form=act.form(request.POST or None, initial=initial(act, account, more)),
            preview=lambda values: previewed(unit, year, lambda: do(values)),
            act=told,
            back=back,
            lead=lead(unit, account, more),
        )
        return walk(self, request, step)


def rows_of(unit: MemberUnit, year: int) -> dict:
    """What is recorded for the year, in a fixed number of queries."""
    adjustments = DuesAdjustment.objects.filter(unit=unit, year=year)
    payments = DuesPayment.objects.filter(unit=unit, year=year)
    notices = DuesNotice.objects.filter(unit=unit, year=year)
    return {
        "adjustments": adjustments.select_related("decided_by", "corrected_by", "corrects"),
        "payments": payments.select_related("confirmed_by", "slip"),
        "notices": notices.select_related("tier", "raised_by").prefetch_related(
            "letters", "reminders__rule", "reminders__letters"
        ),
        "slips": TransferSlip.objects.filter(unit=unit, year=year).select_related("payment"),
        "standards": DuesStandard.objects.filter(year=year),
    }


def further(act: Act, request, unit: MemberUnit, year: int) -> dict:
    """What the act is told beside its form: the adjustment, or the unit and year and the slip."""
    if act is CORRECT:
        wanted = request.GET.get("row", "")
        pk = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19 else 0
        return {"adjustment": get_object_or_404(DuesAdjustment, unit=unit, pk=pk)}
    found = {"unit": unit, "year": year}
    wanted = request.GET.get("slip", "")
    if act is RECEIVE and wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
        found["slip"] = get_object_or_404(TransferSlip, unit=unit, year=year, pk=int(wanted))
    return found


def initial(act: Act, account: YearOfDues, more: dict) -> dict:
    """What most often is meant: all that is missing, today; a slip says it better."""
    today = timezone.localdate()
    if slip := more.get("slip"):
        return {"amount": slip.amount, "paid_on": slip.paid_on}
    amount = account.too_much if act is REFUND else account.missing
    return {"amount": amount or None, "paid_on": today, "applies_from": today}


def lead(unit: MemberUnit, account: YearOfDues, more: dict) -> list[str]:
    """The account in one line, and what the act is about."""
    due = "—" if account.due is None else yuan(account.due)
    sums = _("%(unit)s, dues of %(year)s: due %(due)s, paid %(paid)s, missing %(missing)s.") % {
        "unit": unit,
        "year": account.year,
        "due": due,
        "paid": yuan(account.paid),
        "missing": yuan(account.missing),
    }
    if row := more.get("adjustment"):
        about = f"{row.get_kind_display()} {signed(row.amount)} · {row.reason}"
        return [sums, about]
    if slip := more.get("slip"):
        return [sums, _("By the transfer slip “%(name)s”.") % {"name": slip.name}]
    return [sums]


def previewed(unit: MemberUnit, year: int, do: Callable[[], object]) -> Preview:
    """The account and the standing as they will be."""
    today, after = timezone.localdate(), []

    def act() -> None:
        do()
        after.append(dues_of(unit, year, THE_END))

    changes = foreseen(MemberUnit.objects.filter(pk=unit.pk), telling_days(year, today), act)
    [account] = after
    says = _("Afterwards: due %(due)s, paid %(paid)s, missing %(missing)s.") % {
        "due": "—" if account.due is None else yuan(account.due),
        "paid": yuan(account.paid),
        "missing": yuan(account.missing),
    }
    warning = ""
    if account.too_much:
        warning = _("%(amount)s more is paid than is due.") % {"amount": yuan(account.too_much)}
    return Preview(says=[says], warning=warning, changes=changes)


def signed(amount: Decimal) -> str:
    return f"{'+' if amount > 0 else '−'}{yuan(abs(amount))}"
