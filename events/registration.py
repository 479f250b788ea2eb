"""报名: register a unit's people, substitute one, cancel one.

A unit does this within the window and until the cut-off (`events.window`); staff at any time
before the event is called off, with ``by_staff``: who did it and when stays on the attendee.
"""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.entitlement import entitlement
from benefits.refusal import NotEntitled
from events import confirming
from events.models import Attendee, Event, Registration
from events.persons import Person, checked, tidied
from events.seating import attend, leave, move_up, settle
from events.terms import Terms, terms
from events.window import (
    check_changes_open,
    check_registration_open,
    check_taking_place,
)
from members.days import day_of
from members.models import MemberUnit

DECIDED = ("free_seats", "price", "medium", "tier", "basis", "service_on", "judged_at")


@transaction.atomic
def register(
    *,
    event: Event,
    unit: MemberUnit,
    people: list[Person],
    at: dt.datetime,
    by: User,
    by_staff: bool = False,
    at_most: Decimal | None = None,
) -> list[Attendee]:
    """Seat the people, the free seats first; who finds the hall full waits in order.

    ``at_most``: what the unit was told it would cost, in yuan. Raises `NotEntitled` for a unit
    without the right where the event has no fee; ``ValidationError`` outside the window, for
    people who cannot be registered, and with code ``costs_more`` where it would cost more.
    """
    event = locked(event.pk)
    check_taking_place(event) if by_staff else check_registration_open(event, day_of(at))
    people = checked(people)
    registration = judged(event, unit, at=at)
    settle(registration)
    confirming.moved_up(move_up(event), at=at)
    added = [attend(registration, person, at=at, by=by) for person in people]
    if at_most is not None and total(added) > at_most:
        raise ValidationError(
            _("It now costs more than was shown. Look at the new sum before you send it."),
            code="costs_more",
        )
    confirming.registered(registration, added, at=at, by=by)
    return added


@transaction.atomic
def judge_again(*, registration: Registration, at: dt.datetime) -> list[Attendee]:
    """Judge the unit's right by what is recorded now; returns whose seats became free.

    Raises `NotEntitled` as `register` does.
    """
    event = locked(registration.event_id)
    check_taking_place(event)
    freed = settle(judged(event, registration.unit, at=at))
    confirming.moved_up(move_up(event), at=at)
    return freed


@transaction.atomic
def substitute(
    *, attendee: Attendee, person: Person, at: dt.datetime, by: User, by_staff: bool = False
) -> Attendee:
    """Another person takes the attendee's seat, or place in the waiting list, as it is.

    Raises ``ValidationError`` after the cut-off, for an attendee who is no longer expected or is
    checked in, and for a person who is registered already.
    """
    attendee = changeable(attendee, at=at, by_staff=by_staff)
    person, registration = tidied(person), attendee.registration
    others = registration.attendees.expected()
    if others.filter(name=person.name, mobile=person.mobile).exists():
        raise ValidationError(
            _("%(name)s is registered already.") % {"name": person.name}, code="registered"
        )
    kept = ("registration", "state", "is_free", "is_member_price", "price", "paid_on", "turn")
    new = Attendee(
        **{name: getattr(attendee, name) for name in kept},
        name=person.name,
        mobile=person.mobile,
        email=person.email,
        job_title=person.job_title,
        replaces=attendee,
        added_at=at,
        added_by=by,
    )
    end(attendee, Attendee.State.REPLACED, at=at, by=by)
    new.save()
    confirming.substituted(attendee, new, at=at, by=by)
    return new


@transaction.atomic
def cancel(*, attendee: Attendee, at: dt.datetime, by: User, by_staff: bool = False) -> None:
    """The attendee does not come. A free seat goes back to the unit, the place to who waits.

    Raises ``ValidationError`` after the cut-off, and for an attendee who is no longer expected
    or is checked in.
    """
    attendee = changeable(attendee, at=at, by_staff=by_staff)
    event, registration = attendee.registration.event, attendee.registration
    was_live = attendee.is_live
    end(attendee, Attendee.State.CANCELLED, at=at, by=by)
    freed, moved = [], []
    if was_live:
        leave(attendee)
        freed = settle(registration)
        moved = move_up(event)
    confirming.cancelled(attendee, freed, at=at, by=by)
    confirming.moved_up(moved, at=at)


# --- What these have in common ----------------------------------------------------------------


def locked(pk: int) -> Event:
    """The event's row, ours until the transaction ends. Always the first lock that is taken."""
    rows = Event.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("series__benefit_item").get(pk=pk)


def judged(event: Event, unit: MemberUnit, *, at: dt.datetime) -> Registration:
    """The unit's registration, judged for the event's first day by what is recorded now.

    What it holds already it keeps. Raises `NotEntitled`.
    """
    decided = terms(event, entitlement(unit, event.series.benefit_item, event.starts_on))
    if decided.is_refused:
        raise NotEntitled(decided.answer)
    registration = Registration.objects.filter(event=event, unit=unit).first()
    if registration is None:
        registration = Registration(event=event, unit=unit)
    registration.event, registration.unit = event, unit
    take_down(registration, decided, at=at)
    # Never the counter: only the statements of `events.taking` change it.
    registration.save(update_fields=DECIDED if registration.pk else None)
    return registration


def take_down(registration: Registration, decided: Terms, *, at: dt.datetime) -> None:
    """What was decided, onto the row, unsaved."""
    answer, free = decided.answer, decided.free_seats
    registration.free_seats = None if free is None else max(free, registration.free_taken)
    registration.price = decided.price
    registration.medium = answer.medium or ""
    registration.tier, registration.basis = answer.tier, str(answer.basis)
    registration.service_on, registration.judged_at = answer.on, at


def changeable(attendee: Attendee, *, at: dt.datetime, by_staff: bool) -> Attendee:
    """The attendee as it is now, under the event's lock, if it may be changed."""
    event = locked(attendee.registration.event_id)
    check_taking_place(event) if by_staff else check_changes_open(event, day_of(at))
    rows = Attendee.objects.select_for_update(of=("self",))  # nobody checks in meanwhile
    attendee = rows.select_related("registration__unit", "added_by").get(pk=attendee.pk)
    attendee.registration.event = event
    if attendee.state not in Attendee.EXPECTED:
        raise ValidationError(
            _("%(name)s is no longer registered.") % {"name": attendee.name}, code="ended"
        )
    if attendee.checked_in_at:
        raise ValidationError(
            _("%(name)s has checked in and cannot be changed any more.") % {"name": attendee.name},
            code="checked_in",
        )
    return attendee


def end(attendee: Attendee, state: str, *, at: dt.datetime, by: User) -> None:
    attendee.state, attendee.turn = state, None
    attendee.ended_at, attendee.ended_by = at, by
    attendee.save(update_fields=["state", "turn", "ended_at", "ended_by"])


def total(attendees: list[Attendee]) -> Decimal:
    """What the seats cost together, in yuan."""
    return sum((attendee.price or Decimal(0) for attendee in attendees), Decimal(0))
