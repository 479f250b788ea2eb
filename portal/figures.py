"""One right in a few large characters: 每期 3 册, 免费 10 人, 不限.

Unlimited, not stated and zero are three different things, and so they read here.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from benefits.entitlement import Basis, Entitlement
from benefits.models import BenefitItem, Medium

Counted = BenefitItem.CountedPer


@dataclass(frozen=True)
class Figure:
    """What stands large on a card, and the quiet words beside it."""

    text: str
    note: str = ""


def figure(answer: Entitlement) -> Figure:
    """The answer of the rule in words of the active language."""
    if not answer.entitled:
        return refused(answer)
    if answer.unlimited:
        return unlimited(answer)
    if answer.quantity is None:
        return not_stated(answer)
    return Figure(counted(answer), medium_word(answer))


def refused(answer: Entitlement) -> Figure:
    if answer.basis == Basis.NOT_PROMISED:
        return Figure(_("Not included"), _("not part of the charter for your tier or committees"))
    return Figure(_("Not now"))


def unlimited(answer: Entitlement) -> Figure:
    if answer.medium == Medium.SEAT:
        return Figure(_("Free for everyone"), _("any number of people"))
    return Figure(pgettext("large figure", "Unlimited"), medium_word(answer))


def not_stated(answer: Entitlement) -> Figure:
    """A promise without a number: the form stands large, the missing number beside it."""
    words = {
        Medium.PAPER: (_("Printed copies"), _("number not stated")),
        Medium.ELECTRONIC: (_("Electronic edition"), _("number not stated")),
        Medium.SEAT: (_("Free to attend"), _("number of people not stated")),
        Medium.RIGHT: (_("Open to you"), _("number not stated")),
        Medium.DISCOUNT: (_("Member price"), _("discount not stated")),
    }
    return Figure(*words[answer.medium]) if answer.medium in words else Figure(_("Open to you"))


def counted(answer: Entitlement) -> str:
    number, per = answer.quantity, answer.item.counted_per
    if answer.medium == Medium.SEAT:
        return ngettext("%(n)s person free", "%(n)s people free", number) % {"n": number}
    if answer.medium in (Medium.PAPER, Medium.ELECTRONIC):
        if per == Counted.ISSUE:
            text = ngettext("%(n)s copy of each issue", "%(n)s copies of each issue", number)
        else:
            text = ngettext("%(n)s copy", "%(n)s copies", number)
        return text % {"n": number}
    return ngettext("%(n)s time", "%(n)s times", number) % {"n": number}


def medium_word(answer: Entitlement) -> str:
    """The form in which the right is enjoyed, with what the number counts."""
    if answer.medium == Medium.SEAT:
        return _("each time it is held") if answer.item.counted_per == Counted.EVENT else ""
    return str(Medium(answer.medium).label) if answer.medium else ""
