"""One event: its facts, how the unit stands, its people, and the form that registers more.

The form has two steps: who comes, then what it costs; only the second one registers.
"""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from benefits.refusal import NotEntitled
from events import calendar
from events.models import Attendee, Event
from events.registration import judge_again, register
from events.seats import SeatAccount, quote, seats
from events.window import is_registration_open, may_change, whom_to_ask
from letters.tasks import wake
from portal.acting import for_unit
from portal.views.events.forms import PeopleFormSet, empty, typed
from portal.views.events.listing import line

ROWS = 2  # offered at once; a button adds more


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def event(request, pk: int):
    found = announced(pk)
    acts = {"more": more, "check": check, "edit": edit, "register": send, "judge": judge}
    act = acts.get(request.POST.get("act")) if request.method == "POST" else None
    if act:
        return act(request, found)
    return shown(request, found)


@require_safe
@for_unit
def event_calendar(request, pk: int):
    """The event as a file for one's calendar."""
    text = calendar.of_event(announced(pk), at=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{calendar.NAME}"'
    return response


def announced(pk: int) -> Event:
    """Raises ``Http404`` for an event that units do not see."""
    events = Event.objects.announced().select_related("series__benefit_item__group")
    return get_object_or_404(events, pk=pk)


# --- What the buttons do ----------------------------------------------------------------------


def more(request, found: Event):
    """The same page with another row."""
    return shown(request, found, people=typed(request.POST, more=1))


def edit(request, found: Event):
    """Back from the sum to what was typed."""
    return shown(request, found, people=typed(request.POST))


def check(request, found: Event):
    """The second step: who comes free, who at what price, who waits."""
    people = typed(request.POST)
    if not people.is_valid():
        return shown(request, found, people=people)
    return summed_up(request, found, people)


def send(request, found: Event):
    people = typed(request.POST)
    if not people.is_valid():
        return shown(request, found, people=people)
    try:
        added = register(
            event=found,
            unit=request.unit,
            people=people.people(),
            at=timezone.now(),
            by=request.user,
            at_most=amount(request.POST.get("at_most")),
        )
    except NotEntitled:
        return shown(request, found, people=people)  # the page says why
    except ValidationError as error:
        if error.code == "costs_more":
            return summed_up(request, announced(found.pk), people, errors=error.messages)
        return shown(request, found, people=people, errors=error.messages)
    wake()
    messages.success(request, told(added))
    return redirect("event", pk=found.pk)


def judge(request, found: Event):
    """Judge the unit's right anew, so that seats which are free by now cost nothing."""
    registration = request.unit.registrations.filter(event=found).first()
    if registration:
        try:
            freed = judge_again(registration=registration, at=timezone.now())
        except ValidationError as error:
            return shown(request, found, errors=error.messages)
        wake()
        text = ngettext("%(n)s seat is free now.", "%(n)s seats are free now.", len(freed))
        messages.success(request, text % {"n": len(freed)})
    return redirect("event", pk=found.pk)


def amount(text: str | None) -> Decimal | None:
    try:
        return Decimal(text or "")
    except InvalidOperation:
        return None


def told(added: list[Attendee]) -> str:
    waiting = sum(attendee.is_waiting for attendee in added)
    live = len(added) - waiting
    said = []
    if live:
        text = ngettext("%(n)s person is registered.", "%(n)s people are registered.", live)
        said.append(text % {"n": live})
    if waiting:
        text = ngettext(
            "The hall is full: %(n)s person is on the waiting list.",
            "The hall is full: %(n)s people are on the waiting list.",
            waiting,
        )
        said.append(text % {"n": waiting})
    return "".join([*said, _("A confirmation is on its way by e-mail.")])


# --- Pages ------------------------------------------------------------------------------------


def shown(request, found: Event, *, people: PeopleFormSet | None = None, errors=()):
    today = timezone.localdate()
    [account] = seats(request.unit, [found])
    context = {
        "line": line(account, today),
        "event": found,
        "account": account,
        "answer": account.answer,
        "attendees": own_people(request.unit, found),
        "may_change": may_change(found, today),
        "may_register": is_registration_open(found, today) and account.can_add,
        "ask": whom_to_ask(found),
        "people": people or empty(rows(account)),
        "errors": errors,
    }
    return render(request, "portal/event.html", context)


def rows(account: SeatAccount) -> int:
    """As many empty rows as seats are left free, up to ``ROWS``."""
    return 1 if account.left is None else max(1, min(account.left, ROWS))


def summed_up(request, found: Event, people: PeopleFormSet, errors=()):
    [account] = seats(request.unit, [found])
    named = people.people()
    if account.most is not None and len(named) > account.most:
        return shown(request, found, people=people, errors=[too_many(account.most)])
    seated = quote(account, len(named))
    context = {
        "event": found,
        "people": people,
        "lines": list(zip(named, seated, strict=True)),
        "total": sum(seat.price or 0 for seat in seated),
        "waiting": sum(seat.is_waiting for seat in seated),
        "errors": errors,
    }
    return render(request, "portal/event_confirm.html", context)


def too_many(most: int) -> str:
    return ngettext(
        "Your unit can send %(n)s more person to this event. Leave the others out.",
        "Your unit can send %(n)s more people to this event. Leave the others out.",
        most,
    ) % {"n": most}


def own_people(unit, found: Event) -> list[Attendee]:
    """The unit's people who are expected, and where those who wait stand in the line."""
    own = Attendee.objects.expected().filter(registration__event=found, registration__unit=unit)
    line = Attendee.objects.waiting().filter(registration__event=found)
    places = {pk: place for place, pk in enumerate(line.values_list("pk", flat=True), start=1)}
    attendees = list(own.order_by("-state", "pk"))
    for attendee in attendees:
        attendee.place_in_line = places.get(attendee.pk)
    return sorted(attendees, key=lambda each: (each.place_in_line or 0, each.pk))
