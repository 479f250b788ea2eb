"""Take and give back places of a hall and a unit's free seats, in statements the database holds.

Each is one conditional ``UPDATE``: of any number at the same moment only as many find a row as
there are places. Check constraints on both counters stand behind it. Whoever needs both takes
the event's row first, then the registration's.
"""

from django.db.models import F, Q

from events.models import Event, Registration


def take_place(event: Event) -> bool:
    """One place of the hall; ``False`` where it is full."""
    has_room = Q(capacity__isnull=True) | Q(taken__lt=F("capacity"))
    return bool(Event.objects.filter(has_room, pk=event.pk).update(taken=F("taken") + 1))


def give_place(event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(taken=F("taken") - 1)


def take_free_seat(registration: Registration) -> bool:
    """One of the unit's free seats; ``False`` where none is left."""
    has_left = Q(free_seats__isnull=True) | Q(free_taken__lt=F("free_seats"))
    mine = Registration.objects.filter(has_left, pk=registration.pk)
    return bool(mine.update(free_taken=F("free_taken") + 1))


def give_free_seat(registration: Registration) -> None:
    Registration.objects.filter(pk=registration.pk).update(free_taken=F("free_taken") - 1)
