"""Amounts on the staff's pages."""

from django import template

from members import standing_words

register = template.Library()


@register.filter
def yuan(amount) -> str:
    """``1600.00`` as ``¥1,600``; a dash for what is unknown."""
    return "—" if amount is None else standing_words.yuan(amount)


@register.filter
def signed_yuan(amount) -> str:
    """``-500.00`` as ``−¥500``, ``500.00`` as ``+¥500``."""
    return ("+" if amount > 0 else "−") + standing_words.yuan(abs(amount))
