"""Invented events: one past, two to come."""

import datetime as dt

from events.models import Event, EventSeries

EVENTS = [
    (0, -45, 3, "云海矿业大会（示例）", "天津（示例场馆）"),
    (1, 24, 2, "探矿者年会（示例）", "西安（示例场馆）"),
    (6, 52, 1, "矿山测量业务培训班（示例）", "北京（示例教室）"),
]


def load_events(*, on: dt.date) -> None:
    """Write the demo events around the day ``on``; needs the catalogue."""
    series = list(EventSeries.objects.all())
    for which, days, length, name, place in EVENTS:
        first = on + dt.timedelta(days=days)
        Event.objects.create(
            series=series[which],
            name=name,
            starts_on=first,
            ends_on=first + dt.timedelta(days=length - 1),
            place=place,
            is_announced=True,
        )
