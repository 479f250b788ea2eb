"""欠费单位, for the council. A unit leaves the list by paying or by resolution, never silently."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextInputWidget,
)

from files.sheets import write_xlsx
from members import arrears
from members.admin.readonly import ReadOnly
from members.admin.steps import Preview, Step, walk
from members.foreseeing import foreseen
from members.models import ArrearsDecision, Contact, DuesPayment, MemberUnit, UnitInArrears
from members.standing_words import day, yuan

CHANGELIST = "members_unitinarrears_changelist"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A unit unpaid for longer is on every one of these lists.
MOST = 5
Outcome = ArrearsDecision.Outcome
DECISION = pgettext_lazy("council", "decision")
UNDECIDED = pgettext_lazy("council", "to be decided")


class YearsFilter(DropdownFilter):
    title = _("unpaid for so many years")
    parameter_name = "years"

    def lookups(self, request, model_admin):
        return [(str(count), str(count)) for count in range(1, MOST + 1)]

    def queryset(self, request, units):
        return units


class DecidedFilter(DropdownFilter):
    title = DECISION
    parameter_name = "decided"

    def lookups(self, request, model_admin):
        return [
            ("no", UNDECIDED),
            ("wait", _("waiting until a day")),
        ]

    def queryset(self, request, units):
        waits = ArrearsDecision.objects.filter(wait_until__gte=timezone.localdate())
        if self.value() == "wait":
            return units.filter(pk__in=waits.values("unit"))
        return units.exclude(pk__in=waits.values("unit")) if self.value() == "no" else units


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=DECISION,
        choices=Outcome.choices,
        widget=UnfoldAdminSelectWidget,
    )
    decided_on = forms.DateField(
        label=_("decided on"),
        help_text=_("Where the membership ends, this is its last day."),
        widget=UnfoldAdminSingleDateWidget,
    )
    resolution = forms.CharField(
        label=_("resolution"), max_length=120, widget=UnfoldAdminTextInputWidget
    )
    wait_until = forms.DateField(
        label=_("wait until"), required=False, widget=UnfoldAdminSingleDateWidget
    )


def years_of(request) -> int:
    text = request.GET.get("years", "")
    return int(text) if text in [str(count) for count in range(1, MOST + 1)] else arrears.YEARS


@admin.register(UnitInArrears)
class UnitInArrearsAdmin(ReadOnly, ModelAdmin):
    when_empty = _("No unit owes that many years.")
    list_display = [
        *("name", "unpaid", "owed", "last_payment", "contact", "decision"),
    ]
    list_filter = [YearsFilter, DecidedFilter]
    list_filter_submit = True
    list_per_page = 100
    show_full_result_count = False
    search_fields = ["name", "former_names__name", "credit_code"]
    search_help_text = _("Name, former name or credit code")
    fields = ["name", "credit_code", "address", "phone", "unpaid", "owed", "decision"]
    readonly_fields = ["unpaid", "owed", "decision"]
    actions_list = ["sheet"]
    actions_detail = ["decide"]

    def has_decide_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.add_arrearsdecision")

    def get_queryset(self, request):
        units = super().get_queryset(request)
        if request.resolver_match.url_name != CHANGELIST:
            return units
        return arrears.in_arrears(units, timezone.localdate(), years=years_of(request))

    def get_object(self, request, object_id, from_field=None):
        unit = super().get_object(request, object_id, from_field)
        return described([unit])[0] if unit else None

    def get_changelist_instance(self, request):
        found = super().get_changelist_instance(request)
        found.result_list = described(list(found.result_list))
        return found

    @display(description=_("unpaid years"))
    def unpaid(self, unit) -> str:
        return "、".join(f"{each.year} {yuan(each.missing)}" for each in unit.unpaid_years) or "—"

    @display(description=_("owed together"))
    def owed(self, unit) -> str:
        return yuan(arrears.owed(unit.unpaid_years))

    @display(description=_("last payment"))
    def last_payment(self, unit) -> str:
        paid = unit.last_paid
        return f"{paid.paid_on:%Y-%m-%d} {yuan(paid.amount)}" if paid else "—"

    @display(description=_("contact"))
    def contact(self, unit) -> str:
        return "、".join(" ".join(filter(None, [c.name, c.mobile, c.email])) for c in unit.people)

    @display(description=DECISION)
    def decision(self, unit) -> str:
        return in_words(unit.decided)

    @action(description=_("Sheet for the council"), url_path="sheet", icon="download")
    def sheet(self, request):
        """The whole list of so many years, to be printed or handed round."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        years = years_of(request)
        units = arrears.in_arrears(MemberUnit.objects.all(), timezone.localdate(), years=years)
        rows = [
            [
                unit.name,
                unit.credit_code,
                self.unpaid(unit),
                arrears.owed(unit.unpaid_years),
                self.last_payment(unit),
                self.contact(unit),
                self.decision(unit),
            ]
            for unit in described(list(units))
        ]
        head = [
            *(_("name"), _("unified social credit code"), _("unpaid years")),
            *(
                _("owed together"),
                _("last payment"),
                _("contact"),
                DECISION,
            ),
        ]
        book = write_xlsx([[str(each) for each in head], *rows], str(_("units in arrears")))
        name = _("Units unpaid for %(years)s years, %(day)s.xlsx") % {
            "years": years,
            "day": timezone.localdate().isoformat(),
        }
        return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)

    @action(
        description=_("Record the council's decision"), url_path="decide", permissions=["decide"]
    )
    def decide(self, request, object_id):
        unit = get_object_or_404(MemberUnit, pk=object_id)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        today = timezone.localdate()

        def do(values: dict):
            return arrears.decide(unit=unit, **values, by=request.user, at=timezone.now())

        def act(values: dict) -> str:
            do(values)
            return _("Recorded.")

        def preview(values: dict) -> Preview:
            days = sorted({values["decided_on"], today, today + arrears.DAY})
            changes = foreseen(MemberUnit.objects.filter(pk=unit.pk), days, lambda: do(values))
            return Preview(says=[dict(Outcome.choices)[values["outcome"]]], changes=changes)

        [shown] = described([unit])
        step = Step(
            title=_("Record the council's decision"),
            form=DecideForm(request.POST or None, initial={"decided_on": today}),
            preview=preview,
            act=act,
            back=reverse("admin:members_unitinarrears_changelist"),
            lead=[f"{unit}: {self.unpaid(shown)}", self.decision(shown)],
        )
        return walk(self, request, step)


def described(units: list) -> list:
    """The units with what the list shows of each, in a fixed number of queries."""
    unpaid = arrears.unpaid_years(units, timezone.localdate())
    payments = DuesPayment.objects.filter(
        unit__in=units, kind=DuesPayment.Kind.PAYMENT, confirmed_at__isnull=False
    )
    last = {
        row.unit_id: row
        for row in payments.order_by("unit_id", "-paid_on", "-pk").distinct("unit_id")
    }
    decisions = ArrearsDecision.objects.filter(unit__in=units)
    decided = {
        row.unit_id: row
        for row in decisions.order_by("unit_id", "-decided_on", "-pk").distinct("unit_id")
    }
    people = {}
    for contact in Contact.objects.with_role(Contact.Role.LIAISON).filter(unit__in=units):
        people.setdefault(contact.unit_id, []).append(contact)
    for unit in units:
        unit.unpaid_years = unpaid[unit.pk]
        unit.last_paid = last.get(unit.pk)
        unit.decided = decided.get(unit.pk)
        unit.people = people.get(unit.pk, [])
    return units


def in_words(decision: ArrearsDecision | None) -> str:
    if decision is None:
        return str(UNDECIDED)
    words = decision.get_outcome_display()
    until = f" {day(decision.wait_until)}" if decision.wait_until else ""
    return f"{words}{until} · {decision.resolution} · {day(decision.decided_on)}"
