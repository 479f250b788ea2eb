"""Give seats to people within one event, whose row the caller has locked.

A person's hall place comes first, then the seat: free while the unit has a free one, else at the
unit's price. Three things hold after each step, and `seated` and `settle` make them hold:
nobody waits who could be seated, no unit owes for a seat while it has a free one left, and the
two counters equal the live rows.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from accounts.models import User
from events.models import Attendee, Event, Registration
from events.persons import Person
from events.taking import give_free_seat, give_place, take_free_seat, take_place


def attend(registration: Registration, person: Person, *, at: dt.datetime, by: User) -> Attendee:
    """A new attendee: seated, or on the waiting list where the hall is full.

    Raises ``ValidationError`` for a person who is registered already, and where the unit has no
    free seat left and none can be bought.
    """
    expected = registration.attendees.expected()
    if expected.filter(name=person.name, mobile=person.mobile).exists():
        raise ValidationError(
            _("%(name)s is registered already.") % {"name": person.name}, code="registered"
        )
    attendee = Attendee(
        registration=registration,
        name=person.name,
        mobile=person.mobile,
        email=person.email,
        job_title=person.job_title,
        added_at=at,
        added_by=by,
    )
    if take_place(registration.event):
        if not take_seat(attendee, registration):
            raise nothing_left(registration)
    else:
        wait(attendee, registration)
    attendee.save()
    return attendee


def take_seat(attendee: Attendee, registration: Registration) -> bool:
    """A free seat or a paid one, unsaved; ``False`` where there is neither."""
    is_free = take_free_seat(registration)
    if not is_free and registration.price is None:
        return False
    attendee.state, attendee.turn = Attendee.State.LIVE, None
    attendee.is_free = is_free
    attendee.price = 0 if is_free else registration.price
    attendee.is_member_price = not is_free and registration.is_entitled
    return True


def wait(attendee: Attendee, registration: Registration) -> None:
    """The end of the waiting list, unsaved.

    Raises ``ValidationError`` where the unit could not be given a seat for this person anyway.
    """
    waiting = Attendee.objects.waiting().filter(registration__event=registration.event)
    if registration.price is None and registration.free_seats is not None:
        free = Registration.objects.values_list("free_taken", flat=True).get(pk=registration.pk)
        if waiting.filter(registration=registration).count() >= registration.free_seats - free:
            raise nothing_left(registration)
    last = waiting.aggregate(last=Max("turn"))["last"] or 0
    attendee.state, attendee.turn = Attendee.State.WAITING, last + 1


def nothing_left(registration: Registration) -> ValidationError:
    return ValidationError(
        _(
            "Your unit has no more free seats at %(event)s, and none can be bought. "
            "Leave people out or cancel others first."
        )
        % {"event": registration.event.name},
        code="nothing_left",
    )


def leave(attendee: Attendee) -> None:
    """Give back what a live attendee holds; the caller ends the attendee."""
    give_place(attendee.registration.event)
    if attendee.is_free:
        give_free_seat(attendee.registration)


def settle(registration: Registration) -> list[Attendee]:
    """Free seats that are left go to the unit's earliest seats that nobody has paid for."""
    freed = []
    for attendee in registration.attendees.to_be_paid():
        if not take_free_seat(registration):
            break
        attendee.is_free, attendee.is_member_price, attendee.price = True, False, 0
        attendee.save(update_fields=["is_free", "is_member_price", "price"])
        freed.append(attendee)
    return freed


def move_up(event: Event) -> list[Attendee]:
    """Places that are free go to those who have waited longest; returns who moved up.

    Whoever's unit has no free seat left and may not buy one is passed over.
    """
    moved = []
    while (first := next_waiting(event)) and take_place(event):
        take_seat(first, first.registration)
        first.save(update_fields=["state", "turn", "is_free", "is_member_price", "price"])
        moved.append(first)
    return moved


def next_waiting(event: Event) -> Attendee | None:
    can_be_seated = (
        Q(registration__price__isnull=False)
        | Q(registration__free_seats__isnull=True)
        | Q(registration__free_taken__lt=F("registration__free_seats"))
    )
    waiting = Attendee.objects.waiting().filter(can_be_seated, registration__event=event)
    return waiting.select_related("registration__event", "registration__unit", "added_by").first()
