"""One attendee's page for staff: substitute, cancel, payment, check-in."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events import check_in as checking
from events.admin.forms import PaidForm, SubstituteForm
from events.admin.pages import refused, shown
from events.models import Attendee
from events.paying import mark_paid
from events.registration import cancel, substitute
from letters.tasks import wake


def page(admin, request, attendee: Attendee):
    new, paid = SubstituteForm(), PaidForm(initial={"paid_on": attendee.paid_on})
    if request.method == "POST":
        act = request.POST.get("act")
        if act == "substitute":
            new = SubstituteForm(request.POST)
        if act == "pay":
            paid = PaidForm(request.POST)
        form = {"substitute": new, "pay": paid}.get(act)
        if act in ACTS and (form is None or form.is_valid()):
            return done(admin, request, attendee, ACTS[act], form)
    return shown(
        admin,
        request,
        attendee.registration.event,
        "person",
        attendee=attendee,
        new=new,
        paid=paid,
        may_check_in=request.user.has_perm("events.check_in"),
    )


def done(admin, request, attendee: Attendee, act, form):
    """Do it, and show the person's page, or that of who comes instead."""
    shown_next = attendee
    try:
        shown_next, said = act(request, attendee, form)
    except ValidationError as error:
        refused(request, error)
    else:
        wake()
        admin.log_change(request, attendee, said)
        messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:events_attendee_manage", args=[shown_next.pk]))


def swap(request, attendee: Attendee, form: SubstituteForm):
    at, by = timezone.now(), request.user
    new = substitute(attendee=attendee, person=form.person(), at=at, by=by, by_staff=True)
    said = _("%(new)s comes instead of %(old)s.") % {"new": new.name, "old": attendee.name}
    return new, said


def drop(request, attendee: Attendee, form):
    cancel(attendee=attendee, at=timezone.now(), by=request.user, by_staff=True)
    return attendee, _("%(name)s is cancelled.") % {"name": attendee.name}


def pay(request, attendee: Attendee, form: PaidForm):
    day = form.cleaned_data["paid_on"]
    mark_paid(attendee=attendee, on=day)
    said = _("The payment is recorded.") if day else _("The payment is taken back.")
    return attendee, said


def check_in(request, attendee: Attendee, form):
    if not request.user.has_perm("events.check_in"):
        raise PermissionDenied
    checking.check_in(attendee=attendee, at=timezone.now(), by=request.user)
    return attendee, _("%(name)s is checked in.") % {"name": attendee.name}


def undo(request, attendee: Attendee, form):
    if not request.user.has_perm("events.check_in"):
        raise PermissionDenied
    checking.undo(attendee=attendee)
    return attendee, _("Check-in of %(name)s undone.") % {"name": attendee.name}


ACTS = {"substitute": swap, "cancel": drop, "pay": pay, "check_in": check_in, "undo": undo}
