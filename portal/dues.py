"""A unit's dues year by year, as its own page shows them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from members.models import DuesPayment, MemberUnit
from members.standing import History, balance, histories

# Reaches every year the register can hold: `histories` reads from the year before.
BEGINNING = dt.date(1991, 1, 1)


@dataclass(frozen=True)
class YearOfDues:
    year: int
    due: Decimal | None
    paid: Decimal
    payments: list[DuesPayment]

    @property
    def is_recorded(self) -> bool:
        return self.due is not None or bool(self.payments)

    @property
    def missing(self) -> Decimal:
        return max(self.due - self.paid, Decimal(0)) if self.due is not None else Decimal(0)

    @property
    def state(self) -> str:
        """``paid``, ``part``, ``open``, or ``unknown`` while the amount is not set."""
        if self.due is None:
            return "unknown"
        if not self.missing:
            return "paid"
        return "part" if self.paid else "open"


def dues_by_year(unit: MemberUnit, on: dt.date) -> list[YearOfDues]:
    """The year of ``on`` and every year with an amount due or a payment; the newest first."""
    history = next(histories([unit], BEGINNING))
    found = [in_year(history, year, on) for year in sorted(years(history, on), reverse=True)]
    return [each for each in found if each.is_recorded or each.year == on.year]


def years(history: History, on: dt.date) -> set[int]:
    """Every year of membership up to ``on``, and every year for which something was paid."""
    found = {payment.year for payment in history.payments}
    for spell in history.memberships:
        last = min(spell.ended_on or on, on)
        found.update(range(spell.decided_on.year, last.year + 1))
    return found


def in_year(history: History, year: int, on: dt.date) -> YearOfDues:
    return YearOfDues(
        year=year,
        due=history.amount_due(year, on),
        paid=balance(history.counted(year, on)),
        payments=[payment for payment in history.payments if payment.year == year],
    )
