"""One unit's dues of one year: what is due, waived, paid and missing as of a day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from members.models import DuesAdjustment, DuesNotice, DuesPayment, MemberUnit, Tier
from members.standing import History, balance, histories, history_since

ZERO = Decimal(0)
DAY = dt.timedelta(days=1)
# What is recorded may hold from a later day on; by the end everything does.
THE_END = dt.date(2100, 12, 31)


@dataclass(frozen=True)
class YearOfDues:
    """``adjustments`` and ``payments`` are all that are recorded for the year.

    ``due`` (``None`` while the standard is unknown) and ``paid`` count those that apply by the
    day asked about.
    """

    year: int
    tier: Tier | None
    standard: Decimal | None
    due: Decimal | None
    paid: Decimal
    adjustments: list[DuesAdjustment]
    payments: list[DuesPayment]

    @property
    def is_recorded(self) -> bool:
        return self.due is not None or bool(self.payments)

    @property
    def missing(self) -> Decimal:
        return max(self.due - self.paid, ZERO) if self.due is not None else ZERO

    @property
    def too_much(self) -> Decimal:
        return max(self.paid - self.due, ZERO) if self.due is not None else self.paid

    @property
    def added(self) -> Decimal:
        """The sum of the adjustments that apply."""
        return self.due - self.standard if self.due is not None else ZERO

    @property
    def received(self) -> Decimal:
        return balance(row for row in self.payments if row.confirmed_at and not row.is_refund)

    @property
    def given_back(self) -> Decimal:
        return -balance(row for row in self.payments if row.confirmed_at and row.is_refund)

    @property
    def state(self) -> str:
        """``paid``, ``waived``, ``part``, ``open``, or ``unknown`` while the amount is not set."""
        if self.due is None:
            return "unknown"
        if not self.missing:
            return "paid" if self.paid or self.due else "waived"
        return "part" if self.paid else "open"


def dues_of(unit: MemberUnit, year: int, on: dt.date) -> YearOfDues:
    """The unit's dues of ``year`` as of ``on``, in one query."""
    history = history_since(unit, dt.date(year, 1, 1))
    return in_year(history, year, on)


def in_year(history: History, year: int, on: dt.date) -> YearOfDues:
    return YearOfDues(
        year=year,
        tier=history.dues_tier(year),
        standard=history.standard(year),
        due=history.amount_due(year, on),
        paid=balance(history.counted(year, on)),
        adjustments=[row for row in history.adjustments if row.year == year],
        payments=[row for row in history.payments if row.year == year],
    )


def missing_of(notice: DuesNotice, history: History, on: dt.date) -> Decimal:
    """What of a notice is still to be paid on the day ``on``.

    A difference is asked for by a notice of its own, before it applies: so it never makes the
    notice of the year a debt again.
    """
    paid = balance(history.counted(notice.year, on))
    if notice.is_difference:
        due = history.amount_due(notice.year, max(on, notice.due_on + DAY))
        left = (notice.amount if due is None else due) - paid
        return max(min(left, notice.amount), ZERO)
    standard = history.standard(notice.year)
    if standard is None:
        return max(notice.amount - paid, ZERO)
    others = (row.amount for row in history.adjusted(notice.year, on) if not _is_difference(row))
    return max(standard + sum(others) - paid, ZERO)


def missing_of_each(notices: Iterable[DuesNotice], on: dt.date) -> dict[int, Decimal]:
    """By the notice's id what of it is still to be paid, in five queries for all of them."""
    notices = list(notices)
    if not notices:
        return {}
    units = {notice.unit_id: notice.unit for notice in notices}
    first = min(notice.year for notice in notices)
    known = {each.unit.pk: each for each in histories(units.values(), dt.date(first, 1, 1))}
    return {notice.pk: missing_of(notice, known[notice.unit_id], on) for notice in notices}


def _is_difference(row: DuesAdjustment) -> bool:
    return row.kind == DuesAdjustment.Kind.DIFFERENCE
