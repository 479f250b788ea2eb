"""签到: who has come, by name or by the code of the pass."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.models import User
from events.models import Attendee, Event
from events.passes import token_in
from events.window import check_taking_place


@transaction.atomic
def check_in(*, attendee: Attendee, at: dt.datetime, by: User) -> Attendee:
    """The attendee has come. Raises ``ValidationError`` for anybody without a seat, and a second
    time with code ``already``, saying when and by whom."""
    attendee = locked(attendee)
    check_taking_place(attendee.registration.event)
    if not attendee.is_live:
        raise ValidationError(
            _("%(name)s has no seat: %(state)s.")
            % {"name": attendee.name, "state": attendee.get_state_display()},
            code="no_seat",
        )
    if attendee.checked_in_at:
        raise ValidationError(already(attendee), code="already")
    attendee.checked_in_at, attendee.checked_in_by = at, by
    attendee.save(update_fields=["checked_in_at", "checked_in_by"])
    return attendee


@transaction.atomic
def undo(*, attendee: Attendee) -> Attendee:
    """It was a mistake: the attendee has not come yet. Raises ``ValidationError``."""
    attendee = locked(attendee)
    if not attendee.checked_in_at:
        raise ValidationError(
            _("%(name)s has not checked in.") % {"name": attendee.name}, code="not_yet"
        )
    attendee.checked_in_at = attendee.checked_in_by = None
    attendee.save(update_fields=["checked_in_at", "checked_in_by"])
    return attendee


def found(event: Event, text: str) -> list[Attendee]:
    """The event's attendees with this pass, or else with this in their name or mobile.

    Raises ``ValidationError`` for a pass of another event.
    """
    text = text.strip()
    if not text:
        return []
    everybody = Attendee.objects.select_related("registration__unit", "checked_in_by")
    if attendee := everybody.filter(token=token_in(text)).first():
        if attendee.registration.event_id != event.pk:
            raise ValidationError(_("This pass is for another event."), code="other_event")
        return [attendee]
    named = everybody.expected().filter(registration__event=event, name__icontains=text)
    called = everybody.expected().filter(registration__event=event, mobile__endswith=text)
    return list((named | called).order_by("name", "pk")[:20])


def already(attendee: Attendee) -> str:
    """When and by whom an attendee was checked in."""
    at = attendee.checked_in_at.astimezone(get_default_timezone())
    return _("%(name)s has checked in already: %(at)s, by %(by)s.") % {
        "name": attendee.name,
        "at": date_format(at, "DATETIME_FORMAT"),
        "by": attendee.checked_in_by,
    }


def locked(attendee: Attendee) -> Attendee:
    rows = Attendee.objects.select_for_update(of=("self",))
    return rows.select_related("registration__event", "checked_in_by").get(pk=attendee.pk)
