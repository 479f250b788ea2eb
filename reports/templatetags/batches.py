"""A change of a right and an amount of dues, in words."""

from decimal import Decimal

from django import template

from members.standing_words import yuan as in_yuan
from reports.changes import RightChange
from reports.changes import said as in_words

register = template.Library()


@register.filter
def said(change: RightChange) -> str:
    return in_words(change)


@register.filter
def yuan(amount: Decimal | None) -> str:
    """¥5,000; a dash where no standard is recorded."""
    return "—" if amount is None else in_yuan(amount)
