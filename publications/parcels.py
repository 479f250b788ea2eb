"""The list of an issue's parcels, to be looked at: before the confirmation as a question, after
it the frozen rows themselves."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection

from publications import printing
from publications.copies import judged_parcels
from publications.eligibility import in_words
from publications.models import Issue, Parcel

State = Parcel.State

FROZEN = """
    SELECT unit_id, copies, tier_id, basis, state, reason, recipient, address, postcode, phone
      FROM publications_parcel WHERE print_run_id = %s
"""
GROUPS = """
    SELECT state, reason, coalesce(tier.name, ''), copies, count(*), coalesce(tier.rank, 32767)
      FROM ({source}) AS parcel LEFT JOIN members_tier AS tier ON tier.id = parcel.tier_id
     GROUP BY 1, 2, 3, 4, 6 ORDER BY 6, 4 DESC, 5 DESC, 2
"""
LEFT_OUT = """
    SELECT parcel.unit_id, unit.name, parcel.copies, parcel.reason
      FROM ({source}) AS parcel JOIN members_memberunit AS unit ON unit.id = parcel.unit_id
     WHERE parcel.state = 'left_out' ORDER BY unit.name LIMIT %s
"""


@dataclass(frozen=True)
class Group:
    """Units that are treated alike: so many, each with so many copies."""

    state: str
    reason: str
    tier: str
    copies_each: int
    units: int

    @property
    def copies(self) -> int:
        return self.units * self.copies_each

    @property
    def why(self) -> str:
        return in_words(self.reason)


@dataclass(frozen=True)
class LeftOut:
    unit_id: int
    unit: str
    copies: int
    reason: str

    @property
    def why(self) -> str:
        return in_words(self.reason)


class Parcels:
    """An issue's parcels, as confirmed or as they would be on ``posted_on``; a query each for
    the numbers and for those left out."""

    def __init__(self, issue: Issue, posted_on: dt.date):
        self.run = printing.of(issue)
        self.posted_on = self.run.posted_on if self.run else posted_on
        if self.run:
            self._source, self._parameters = FROZEN, (self.run.pk,)
        else:
            self._source, self._parameters = judged_parcels(issue, posted_on)

    @cached_property
    def groups(self) -> list[Group]:
        """By tier, the highest first."""
        return [Group(*row[:5]) for row in self._fetch(GROUPS)]

    def of(self, state: str) -> list[Group]:
        return [group for group in self.groups if group.state == state]

    @property
    def posted(self) -> list[Group]:
        return self.of(State.TO_POST)

    @property
    def refused(self) -> list[Group]:
        return self.of(State.NOT_ENTITLED)

    def units(self, state: str) -> int:
        return sum(group.units for group in self.of(state))

    @property
    def to_post(self) -> int:
        return self.units(State.TO_POST)

    @property
    def left_out(self) -> int:
        return self.units(State.LEFT_OUT)

    @property
    def promised(self) -> int:
        return self.to_post + self.left_out

    @property
    def not_entitled(self) -> int:
        return self.units(State.NOT_ENTITLED)

    @property
    def copies(self) -> int:
        """What goes to the post."""
        return sum(group.copies for group in self.posted)

    def those_left_out(self, most: int) -> list[LeftOut]:
        """Units that are promised copies and cannot be reached, by name."""
        return [LeftOut(*row) for row in self._fetch(LEFT_OUT, most)]

    def _fetch(self, select: str, *given) -> Sequence[tuple]:
        with connection.cursor() as cursor:
            sql = select.replace("{source}", self._source)
            cursor.execute(sql, (*self._parameters, *given))
            return cursor.fetchall()
