"""An event that is open today, for the portal, the admin and the API, which ask the clock."""

import datetime as dt

from django.utils import timezone

from events.models import Event
from tests.events.seating import event_with

DAY = dt.timedelta(days=1)


def open_event(**fields) -> Event:
    """Registration is open today; the event is a month away."""
    today = timezone.localdate()
    fields = {
        "starts_on": today + 30 * DAY,
        "ends_on": today + 31 * DAY,
        "registration_opens_on": today - DAY,
        "registration_closes_on": today + 9 * DAY,
        "changes_until": today + 20 * DAY,
        **fields,
    }
    return event_with(**fields)
