"""A unit's account at an event, in figures and words, what is used, and what comes next."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from benefits.models import Extent, Medium
from events.hall import call_off
from events.paying import mark_paid
from events.registration import register
from events.seats import quote, seats
from events.usage import uses
from tests.events.seating import (
    AT,
    FEE,
    MEMBER_PRICE,
    STARTS_ON,
    entitled_unit,
    event_with,
    people,
    unentitled_unit,
)
from tests.factories import PaymentFactory, StandardFactory, UserFactory

pytestmark = pytest.mark.django_db

YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def unit(db):
    return entitled_unit()


@pytest.fixture
def by(db):
    return UserFactory()


def account(unit, event):
    return seats(unit, [event])[0]


def figures(found) -> tuple:
    return (found.allowed, found.used, found.left, found.next_price)


def test_what_is_free_used_and_left(unit, by):
    event = event_with(free=5, fee=FEE, member_price=MEMBER_PRICE)
    register(event=event, unit=unit, people=people(2), at=AT, by=by)

    found = account(unit, event)

    assert figures(found) == (5, 2, 3, MEMBER_PRICE)
    assert found.words == "免费 5 · 已用 2 · 剩 3 · 再派 1 人 ¥1,600 · 已报名 2 人"


@pytest.mark.parametrize(
    ("fields", "entitled", "words"),
    [
        ({"free": None}, True, "免费参加，人数不限"),
        ({"free": 2}, True, "免费 2 · 已用 0 · 剩 2"),
        ({"free": 2, "fee": FEE}, False, "贵单位暂无免费名额 · 每人 ¥2,000"),
        ({"free": 2}, False, "贵单位暂无免费名额"),
        (
            {
                "extent": Extent.NOT_STATED,
                "medium": Medium.DISCOUNT,
                "fee": FEE,
                "member_price": Decimal("1600.50"),
            },
            True,
            "会员优惠价 ¥1,600.50 · 非会员 ¥2,000",
        ),
        ({"extent": Extent.NOT_STATED, "medium": Medium.DISCOUNT}, True, "会员优惠价待定"),
    ],
)
def test_the_account_in_words(by, fields, entitled, words):
    unit = entitled_unit() if entitled else unentitled_unit()

    assert account(unit, event_with(**fields)).words == words


def test_the_account_in_english(unit):
    with translation.override("en"):
        assert account(unit, event_with(free=2)).words == "free 2 · used 0 · left 2"


def test_people_that_owe_use_the_free_seats_that_the_unit_has_by_now(by):
    unit, event = unentitled_unit(), event_with(free=3, fee=FEE)
    register(event=event, unit=unit, people=people(2), at=AT, by=by)
    PaymentFactory(unit=unit, year=2026, amount=StandardFactory(year=2026).amount)

    found = account(unit, event)

    assert (found.becoming_free, found.used, found.left) == (2, 2, 1)


def test_many_events_take_as_many_queries_as_one(unit, by):
    events = [event_with(free=1) for _each in range(3)]
    for event in events:
        register(event=event, unit=unit, people=people(1), at=AT, by=by)

    taken = []
    for some in (events[:1], events):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert [each.used for each in seats(unit, some)] == [1] * len(some)
        taken.append(len(captured))

    assert taken == [3, 3]


@pytest.mark.parametrize(
    ("fields", "most"),
    [
        ({"free": 3, "capacity": 1}, 1),
        ({"free": 2, "capacity": 1}, 0),
        ({"free": 2, "member_price": MEMBER_PRICE}, None),
        ({"free": None, "capacity": 1}, None),
    ],
)
def test_who_waits_for_a_free_seat_will_need_it(unit, by, fields, most):
    """Two people are registered; in a hall of one place, the second waits."""
    event = event_with(**fields)
    register(event=event, unit=unit, people=people(2), at=AT, by=by)

    found = account(unit, event)

    assert (found.most, found.can_add) == (most, most != 0)


def test_what_more_people_would_cost(unit, by):
    event = event_with(free=2, capacity=3, member_price=MEMBER_PRICE)
    register(event=event, unit=unit, people=people(1), at=AT, by=by)
    event.refresh_from_db()

    quoted = quote(account(unit, event), 3)

    assert [(seat.is_free, seat.price, seat.is_waiting) for seat in quoted] == [
        (True, 0, False),
        (False, MEMBER_PRICE, False),
        (False, None, True),
    ]


# --- What is used -----------------------------------------------------------------------------


def test_free_seats_are_counted_and_paid_ones_told(unit, by):
    event = event_with(free=1, member_price=MEMBER_PRICE, name="样本大会")
    free, paid = register(event=event, unit=unit, people=people(2), at=AT, by=by)
    mark_paid(attendee=paid, on=STARTS_ON)

    found = uses(unit, *YEAR)

    assert [(use.source, use.is_counted, use.medium) for use in found] == [
        (paid, False, "discount"),
        (free, True, "seat"),
    ]
    assert {use.item_id for use in found} == {event.series.benefit_item_id}
    assert [(use.on, use.what) for use in found][1] == (STARTS_ON, f"{free.name} · 样本大会")


def test_a_seat_at_a_course_uses_the_discount(unit, by):
    event = event_with(extent=Extent.NOT_STATED, medium=Medium.DISCOUNT, member_price=MEMBER_PRICE)
    register(event=event, unit=unit, people=people(1), at=AT, by=by)

    assert [use.is_counted for use in uses(unit, *YEAR)] == [True]


def test_other_years_other_units_and_events_called_off_are_not_used(unit, by):
    event = event_with(free=2, capacity=1)
    register(event=event, unit=unit, people=people(2), at=AT, by=by)

    assert len(uses(unit, *YEAR)) == 1  # one of the two waits
    assert uses(entitled_unit(), *YEAR) == []
    assert uses(unit, dt.date(2027, 1, 1), dt.date(2027, 12, 31)) == []
    assert len(uses(unit, STARTS_ON, STARTS_ON)) == 1

    call_off(event=event, because="停用", at=AT, by=by)
    assert uses(unit, *YEAR) == []


def test_uses_take_one_query(unit, by, django_assert_num_queries):
    for _each in range(2):
        register(event=event_with(free=2), unit=unit, people=people(2), at=AT, by=by)

    with django_assert_num_queries(1):
        assert len(uses(unit, *YEAR)) == 4
