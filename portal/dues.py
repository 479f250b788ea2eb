"""A unit's dues year by year, as its own page shows them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from members.dues_year import YearOfDues, in_year, missing_of_each
from members.models import DuesNotice, MemberUnit
from members.standing import History, history_since

# Reaches every year the register can hold: `history_since` reads from the year before.
BEGINNING = dt.date(1991, 1, 1)


def dues_by_year(unit: MemberUnit, on: dt.date) -> list[YearOfDues]:
    """The year of ``on`` and every year with an amount due or a payment; the newest first."""
    history = history_since(unit, BEGINNING)
    asked = set(unit.notices.standing().values_list("year", flat=True))
    found = [
        in_year(history, year, on) for year in sorted(years(history, on) | asked, reverse=True)
    ]
    return [
        each for each in found if each.is_recorded or each.year == on.year or each.year in asked
    ]


def years(history: History, on: dt.date) -> set[int]:
    """Every year of membership up to ``on``, and every year for which something was recorded."""
    found = {row.year for row in (*history.payments, *history.adjustments)}
    for spell in history.memberships:
        last = min(spell.ended_on or on, on)
        found.update(range(spell.decided_on.year, last.year + 1))
    return found


# --- Notices -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AskedFor:
    """A notice with what of it is still to be paid."""

    notice: DuesNotice
    missing: Decimal
    on: dt.date

    @property
    def is_late(self) -> bool:
        return bool(self.missing) and self.on > self.notice.due_on

    @property
    def paid(self) -> Decimal:
        return max(self.notice.amount - self.missing, Decimal(0))


def asked_for(unit: MemberUnit, on: dt.date) -> list[AskedFor]:
    """The unit's notices, the newest first; one query where there are none."""
    notices = list(unit.notices.standing().select_related("tier", "unit"))
    missing = missing_of_each(notices, on)
    return [AskedFor(notice, missing[notice.pk], on) for notice in notices]
