"""One right in a few large characters: 每期 3 册, 免费 10 人, 不限.

Unlimited, not stated and zero are three different things, and so they read here.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from benefits.entitlement import Basis, Entitlement
from benefits.models import Allowance, BenefitItem, Extent, Medium

Counted = BenefitItem.CountedPer


@dataclass(frozen=True)
class Figure:
    """What stands large on a card, and the quiet words beside it."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Promise:
    """How much of an item, in what form."""

    item: BenefitItem
    medium: str
    extent: str
    quantity: int | None


def figure(answer: Entitlement) -> Figure:
    """The answer of the rule in words of the active language."""
    if not answer.entitled:
        return refused(answer)
    extent = Extent.UNLIMITED if answer.unlimited else Extent.QUANTITY
    if answer.quantity is None and not answer.unlimited:
        extent = Extent.NOT_STATED
    shown = promise_figure(Promise(answer.item, answer.medium, extent, answer.quantity))
    return only_if_concerned(shown) if is_conditional(answer) else shown


def is_conditional(answer: Entitlement) -> bool:
    """Whether the promise reaches only the unit that the matter concerns."""
    rows, by_charter = answer.allowances, answer.basis == Basis.CHARTER
    return bool(rows) and by_charter and rows[0].audience == Allowance.Audience.CONCERNED


def only_if_concerned(shown: Figure) -> Figure:
    return Figure(shown.text, _("for matters that concern your unit"))


def refused(answer: Entitlement) -> Figure:
    """Not promised at all, or promised and waiting for the dues: then say what waits."""
    if answer.basis == Basis.NOT_PROMISED:
        return Figure(_("Not included"), _("for other tiers or committees"))
    if not answer.allowances:
        return Figure(_("Not now"))
    row = answer.allowances[0]
    waiting = promise_figure(Promise(answer.item, row.medium, row.extent, row.quantity))
    return Figure(_("Not now"), _("once entitled: %(amount)s") % {"amount": waiting.text})


def promise_figure(promise: Promise) -> Figure:
    if promise.extent == Extent.UNLIMITED:
        return unlimited(promise)
    if promise.extent == Extent.NOT_STATED:
        return not_stated(promise)
    return Figure(counted(promise), medium_word(promise))


def unlimited(promise: Promise) -> Figure:
    if promise.medium == Medium.SEAT:
        return Figure(_("Free to attend"), _("any number of people"))
    return Figure(pgettext("large figure", "Unlimited"), medium_word(promise))


def not_stated(promise: Promise) -> Figure:
    """A promise without a number: the form stands large, the missing number beside it."""
    words = {
        Medium.PAPER: (_("Printed copies"), _("number not stated")),
        Medium.ELECTRONIC: (_("Electronic edition"), _("number not stated")),
        Medium.SEAT: (_("Free to attend"), _("number of people not stated")),
        Medium.RIGHT: (_("Open to you"), _("number not stated")),
        Medium.DISCOUNT: (_("Member price"), _("discount not stated")),
    }
    return Figure(*words[promise.medium])


def counted(promise: Promise) -> str:
    number = promise.quantity
    if promise.medium == Medium.SEAT:
        text = ngettext("%(n)s person free", "%(n)s people free", number)
    elif promise.medium in (Medium.RIGHT, Medium.DISCOUNT):
        text = ngettext("%(n)s time", "%(n)s times", number)
    elif promise.item.counted_per == Counted.ISSUE:
        text = ngettext("%(n)s copy of each issue", "%(n)s copies of each issue", number)
    else:
        text = ngettext("%(n)s copy", "%(n)s copies", number)
    return text % {"n": number}


def medium_word(promise: Promise) -> str:
    """The form in which the right is enjoyed, or what its number counts."""
    if promise.medium == Medium.SEAT:
        return _("each time it is held") if promise.item.counted_per == Counted.EVENT else ""
    if promise.medium == Medium.RIGHT and promise.item.counted_per == Counted.UNIT:
        return _("once only")
    words = {
        Medium.PAPER: _("printed"),
        Medium.ELECTRONIC: _("electronic edition"),
        Medium.RIGHT: _("on request"),
        Medium.DISCOUNT: _("at the member price"),
    }
    return words[promise.medium]
