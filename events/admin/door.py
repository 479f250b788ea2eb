"""签到: a field that takes a scanned code or a name, and a result that is seen from afar."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from events import check_in as checking
from events.admin.pages import shown
from events.models import Attendee, Event
from events.passes import token_in


@dataclass(frozen=True)
class Result:
    """What stands large: ``kind`` is good, again or bad."""

    kind: str
    words: str
    attendee: Attendee | None = None


def page(admin, request, event: Event):
    result, matches, code = None, [], ""
    if request.method == "POST":
        acts = {"check_in": press, "undo": undo}
        act = acts.get(request.POST.get("act"))
        code = request.POST.get("code", "")
        if act:
            result = act(request, event)
        else:
            result, matches = scan(request, event, code)
    everybody = Attendee.objects.live().filter(registration__event=event)
    return shown(
        admin,
        request,
        event,
        "door",
        result=result,
        matches=matches,
        code="" if result else code,
        expected=everybody.count(),
        there=everybody.filter(checked_in_at__isnull=False).count(),
    )


def scan(request, event: Event, code: str) -> tuple[Result | None, list[Attendee]]:
    """A pass checks in at once; a name shows who is meant."""
    try:
        matches = checking.found(event, code)
    except ValidationError as error:
        return Result("bad", error.messages[0]), []
    if not matches:
        return Result("bad", _("Nobody of this event fits “%(text)s”.") % {"text": code}), []
    if len(matches) == 1 and matches[0].token == token_in(code):
        return check_in(request, matches[0]), []
    return None, matches


def press(request, event: Event) -> Result:
    return check_in(request, chosen(request, event))


def check_in(request, attendee: Attendee) -> Result:
    try:
        attendee = checking.check_in(attendee=attendee, at=timezone.now(), by=request.user)
    except ValidationError as error:
        return Result("again" if error.code == "already" else "bad", error.messages[0], attendee)
    return Result("good", _("%(name)s is checked in.") % {"name": attendee.name}, attendee)


def undo(request, event: Event) -> Result:
    attendee = chosen(request, event)
    try:
        checking.undo(attendee=attendee)
    except ValidationError as error:
        return Result("bad", error.messages[0])
    return Result("again", _("Check-in of %(name)s undone.") % {"name": attendee.name})


def chosen(request, event: Event) -> Attendee:
    """Raises ``Http404`` for anybody who does not come to this event."""
    rows = Attendee.objects.select_related("registration__unit")
    given = request.POST.get("attendee", "")
    pk = int(given) if given.isascii() and given.isdigit() and len(given) < 15 else 0
    return get_object_or_404(rows, registration__event=event, pk=pk)
