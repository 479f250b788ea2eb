"""This year's event from its series: what the form begins with."""

import calendar
import datetime as dt

from django.db.models import Max, Q

from events.models import EventSeries

DAYS = (
    "starts_on",
    "ends_on",
    "registration_opens_on",
    "registration_closes_on",
    "changes_until",
)
KEPT = ("place", "description", "contact", "capacity", "fee", "member_price")


def proposal(series: EventSeries) -> dict:
    """The series' next event as a form's first values: the last one, a year later.

    Without an earlier event there is the series and its name.
    """
    last = series.events.taking_place().order_by("-starts_on").first()
    if last is None:
        return {"series": series.pk, "name": series.name}
    kept = {name: getattr(last, name) for name in KEPT}
    days = {name: year_later(getattr(last, name)) for name in DAYS}
    return {"series": series.pk, "name": renamed(last.name, last.starts_on.year), **days, **kept}


def year_later(on: dt.date | None) -> dt.date | None:
    """The same day of the next year; 29 February becomes the 28th."""
    if on is None:
        return None
    last = calendar.monthrange(on.year + 1, on.month)[1]
    return on.replace(year=on.year + 1, day=min(on.day, last))


def renamed(name: str, year: int) -> str:
    """The name with its year, where it has one, moved on."""
    return name.replace(str(year), str(year + 1))


def due(on: dt.date) -> list[EventSeries]:
    """Yearly series without an event in the year of ``on``, with the day of their last one."""
    rows = EventSeries.objects.due(on).select_related("benefit_item")
    held = Q(events__cancelled_at__isnull=True, events__starts_on__lte=on)
    return list(rows.annotate(last_on=Max("events__starts_on", filter=held)))
