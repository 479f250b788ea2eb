"""On what terms a unit sends people to an event: how many free, and what the others cost.

The right is judged for the event's first day. Events that are free for everybody, events with so
many seats by tier and courses at a member price differ only in what the charter allows:

- free seats, a number: so many are free, the others cost the member price;
- free seats without a number, or unlimited: everybody is free;
- any other right (a discount): nobody is free, everybody pays the member price;
- no right: the full fee.

Where the price is not set, nobody can come for it.
"""

from dataclasses import dataclass
from decimal import Decimal

from benefits.entitlement import Entitlement
from benefits.models import Medium
from events.models import Event


@dataclass(frozen=True)
class Terms:
    """``free_seats`` ``None`` is any number; ``price`` ``None``: no seat beyond the free ones."""

    answer: Entitlement
    free_seats: int | None
    price: Decimal | None

    @property
    def is_refused(self) -> bool:
        """Without the right, and the event is not open to such units for money."""
        return not self.answer.entitled and self.price is None


def terms(event: Event, answer: Entitlement) -> Terms:
    """What the answer for the event's first day means for its seats."""
    if not answer.entitled:
        return Terms(answer, free_seats=0, price=event.fee)
    return Terms(answer, free_seats=free_seats(answer), price=event.member_price)


def free_seats(answer: Entitlement) -> int | None:
    if answer.medium != Medium.SEAT:
        return 0
    return None if answer.unlimited else answer.quantity
