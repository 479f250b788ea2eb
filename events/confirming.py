"""Letters about a registration, in Chinese, in the transaction of what they tell about.

To whoever acted for the unit, and to each attendee with an e-mail address, with a calendar file.
A letter's template begins with its subject.
"""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from events import calendar, passes
from events.models import Attendee, Event, Registration
from events.money import yuan
from letters.models import Letter
from letters.writing import Enclosure, write

LANGUAGE = "zh-hans"


def registered(
    registration: Registration, added: list[Attendee], *, at: dt.datetime, by: User
) -> None:
    """Who has a seat at what price, and who waits."""
    event = registration.event
    enclosed = None
    if any(attendee.is_live for attendee in added):
        enclosed = calendar.enclosure(calendar.of_event(event, at=at))
    letter(
        "registered",
        by.email,
        event,
        at,
        enclosed,
        unit=registration.unit,
        people=added,
        total=yuan(sum(attendee.price or 0 for attendee in added)),
    )
    for attendee in added:
        to_attendee(attendee, at=at)


def to_attendee(attendee: Attendee, *, at: dt.datetime) -> None:
    """The pass, or word of the waiting list, to a person with an e-mail address."""
    if not attendee.email:
        return
    event = attendee.registration.event
    if attendee.is_live:
        enclosed = calendar.enclosure(calendar.of_attendee(attendee, at=at))
        address = passes.address(attendee)
        letter("pass", attendee.email, event, at, enclosed, attendee=attendee, address=address)
    else:
        letter("waiting", attendee.email, event, at, attendee=attendee)


def substituted(old: Attendee, new: Attendee, *, at: dt.datetime, by: User) -> None:
    letter("substituted", by.email, old.registration.event, at, old=old, new=new)
    no_longer(old, at=at)
    to_attendee(new, at=at)


def cancelled(attendee: Attendee, freed: list[Attendee], *, at: dt.datetime, by: User) -> None:
    """``freed``: whose seats cost nothing any more because of it."""
    event = attendee.registration.event
    letter("cancelled", by.email, event, at, attendee=attendee, freed=freed)
    no_longer(attendee, at=at)


def no_longer(attendee: Attendee, *, at: dt.datetime) -> None:
    """To a person who is not expected any more; the entry leaves the calendar."""
    if attendee.email:
        enclosed = calendar.enclosure(calendar.of_attendee(attendee, at=at, is_over=True))
        event = attendee.registration.event
        letter("no_longer", attendee.email, event, at, enclosed, attendee=attendee)


def moved_up(moved: list[Attendee], *, at: dt.datetime) -> None:
    """To those who had registered them, and to the people themselves."""
    for attendee in moved:
        event = attendee.registration.event
        letter("moved_up", attendee.added_by.email, event, at, attendee=attendee)
        to_attendee(attendee, at=at)


def called_off(event: Event, people: list[Attendee], *, at: dt.datetime) -> None:
    """One letter to everyone who registered people, one to each person."""
    by_user = defaultdict(list)
    for attendee in people:
        attendee.registration.event = event
        by_user[attendee.added_by.email].append(attendee)
    enclosed = calendar.enclosure(calendar.of_event(event, at=at))
    for email, theirs in by_user.items():
        letter("called_off", email, event, at, enclosed, people=theirs)
    for attendee in people:
        if attendee.email:
            own = calendar.enclosure(calendar.of_attendee(attendee, at=at))
            letter("called_off", attendee.email, event, at, own, people=[attendee])


def letter(
    name: str,
    to: str,
    event: Event,
    at: dt.datetime,
    enclosed: Enclosure | None = None,
    **told,
) -> Letter:
    """Render ``events/mail/<name>.txt`` and write it."""
    link = settings.SITE_URL + reverse("event", args=[event.pk])
    context = {"event": event, "link": link, "association": settings.ASSOCIATION_NAME, **told}
    with translation.override(LANGUAGE):
        rendered = render_to_string(f"events/mail/{name}.txt", context)
    subject, _separator, text = rendered.strip().partition("\n")
    return write(to=to, subject=subject, text=text.strip() + "\n", at=at, enclosed=enclosed)
