"""When a unit may register for an event, and until when it may change its people.

All days are whole days in Asia/Shanghai, the first and the last one included. Staff may do both
at any time while the event takes place.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.models import Event


def check_taking_place(event: Event) -> None:
    """Raises ``ValidationError`` for an event that was called off."""
    if event.is_called_off:
        raise ValidationError(
            _("%(event)s has been called off.") % {"event": event.name}, code="called_off"
        )


def check_registration_open(event: Event, on: dt.date) -> None:
    """Raises ``ValidationError`` on a day when units cannot register."""
    check_taking_place(event)
    if not event.is_announced:
        raise ValidationError(_("The event has not been announced yet."), code="not_announced")
    if event.registration_opens_on is None:
        raise ValidationError(
            _("Registration has not been opened yet. Please look again later."), code="not_open"
        )
    if on < event.registration_opens_on:
        raise ValidationError(
            _("Registration opens on %(day)s.") % {"day": said(event.registration_opens_on)},
            code="not_open",
        )
    if on > event.registration_closes_on:
        raise ValidationError(
            _("Registration closed on %(day)s. %(ask)s")
            % {"day": said(event.registration_closes_on), "ask": whom_to_ask(event)},
            code="closed",
        )


def check_changes_open(event: Event, on: dt.date) -> None:
    """Raises ``ValidationError`` on a day when units can no longer change their people."""
    check_taking_place(event)
    if event.changes_until is None or on > event.changes_until:
        raise ValidationError(
            _("Changes are no longer possible online. %(ask)s") % {"ask": whom_to_ask(event)},
            code="cut_off",
        )


def is_registration_open(event: Event, on: dt.date) -> bool:
    return is_fine(check_registration_open, event, on)


def may_change(event: Event, on: dt.date) -> bool:
    return is_fine(check_changes_open, event, on)


def is_fine(check, event: Event, on: dt.date) -> bool:
    try:
        check(event, on)
    except ValidationError:
        return False
    return True


def whom_to_ask(event: Event) -> str:
    if event.contact:
        return _("Please ask %(contact)s.") % {"contact": event.contact}
    return _("Please ask the association's member services.")


def said(on: dt.date) -> str:
    return date_format(on, "DATE_FORMAT")
