"""An attendee's pass: open to whoever has its address, and says no more than the door needs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events.check_in import check_in
from events.models import Attendee
from events.passes import picture

RIGHT = "events.check_in"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attendee_pass(request, token: str):
    """The code to be scanned at the door; for staff at the door, the button that checks in."""
    rows = Attendee.objects.select_related("registration__event")
    attendee = get_object_or_404(rows, token=token)
    if request.method == "POST":
        return at_the_door(request, attendee)
    context = {
        "attendee": attendee,
        "event": attendee.registration.event,
        "picture": picture(attendee) if attendee.is_live else "",
        "is_door": request.user.has_perm(RIGHT),
    }
    response = render(request, "portal/pass.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def at_the_door(request, attendee: Attendee):
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    try:
        check_in(attendee=attendee, at=timezone.now(), by=request.user)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("%(name)s is checked in.") % {"name": attendee.name})
    return redirect("pass", token=attendee.token)
