"""What the database itself refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from events.models import Attendee, Event, Registration
from events.registration import register
from tests.events.seating import AT, MEMBER_PRICE, entitled_unit, event_with, people
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """A hall of two with one free and one paid seat, and one person waiting."""
    event = event_with(free=1, capacity=2, member_price=MEMBER_PRICE)
    return register(event=event, unit=entitled_unit(), people=people(3), at=AT, by=UserFactory())


def refusal(rows, **change) -> str:
    """The constraint that refuses the change; empty where none does."""
    try:
        with transaction.atomic():
            rows.update(**change)
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return ""


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"taken": 3}, "event_taken_within_capacity"),
        ({"capacity": 1}, "event_taken_within_capacity"),
        ({"capacity": 0, "taken": 0}, "event_capacity_positive"),
        ({"fee": -1, "member_price": None}, "event_prices_not_negative"),
        ({"fee": 1, "member_price": 2}, "event_member_price_not_above_fee"),
        ({"changes_until": None}, "event_registration_days_complete"),
        ({"registration_opens_on": dt.date(2026, 9, 2)}, "event_registration_days_in_order"),
        ({"registration_closes_on": dt.date(2026, 9, 19)}, "event_registration_days_in_order"),
        ({"changes_until": dt.date(2026, 9, 19)}, "event_registration_days_in_order"),
        ({"cancelled_because": "停用"}, "event_called_off_with_reason"),
    ],
)
def test_events(world, change, constraint):
    assert refusal(Event.objects.all(), **change) == constraint


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"free_taken": 2}, "registration_free_taken_within_free_seats"),
        ({"free_taken": -1}, "events_registration_free_taken_check"),
        ({"price": -1}, "registration_price_not_negative"),
    ],
)
def test_registrations(world, change, constraint):
    assert refusal(Registration.objects.all(), **change) == constraint


@pytest.mark.parametrize(
    ("which", "change", "constraint"),
    [
        (0, {"price": 5}, "attendee_free_costs_nothing"),
        (0, {"paid_on": dt.date(2026, 9, 1)}, "attendee_paid_has_price"),
        (1, {"price": None}, "attendee_live_has_price"),
        (1, {"state": "cancelled"}, "attendee_ended_says_when"),
        (1, {"checked_in_at": AT}, "attendee_only_live_checked_in"),
        (2, {"price": 5}, "attendee_waiting_holds_nothing"),
        (2, {"turn": None}, "attendee_waiting_holds_nothing"),
        (2, {"state": "live"}, "attendee_live_has_price"),
    ],
)
def test_attendees(world, which, change, constraint):
    assert refusal(Attendee.objects.filter(pk=world[which].pk), **change) == constraint


def test_one_person_stands_once_on_a_registration(world):
    first, second, _third = world
    again = {"name": first.name, "mobile": first.mobile}

    assert refusal(Attendee.objects.filter(pk=second.pk), **again) == (
        "attendee_once_per_registration"
    )
