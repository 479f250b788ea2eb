"""What an act would change of units' standing, found by doing it and taking it back.

So the preview is what then happens: the same code writes the rows and the same rule judges them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from members.models import MemberUnit
from members.standing import GOOD, Basis, with_standing


@dataclass(frozen=True)
class Change:
    """A unit's standing on a day, before and after an act."""

    unit_id: int
    on: dt.date
    before: Basis
    after: Basis

    @property
    def is_one(self) -> bool:
        return self.before != self.after

    @property
    def wins(self) -> bool:
        return self.before not in GOOD and self.after in GOOD

    @property
    def loses(self) -> bool:
        return self.before in GOOD and self.after not in GOOD


def telling_days(year: int, on: dt.date) -> list[dt.date]:
    """The days on which a change to the dues of ``year`` shows: today and around the halves."""
    days = {on} | {dt.date(each, 7, 1) for each in (year, year + 1)}
    days |= {dt.date(each, 6, 30) for each in (year, year + 1)}
    days |= {dt.date(year, 12, 31)}
    return sorted(day for day in days if day >= on) or [on]


@transaction.atomic
def foreseen(
    units: QuerySet[MemberUnit], days: Iterable[dt.date], act: Callable[[], object]
) -> list[Change]:
    """The standing of each unit on each day before and after ``act``, of which nothing remains.

    Raises what ``act`` raises.
    """
    days = list(days)
    before = {day: _bases(units, day) for day in days}
    point = transaction.savepoint()
    try:
        act()
        after = {day: _bases(units, day) for day in days}
    finally:
        transaction.savepoint_rollback(point)
    return [
        Change(unit_id, day, Basis(basis), Basis(after[day][unit_id]))
        for day in days
        for unit_id, basis in before[day].items()
    ]


def _bases(units: QuerySet[MemberUnit], on: dt.date) -> dict[int, str]:
    return dict(with_standing(units.order_by("pk"), on).values_list("pk", "standing_basis"))
