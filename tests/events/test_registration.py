"""Who gets which seat at what price, within which days, and what a change gives back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from benefits.models import Extent, Medium
from benefits.refusal import NotEntitled
from events.hall import call_off, resize
from events.models import Attendee, Event, Registration
from events.paying import mark_paid
from events.persons import Person
from events.registration import cancel, judge_again, register, substitute
from tests.benefits.factories import GrantFactory
from tests.events.seating import (
    AT,
    CHANGES_UNTIL,
    CLOSES_ON,
    FEE,
    MEMBER_PRICE,
    OPENS_ON,
    STARTS_ON,
    entitled_unit,
    event_with,
    people,
    person,
    unentitled_unit,
    wrongs,
)
from tests.factories import PaymentFactory, StandardFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture
def by(db):
    return UserFactory()


@pytest.fixture
def unit(db):
    return entitled_unit()


def seats(attendees) -> list:
    """Of each: free, its price, or waiting."""
    return [
        "waiting" if each.is_waiting else "free" if each.is_free else each.price
        for each in attendees
    ]


def now(attendee: Attendee) -> Attendee:
    return Attendee.objects.get(pk=attendee.pk)


def code_of(raised) -> str:
    return raised.value.code


def morning(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(0, 0), SHANGHAI)


def evening(on: dt.date) -> dt.datetime:
    return dt.datetime.combine(on, dt.time(23, 59, 59), SHANGHAI)


# --- Seats and prices -------------------------------------------------------------------------


def test_the_free_seats_come_first_then_those_at_the_member_price(unit, by):
    event = event_with(free=2, fee=FEE, member_price=MEMBER_PRICE)

    added = register(event=event, unit=unit, people=people(3), at=AT, by=by)

    assert seats(added) == ["free", "free", MEMBER_PRICE]
    assert wrongs(event) == []


def test_what_was_decided_is_stored(unit, by):
    event = event_with(free=2, member_price=MEMBER_PRICE)

    register(event=event, unit=unit, people=people(1), at=AT, by=by)

    row = Registration.objects.get()
    assert (row.free_seats, row.free_taken, row.price) == (2, 1, MEMBER_PRICE)
    assert (row.tier.code, row.basis, row.medium) == ("ordinary", "charter", "seat")
    assert (row.service_on, row.judged_at) == (STARTS_ON, AT)


def test_an_event_free_for_all_takes_any_number(unit, by):
    event = event_with(free=None)

    assert seats(register(event=event, unit=unit, people=people(9), at=AT, by=by)) == ["free"] * 9


def test_free_seats_without_a_stated_number_are_any_number(unit, by):
    event = event_with(extent=Extent.NOT_STATED)

    assert seats(register(event=event, unit=unit, people=people(4), at=AT, by=by)) == ["free"] * 4


def test_a_course_costs_the_member_price(unit, by):
    event = event_with(
        extent=Extent.NOT_STATED, medium=Medium.DISCOUNT, fee=FEE, member_price=MEMBER_PRICE
    )

    [added] = register(event=event, unit=unit, people=people(1), at=AT, by=by)

    assert (added.is_free, added.is_member_price, added.price) == (False, True, MEMBER_PRICE)


def test_a_unit_without_the_right_pays_the_full_fee(by):
    event = event_with(free=2, fee=FEE, member_price=MEMBER_PRICE)

    [added] = register(event=event, unit=unentitled_unit(), people=people(1), at=AT, by=by)

    assert (added.is_free, added.is_member_price, added.price) == (False, False, FEE)


def test_without_a_fee_it_is_refused_with_the_reasons(by):
    event = event_with(free=2, member_price=MEMBER_PRICE)

    with pytest.raises(NotEntitled) as raised:
        register(event=event, unit=unentitled_unit(), people=people(1), at=AT, by=by)

    assert raised.value.answer.on == STARTS_ON
    assert Registration.objects.count() == 0


def test_the_right_is_that_of_the_first_day_and_not_of_the_day_of_registering(by):
    """Paid for 2026 only: not yet entitled in June, entitled in July."""
    unit = entitled_unit()
    in_june = event_with(starts_on=dt.date(2026, 6, 30), **window_around(dt.date(2026, 6, 30)))
    in_july = event_with(starts_on=dt.date(2026, 7, 1), **window_around(dt.date(2026, 7, 1)))
    at = morning(dt.date(2026, 6, 20))

    with pytest.raises(NotEntitled):
        register(event=in_june, unit=unit, people=people(1), at=at, by=by)
    assert seats(register(event=in_july, unit=unit, people=people(1), at=at, by=by)) == ["free"]


def window_around(starts_on: dt.date) -> dict:
    return {
        "ends_on": starts_on,
        "registration_opens_on": starts_on - 20 * DAY,
        "registration_closes_on": starts_on,
        "changes_until": starts_on,
    }


def test_a_grant_gives_its_own_number(by):
    event = event_with(free=2)
    unit = unentitled_unit()
    GrantFactory(
        unit=unit,
        item=event.series.benefit_item,
        gives="quantity",
        quantity=1,
        medium=Medium.SEAT,
        ends_on=dt.date(2026, 12, 31),
    )

    register(event=event, unit=unit, people=people(1), at=AT, by=by)

    row = Registration.objects.get()
    assert (row.basis, row.free_seats, row.free_taken) == ("exceptional_grant", 1, 1)


def test_where_nothing_can_be_bought_nobody_comes_beyond_the_free_seats(unit, by):
    event = event_with(free=2)

    with pytest.raises(ValidationError) as raised:
        register(event=event, unit=unit, people=people(3), at=AT, by=by)

    assert code_of(raised) == "nothing_left"
    assert Attendee.objects.count() == 0
    assert wrongs(event) == []


def test_a_member_price_of_nothing_is_open_to_any_number(unit, by):
    event = event_with(free=1, member_price=Decimal(0))

    assert seats(register(event=event, unit=unit, people=people(2), at=AT, by=by)) == ["free", 0]


def test_more_than_the_unit_was_told_is_refused(unit, by):
    event = event_with(free=1, member_price=MEMBER_PRICE)
    register(event=event, unit=unit, people=people(1), at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        register(event=event, unit=unit, people=people(1), at=AT, by=by, at_most=Decimal(0))

    assert code_of(raised) == "costs_more"
    assert Attendee.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ([], "nobody"),
        ([Person("", "13800000000")], "incomplete"),
        ([Person("张三", " ")], "incomplete"),
        ([Person("张三", "手机")], "mobile"),
        ([Person("张三", "13800000000", email="张三")], "invalid"),
        ([Person("张三", "13800000000"), Person(" 张三 ", "138-0000 0000")], "twice"),
        ([Person(f"张{n}", f"1380000{n:04d}") for n in range(51)], "too_many"),
    ],
)
def test_people_that_cannot_be_registered(unit, by, who, code):
    with pytest.raises(ValidationError) as raised:
        register(event=event_with(), unit=unit, people=who, at=AT, by=by)

    assert code_of(raised) == code


def test_a_person_comes_once_for_a_unit_and_again_after_cancelling(unit, by):
    event, who = event_with(), [person()]
    [added] = register(event=event, unit=unit, people=who, at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        register(event=event, unit=unit, people=who, at=AT, by=by)
    cancel(attendee=added, at=AT, by=by)

    assert code_of(raised) == "registered"
    assert seats(register(event=event, unit=unit, people=who, at=AT, by=by)) == ["free"]


# --- The window and the cut-off ---------------------------------------------------------------


@pytest.mark.parametrize("at", [morning(OPENS_ON), evening(CLOSES_ON)])
def test_the_window_includes_its_first_and_last_day(unit, by, at):
    assert register(event=event_with(), unit=unit, people=people(1), at=at, by=by)


@pytest.mark.parametrize(
    ("at", "code"),
    [(evening(OPENS_ON - DAY), "not_open"), (morning(CLOSES_ON + DAY), "closed")],
)
def test_outside_the_window_only_staff_register(unit, by, at, code):
    event = event_with()

    with pytest.raises(ValidationError) as raised:
        register(event=event, unit=unit, people=people(1), at=at, by=by)
    [added] = register(event=event, unit=unit, people=people(1), at=at, by=by, by_staff=True)

    assert code_of(raised) == code
    assert (added.added_by, added.added_at) == (by, at)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        (
            dict.fromkeys(
                ["registration_opens_on", "registration_closes_on", "changes_until"], None
            ),
            "not_open",
        ),
        ({"is_announced": False}, "not_announced"),
    ],
)
def test_events_without_online_registration(unit, by, fields, code):
    with pytest.raises(ValidationError) as raised:
        register(event=event_with(**fields), unit=unit, people=people(1), at=AT, by=by)

    assert code_of(raised) == code


@pytest.mark.parametrize("verb", ["cancel", "substitute"])
def test_changes_are_possible_until_the_end_of_the_last_day(unit, by, verb):
    late = morning(CHANGES_UNTIL + DAY)
    first, second = register(event=event_with(), unit=unit, people=people(2), at=AT, by=by)

    def change(attendee, at, **by_staff):
        if verb == "cancel":
            return cancel(attendee=attendee, at=at, by=by, **by_staff)
        return substitute(attendee=attendee, person=person(), at=at, by=by, **by_staff)

    change(first, evening(CHANGES_UNTIL))
    with pytest.raises(ValidationError) as raised:
        change(second, late)
    change(second, late, by_staff=True)

    assert code_of(raised) == "cut_off"
    assert now(second).state != Attendee.State.LIVE
    assert (now(second).ended_at, now(second).ended_by) == (late, by)


# --- Substituting and cancelling --------------------------------------------------------------


def test_a_substitute_takes_the_seat_as_it_is_with_a_new_pass(unit, by):
    event = event_with(free=1, member_price=MEMBER_PRICE)
    _free, old = register(event=event, unit=unit, people=people(2), at=AT, by=by)
    mark_paid(attendee=old, on=STARTS_ON)

    new = substitute(attendee=old, person=person(), at=AT, by=by)

    assert (new.state, new.price, new.paid_on) == ("live", MEMBER_PRICE, STARTS_ON)
    assert (new.replaces, now(old).state) == (old, "replaced")
    assert new.token != old.token
    assert wrongs(event) == []


def test_a_substitute_keeps_the_place_in_the_waiting_list(unit, by):
    event = event_with(free=None, capacity=1)
    _seated, first, second = register(event=event, unit=unit, people=people(3), at=AT, by=by)

    new = substitute(attendee=first, person=person(), at=AT, by=by)

    assert list(Attendee.objects.waiting()) == [new, second]


def test_nobody_is_substituted_by_somebody_who_comes_anyway(unit, by):
    first, second = register(event=event_with(), unit=unit, people=people(2), at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        substitute(attendee=first, person=Person(second.name, second.mobile), at=AT, by=by)

    assert code_of(raised) == "registered"


def test_cancelling_gives_the_free_seat_back(unit, by):
    event = event_with(free=1)
    [added] = register(event=event, unit=unit, people=people(1), at=AT, by=by)

    cancel(attendee=added, at=AT, by=by)

    assert seats(register(event=event, unit=unit, people=people(1), at=AT, by=by)) == ["free"]


def test_a_freed_seat_goes_to_the_earliest_that_is_not_paid_for(unit, by):
    event = event_with(free=1, member_price=MEMBER_PRICE)
    free, paid, third, fourth = register(event=event, unit=unit, people=people(4), at=AT, by=by)
    mark_paid(attendee=paid, on=STARTS_ON)

    cancel(attendee=free, at=AT, by=by)

    assert seats(map(now, [paid, third, fourth])) == [MEMBER_PRICE, "free", MEMBER_PRICE]
    assert wrongs(event) == []


def test_nobody_is_cancelled_twice(unit, by):
    [added] = register(event=event_with(), unit=unit, people=people(1), at=AT, by=by)
    cancel(attendee=added, at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        cancel(attendee=added, at=AT, by=by)

    assert code_of(raised) == "ended"


# --- The hall ---------------------------------------------------------------------------------


def test_a_full_hall_makes_people_wait_in_order_of_coming(unit, by):
    event, other = event_with(free=None, capacity=2), entitled_unit()
    first = register(event=event, unit=unit, people=people(3), at=AT, by=by)
    second = register(event=event, unit=other, people=people(1), at=AT, by=by)

    assert seats(first + second) == ["free", "free", "waiting", "waiting"]
    assert list(Attendee.objects.waiting()) == [first[2], second[0]]


def test_who_has_waited_longest_moves_up_to_a_free_or_a_paid_seat(unit, by):
    event = event_with(free=1, capacity=1, member_price=MEMBER_PRICE)
    [seated] = register(event=event, unit=entitled_unit(), people=people(1), at=AT, by=by)
    first, second = register(event=event, unit=unit, people=people(2), at=AT, by=by)

    cancel(attendee=seated, at=AT, by=by)
    assert seats(map(now, [first, second])) == ["free", "waiting"]

    resize(event=event, capacity=None, by=by, at=AT)
    assert seats(map(now, [first, second])) == ["free", MEMBER_PRICE]
    assert wrongs(event) == []


def test_nobody_waits_for_a_seat_that_could_never_be_given(unit, by):
    event = event_with(free=1, capacity=1)
    register(event=event, unit=entitled_unit(), people=people(1), at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        register(event=event, unit=unit, people=people(2), at=AT, by=by)

    assert code_of(raised) == "nothing_left"


def test_the_hall_is_never_smaller_than_the_places_taken(unit, by):
    event = event_with(capacity=3)
    register(event=event, unit=unit, people=people(2), at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        resize(event=event, capacity=1, by=by, at=AT)
    resize(event=event, capacity=2, by=by, at=AT)

    event.refresh_from_db()
    assert code_of(raised) == "too_small"
    assert (event.capacity, event.sized_by, event.sized_at) == (2, by, AT)


def test_an_event_that_is_called_off_holds_no_seats(unit, by):
    event = event_with(free=1, capacity=1)
    other = entitled_unit()
    register(event=event, unit=unit, people=people(1), at=AT, by=by)
    register(event=event, unit=other, people=people(1), at=AT, by=by)

    assert call_off(event=event, because="场馆停用", at=AT, by=by) == 2

    event = Event.objects.get()
    assert (event.taken, event.cancelled_by, event.cancelled_because) == (0, by, "场馆停用")
    assert set(Attendee.objects.values_list("state", flat=True)) == {"cancelled"}
    assert wrongs(event) == []
    for verb in (
        lambda: register(event=event, unit=unit, people=people(1), at=AT, by=by, by_staff=True),
        lambda: call_off(event=event, because="再次", at=AT, by=by),
        lambda: resize(event=event, capacity=9, by=by, at=AT),
    ):
        with pytest.raises(ValidationError) as raised:
            verb()
        assert code_of(raised) == "called_off"


def test_calling_off_needs_a_reason(by):
    with pytest.raises(ValidationError) as raised:
        call_off(event=event_with(), because="  ", at=AT, by=by)

    assert code_of(raised) == "no_reason"


# --- Judging again ----------------------------------------------------------------------------


def test_dues_paid_later_make_seats_free(by):
    event, unit = event_with(free=2, fee=FEE, member_price=MEMBER_PRICE), unentitled_unit()
    before = register(event=event, unit=unit, people=people(3), at=AT, by=by)
    standard = StandardFactory(year=2026)
    PaymentFactory(unit=unit, year=2026, amount=standard.amount)

    freed = judge_again(registration=Registration.objects.get(), at=AT)

    assert freed == before[:2]
    assert seats(map(now, before)) == ["free", "free", FEE]
    assert wrongs(event) == []


def test_what_a_unit_holds_it_keeps_when_the_right_shrinks(unit, by):
    event = event_with(free=2, member_price=MEMBER_PRICE)
    register(event=event, unit=unit, people=people(2), at=AT, by=by)
    event.series.benefit_item.allowances.update(quantity=1)

    added = register(event=event, unit=unit, people=people(1), at=AT, by=by)

    assert seats(added) == [MEMBER_PRICE]
    assert Registration.objects.get().free_seats == 2


# --- Payments ---------------------------------------------------------------------------------


def test_only_a_seat_that_costs_something_is_paid_for(unit, by):
    free, paid = register(
        event=event_with(free=1, member_price=MEMBER_PRICE),
        unit=unit,
        people=people(2),
        at=AT,
        by=by,
    )

    with pytest.raises(ValidationError) as raised:
        mark_paid(attendee=free, on=STARTS_ON)
    mark_paid(attendee=paid, on=STARTS_ON)
    assert now(paid).paid_on == STARTS_ON
    mark_paid(attendee=paid, on=None)

    assert code_of(raised) == "nothing"
    assert now(paid).paid_on is None
