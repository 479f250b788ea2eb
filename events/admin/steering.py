"""The hall's size, and calling the event off."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.admin.forms import CallOffForm, HallForm
from events.admin.pages import shown
from events.hall import call_off, resize
from events.models import Attendee, Event
from letters.tasks import wake


def page(admin, request, event: Event):
    hall, off = HallForm(initial={"capacity": event.capacity}), CallOffForm()
    if request.method == "POST":
        form, act = hall, None
        if request.POST.get("act") == "resize":
            form = hall = HallForm(request.POST)
            act = sized
        elif request.POST.get("act") == "call_off":
            form = off = CallOffForm(request.POST)
            act = called_off
        if act and form.is_valid() and (said := done(act, request, event, form)):
            admin.log_change(request, event, said)
            messages.success(request, said)
            return HttpResponseRedirect(request.path)
    expected = Attendee.objects.expected().filter(registration__event=event)
    return shown(admin, request, event, "steering", hall=hall, off=off, expected=expected.count())


def done(act, request, event: Event, form) -> str:
    """What was done, in words; empty where it was refused and the form says why."""
    try:
        said = act(request, event, form)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return ""
    wake()
    return said


def sized(request, event: Event, form: HallForm) -> str:
    capacity = form.cleaned_data["capacity"]
    moved = resize(event=event, capacity=capacity, by=request.user, at=timezone.now())
    text = ngettext(
        "The hall is changed; %(count)s person moved up from the waiting list.",
        "The hall is changed; %(count)s people moved up from the waiting list.",
        len(moved),
    )
    return text % {"count": len(moved)}


def called_off(request, event: Event, form: CallOffForm) -> str:
    because = form.cleaned_data["because"]
    count = call_off(event=event, because=because, at=timezone.now(), by=request.user)
    return _("Called off. Letters go out to those who had registered (%(count)s people).") % {
        "count": count
    }
