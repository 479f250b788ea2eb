from events.models.events import Event, EventSeries
from events.models.registrations import Attendee, Registration

__all__ = ["Attendee", "Event", "EventSeries", "Registration"]
