"""Everything in the benefits app that can decide one unit's rights, read in one query."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from benefits.models import Allowance, BenefitItem, ExceptionalGrant
from members.as_json import as_json, restored
from members.models import CommitteeSeat, MemberUnit


@dataclass(frozen=True)
class Evidence:
    """The charter's rows for some items, and one unit's seats and grants, over some days."""

    allowances: dict[int, list[Allowance]]  # by item
    seats: list[CommitteeSeat]
    grants: list[ExceptionalGrant]

    def promised(self, item: BenefitItem, on: dt.date) -> list[Allowance]:
        """What the charter promises of the item on the day, to whomever; numbers of zero too."""
        if item.retired_on and item.retired_on <= on:
            return []
        return [row for row in self.allowances[item.pk] if row.holds(on)]

    def committees(self, on: dt.date) -> set[int]:
        """The committees the unit sits on."""
        return {seat.committee_id for seat in self.seats if seat.holds(on)}

    def granted(self, item: BenefitItem, on: dt.date) -> list[ExceptionalGrant]:
        """Grants in force for the item: its own first, then one for every item."""
        found = [row for row in self.grants if row.holds(on) and row.item_id in (item.pk, None)]
        return sorted(found, key=lambda grant: grant.item_id is None)


def evidence(
    unit: MemberUnit, items: Iterable[BenefitItem], first: dt.date, last: dt.date
) -> Evidence:
    """What can matter between two days, both included, in one query."""
    within = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    rows = (
        MemberUnit.objects.filter(pk=unit.pk)
        .values(
            charter=as_json(
                Allowance.objects.filter(within, starts_on__lte=last, item__in=list(items)),
                "tier",
                "committee",
            ),
            held=as_json(CommitteeSeat.objects.filter(within, starts_on__lte=last, unit=unit)),
            granted=as_json(
                ExceptionalGrant.objects.filter(within, starts_on__lte=last, unit=unit),
                approved_by=["id", "name", "email"],
            ),
        )
        .get()
    )
    allowances = defaultdict(list)
    for data in rows["charter"]:
        row = restored(Allowance, data)
        allowances[row.item_id].append(row)
    return Evidence(
        allowances,
        [restored(CommitteeSeat, data) for data in rows["held"]],
        [restored(ExceptionalGrant, data) for data in rows["granted"]],
    )


def evidences(
    units: Iterable[MemberUnit], items: Iterable[BenefitItem], first: dt.date, last: dt.date
) -> dict[int, Evidence]:
    """What can matter for each unit, by its id, in three queries for any number of units."""
    units = list(units)
    within = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    charter = Allowance.objects.filter(within, starts_on__lte=last, item__in=list(items))
    seats = CommitteeSeat.objects.filter(within, starts_on__lte=last, unit__in=units)
    grants = ExceptionalGrant.objects.filter(within, starts_on__lte=last, unit__in=units)
    allowances = grouped(charter.select_related("tier", "committee").order_by("pk"), "item_id")
    held, granted = (grouped(rows.order_by("pk"), "unit_id") for rows in (seats, grants))
    return {unit.pk: Evidence(allowances, held[unit.pk], granted[unit.pk]) for unit in units}


def grouped(rows: QuerySet, key: str) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
