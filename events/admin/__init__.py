"""The door for staff: series, events, who comes, and the door of the hall."""

from events.admin.attendees import AttendeeAdmin
from events.admin.events import EventAdmin
from events.admin.registrations import RegistrationAdmin
from events.admin.series import EventSeriesAdmin

__all__ = ["AttendeeAdmin", "EventAdmin", "EventSeriesAdmin", "RegistrationAdmin"]
