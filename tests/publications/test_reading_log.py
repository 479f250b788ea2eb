"""A unit's readings: one row for each issue, with how often, and with nothing of a person."""

import datetime as dt

import pytest

from publications.eligibility import may_read
from publications.models import Reading
from publications.reading_log import opened
from tests.publications.mailing import AT, promised_issue, reader
from tests.publications.test_release import at_once

LATER = AT + dt.timedelta(hours=3)


@pytest.mark.django_db
def test_the_first_opening_says_on_what_right():
    issue, unit = promised_issue(), reader()

    opened(issue=issue, answer=may_read(unit, issue), at=AT)

    row = Reading.objects.get()
    assert (row.issue, row.unit, row.first_at, row.last_at, row.times) == (issue, unit, AT, AT, 1)
    assert (row.tier.code, row.basis, row.medium) == ("ordinary", "charter", "electronic")


@pytest.mark.django_db
def test_the_next_is_counted_on_the_same_row():
    issue, unit = promised_issue(), reader()
    answer = may_read(unit, issue)

    for at in (AT, LATER, AT):
        opened(issue=issue, answer=answer, at=at)

    row = Reading.objects.get()
    assert (row.first_at, row.last_at, row.times) == (AT, LATER, 3)


@pytest.mark.django_db
def test_each_unit_has_its_own_row():
    issue, units = promised_issue(), [reader(), reader()]

    for unit in units:
        opened(issue=issue, answer=may_read(unit, issue), at=AT)

    assert list(Reading.objects.order_by("unit").values_list("unit", "times")) == [
        (unit.pk, 1) for unit in units
    ]


def test_nothing_of_the_row_is_about_a_person():
    """A column added here is thought about first."""
    assert {field.name for field in Reading._meta.get_fields()} == {
        *("id", "issue", "unit", "first_at", "last_at", "times", "tier", "basis", "medium")
    }


@pytest.mark.django_db
def test_it_takes_one_statement(django_assert_num_queries):
    issue, unit = promised_issue(), reader()
    answer = may_read(unit, issue)

    with django_assert_num_queries(1):
        opened(issue=issue, answer=answer, at=AT)


@pytest.mark.django_db(transaction=True)
def test_opened_by_many_at_once_it_is_one_row_and_every_opening_counts():
    issue, unit = promised_issue(), reader()
    answer = may_read(unit, issue)

    def five_times():
        for _number in range(5):
            opened(issue=issue, answer=answer, at=AT)

    at_once(*[five_times] * 6)

    assert Reading.objects.get().times == 30
