"""The list: what is announced, how the unit stands with it, and what to do next."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.entitlement import Entitlement
from events.models import Event
from events.seat_words import facts, headline
from events.seats import SeatAccount, seats
from events.window import is_registration_open
from portal.acting import for_unit

PAST_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One event as the unit sees it."""

    account: SeatAccount
    is_open: bool
    is_to_open: bool

    @property
    def event(self) -> Event:
        return self.account.event

    @property
    def answer(self) -> Entitlement:
        return self.account.answer

    @property
    def headline(self) -> str:
        return headline(self.account)

    @property
    def facts(self) -> list[str]:
        """Without what stands large already."""
        return [fact for fact in facts(self.account) if fact != self.headline]


@require_safe
@for_unit
def events(request):
    today = timezone.localdate()
    announced = Event.objects.announced().select_related("series__benefit_item__group")
    coming = list(announced.not_over(today).order_by("starts_on", "pk"))
    past = announced.filter(ends_on__lt=today).order_by("-starts_on", "pk")[:PAST_SHOWN]
    accounts = seats(request.unit, [*coming, *past])
    lines = [line(account, today) for account in accounts]
    context = {"coming": lines[: len(coming)], "past": lines[len(coming) :]}
    return render(request, "portal/events.html", context)


def line(account: SeatAccount, today) -> Line:
    event = account.event
    opens_on = event.registration_opens_on
    return Line(
        account,
        is_open=is_registration_open(event, today),
        is_to_open=not event.is_called_off and opens_on is not None and today < opens_on,
    )
