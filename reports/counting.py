"""What “promised”, “used” and “left” mean for one item and year: docs/decisions/0007.

The numbers come from the rows that consume; nothing is kept beside them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from benefits.entitlement import Entitlement
from benefits.models import BenefitItem
from events.seats import SeatAccount

Period, CountedPer = BenefitItem.Period, BenefitItem.CountedPer

# How many issues a year the charter's period makes; of what comes irregularly nobody knows.
ISSUES_A_YEAR = {
    Period.ANNUAL: 1,
    Period.HALF_YEARLY: 2,
    Period.BIMONTHLY: 6,
    Period.MONTHLY: 12,
    Period.WEEKLY: 52,
}


@dataclass(frozen=True)
class Account:
    """``promised`` and ``left`` are None where there is no number: without limit
    (``unlimited``), not stated, or so much of each issue and nobody knows how many.

    ``each``: how much of one issue, or at one event, where the number is counted so.
    """

    promised: int | None
    used: int
    left: int | None
    unlimited: bool = False
    each: int | None = None


def account(answer: Entitlement, used: int, seats: Sequence[SeatAccount], on: dt.date) -> Account:
    """The item's account on the day ``on``; ``seats`` are those at the year's events."""
    counted_per = answer.item.counted_per
    if counted_per == CountedPer.EVENT and seats:
        return of_events(seats, on)
    if not answer.entitled:
        return Account(promised=0, used=used, left=0)
    if answer.quantity is None:
        return Account(promised=None, used=used, left=None, unlimited=answer.unlimited)
    if counted_per == CountedPer.EVENT:
        each = answer.quantity
        return Account(promised=None, used=used, left=each, each=each)
    if counted_per == CountedPer.ISSUE:
        return of_issues(answer, used)
    return limited(answer.quantity, used)


def of_events(seats: Sequence[SeatAccount], on: dt.date) -> Account:
    """Each event is judged at its first day; what is left over at one that is over is gone."""
    ahead = [each for each in seats if each.event.ends_on >= on]
    is_open = any(each.unlimited for each in ahead)
    without_limit = any(each.unlimited for each in seats)
    return Account(
        promised=None if without_limit else sum(each.allowed or 0 for each in seats),
        used=sum(each.used for each in seats),
        left=None if is_open else sum(each.left or 0 for each in ahead),
        unlimited=without_limit,
    )


def of_issues(answer: Entitlement, used: int) -> Account:
    """So many copies of each issue due in the year."""
    issues = ISSUES_A_YEAR.get(Period(answer.item.period))
    if issues is None:
        return Account(promised=None, used=used, left=None, each=answer.quantity)
    return limited(answer.quantity * issues, used, each=answer.quantity)


def limited(promised: int, used: int, each: int | None = None) -> Account:
    return Account(promised=promised, used=used, left=max(0, promised - used), each=each)
