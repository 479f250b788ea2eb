"""Many at once: for a unit's last free seats, and for the last places of a hall.

Real threads with connections of their own. The control does the same without protection and
oversells, so these runs are known to meet the race.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from events.hall import resize
from events.models import Attendee, Event, Registration
from events.registration import cancel, register, substitute
from events.taking import take_free_seat, take_place
from tests.events.seating import (
    AT,
    MEMBER_PRICE,
    entitled_unit,
    event_with,
    people,
    person,
    wrongs,
)
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

CONNECTIONS, SEATS, RUNS = 8, 3, 200


class Crowd:
    """So many threads, each with its connection, that begin at the same moment."""

    def __enter__(self):
        self.barrier = Barrier(CONNECTIONS)
        self.threads = ThreadPoolExecutor(CONNECTIONS)
        self.together([lambda: connection.ensure_connection()] * CONNECTIONS)
        return self

    def __exit__(self, *failure):
        self.together([lambda: connection.close()] * CONNECTIONS)
        self.threads.shutdown()

    def together(self, calls: list) -> list:
        """What each call returned; one thread for each."""
        return list(self.threads.map(self.when_all_are_there, calls))

    def when_all_are_there(self, call):
        self.barrier.wait(timeout=20)
        return call()


@pytest.fixture
def crowd(transactional_db):
    with Crowd() as crowd:
        yield crowd


@pytest.fixture
def by(transactional_db):
    return UserFactory()


@pytest.fixture
def registration(by):
    """A unit with three free seats at an event without a limit, none of them taken."""
    return registered_once(event_with(free=SEATS), by)


def registered_once(event: Event, by) -> Registration:
    register(event=event, unit=entitled_unit(), people=people(1), at=AT, by=by)
    return Registration.objects.get(event=event)


def holding(take, row) -> bool:
    """Take one of what ``row`` has, in a transaction of its own."""
    with transaction.atomic():
        return take(row)


def naive_place(event: Event) -> bool:
    """Without protection: look first, write then."""
    now = Event.objects.get(pk=event.pk)
    if now.taken >= now.capacity:
        return False
    Event.objects.filter(pk=event.pk).update(taken=now.taken + 1)
    return True


def naive_free_seat(registration: Registration) -> bool:
    now = Registration.objects.get(pk=registration.pk)
    if now.free_taken >= now.free_seats:
        return False
    Registration.objects.filter(pk=registration.pk).update(free_taken=now.free_taken + 1)
    return True


def runs_of(crowd, take, row, counter: str, times: int) -> list[int]:
    """How many of the crowd got one, run after run, with ``SEATS`` to be had each time."""
    rows = type(row).objects.filter(pk=row.pk)
    winners = []
    for _run in range(times):
        rows.update(**{counter: 0})
        got = crowd.together([partial(holding, take, row)] * CONNECTIONS)
        winners.append(sum(got))
    return winners


def test_a_units_free_seats_are_sold_out_and_never_oversold(crowd, registration):
    winners = runs_of(crowd, take_free_seat, registration, "free_taken", RUNS)

    assert winners == [SEATS] * RUNS


def test_the_last_places_of_a_hall_are_sold_out_and_never_oversold(crowd):
    winners = runs_of(crowd, take_place, event_with(capacity=SEATS), "taken", RUNS)

    assert winners == [SEATS] * RUNS


def test_control_free_seats_are_oversold_without_the_protection(crowd, registration):
    winners = runs_of(crowd, naive_free_seat, registration, "free_taken", 20)

    assert sum(count > SEATS for count in winners) > 10


def test_control_places_are_oversold_without_the_protection(crowd):
    winners = runs_of(crowd, naive_place, event_with(capacity=SEATS), "taken", 20)

    assert sum(count > SEATS for count in winners) > 10


def attempt(verb, **arguments):
    """Do it; a refusal is an answer, too."""
    try:
        return verb(at=AT, **arguments)
    except ValidationError as error:
        return error.code


def test_whole_registrations_for_the_free_seats_of_one_unit(crowd, by):
    """Nothing can be bought: three come, five are refused."""
    unit = entitled_unit()
    for _run in range(5):
        event = event_with(free=SEATS)

        answers = crowd.together(
            [
                partial(attempt, register, event=event, unit=unit, people=people(1), by=by)
                for _each in range(CONNECTIONS)
            ]
        )

        assert answers.count("nothing_left") == CONNECTIONS - SEATS
        assert Attendee.objects.filter(registration__event=event, is_free=True).count() == SEATS
        assert wrongs(event) == []


def test_whole_registrations_of_many_units_for_the_last_places(crowd, by):
    """Three get a place, five wait, each at a place of its own in the list."""
    units = [entitled_unit() for _each in range(CONNECTIONS)]
    for _run in range(5):
        event = event_with(free=None, capacity=SEATS)

        crowd.together(
            [
                partial(register, event=event, unit=unit, people=people(1), at=AT, by=by)
                for unit in units
            ]
        )

        attendees = Attendee.objects.filter(registration__event=event)
        assert attendees.live().count() == SEATS
        assert list(attendees.waiting().values_list("turn", flat=True)) == [1, 2, 3, 4, 5]
        assert wrongs(event) == []


def test_everything_at_once_neither_deadlocks_nor_miscounts(crowd, by):
    units = [entitled_unit() for _each in range(2)]
    event = event_with(free=1, capacity=5, member_price=MEMBER_PRICE)
    for unit in units:
        register(event=event, unit=unit, people=people(5), at=AT, by=by)
    for _run in range(4):
        expected = list(Attendee.objects.expected().order_by("pk"))
        last, first, second = expected[-1], expected[0], expected[1]
        calls = [
            *(partial(register, event=event, unit=unit, people=people(2)) for unit in units),
            *(partial(cancel, attendee=attendee) for attendee in (first, last)),
            *(partial(substitute, attendee=each, person=person()) for each in (first, second)),
            *(partial(resize, event=event, capacity=size) for size in (5, 6)),
        ]
        crowd.together([partial(attempt, call, by=by) for call in calls])

        assert wrongs(event) == []
