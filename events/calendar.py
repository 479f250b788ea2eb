"""A calendar file of an event: whole days, the same UID for the same entry."""

import datetime as dt
from email.utils import parseaddr
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.urls import reverse

from events.models import Attendee, Event
from letters.writing import Enclosure

NAME = "event.ics"
DAY = dt.timedelta(days=1)


def of_event(event: Event, *, at: dt.datetime) -> str:
    """The event as an entry for the calendar of a unit's liaison."""
    return text(event, f"event-{event.pk}", link=reverse("event", args=[event.pk]), at=at)


def of_attendee(attendee: Attendee, *, at: dt.datetime, is_over: bool = False) -> str:
    """The event in an attendee's calendar; ``is_over`` takes the entry back."""
    link = reverse("pass", args=[attendee.token])
    event = attendee.registration.event
    return text(event, f"attendee-{attendee.pk}", link=link, at=at, is_over=is_over)


def text(event: Event, name: str, *, link: str, at: dt.datetime, is_over: bool = False) -> str:
    is_over = is_over or event.is_called_off
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Member Services//Events//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_over else "PUBLISH")
    calendar.add_component(entry(event, name, link, at, is_over))
    return calendar.to_ical().decode()


def entry(event: Event, name: str, link: str, at: dt.datetime, is_over: bool) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", f"{name}@{urlsplit(settings.SITE_URL).hostname}")
    found.add("dtstamp", at.astimezone(dt.UTC))
    found.add("sequence", 1 if is_over else 0)
    found.add("status", "CANCELLED" if is_over else "CONFIRMED")
    found.add("dtstart", event.starts_on)
    found.add("dtend", event.ends_on + DAY)  # the first day that is free again
    found.add("summary", event.name)
    found.add("location", event.place)
    found.add("url", settings.SITE_URL + link)
    if event.contact:
        found.add("description", event.contact)
    found.add("organizer", f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    found.add("transp", "OPAQUE")
    return found


def enclosure(calendar: str) -> Enclosure:
    """The file as it goes with a letter: mail programs want the method in its type, too."""
    method = icalendar.Calendar.from_ical(calendar)["method"]
    return Enclosure(name=NAME, media_type=f"text/calendar; method={method}", text=calendar)
