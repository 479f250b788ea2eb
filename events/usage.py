"""What a unit used of its rights to events: a use is a person with a seat."""

import datetime as dt

from benefits.models import Medium
from benefits.usage import Use
from events.models import Attendee
from members.models import MemberUnit


def uses(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Use]:
    """The unit's people at events that begin from ``first`` to ``last``, the newest first.

    Free seats count; where the right itself is the member price, seats at that price do. Other
    seats that are paid for are told and not counted. One query.
    """
    attendees = (
        Attendee.objects.live()
        .filter(registration__unit=unit, registration__event__starts_on__range=(first, last))
        .select_related("registration__event__series")
        .order_by("-registration__event__starts_on", "-pk")
    )
    return [use(attendee) for attendee in attendees]


def use(attendee: Attendee) -> Use:
    event = attendee.registration.event
    return Use(
        item_id=event.series.benefit_item_id,
        on=event.starts_on,
        quantity=1,
        medium=Medium.SEAT if attendee.is_free else Medium.DISCOUNT,
        what=f"{attendee.name} · {event.name}",
        source=attendee,
        is_counted=attendee.is_free or is_by_discount(attendee),
    )


def is_by_discount(attendee: Attendee) -> bool:
    """Whether the seat uses a right that is the member price itself."""
    return attendee.is_member_price and attendee.registration.medium == Medium.DISCOUNT
