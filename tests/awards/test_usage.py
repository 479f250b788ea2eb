"""Applications that were handed in and not withdrawn are what a unit has used."""

import datetime as dt

import pytest

from awards import applying, deciding
from awards.usage import uses
from tests.awards.factories import AT, CycleFactory, applicant, draft, moment, submitted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def test_a_filed_application_is_one_use_on_its_day():
    application = submitted()

    [use] = uses(application.unit, *YEAR)

    assert (use.item_id, use.on, use.quantity, use.medium, use.is_counted) == (
        application.cycle.award.benefit_item_id,
        dt.date(2026, 5, 10),
        1,
        "right",
        True,
    )
    assert use.what == "深部找矿新方法 · 2026年patent申报"
    assert use.source == application


def test_drafts_withdrawn_ones_and_those_of_others_are_none():
    unit, cycle = applicant(), CycleFactory()
    draft(unit, cycle)
    withdrawn = submitted(unit, cycle)
    applying.withdraw(application=withdrawn, at=AT, by=withdrawn.created_by)
    submitted(applicant(), cycle)

    assert uses(unit, *YEAR) == []


def test_one_that_was_not_admitted_was_used():
    application = submitted()
    deciding.decline(application=application, reason="不符合", at=AT, by=UserFactory())

    assert len(uses(application.unit, *YEAR)) == 1


def test_both_days_are_included_and_the_newest_comes_first(django_assert_num_queries):
    unit, cycle = applicant(), CycleFactory()
    for day in (1, 2, 3, 4):
        submitted(unit, cycle, at=moment(f"2026-05-0{day} 09:00:00"))

    with django_assert_num_queries(1):
        found = uses(unit, dt.date(2026, 5, 2), dt.date(2026, 5, 3))

    assert [use.on.day for use in found] == [3, 2]
