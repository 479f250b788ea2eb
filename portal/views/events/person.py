"""One of the unit's people at an event: substitute or cancel until the cut-off."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.models import Attendee
from events.registration import cancel, substitute
from events.window import may_change, whom_to_ask
from letters.tasks import wake
from portal.acting import for_unit
from portal.views.events.forms import PersonForm


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def event_person(request, pk: int, person: int):
    attendee = own_attendee(request.unit, pk, person)
    act = request.POST.get("act")
    if act == "cancel":
        return act_and_return(request, attendee, lambda at: drop(request, attendee, at))
    if act == "substitute":
        form = PersonForm(request.POST)
        if form.is_valid():
            return act_and_return(request, attendee, lambda at: swap(request, attendee, form, at))
        return shown(request, attendee, form)
    return shown(request, attendee, PersonForm())


def own_attendee(unit, pk: int, person: int) -> Attendee:
    """Raises ``Http404`` for anybody else's."""
    attendees = Attendee.objects.expected().select_related("registration__event")
    own = {"registration__unit": unit, "registration__event": pk}
    return get_object_or_404(
        attendees.filter(registration__event__is_announced=True), **own, pk=person
    )


def act_and_return(request, attendee: Attendee, act):
    try:
        said = act(timezone.now())
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return redirect(request.path)
    wake()
    messages.success(request, said)
    return redirect("event", pk=attendee.registration.event_id)


def drop(request, attendee: Attendee, at) -> str:
    cancel(attendee=attendee, at=at, by=request.user)
    return _("%(name)s is cancelled.") % {"name": attendee.name}


def swap(request, attendee: Attendee, form: PersonForm, at) -> str:
    new = substitute(attendee=attendee, person=form.person(), at=at, by=request.user)
    return _("%(new)s comes instead of %(old)s.") % {"new": new.name, "old": attendee.name}


def shown(request, attendee: Attendee, form: PersonForm):
    found = attendee.registration.event
    context = {
        "event": found,
        "attendee": attendee,
        "form": form,
        "may_change": may_change(found, timezone.localdate()) and not attendee.checked_in_at,
        "ask": whom_to_ask(found),
    }
    return render(request, "portal/event_person.html", context)
