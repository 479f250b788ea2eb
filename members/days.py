"""The calendar of the association: which day a moment belongs to."""

import datetime as dt

from django.utils.timezone import get_default_timezone


def day_of(at: dt.datetime) -> dt.date:
    """The day of the moment ``at`` (aware, in any zone) where the association is."""
    return at.astimezone(get_default_timezone()).date()
