"""享有资格: may a unit enjoy services that take place on a given day?

The charter, part one, by the day of the service:

- January to June: a unit that joined in an earlier year needs the dues of the previous year;
  a unit that joined this year needs the dues of this year.
- July to December: every unit needs the dues of this year.

The unit must be a member on the day. Dues are covered when the confirmed payments less refunds,
dated on or before the day, reach what is due on the day for that year: the standard of its tier
with the unit's own adjustments (docs/decisions/0001 and 0011). The rule is here twice,
over one unit's history (`standing`) and over the database (`with_standing`); a property test
holds the two equal.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from django.db import models
from django.db.models import (
    Case,
    F,
    FilteredRelation,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from members.as_json import as_json, restored
from members.derived import join_rows
from members.models import (
    DuesAdjustment,
    DuesPayment,
    DuesStandard,
    MembershipApplication,
    MemberUnit,
    Tier,
    TierAppointment,
)

DAY = dt.timedelta(days=1)


class Basis(models.TextChoices):
    """On what a standing rests; stored on the rows that it decides."""

    THIS_YEAR_PAID = "this_year_paid", _("this year's dues are paid")
    LAST_YEAR_PAID = "last_year_paid", _("last year's dues are paid")
    NOT_A_MEMBER = "not_a_member", _("not a member")
    NO_TIER = "no_tier", _("no tier recorded")
    NO_STANDARD = "no_standard", _("no dues standard recorded")
    THIS_YEAR_UNPAID = "this_year_unpaid", _("this year's dues are not paid")
    LAST_YEAR_UNPAID = "last_year_unpaid", _("last year's dues are not paid")


GOOD = (Basis.THIS_YEAR_PAID, Basis.LAST_YEAR_PAID)


@dataclass(frozen=True)
class Standing:
    """The answer for one unit and day, with its evidence.

    ``amount_due`` and ``amount_paid`` are yuan for ``dues_year``, the year that decides;
    ``good_until`` is the last day up to which the unit stays good with nothing more paid.
    """

    unit: MemberUnit
    on: dt.date
    basis: Basis
    is_good: bool
    joined_on: dt.date | None
    tier: Tier | None
    dues_year: int | None
    amount_due: Decimal | None
    amount_paid: Decimal
    payments: tuple[DuesPayment, ...]
    good_until: dt.date | None
    because: tuple[str, ...]
    would_change: tuple[str, ...]


# --- One unit, from its history ----------------------------------------------------------------


def standing(unit: MemberUnit, on: dt.date) -> Standing:
    """The unit's standing on the day ``on``, in one query."""
    return _judged(history_since(unit, on), on)


def standings(units: Iterable[MemberUnit], on: dt.date) -> dict[int, Standing]:
    """The standing of each unit on the day ``on`` by its id, in five queries for all of them."""
    return {history.unit.pk: _judged(history, on) for history in histories(units, on)}


def standings_on(unit: MemberUnit, days: Iterable[dt.date]) -> dict[dt.date, Standing]:
    """The unit's standing on each of the days, in one query for all of them."""
    days = set(days)
    if not days:
        return {}
    recorded = history_since(unit, min(days))
    return {day: _judged(recorded, day) for day in days}


@dataclass(frozen=True)
class Judgement:
    """The answer without its reasons: enough to decide on rights."""

    basis: Basis
    tier: Tier | None

    @property
    def is_good(self) -> bool:
        return self.basis in GOOD


def judgements(
    units: Iterable[MemberUnit], days: Iterable[dt.date]
) -> dict[dt.date, dict[int, Judgement]]:
    """The bare answer for each unit by its id on each of the days, in five queries for all."""
    days = sorted(set(days))
    known = list(histories(units, days[0])) if days else []
    return {
        on: {each.unit.pk: Judgement(each.basis(on), each.tier(on)) for each in known}
        for on in days
    }


def _judged(history: "History", on: dt.date) -> Standing:
    from members.standing_words import because, would_change  # the words explain the rule

    basis = history.basis(on)
    membership = history.membership(on)
    year = history.dues_year(on)
    counted = history.counted(year, on)
    return Standing(
        unit=history.unit,
        on=on,
        basis=basis,
        is_good=basis in GOOD,
        joined_on=membership and membership.decided_on,
        tier=history.tier(on),
        dues_year=year,
        amount_due=history.amount_due(year, on),
        amount_paid=balance(counted),
        payments=tuple(counted),
        good_until=history.good_until(on) if basis in GOOD else None,
        because=tuple(because(history, on)),
        would_change=() if basis in GOOD else tuple(would_change(history, on)),
    )


def dues_year_of(joined_on: dt.date, on: dt.date) -> int:
    """The year whose dues decide on the day ``on``."""
    return on.year - 1 if on.month <= 6 and joined_on.year < on.year else on.year


def balance(payments: Iterable[DuesPayment]) -> Decimal:
    """What was paid, less what was given back."""
    return sum((payment.signed_amount for payment in payments), Decimal(0))


@dataclass
class History:
    """What is recorded of one unit, oldest first, and the dues standards by tier and year.

    ``payments`` hold unconfirmed ones too, so that the reasons can name them.
    """

    unit: MemberUnit
    standards: dict[tuple[int, int], Decimal]
    applications: list[MembershipApplication] = field(default_factory=list)
    appointments: list[TierAppointment] = field(default_factory=list)
    payments: list[DuesPayment] = field(default_factory=list)
    adjustments: list[DuesAdjustment] = field(default_factory=list)

    def membership(self, on: dt.date) -> MembershipApplication | None:
        """The approved application in force on the day ``on``."""
        return next((spell for spell in self.memberships if spell.is_in_force(on)), None)

    @property
    def memberships(self) -> list[MembershipApplication]:
        approved = MembershipApplication.Decision.APPROVED
        return [spell for spell in self.applications if spell.decision == approved]

    def tier(self, on: dt.date) -> Tier | None:
        """The tier held on the day ``on``."""
        held = (each for each in self.appointments if each.holds(on))
        return next((appointment.tier for appointment in held), None)

    def dues_year(self, on: dt.date) -> int | None:
        membership = self.membership(on)
        return dues_year_of(membership.decided_on, on) if membership else None

    def dues_tier(self, year: int | None) -> Tier | None:
        """The tier whose standard is due for ``year``: that of the earliest appointment in it."""
        if year is None:
            return None
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        within = (each for each in self.appointments if each.begins <= last and each.ends >= first)
        return next((appointment.tier for appointment in within), None)

    def standard(self, year: int | None) -> Decimal | None:
        """What the dues standard asks for ``year``, before any adjustment."""
        tier = self.dues_tier(year)
        return self.standards.get((tier.pk, year)) if tier else None

    def adjusted(self, year: int | None, on: dt.date) -> list[DuesAdjustment]:
        """The adjustments to what is due for ``year`` that apply on the day ``on``."""
        return [row for row in self.adjustments if row.year == year and row.applies_from <= on]

    def amount_due(self, year: int | None, on: dt.date) -> Decimal | None:
        """What is due for ``year`` as of the day ``on``; ``None`` while the standard is unknown."""
        standard = self.standard(year)
        if standard is None:
            return None
        return standard + sum(row.amount for row in self.adjusted(year, on))

    def counted(
        self, year: int | None, on: dt.date, *, paid_by: dt.date | None = None
    ) -> list[DuesPayment]:
        """Confirmed rows for ``year`` dated by ``on``; payments after ``paid_by`` are left out."""
        return [
            row
            for row in self.payments
            if row.year == year
            and row.confirmed_at is not None
            and row.paid_on <= (min(on, paid_by) if paid_by and not row.is_refund else on)
        ]

    def basis(self, on: dt.date, *, paid_by: dt.date | None = None) -> Basis:
        """The rule. With ``paid_by``, as if nothing were paid after that day."""
        year = self.dues_year(on)
        if year is None:
            return Basis.NOT_A_MEMBER
        if self.dues_tier(year) is None:
            return Basis.NO_TIER
        due = self.amount_due(year, on)
        if due is None:
            return Basis.NO_STANDARD
        is_paid = balance(self.counted(year, on, paid_by=paid_by)) >= due
        if year == on.year:
            return Basis.THIS_YEAR_PAID if is_paid else Basis.THIS_YEAR_UNPAID
        return Basis.LAST_YEAR_PAID if is_paid else Basis.LAST_YEAR_UNPAID

    def good_until(self, on: dt.date) -> dt.date:
        """The last day before the standing that is good on ``on`` is lost, nothing more paid."""
        days = (day for day in self._days_of_change(on))
        return next(day - DAY for day in days if self.basis(day, paid_by=on) not in GOOD)

    def good_from(self, on: dt.date) -> dt.date | None:
        """The first day after ``on`` that is good with nothing more paid."""
        days = (day for day in self._days_of_change(on))
        return next((day for day in days if self.basis(day, paid_by=on) in GOOD), None)

    def _days_of_change(self, on: dt.date) -> list[dt.date]:
        """Every day after ``on`` on which the rule may answer otherwise with nothing more paid."""
        last_year = max((on.year, *(row.year for row in self.payments)))
        halves = (
            dt.date(year, month, 1) for year in range(on.year, last_year + 3) for month in (1, 7)
        )
        starts = (spell.decided_on for spell in self.memberships)
        ends = (spell.ended_on + DAY for spell in self.memberships if spell.ended_on)
        refunds = (row.paid_on for row in self.payments if row.is_refund)
        adjusted = (row.applies_from for row in self.adjustments)
        return sorted({day for day in chain(halves, starts, ends, refunds, adjusted) if day > on})


def histories(units: Iterable[MemberUnit], on: dt.date) -> Iterator[History]:
    """What is recorded of each unit that can matter on or after ``on``, in five queries."""
    units = list(units)
    standards = _amounts(_standards(on))
    rows = {name: _by_unit(queryset, units) for name, queryset in _recorded(on).items()}
    for unit in units:
        own = {name: found[unit.pk] for name, found in rows.items()}
        yield History(unit, standards, **own)


def history_since(unit: MemberUnit, on: dt.date) -> History:
    """What is recorded of one unit that can matter on or after ``on``, in one query."""
    recorded = _recorded(on)
    # With what each is joined to (``select_related``), as the rows of `histories` are.
    arrays = {
        f"all_{name}": as_json(rows.filter(unit=unit), *(rows.query.select_related or ()))
        for name, rows in recorded.items()
    }
    units = MemberUnit.objects.filter(pk=unit.pk)
    found = units.values(standards=as_json(_standards(on)), **arrays).get()
    own = {
        name: [restored(rows.model, data) for data in found[f"all_{name}"]]
        for name, rows in recorded.items()
    }
    standards = (restored(DuesStandard, data) for data in found["standards"])
    return History(unit, _amounts(standards), **own)


def _standards(on: dt.date) -> QuerySet[DuesStandard]:
    return DuesStandard.objects.filter(year__gte=on.year - 1)


def _amounts(standards: Iterable[DuesStandard]) -> dict[tuple[int, int], Decimal]:
    return {(row.tier_id, row.year): row.amount for row in standards}


def _recorded(on: dt.date) -> dict[str, QuerySet]:
    """The rows of units that can matter on or after ``on``, by the names they have in `History`."""
    since = on.year - 1
    return {
        "applications": MembershipApplication.objects.order_by("decided_on", "pk"),
        "appointments": TierAppointment.objects.select_related("tier").order_by("starts_on"),
        "payments": DuesPayment.objects.filter(year__gte=since).order_by("paid_on", "pk"),
        "adjustments": DuesAdjustment.objects.filter(year__gte=since).order_by(
            "applies_from", "pk"
        ),
    }


def _by_unit(rows: QuerySet, units: list[MemberUnit]) -> dict[int, list]:
    grouped = defaultdict(list)
    for row in rows.filter(unit__in=units):
        grouped[row.unit_id].append(row)
    return grouped


# --- Many units, in the database ---------------------------------------------------------------


def in_good_standing(units: QuerySet[MemberUnit], on: dt.date) -> QuerySet[MemberUnit]:
    """Those of ``units`` that are in good standing on the day ``on``."""
    good = with_standing(units.order_by(), on).filter(standing_basis__in=GOOD)
    return units.filter(pk__in=good.values("pk"))


def with_standing(units: QuerySet[MemberUnit], on: dt.date) -> QuerySet[MemberUnit]:
    """Every unit with ``standing_basis`` (a `Basis`) and ``tier_held`` (a tier's id or NULL).

    Each join yields at most one row a unit: exclusion constraints hold it for what is in force on
    the day, and dues are summed by unit. So each is computed once, however many units there are.
    """
    selected = units.order_by().values("pk") if units.query.where else None
    units = units.annotate(
        membership_on_day=FilteredRelation(
            "applications",
            condition=Q(
                Q(applications__ended_on__isnull=True) | Q(applications__ended_on__gte=on),
                applications__decision=MembershipApplication.Decision.APPROVED,
                applications__decided_on__lte=on,
            ),
        ),
        appointment_on_day=FilteredRelation(
            "appointments",
            condition=Q(
                Q(appointments__ends_on__isnull=True) | Q(appointments__ends_on__gte=on),
                appointments__starts_on__lte=on,
            ),
        ),
    )
    if on.month > 6:
        units = _join_dues(units, "this_year", on.year, on, among=selected)
        by_dues = _dues_basis("this_year", Basis.THIS_YEAR_PAID, Basis.THIS_YEAR_UNPAID)
    else:
        units = _join_dues(units, "this_year", on.year, on, among=_newcomers(on))
        units = _join_dues(units, "last_year", on.year - 1, on, among=selected)
        by_dues = Case(
            When(
                membership_on_day__decided_on__gte=dt.date(on.year, 1, 1),
                then=_dues_basis("this_year", Basis.THIS_YEAR_PAID, Basis.THIS_YEAR_UNPAID),
            ),
            default=_dues_basis("last_year", Basis.LAST_YEAR_PAID, Basis.LAST_YEAR_UNPAID),
        )
    basis = Case(
        When(membership_on_day__decided_on__isnull=True, then=Value(Basis.NOT_A_MEMBER)),
        default=by_dues,
        output_field=models.CharField(),
    )
    return units.annotate(standing_basis=basis, tier_held=F("appointment_on_day__tier_id"))


def with_dues(
    units: QuerySet[MemberUnit], year: int, on: dt.date, *, name: str = "dues"
) -> QuerySet[MemberUnit]:
    """Every unit with what it owes for ``year`` and has paid by ``on``, as aliases ``<name>_…``.

    ``by_tier`` (a tier's id) and ``due`` (the standard) are NULL where unknown, ``added`` and
    ``paid`` where there is nothing.
    """
    return _join_dues(units, name, year, on, among=None)


def missing(name: str = "dues") -> models.F:
    """What `with_dues` found to be missing; below zero for too much, NULL where unknown."""
    nothing = Value(Decimal(0))
    return (
        F(f"{name}_due")
        + Coalesce(F(f"{name}_added"), nothing)
        - Coalesce(F(f"{name}_paid"), nothing)
    )


def _join_dues(
    units: QuerySet[MemberUnit], name: str, year: int, on: dt.date, *, among: QuerySet | None
) -> QuerySet[MemberUnit]:
    """``units`` with what each owes for ``year`` and has paid by ``on``, as ``<name>_…``.

    ``among``: ids of the only units asked about, where they are few.
    """
    for rows in (_due(year), _adjusted(year, on), _paid(year, on)):
        asked = rows if among is None else rows.filter(unit__in=among)
        units = join_rows(units, asked, name=name, key="unit_id", on="pk")
    return units


def _dues_basis(name: str, paid: Basis, unpaid: Basis) -> Case:
    """`History.basis` from the joined dues of a year."""
    nothing = Value(Decimal(0))
    is_covered = GreaterThanOrEqual(
        Coalesce(F(f"{name}_paid"), nothing),
        F(f"{name}_due") + Coalesce(F(f"{name}_added"), nothing),
    )
    return Case(
        When(**{f"{name}_has_tier__isnull": True}, then=Value(Basis.NO_TIER)),
        When(**{f"{name}_due__isnull": True}, then=Value(Basis.NO_STANDARD)),
        When(is_covered, then=Value(paid)),
        default=Value(unpaid),
    )


def _due(year: int) -> QuerySet:
    """By unit, the standard of its earliest appointment in ``year``: NULL where there is none."""
    new_year, year_end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    appointments = TierAppointment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=new_year), starts_on__lte=year_end
    )
    standard = FilteredRelation(
        "tier__dues_standards", condition=Q(tier__dues_standards__year=year)
    )
    return (
        appointments.annotate(standard=standard)
        .order_by("unit_id", "starts_on")
        .distinct("unit_id")
        .values("unit_id", due=F("standard__amount"), by_tier=F("tier_id"), has_tier=Value(True))
    )


def _adjusted(year: int, on: dt.date) -> QuerySet:
    """By unit, the sum of the adjustments to what is due for ``year`` that apply on ``on``."""
    rows = DuesAdjustment.objects.applied(on).filter(year=year).order_by()
    return rows.values("unit_id").annotate(added=Sum("amount"))


def _paid(year: int, on: dt.date) -> QuerySet:
    """By unit, the counted payments less refunds for ``year``, dated by ``on``."""
    payments = DuesPayment.objects.counted(on).filter(year=year).order_by()
    return payments.values("unit_id").annotate(paid=Sum(DuesPayment.SIGNED))


def _newcomers(on: dt.date) -> QuerySet[MembershipApplication]:
    """Ids of the members on the day ``on`` that joined in its year."""
    in_force = MembershipApplication.objects.in_force(on)
    return in_force.filter(decided_on__gte=dt.date(on.year, 1, 1)).values("unit")
