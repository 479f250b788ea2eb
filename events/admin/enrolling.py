"""Staff register a unit's people, also outside the window."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from events.admin.forms import EnrolForm
from events.admin.pages import people_of, shown
from events.models import Event
from events.money import yuan
from events.registration import register, total
from letters.tasks import wake


def page(admin, request, event: Event):
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = register(
                event=event,
                unit=form.cleaned_data["unit"],
                people=form.cleaned_data["people"],
                at=timezone.now(),
                by=request.user,
                by_staff=True,
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            wake()
            said = told(form.cleaned_data["unit"], added)
            admin.log_change(request, event, said)
            messages.success(request, said)
            return HttpResponseRedirect(people_of(event))
    return shown(admin, request, event, "enrol", form=form)


def told(unit, added: list) -> str:
    waiting = sum(attendee.is_waiting for attendee in added)
    return _("%(unit)s: %(live)s registered, %(waiting)s waiting, %(sum)s to pay.") % {
        "unit": unit,
        "live": len(added) - waiting,
        "waiting": waiting,
        "sum": yuan(total(added)),
    }
