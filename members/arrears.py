"""欠费: units whose dues are not covered for several years in a row, and what the council decides.

Nothing here drops a unit: it leaves the list when it pays, when its dues are waived, or when a
resolution ends its membership.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from members.days import day_of
from members.dues_year import YearOfDues, in_year
from members.ending import end_membership
from members.models import ArrearsDecision, MembershipApplication, MemberUnit
from members.record import acting
from members.standing import History, histories, missing, with_dues

YEARS = 2
BEGINNING = dt.date(1991, 1, 1)
DAY = dt.timedelta(days=1)


def last_year(on: dt.date) -> int:
    """The latest year whose dues decide for a unit from an earlier year, as the charter has it."""
    return on.year if on.month > 6 else on.year - 1


def in_arrears(units: QuerySet, on: dt.date, *, years: int = YEARS) -> QuerySet:
    """Those of ``units`` that are members on ``on`` and owe dues of each of the latest ``years``.

    A year before the unit joined, and a year whose amount is unknown, is not owed.
    """
    latest = last_year(on)
    since = dt.date(latest - years + 1, 12, 31)
    members = MembershipApplication.objects.in_force(on).filter(decided_on__lte=since)
    units = units.filter(Exists(members.filter(unit=OuterRef("pk"))))
    for year in range(latest - years + 1, latest + 1):
        name = f"dues_{year}"
        owed = f"missing_{year}"
        units = with_dues(units, year, on, name=name).alias(**{owed: missing(name)})
        units = units.filter(**{f"{owed}__gt": 0})
    return units


def unpaid_years(units: Iterable[MemberUnit], on: dt.date) -> dict[int, list[YearOfDues]]:
    """By the unit's id, the latest years in a row that are not covered, the newest first."""
    return {history.unit.pk: list(_unpaid(history, on)) for history in histories(units, BEGINNING)}


def _unpaid(history: History, on: dt.date) -> Iterable[YearOfDues]:
    membership = history.membership(on)
    if membership is None:
        return
    for year in range(last_year(on), membership.decided_on.year - 1, -1):
        dues = in_year(history, year, on)
        if not dues.missing:
            return
        yield dues


def owed(years: Iterable[YearOfDues]) -> Decimal:
    return sum((year.missing for year in years), Decimal(0))


@transaction.atomic
def decide(
    *,
    unit: MemberUnit,
    outcome: str,
    decided_on: dt.date,
    resolution: str,
    wait_until: dt.date | None,
    by: User,
    at: dt.datetime,
) -> ArrearsDecision:
    """Record what the council decided; where it ends the membership, that is done as well.

    Raises ``ValidationError`` without a resolution, for a day to come, where waiting has no day,
    or if the unit is no member then.
    """
    if decided_on > day_of(at):
        raise ValidationError({"decided_on": _("The decision lies in the future.")})
    decision = ArrearsDecision(
        unit=unit,
        outcome=outcome,
        decided_on=decided_on,
        resolution=resolution.strip(),
        wait_until=wait_until,
        recorded_at=at,
        recorded_by=by,
    )
    decision.full_clean()
    with acting(by=by, why=decision.resolution):
        decision.save()
        if outcome == ArrearsDecision.Outcome.END:
            _end(decision)
    return decision


def _end(decision: ArrearsDecision) -> None:
    in_force = MembershipApplication.objects.in_force(decision.decided_on)
    membership = in_force.filter(unit=decision.unit).first()
    if membership is None:
        raise ValidationError(_("The unit is not a member on that day."))
    end_membership(
        application=membership,
        ended_on=decision.decided_on,
        because=_("Dues not paid; %(resolution)s") % {"resolution": decision.resolution},
        by=decision.recorded_by,
        at=decision.recorded_at,
    )
