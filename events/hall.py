"""The hall's size, and an event that is called off."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from events import confirming
from events.models import Attendee, Event
from events.registration import locked
from events.seating import move_up
from events.window import check_taking_place


@transaction.atomic
def resize(*, event: Event, capacity: int | None, by: User, at: dt.datetime) -> list[Attendee]:
    """Set the number of places, ``None`` for no limit; returns who moved up from the list.

    Raises ``ValidationError`` for fewer places than are taken.
    """
    event = locked(event.pk)
    check_taking_place(event)
    if capacity is not None and capacity < max(event.taken, 1):
        raise ValidationError(
            ngettext(
                "%(count)s place is taken: the hall cannot be smaller. Cancel people first.",
                "%(count)s places are taken: the hall cannot be smaller. Cancel people first.",
                event.taken,
            )
            % {"count": event.taken},
            code="too_small",
        )
    event.capacity, event.sized_at, event.sized_by = capacity, at, by
    event.save(update_fields=["capacity", "sized_at", "sized_by"])
    moved = move_up(event)
    confirming.moved_up(moved, at=at)
    return moved


@transaction.atomic
def call_off(*, event: Event, because: str, at: dt.datetime, by: User) -> int:
    """The event does not take place: nobody holds a seat any more, and everybody is written to.

    Returns how many people were expected. Raises ``ValidationError`` without a reason, for an
    event that is called off already, and once somebody has checked in.
    """
    event = locked(event.pk)
    check_taking_place(event)
    because = " ".join(because.split())
    if not because:
        raise ValidationError(_("Say why the event is called off."), code="no_reason")
    expected = Attendee.objects.expected().filter(registration__event=event)
    if expected.filter(checked_in_at__isnull=False).exists():
        raise ValidationError(
            _("People have checked in already: the event is taking place."), code="checked_in"
        )
    people = list(expected.select_related("registration__unit", "added_by"))
    expected.update(state=Attendee.State.CANCELLED, turn=None, ended_at=at, ended_by=by)
    event.registrations.update(free_taken=0)
    event.taken = 0
    event.cancelled_at, event.cancelled_by, event.cancelled_because = at, by, because
    event.save(update_fields=["taken", "cancelled_at", "cancelled_by", "cancelled_because"])
    confirming.called_off(event, people, at=at)
    return len(people)
