"""A moment belongs to the day that the calendar shows in Beijing."""

import datetime as dt

import pytest

from members.days import day_of


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-30T15:59:59+00:00", "2026-06-30"),
        ("2026-06-30T16:00:00+00:00", "2026-07-01"),
        ("2026-12-31T16:00:00+00:00", "2027-01-01"),
        ("2028-02-28T16:00:00+00:00", "2028-02-29"),
        ("2026-07-01T00:00:00+08:00", "2026-07-01"),
        ("2026-06-30T23:59:59-12:00", "2026-07-01"),
    ],
)
def test_the_day_is_that_of_beijing(moment, expected):
    assert day_of(dt.datetime.fromisoformat(moment)) == dt.date.fromisoformat(expected)
