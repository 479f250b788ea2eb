"""会议: what is announced, one event with the unit's people, and passes."""

from portal.views.events.event import event, event_calendar
from portal.views.events.listing import events
from portal.views.events.passes import attendee_pass
from portal.views.events.person import event_person

__all__ = ["attendee_pass", "event", "event_calendar", "event_person", "events"]
