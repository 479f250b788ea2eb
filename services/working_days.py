"""Working days in China: weekends, public holidays, and the days worked in their place.

The calendar is known once the State Council has announced the year; in other years only the
weekends are known to be free.
"""

import datetime as dt

import chinese_calendar

ONE = dt.timedelta(days=1)
SATURDAY = 5


def is_working_day(day: dt.date) -> bool:
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return day.weekday() < SATURDAY


def working_day_after(day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``, which is not counted itself."""
    while count:
        day += ONE
        count -= is_working_day(day)
    return day
