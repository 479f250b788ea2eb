"""A unit's dues year by year, as its own page shows them."""

import datetime as dt

from members.dues_year import YearOfDues, in_year
from members.models import MemberUnit
from members.standing import History, histories

# Reaches every year the register can hold: `histories` reads from the year before.
BEGINNING = dt.date(1991, 1, 1)


def dues_by_year(unit: MemberUnit, on: dt.date) -> list[YearOfDues]:
    """The year of ``on`` and every year with an amount due or a payment; the newest first."""
    history = next(histories([unit], BEGINNING))
    found = [in_year(history, year, on) for year in sorted(years(history, on), reverse=True)]
    return [each for each in found if each.is_recorded or each.year == on.year]


def years(history: History, on: dt.date) -> set[int]:
    """Every year of membership up to ``on``, and every year for which something was recorded."""
    found = {row.year for row in (*history.payments, *history.adjustments)}
    for spell in history.memberships:
        last = min(spell.ended_on or on, on)
        found.update(range(spell.decided_on.year, last.year + 1))
    return found
