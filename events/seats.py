"""How a unit stands with events: what is free, taken and left, and what the next person costs.

What is stored on the registration is what was decided then; here the right is judged anew, and a
unit never has fewer free seats than it holds. Three queries for any number of events.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from benefits.entitlement import Entitlement, entitlements_on
from benefits.models import Medium
from events.models import Attendee, Event, Registration
from events.terms import Terms, terms
from members.models import MemberUnit

State = Attendee.State


@dataclass(frozen=True)
class SeatAccount:
    """One unit at one event, judged for its first day.

    ``allowed`` and ``left`` are ``None`` where any number of people is free. ``becoming_free``
    are people that still owe while a free seat is left for them: their seats become free with
    the next registration. ``next_price`` is what a person beyond the free seats costs in yuan,
    ``None`` where nobody can come beyond them.
    """

    event: Event
    answer: Entitlement
    registration: Registration | None
    allowed: int | None
    used: int
    becoming_free: int
    live: int
    waiting: int
    next_price: Decimal | None

    @property
    def unlimited(self) -> bool:
        return self.allowed is None

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else self.allowed - self.used

    @property
    def is_discount(self) -> bool:
        """Whether the right is the member price itself."""
        return self.answer.entitled and self.answer.medium != Medium.SEAT

    @property
    def most(self) -> int | None:
        """How many more people the unit may send; ``None`` for any number. Who waits for a free
        seat will need it."""
        if self.unlimited or self.next_price is not None:
            return None
        return max(0, self.left - self.waiting)

    @property
    def can_add(self) -> bool:
        """Whether the unit may send another person at all."""
        return self.most != 0

    @property
    def words(self) -> str:
        """免费 5 · 已用 2 · 剩 3 · 再派 1 人 ¥1,600, in the reader's language."""
        from events.seat_words import facts  # the words explain the account

        return " · ".join(facts(self))


@dataclass(frozen=True)
class Seat:
    """What one more person would get: a free seat, one at a price, or a place in the list."""

    is_free: bool
    is_waiting: bool
    price: Decimal | None


def seats(unit: MemberUnit, events: Iterable[Event]) -> list[SeatAccount]:
    """The unit's account at each event, in their order. Give events with ``series`` and its
    benefit item selected."""
    events = list(events)
    questions = [(event.series.benefit_item, event.starts_on) for event in events]
    answers = entitlements_on(unit, questions)
    registrations = registrations_of(unit, events)
    return [
        account(terms(event, answer), event, registrations.get(event.pk))
        for event, answer in zip(events, answers, strict=True)
    ]


def registrations_of(unit: MemberUnit, events: list[Event]) -> dict[int, Registration]:
    """The unit's registration for each event, with its people counted."""
    live = Q(attendees__state=State.LIVE)
    owing = live & Q(attendees__is_free=False, attendees__paid_on__isnull=True)
    rows = Registration.objects.filter(unit=unit, event__in=events).annotate(
        live_count=Count("attendees", filter=live),
        owing_count=Count("attendees", filter=owing),
        waiting_count=Count("attendees", filter=Q(attendees__state=State.WAITING)),
    )
    return {row.event_id: row for row in rows}


def account(decided: Terms, event: Event, registration: Registration | None) -> SeatAccount:
    taken = registration.free_taken if registration else 0
    owing = registration.owing_count if registration else 0
    allowed = decided.free_seats
    if allowed is not None:
        allowed = max(allowed, taken)
    becoming = owing if allowed is None else min(owing, allowed - taken)
    return SeatAccount(
        event=event,
        answer=decided.answer,
        registration=registration,
        allowed=allowed,
        used=taken + becoming,
        becoming_free=becoming,
        live=registration.live_count if registration else 0,
        waiting=registration.waiting_count if registration else 0,
        next_price=decided.price,
    )


def quote(account: SeatAccount, count: int) -> list[Seat]:
    """What so many more people would get if they were registered now, in their order."""
    room, free = account.event.places_left, account.left
    found = []
    for number in range(count):
        is_waiting = room is not None and number >= room
        is_free = not is_waiting and (free is None or number < free)
        price = None if is_waiting else Decimal(0) if is_free else account.next_price
        found.append(Seat(is_free, is_waiting, price))
    return found
