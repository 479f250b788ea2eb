"""The rules of docs/decisions/0007, one by one, without a database."""

import datetime as dt
from dataclasses import dataclass

import pytest

from benefits.models import BenefitItem
from reports.counting import Account, account

ON = dt.date(2026, 6, 30)
DAY = dt.timedelta(days=1)


@dataclass
class Answer:
    """What counting reads of an answer."""

    item: BenefitItem
    entitled: bool = True
    quantity: int | None = None
    unlimited: bool = False


@dataclass
class Days:
    ends_on: dt.date


@dataclass
class Seats:
    """What counting reads of the account at an event."""

    event: Days
    allowed: int | None
    used: int

    @property
    def unlimited(self) -> bool:
        return self.allowed is None

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else self.allowed - self.used


def counted(counted_per: str, used: int, seats=(), period: str = "annual", **fields) -> Account:
    item = BenefitItem(counted_per=counted_per, period=period)
    return account(Answer(item, **fields), used, seats, ON)


def at(ends_on: dt.date, allowed: int | None, used: int) -> Seats:
    return Seats(Days(ends_on), allowed, used)


@pytest.mark.parametrize(("used", "left"), [(0, 1), (1, 0), (2, 0)])
def test_once_per_unit(used, left):
    assert counted("unit", used, quantity=1) == Account(promised=1, used=used, left=left)


@pytest.mark.parametrize(("used", "left"), [(0, 2), (2, 0), (3, 0)])
def test_a_number_that_is_not_counted_against_anything_is_for_the_year(used, left):
    assert counted("nothing", used, quantity=2) == Account(promised=2, used=used, left=left)


@pytest.mark.parametrize(
    ("period", "promised"),
    [("annual", 3), ("half_yearly", 6), ("bimonthly", 18), ("monthly", 36), ("weekly", 156)],
)
def test_per_issue_the_year_brings_as_many_as_its_period_says(period, promised):
    assert counted("issue", 2, period=period, quantity=3) == Account(
        promised=promised, used=2, left=promised - 2, each=3
    )


def test_of_an_irregular_publication_nobody_knows_the_years_number():
    assert counted("issue", 4, period="irregular", quantity=3) == Account(
        promised=None, used=4, left=None, each=3
    )


def test_more_copies_than_due_leave_none():
    assert counted("issue", 5, quantity=3).left == 0


@pytest.mark.parametrize("counted_per", ["issue", "event", "unit", "nothing"])
def test_unlimited_and_not_stated_have_no_number_but_what_was_used(counted_per):
    without_limit = counted(counted_per, 7, unlimited=True)
    not_stated = counted(counted_per, 7)

    assert without_limit == Account(promised=None, used=7, left=None, unlimited=True)
    assert not_stated == Account(promised=None, used=7, left=None)


@pytest.mark.parametrize("counted_per", ["issue", "event", "unit", "nothing"])
def test_who_is_refused_has_nothing_left_and_has_used_what_it_used(counted_per):
    assert counted(counted_per, 2, entitled=False) == Account(promised=0, used=2, left=0)


def test_per_event_without_an_event_so_many_at_each():
    assert counted("event", 0, quantity=10) == Account(promised=None, used=0, left=10, each=10)


def test_per_event_the_years_events_are_added_up():
    seats = [at(ON - 9 * DAY, 5, 2), at(ON, 5, 1), at(ON + 60 * DAY, 3, 0)]

    assert counted("event", 3, seats, quantity=5) == Account(promised=13, used=3, left=7)


def test_what_was_left_at_an_event_that_is_over_is_gone():
    assert counted("event", 2, [at(ON - DAY, 5, 2)], quantity=5).left == 0


def test_seats_at_an_event_follow_its_first_day_whatever_today_says():
    seats = [at(ON + 60 * DAY, 5, 0)]

    assert counted("event", 0, seats, entitled=False) == Account(promised=5, used=0, left=5)


def test_an_event_open_to_any_number_is_without_limit():
    seats = [at(ON - DAY, 5, 2), at(ON + DAY, None, 3)]

    assert counted("event", 5, seats, quantity=5) == Account(
        promised=None, used=5, left=None, unlimited=True
    )
