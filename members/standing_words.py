"""The reasons of a standing, in the reader's language."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import DuesAdjustment, DuesPayment, MembershipApplication
from members.standing import Basis, History, balance


def yuan(amount: Decimal) -> str:
    """¥5,000 or ¥5,000.50."""
    return f"¥{amount:,.0f}" if amount == amount.to_integral_value() else f"¥{amount:,.2f}"


def day(date: dt.date) -> str:
    """2026年3月13日, Mar. 13, 2026."""
    return date_format(date, "DATE_FORMAT")


# --- Why ---------------------------------------------------------------------------------------


def because(history: History, on: dt.date) -> Iterator[str]:
    """The facts that decide, one sentence each."""
    membership = history.membership(on)
    if membership is None:
        yield _no_membership(history, on)
        return
    year = history.dues_year(on)
    yield _("Member since %(date)s.") % {"date": day(membership.decided_on)}
    yield _deciding_year(year, on)
    yield _due(history, year)
    if history.standard(year) is not None:
        yield from map(_adjustment, history.adjusted(year, on))
        yield from _paid(history, year, on)


def _no_membership(history: History, on: dt.date) -> str:
    ended = [spell for spell in history.memberships if spell.ended_on and spell.ended_on < on]
    if ended:
        return _("Not a member on %(on)s: the membership ended after %(date)s.") % {
            "on": day(on),
            "date": day(max(spell.ended_on for spell in ended)),
        }
    return _("Not a member on %(on)s: no application has been approved by then.") % {"on": day(on)}


def _deciding_year(year: int, on: dt.date) -> str:
    if on.month > 6:
        text = _("From July to December the dues of the same year decide: those of %(year)s.")
    elif year == on.year:
        text = _(
            "For a unit that joined this year the dues of this year decide: those of %(year)s."
        )
    else:
        text = _(
            "From January to June the dues of the previous year decide for a unit that joined "
            "in an earlier year: those of %(year)s."
        )
    return text % {"year": year}


def _due(history: History, year: int) -> str:
    tier, amount = history.dues_tier(year), history.standard(year)
    if tier is None:
        return _("No tier is recorded for the unit in %(year)s, so the amount is unknown.") % {
            "year": year
        }
    if amount is None:
        return _("No dues standard of %(year)s is recorded for the tier “%(tier)s”.") % {
            "tier": tier.label,
            "year": year,
        }
    return _("Due for %(year)s: %(amount)s, by the standard of “%(tier)s”.") % {
        "year": year,
        "amount": yuan(amount),
        "tier": tier.label,
    }


def _adjustment(row: DuesAdjustment) -> str:
    text = {
        row.Kind.WAIVER: _("Waived from %(date)s: %(amount)s for %(year)s (%(reason)s)."),
        row.Kind.DIFFERENCE: _(
            "Due from %(date)s for %(year)s, after a change of tier: %(signed)s (%(reason)s)."
        ),
        row.Kind.CORRECTION: _("Corrected from %(date)s for %(year)s: %(signed)s (%(reason)s)."),
    }[row.kind]
    return text % {
        "date": day(row.applies_from),
        "amount": yuan(-row.amount),
        "signed": f"{'+' if row.amount > 0 else '−'}{yuan(abs(row.amount))}",
        "year": row.year,
        "reason": row.reason,
    }


def _paid(history: History, year: int, on: dt.date) -> Iterator[str]:
    counted = history.counted(year, on)
    if not counted and history.amount_due(year, on) > 0:
        yield _("No confirmed payment for %(year)s is dated by %(on)s.") % {
            "year": year,
            "on": day(on),
        }
        return
    yield from map(_payment, counted)
    missing = history.amount_due(year, on) - balance(counted)
    if missing > 0:
        yield _("%(amount)s of the dues of %(year)s is missing.") % {
            "amount": yuan(missing),
            "year": year,
        }


def _payment(payment: DuesPayment) -> str:
    text = (
        _("Given back on %(date)s: %(amount)s of the dues of %(year)s.")
        if payment.is_refund
        else _("Paid on %(date)s: %(amount)s for %(year)s.")
    )
    return text % {
        "date": day(payment.paid_on),
        "amount": yuan(payment.amount),
        "year": payment.year,
    }


# --- What would change it ----------------------------------------------------------------------


def would_change(history: History, on: dt.date) -> Iterator[str]:
    """What makes a no a yes, and from when; the unit is not in good standing on ``on``."""
    good_from = history.good_from(on)
    if good_from:
        yield _from_then_on(history, good_from)
    basis, year = history.basis(on), history.dues_year(on)
    if basis == Basis.NOT_A_MEMBER:
        yield from _membership_needed(history, on, good_from)
    elif basis == Basis.NO_TIER:
        yield _("Staff of the association record the unit's tier in %(year)s.") % {"year": year}
    elif basis == Basis.NO_STANDARD:
        yield _("Staff of the association record the dues standard of %(year)s for “%(tier)s”.") % {
            "year": year,
            "tier": history.dues_tier(year).label,
        }
    else:
        yield from _payment_needed(history, year, on)
        if year < on.year:
            yield from _this_year_instead(history, on)


def _from_then_on(history: History, good_from: dt.date) -> str:
    return _(
        "In good standing from %(date)s without another payment: the dues of %(year)s are paid."
    ) % {"date": day(good_from), "year": history.dues_year(good_from)}


def _membership_needed(history: History, on: dt.date, good_from: dt.date | None) -> Iterator[str]:
    coming = [spell.decided_on for spell in history.memberships if spell.decided_on > on]
    pending = [
        application.filed_on
        for application in history.applications
        if application.decision == MembershipApplication.Decision.PENDING
    ]
    if coming:
        if not good_from:
            yield _(
                "The membership begins on %(date)s; the dues of that year are then to be paid."
            ) % {"date": day(min(coming))}
    elif pending:
        yield _(
            "The application filed on %(date)s is approved and the dues of the year of joining "
            "are paid."
        ) % {"date": day(min(pending))}
    else:
        yield _(
            "The unit applies for membership, is admitted and pays the dues of the year of joining."
        )


def _payment_needed(history: History, year: int, on: dt.date) -> Iterator[str]:
    """What finance has yet to confirm is not asked for a second time."""
    waiting = _waiting(history, year)
    yield from map(_confirmation, waiting)
    missing = _missing(history, year, on) - balance(waiting)
    if missing > 0:
        yield _(
            "A payment of %(amount)s for %(year)s: in good standing from the day of the payment."
        ) % {"amount": yuan(missing), "year": year}


def _waiting(history: History, year: int) -> list[DuesPayment]:
    """Payments for ``year`` that are not confirmed."""
    return [
        row
        for row in history.payments
        if row.year == year and row.confirmed_at is None and not row.is_refund
    ]


def _confirmation(payment: DuesPayment) -> str:
    return _(
        "Finance confirms the payment of %(amount)s for %(year)s dated %(date)s; "
        "it counts from that day."
    ) % {
        "amount": yuan(payment.amount),
        "year": payment.year,
        "date": day(payment.paid_on),
    }


def _this_year_instead(history: History, on: dt.date) -> Iterator[str]:
    """From July this year's dues decide; those who are no longer members then gain nothing."""
    july = dt.date(on.year, 7, 1)
    if history.basis(july, paid_by=on) == Basis.THIS_YEAR_UNPAID:
        yield _("Or a payment of %(amount)s for %(year)s: in good standing from %(date)s.") % {
            "amount": yuan(_missing(history, on.year, on)),
            "year": on.year,
            "date": day(july),
        }


def _missing(history: History, year: int, on: dt.date) -> Decimal:
    return history.amount_due(year, on) - balance(history.counted(year, on))
