"""For which unit the signed-in user acts. Every page for member units starts here.

A view behind `for_unit` finds `request.unit` (a `MemberUnit`) and `request.seat` (the
`Representative` row that lets the user act for it) and asks for nothing outside that unit.
"""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from members.models import Representative

SESSION_KEY = "acting_for_unit"


def seats_of(user) -> list[Representative]:
    """The units the user may act for now, by name."""
    active = Representative.objects.active().filter(user=user)
    return list(active.select_related("unit").order_by("unit__name", "pk"))


def chosen(seats: list[Representative], request: HttpRequest) -> Representative | None:
    """The only seat, or the one chosen earlier while it is still the user's. ``None``: ask."""
    if len(seats) == 1:
        return seats[0]
    wanted = request.session.get(SESSION_KEY)
    return next((seat for seat in seats if seat.unit_id == wanted), None)


def choose(request: HttpRequest, seat: Representative) -> None:
    request.session[SESSION_KEY] = seat.unit_id


def for_unit(view):
    """Let only a user pass who acts for a unit; say to everybody else what to do."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args, **kwargs):
        seats = seats_of(request.user)
        if not seats:
            return without_unit(request)
        request.seat = chosen(seats, request)
        if request.seat is None:
            return redirect(
                f"{reverse('switch_unit')}?{urlencode({'next': request.get_full_path()})}"
            )
        request.unit, request.has_several_units = request.seat.unit, len(seats) > 1
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        return response

    return inner


def without_unit(request: HttpRequest):
    """Staff go to their own pages; anybody else reads how to get access."""
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "portal/no_unit.html", status=403)
