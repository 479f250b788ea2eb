"""What was promised, used and is left of an item, for a reader, in the active language."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from benefits.models import Allowance, BenefitItem, Extent, Medium
from benefits.words import amount
from events.seats import SeatAccount

if TYPE_CHECKING:
    from reports.statement import Line

CountedPer = BenefitItem.CountedPer


@dataclass(frozen=True)
class Words:
    promised: str
    used: str
    left: str


def in_words(line: "Line") -> Words:
    return Words(promised(line), used(line), left(line))


def promised(line: "Line") -> str:
    """How much, and against what the number is counted."""
    if line.promised and line.seats:
        events = sum(bool(each.allowed) for each in line.seats)
        return ngettext(
            "%(amount)s (%(events)d event this year)",
            "%(amount)s (%(events)d events this year)",
            events,
        ) % {"amount": amount(Medium.SEAT, Extent.QUANTITY, line.promised), "events": events}
    if not line.answer.entitled:
        return refused(line)
    answer, said = line.answer, of_answer(line)
    if answer.quantity is None:
        return said
    if answer.item.counted_per == CountedPer.EVENT:
        return _("%(amount)s each time it takes place") % {"amount": said}
    if answer.item.counted_per == CountedPer.ISSUE:
        return of_each_issue(line, said)
    return said


def of_answer(line: "Line") -> str:
    answer = line.answer
    extent = Extent.QUANTITY if answer.quantity is not None else Extent.NOT_STATED
    return amount(answer.medium, Extent.UNLIMITED if answer.unlimited else extent, answer.quantity)


def of_each_issue(line: "Line", said: str) -> str:
    if line.promised is None:
        return _("%(amount)s of each issue") % {"amount": said}
    return _("%(amount)s of each issue, %(total)d in the year") % {
        "amount": said,
        "total": line.promised,
    }


def refused(line: "Line") -> str:
    """Nothing on the day; what waits where the charter has something for the unit."""
    if not line.answer.allowances:
        return _("Not included")
    row: Allowance = line.answer.allowances[0]
    return _("Not now; once entitled: %(amount)s") % {
        "amount": amount(row.medium, row.extent, row.quantity)
    }


def at_event(each: SeatAccount, on: dt.date) -> str:
    """How the unit stands with one event; of one that is over, only what was used."""
    if each.event.ends_on >= on:
        return each.words
    return _("over · %(used)d used") % {"used": each.used}


def used(line: "Line") -> str:
    """The number, and how much of it is reserved ahead."""
    if not line.ahead:
        return str(line.used)
    return _("%(used)d (%(ahead)d of them ahead)") % {"used": line.used, "ahead": line.ahead}


def left(line: "Line") -> str:
    if line.left is not None:
        return str(line.left)
    if line.account.unlimited:
        return pgettext("left", "without limit")
    return _("not stated") if line.account.each is None else "—"
