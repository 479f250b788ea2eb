"""Sums and seats in words."""

from decimal import Decimal

from django.utils.translation import gettext as _

from events.models import Attendee


def yuan(amount: Decimal | int | None) -> str:
    """``1600.00`` as ``¥1,600``; fen are shown only where there are any."""
    return "—" if amount is None else f"¥{amount:,.2f}".removesuffix(".00")


def seat(attendee: Attendee) -> str:
    """What kind of seat: free, at what price, or none yet."""
    if attendee.is_free:
        return _("free seat")
    if attendee.price is None:
        return _("waiting list")
    if not attendee.price:
        return _("nothing to pay")
    return yuan(attendee.price)
