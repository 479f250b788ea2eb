"""Dates on the command line."""

import argparse
import datetime as dt

from django.utils.translation import gettext as _


def day(text: str) -> dt.date:
    """2026-03-13; anything else is refused in words."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = _("“%(text)s” is not a date; write it as 2026-03-13") % {"text": text}
        raise argparse.ArgumentTypeError(message) from None
