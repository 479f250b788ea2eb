"""权益账单: what a unit was promised in a calendar year, has used and has left, item by item.

One statement answers for all items the charter has on its day, as of that day, with what is
recorded now. Every number is counted from the rows that consume (each app's ``usage.py``).
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Min

from benefits.entitlement import Entitlement, entitlements
from benefits.models import BenefitGroup, BenefitItem
from benefits.usage import Use
from events.models import Event
from events.seats import SeatAccount, seats
from members.models import MembershipApplication, MemberUnit
from members.standing import Standing, standing
from reports.counting import Account, account
from reports.rows import READERS, uses_of
from reports.statement_words import Words, at_event, in_words


@dataclass(frozen=True)
class Line:
    """One item: the rule's answer on the day, the account, and the rows it was counted from.

    ``uses`` are the newest first; ``seats`` the accounts of the year's events of the item's
    series.
    """

    item: BenefitItem
    on: dt.date
    answer: Entitlement
    account: Account
    uses: tuple[Use, ...]
    seats: tuple[SeatAccount, ...]

    @property
    def promised(self) -> int | None:
        return self.account.promised

    @property
    def used(self) -> int:
        return self.account.used

    @property
    def left(self) -> int | None:
        return self.account.left

    @property
    def ahead(self) -> int:
        """Of what is used, the seats reserved at events to come."""
        return sum(use.quantity for use in self.uses if use.is_counted and use.on > self.on)

    @property
    def is_open(self) -> bool:
        """Whether there is something to be had: entitled today, or at an event to come."""
        return self.answer.entitled or bool(self.left) or self.account.unlimited

    @property
    def is_over(self) -> bool:
        """Whether the year had its events, and none is still to be had."""
        return bool(self.seats) and all(each.event.ends_on < self.on for each in self.seats)

    @property
    def events(self) -> list[tuple[SeatAccount, str]]:
        """Each of the year's events, and how the unit stands with it in words."""
        return [(each, at_event(each, self.on)) for each in self.seats]

    @property
    def words(self) -> Words:
        """Promised, used and left for a reader, in the active language."""
        return in_words(self)

    def as_json(self) -> dict:
        said = self.words
        return {
            "item": self.item.code,
            "name": self.item.label,
            "group": self.item.group.code,
            "clause": self.item.clause,
            "period": self.item.period,
            "counted_per": self.item.counted_per,
            "promised": self.promised,
            "of_each": self.account.each,
            "unlimited": self.account.unlimited,
            "used": self.used,
            "ahead": self.ahead,
            "left": self.left,
            "words": {"promised": said.promised, "used": said.used, "left": said.left},
            "entitlement": self.answer.as_json(),
            "uses": [use_as_json(use, self.on) for use in self.uses],
            "events": [seats_as_json(each, said) for each, said in self.events],
        }


@dataclass(frozen=True)
class Section:
    """The lines of one group of the charter."""

    group: BenefitGroup
    lines: tuple[Line, ...]

    @property
    def entitled(self) -> int:
        return sum(line.answer.entitled for line in self.lines)


@dataclass(frozen=True)
class Statement:
    """All lines in the charter's order. ``standing`` is the unit's on the day ``on``."""

    unit: MemberUnit
    year: int
    on: dt.date
    standing: Standing
    lines: tuple[Line, ...]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(
            Section(group, tuple(of_group))
            for group, of_group in groupby(self.lines, key=lambda line: line.item.group)
        )

    @property
    def entitled(self) -> int:
        """How many items the unit may use on the day."""
        return sum(line.answer.entitled for line in self.lines)

    @property
    def used(self) -> int:
        """How many items the unit has used in the year."""
        return sum(line.used > 0 for line in self.lines)

    def line(self, item: BenefitItem) -> Line | None:
        return next((line for line in self.lines if line.item == item), None)

    def as_json(self) -> dict:
        """What the command and the API answer; keys and codes are the same in every language."""
        tier, until = self.standing.tier, self.standing.good_until
        return {
            "unit": {
                "id": self.unit.pk,
                "name": self.unit.name,
                "credit_code": self.unit.credit_code,
            },
            "year": self.year,
            "on": self.on.isoformat(),
            "tier": tier.code if tier else None,
            "standing": {
                "is_good": self.standing.is_good,
                "basis": self.standing.basis.value,
                "good_until": until.isoformat() if until else None,
                "because": list(self.standing.because),
                "would_change": list(self.standing.would_change),
            },
            "items": len(self.lines),
            "entitled": self.entitled,
            "used": self.used,
            "lines": [line.as_json() for line in self.lines],
        }


def day_in(year: int, today: dt.date) -> dt.date:
    """The day a door asks about when only the year is given: today, or the year's day nearest
    to it, which is 31 December of a year that is over."""
    return min(max(today, dt.date(year, 1, 1)), dt.date(year, 12, 31))


def years(unit: MemberUnit, year: int, today: dt.date) -> list[int]:
    """The years to choose from, the newest first: from the unit's first as a member to this one,
    and the one asked about."""
    approved = unit.applications.filter(decision=MembershipApplication.Decision.APPROVED)
    first = approved.aggregate(first=Min("decided_on"))["first"]
    since = first.year if first else today.year
    return sorted({year, *range(since, today.year + 1)}, reverse=True)


def statement(unit: MemberUnit, *, year: int, on: dt.date) -> Statement:
    """The unit's statement for ``year`` as of ``on``, in a fixed number of queries.

    Raises ``ValueError`` where the day lies outside the year.
    """
    if on.year != year:
        raise ValueError(f"{on} does not lie in {year}")
    items = BenefitItem.objects.promised(on).select_related("group", *READERS)
    return stated(unit, year, on, list(items))


def stated(unit: MemberUnit, year: int, on: dt.date, items: list[BenefitItem]) -> Statement:
    """The statement of the items, which were fetched with their ``READERS``."""
    answers = entitlements(unit, on, items)
    used = uses_of(unit, items, year, on)
    booked = seats_by_item(unit, items, year)
    lines = (
        line(answer, used.get(answer.item.pk, ()), booked.get(answer.item.pk, ()), on)
        for answer in answers
    )
    return Statement(
        unit=unit,
        year=year,
        on=on,
        standing=answers[0].standing if answers else standing(unit, on),
        lines=tuple(lines),
    )


def line(
    answer: Entitlement, uses: Iterable[Use], of_events: Iterable[SeatAccount], on: dt.date
) -> Line:
    uses, of_events = tuple(uses), tuple(of_events)
    used = sum(use.quantity for use in uses if use.is_counted)
    return Line(
        item=answer.item,
        on=on,
        answer=answer,
        account=account(answer, used, of_events, on),
        uses=uses,
        seats=of_events,
    )


def seats_by_item(
    unit: MemberUnit, items: list[BenefitItem], year: int
) -> dict[int, list[SeatAccount]]:
    """The unit's seats at the year's announced events that take place, the earliest first, by
    the item's id."""
    events = (
        Event.objects.announced()
        .taking_place()
        .filter(starts_on__year=year, series__benefit_item__in=items)
        .select_related("series__benefit_item__group")
        .order_by("starts_on", "pk")
    )
    found: dict[int, list[SeatAccount]] = {}
    for each in seats(unit, list(events)):
        found.setdefault(each.event.series.benefit_item_id, []).append(each)
    return found


def use_as_json(use: Use, on: dt.date) -> dict:
    return {
        "on": use.on.isoformat(),
        "quantity": use.quantity,
        "medium": use.medium,
        "what": use.what,
        "is_counted": use.is_counted,
        "is_ahead": use.on > on,
    }


def seats_as_json(each: SeatAccount, said: str) -> dict:
    return {
        "id": each.event.pk,
        "name": each.event.name,
        "starts_on": each.event.starts_on.isoformat(),
        "ends_on": each.event.ends_on.isoformat(),
        "entitled": each.answer.entitled,
        "allowed": each.allowed,
        "unlimited": each.unlimited,
        "used": each.used,
        "left": each.left,
        "waiting": each.waiting,
        "words": said,
    }
