"""Working days over holidays, over days worked instead, and in years not yet announced."""

import datetime as dt

import pytest

from services.working_days import is_working_day, working_day_after


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-02-13", True),  # the Friday before the Spring Festival
        ("2026-02-14", True),  # a Saturday worked for the holidays
        ("2026-02-16", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # a Saturday worked for the holidays
        ("2026-03-01", False),  # a Sunday
        ("2026-09-30", True),
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-10", True),  # a Saturday worked for the holidays
    ],
)
def test_a_day_is_worked_or_not(day, expected):
    assert is_working_day(dt.date.fromisoformat(day)) is expected


@pytest.mark.parametrize(
    ("filed", "days", "due"),
    [
        ("2026-03-09", 1, "2026-03-10"),
        ("2026-03-09", 5, "2026-03-16"),
        ("2026-03-09", 10, "2026-03-23"),
        ("2026-03-14", 1, "2026-03-16"),  # filed on a Saturday
        ("2026-02-13", 1, "2026-02-14"),  # over the Spring Festival
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-09-30", 1, "2026-10-08"),  # over National Day
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
    ],
)
def test_the_target_day_is_counted_in_working_days(filed, days, due):
    found = working_day_after(dt.date.fromisoformat(filed), days)

    assert found == dt.date.fromisoformat(due)


def test_in_a_year_not_announced_only_weekends_are_free():
    assert working_day_after(dt.date(2099, 9, 30), 1) == dt.date(2099, 10, 1)
    assert working_day_after(dt.date(2099, 10, 2), 1) == dt.date(2099, 10, 5)
