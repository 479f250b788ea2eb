"""The reasons of an entitlement, in the reader's language."""

from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent
from benefits.words import amount
from members.models import SpecialCommittee, Tier
from members.standing_words import day

if TYPE_CHECKING:
    from benefits.entitlement import Entitlement, Question


def in_short(answer: "Entitlement") -> str:
    """Yes or no, how much, and on what it rests, in one line."""
    if not answer.entitled:
        return _("Not entitled: %(basis)s") % {"basis": answer.basis.label}
    extent = Extent.QUANTITY if answer.quantity is not None else Extent.NOT_STATED
    extent = Extent.UNLIMITED if answer.unlimited else extent
    words = amount(answer.medium, extent, answer.quantity)
    return _("Entitled: %(amount)s (%(basis)s)") % {"amount": words, "basis": answer.basis.label}


# --- Why ---------------------------------------------------------------------------------------


def because(question: "Question") -> Iterator[str]:
    """The tier, the standing with its payments, the charter's clause and the grant."""
    yield from _holdings(question)
    yield from question.standing.because
    if not question.is_member:
        yield from _lapsed_grants(question)
        return
    if question.promised:
        for row in question.promised:
            yield _promise(row)
        if question.item.counted_per == BenefitItem.CountedPer.UNIT:
            yield _("Each unit may use this once only.")
    else:
        yield _not_promised(question)
    for grant in question.grants:
        yield _grant(grant)


def _holdings(question: "Question") -> Iterator[str]:
    tier, on = question.standing.tier, day(question.on)
    if not question.is_member:
        return
    if tier:
        yield _("Tier on %(on)s: %(tier)s.") % {"on": on, "tier": tier.label}
    else:
        yield _("No tier is recorded for the unit on %(on)s.") % {"on": on}
    seated = question.known.committees(question.on)
    promised = question.known.promised(question.item, question.on)
    for committee in distinct(row.committee for row in promised if row.committee_id in seated):
        yield _("Sits on the %(committee)s on %(on)s.") % {"committee": committee.label, "on": on}


def _promise(row: Allowance) -> str:
    """The charter's clause, in our own words: whose it is, how much, and on which condition."""
    holder = (row.tier or row.committee).label
    words = amount(row.medium, row.extent, row.quantity)
    text = _("Charter, %(clause)s: %(holder)s – %(amount)s.") % {
        "clause": row.clause,
        "holder": holder,
        "amount": words,
    }
    if row.note:
        text = _("Charter, %(clause)s: %(holder)s – %(amount)s (%(note)s).") % {
            "clause": row.clause,
            "holder": holder,
            "amount": words,
            "note": row.note,
        }
    if row.audience == Allowance.Audience.CONCERNED:
        text += _(" Condition: the matter concerns the unit.")
    return text


def _not_promised(question: "Question") -> str:
    tier, committees = question.standing.tier, question.known.committees(question.on)
    for row in question.known.promised(question.item, question.on):
        if (tier and row.tier_id == tier.pk) or row.committee_id in committees:
            return _("Charter, %(clause)s: %(holder)s – the number is zero.") % {
                "clause": row.clause,
                "holder": (row.tier or row.committee).label,
            }
    if question.item.retired_on and question.item.retired_on <= question.on:
        return _("The charter has not promised this since %(date)s.") % {
            "date": day(question.item.retired_on)
        }
    return _("Charter, %(clause)s: nothing is promised to this unit.") % {
        "clause": question.item.clause
    }


def _grant(grant: ExceptionalGrant) -> str:
    text = _("Exceptional grant: %(gives)s, until %(ends)s. Approved by %(by)s. Reason: %(reason)s")
    return text % {
        "gives": granted(grant),
        "ends": day(grant.ends_on),
        "by": grant.approved_by,
        "reason": grant.reason,
    }


def granted(grant: ExceptionalGrant) -> str:
    """What a grant gives."""
    if grant.gives == ExceptionalGrant.Gives.AS_CHARTER:
        return grant.get_gives_display()
    return amount(grant.medium, grant.gives, grant.quantity)


def _lapsed_grants(question: "Question") -> Iterator[str]:
    if question.known.granted(question.item, question.on):
        yield _("An exceptional grant needs membership on the day; it does not replace it.")


# --- What would change it ----------------------------------------------------------------------


def would_change(question: "Question") -> Iterator[str]:
    """What would make a no a yes. The unit is not entitled."""
    if question.is_member and not question.promised:
        yield from _another_holder(question)
    yield from question.standing.would_change
    if question.is_member:
        yield _("Or the association approves an exceptional grant, with a reason and an expiry.")


def _another_holder(question: "Question") -> Iterator[str]:
    """To whom the charter does promise it."""
    rows = [row for row in question.known.promised(question.item, question.on) if row.quantity != 0]
    tiers = distinct(row.tier for row in rows if row.tier_id)
    if tiers:
        yield _tiers_needed(sorted(tiers, key=attrgetter("rank")), question.standing.tier)
    for committee in distinct(row.committee for row in rows if row.committee_id):
        yield _("A seat on the %(committee)s; the charter promises this to its units.") % {
            "committee": committee.label
        }


def _tiers_needed(tiers: list[Tier], held: Tier | None) -> str:
    lowest = tiers[-1]
    is_threshold = [tier.rank for tier in tiers] == list(range(1, lowest.rank + 1))
    if len(tiers) > 1 and is_threshold and (held is None or held.rank > lowest.rank):
        return _("A higher tier: the charter promises this from “%(tier)s” upwards.") % {
            "tier": lowest.label
        }
    return _("Another tier: the charter promises this to %(tiers)s.") % {
        "tiers": _(", ").join(tier.label for tier in tiers)
    }


def distinct(rows) -> list[Tier | SpecialCommittee]:
    return list({row.pk: row for row in rows}.values())
