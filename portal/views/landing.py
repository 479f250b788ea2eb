"""Where a visit begins, and which unit it is for."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from portal.acting import choose, chosen, seats_of, without_unit


@require_safe
def landing(request):
    """Anonymous to sign-in, staff to the admin, everybody else to their unit's rights."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    return redirect("admin:index" if request.user.is_staff else "home")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def switch_unit(request):
    """Choose among the units the user acts for."""
    seats = seats_of(request.user)
    if not seats:
        return without_unit(request)
    if request.method == "POST":
        choose(request, seat_named(request.POST.get("unit"), seats))
        return redirect(inside(request, request.POST.get("next")))
    context = {
        "seats": seats,
        "current": chosen(seats, request),
        "next": inside(request, request.GET.get("next")),
    }
    return render(request, "portal/switch_unit.html", context)


def seat_named(unit: str | None, seats: list):
    """The user's seat at the unit with this id. Raises ``Http404`` for any other unit."""
    seat = next((seat for seat in seats if str(seat.unit_id) == unit), None)
    if seat is None:
        raise Http404
    return seat


def inside(request, address: str | None) -> str:
    """The address if it is one of ours, else the home page."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else "home"
