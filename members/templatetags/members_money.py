"""Amounts on the staff's pages."""

from django import template

from members import standing_words

register = template.Library()


@register.filter
def yuan(amount) -> str:
    """``1600.00`` as ``¥1,600``, ``-5`` as ``−¥5``; a dash for what is unknown."""
    if amount is None:
        return "—"
    return standing_words.yuan(amount) if amount >= 0 else signed_yuan(amount)


@register.filter
def signed_yuan(amount) -> str:
    """``-500.00`` as ``−¥500``, ``500.00`` as ``+¥500``."""
    return ("+" if amount > 0 else "−") + standing_words.yuan(abs(amount))
