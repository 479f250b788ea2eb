"""会议: what is announced, and the unit's right at the first day."""

import datetime as dt

import pytest

from benefits.models import Extent, Medium
from tests.events.factories import EventFactory, SeriesFactory
from tests.portal.factories import promise
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def seats(db):
    """A series of which ordinary members may attend with five people."""
    series = SeriesFactory()
    promise(series.benefit_item, medium=Medium.SEAT, quantity=5)
    return series


def event(on: dt.date, *, days: int = 1, **fields):
    fields = {"is_announced": True, **fields}
    return EventFactory(starts_on=on, ends_on=on + (days - 1) * DAY, **fields)


def test_an_event_says_how_many_may_come_free(reader, seats, today):
    event(today, series=seats)

    assert Page(reader.get("/events/")).each("figure") == ["还可免费派5人"]


@pytest.mark.parametrize(
    ("medium", "extent", "words"),
    [
        (Medium.SEAT, Extent.UNLIMITED, "免费参加，人数不限"),
        (Medium.SEAT, Extent.NOT_STATED, "免费参加，人数不限"),
        (Medium.DISCOUNT, Extent.NOT_STATED, "会员优惠价待定"),
    ],
)
def test_other_rights_to_an_event_read_as_they_are(reader, today, medium, extent, words):
    series = SeriesFactory()
    promise(series.benefit_item, medium=medium, extent=extent)
    event(today, series=series)

    assert Page(reader.get("/events/")).each("figure") == [words]


def test_the_right_is_that_of_the_first_day(reader, seats, unit, today):
    """Two years on, nothing has been paid for yet."""
    event(today, series=seats)
    event(dt.date(today.year + 2, 9, 1), series=seats)

    assert Page(reader.get("/events/")).each("figure") == [
        "还可免费派5人",
        "贵单位暂无免费名额",
    ]


def test_an_event_of_a_series_for_others_gives_no_seats(reader, today):
    series = SeriesFactory()
    promise(series.benefit_item, "council", medium=Medium.SEAT, quantity=2)
    event(today, series=series)

    assert Page(reader.get("/events/")).each("figure") == ["贵单位暂无免费名额"]


def test_only_announced_events_are_shown_and_past_ones_apart(reader, today):
    event(today - 10 * DAY, name="往届")
    event(today - DAY, days=2, name="正在举行")
    event(today + 3 * DAY, name="将来")
    event(today + DAY, name="未公布", is_announced=False)

    context = reader.get("/events/").context

    assert [line.event.name for line in context["coming"]] == ["正在举行", "将来"]
    assert [line.event.name for line in context["past"]] == ["往届"]


def test_days_within_a_year_name_the_year_once(reader, today):
    event(dt.date(today.year + 1, 3, 30), days=4, place="天津")

    facts = Page(reader.get("/events/")).each("facts")
    assert facts[0] == f"{today.year + 1}年3月30日至4月2日天津"


def test_without_events_the_page_says_what_will_come(reader):
    assert Page(reader.get("/events/")).each("empty") == [
        "目前没有已公布的会议。新会议公布后，会在这里列出贵单位可免费派几人。"
    ]


def test_the_list_asks_as_often_for_three_events_as_for_one(reader, seats, today):
    event(today, series=seats)
    event(today - 9 * DAY, series=seats)
    first = queries_of(reader, "/events/")
    event(today + DAY, series=SeriesFactory(code="another"))
    event(today + 2 * DAY, series=seats)
    event(today - 19 * DAY, series=seats)

    assert queries_of(reader, "/events/") == first
