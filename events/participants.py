"""The list of participants as a file, and on paper."""

import csv
import datetime as dt
from io import StringIO

from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from events.models import Attendee, Event
from events.money import seat

BOM = "\ufeff"  # without it, spreadsheet programs misread Chinese
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def participants(event: Event) -> list[Attendee]:
    """Who is expected, by unit; those on the waiting list come last."""
    rows = Attendee.objects.expected().filter(registration__event=event)
    rows = rows.select_related("registration__unit", "registration__tier")
    return list(rows.order_by("state", "turn", "registration__unit__name", "pk"))


def as_csv(event: Event) -> str:
    """The list for a spreadsheet program."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(heads())
    for attendee in participants(event):
        writer.writerow([safe(cell) for cell in cells(attendee)])
    return BOM + text.getvalue()


def heads() -> list[str]:
    return [
        _("member unit"),
        _("tier"),
        _("attendee's name"),
        _("mobile"),
        _("e-mail address"),
        _("job title"),
        _("state"),
        _("seat"),
        _("price"),
        _("paid on"),
        _("checked in at"),
    ]


def cells(attendee: Attendee) -> list[str]:
    registration = attendee.registration
    return [
        registration.unit.name,
        registration.tier.label if registration.tier else "",
        attendee.name,
        attendee.mobile,
        attendee.email,
        attendee.job_title,
        attendee.get_state_display(),
        seat(attendee),
        "" if attendee.price is None else str(attendee.price),
        attendee.paid_on.isoformat() if attendee.paid_on else "",
        minute(attendee.checked_in_at),
    ]


def minute(at: dt.datetime | None) -> str:
    return at.astimezone(get_default_timezone()).strftime("%Y-%m-%d %H:%M") if at else ""


def safe(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
