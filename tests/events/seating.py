"""Events with seats, units that may take them, and what must always hold of both."""

import datetime as dt
from decimal import Decimal
from itertools import count

from django.db.models import Q

from benefits.models import Allowance, Extent, Medium
from events.models import Attendee, Event, Registration
from events.persons import Person
from members.models import MemberUnit
from tests.events.factories import EventFactory, ItemFactory, SeriesFactory
from tests.factories import TierFactory, member

JOINED = dt.date(2019, 5, 1)
STARTS_ON = dt.date(2026, 9, 16)
OPENS_ON, CLOSES_ON, CHANGES_UNTIL = dt.date(2026, 8, 1), dt.date(2026, 9, 1), dt.date(2026, 9, 10)
# Noon in Shanghai on a day within the window.
AT = dt.datetime(2026, 8, 20, 4, tzinfo=dt.UTC)
FEE, MEMBER_PRICE = Decimal(2000), Decimal(1600)
numbers = count(1)


def event_with(
    *, free: int | None = 3, extent: str | None = None, medium: str = Medium.SEAT, **fields
) -> Event:
    """An announced event of which ordinary members have ``free`` seats (``None``: unlimited)."""
    number = next(numbers)
    item = ItemFactory(code=f"item-{number}", position=number)
    Allowance.objects.create(
        item=item,
        tier=TierFactory(),
        medium=medium,
        extent=extent or (Extent.UNLIMITED if free is None else Extent.QUANTITY),
        quantity=None if extent else free,
        clause=item.clause,
        starts_on=dt.date(2015, 1, 1),
    )
    fields = {
        "starts_on": STARTS_ON,
        "ends_on": STARTS_ON + dt.timedelta(days=2),
        "is_announced": True,
        "registration_opens_on": OPENS_ON,
        "registration_closes_on": CLOSES_ON,
        "changes_until": CHANGES_UNTIL,
        **fields,
    }
    return EventFactory(series=SeriesFactory(code=item.code, benefit_item=item), **fields)


def entitled_unit(**fields) -> MemberUnit:
    """An ordinary member in good standing on the event's first day."""
    return member(joined_on=JOINED, paid=(2026,), **fields)


def unentitled_unit(**fields) -> MemberUnit:
    return member(joined_on=JOINED, **fields)


def person(name: str = "", email: str = "") -> Person:
    number = next(numbers)
    return Person(name=name or f"参会{number}", mobile=f"1380{number:07d}", email=email)


def people(count: int) -> list[Person]:
    return [person() for _each in range(count)]


def wrongs(event: Event) -> list[str]:
    """What does not hold of an event's seats; always empty."""
    event = Event.objects.get(pk=event.pk)
    attendees = Attendee.objects.filter(registration__event=event)
    live = attendees.live().count()
    found = []
    if event.taken != live:
        found.append(f"{event.taken} places taken, {live} people live")
    if event.capacity is not None and live > event.capacity:
        found.append(f"{live} people in {event.capacity} places")
    for registration in Registration.objects.filter(event=event):
        found += wrongs_of(registration)
    if event.places_left != 0 and can_be_seated(event).exists():
        found.append("somebody waits while there is room")
    return found


def wrongs_of(registration: Registration) -> list[str]:
    found = []
    free = registration.attendees.live().filter(is_free=True).count()
    if registration.free_taken != free:
        found.append(f"{registration.free_taken} free seats taken, {free} people on them")
    has_left = registration.is_unlimited or registration.free_taken < registration.free_seats
    if has_left and registration.attendees.to_be_paid().exists():
        found.append("somebody owes while the unit has a free seat")
    return found


def can_be_seated(event: Event):
    waiting = Attendee.objects.waiting().filter(registration__event=event)
    pks = [
        attendee.pk
        for attendee in waiting.select_related("registration")
        if attendee.registration.price is not None
        or attendee.registration.is_unlimited
        or attendee.registration.free_taken < attendee.registration.free_seats
    ]
    return waiting.filter(Q(pk__in=pks))
