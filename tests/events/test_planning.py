"""This year's event from its series."""

import datetime as dt

import pytest

from benefits.models import BenefitItem
from events.planning import due, proposal
from tests.events.factories import EventFactory, ItemFactory, SeriesFactory
from tests.events.seating import event_with
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2027, 2, 1)


def series(code: str, period=BenefitItem.Period.ANNUAL):
    item = ItemFactory(code=code, period=period, name=code)
    return SeriesFactory(code=code, benefit_item=item)


def test_the_next_event_is_the_last_one_a_year_later():
    event = event_with(name="2026年样本大会", capacity=300, fee=2000, contact="会务组")

    found = proposal(event.series)

    assert (found["name"], found["series"]) == ("2027年样本大会", event.series.pk)
    assert (found["starts_on"], found["ends_on"]) == (dt.date(2027, 9, 16), dt.date(2027, 9, 18))
    assert found["registration_opens_on"] == dt.date(2027, 8, 1)
    assert (found["capacity"], found["fee"], found["contact"]) == (300, 2000, "会务组")


def test_the_29th_of_february_becomes_the_28th():
    event = EventFactory(starts_on=dt.date(2028, 2, 29))

    assert proposal(event.series)["starts_on"] == dt.date(2029, 2, 28)


def test_a_series_without_an_event_begins_with_its_name():
    new = series("new")

    assert proposal(new) == {"series": new.pk, "name": "new"}


def test_yearly_series_without_an_event_this_year_are_due():
    missing, held = series("missing"), series("held")
    EventFactory(series=missing, starts_on=dt.date(2026, 12, 31))
    EventFactory(series=held, starts_on=dt.date(2027, 12, 31))
    series("irregular", BenefitItem.Period.IRREGULAR)
    retired = series("retired")
    BenefitItem.objects.filter(pk=retired.benefit_item.pk).update(retired_on=TODAY)

    assert [(each, each.last_on) for each in due(TODAY)] == [(missing, dt.date(2026, 12, 31))]


def test_an_event_that_was_called_off_leaves_its_series_due():
    again = series("again")
    EventFactory(
        series=again,
        starts_on=dt.date(2027, 5, 1),
        cancelled_at=dt.datetime(2027, 1, 5, tzinfo=dt.UTC),
        cancelled_by=UserFactory(),
        cancelled_because="停用",
    )

    assert due(TODAY) == [again]
