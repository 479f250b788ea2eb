"""Letters about a request or a study, in Chinese, to the people of the unit."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from letters.writing import write
from members.models import Representative
from services.models import ServiceRequest, Study, StudyCopy

FOLDER = "services/mail/"


def tell(request: ServiceRequest, kind: str, *, at: dt.datetime, **facts) -> None:
    """Write to the unit's people about its request. ``kind`` names the text's template."""
    with translation.override("zh-hans"):
        subject = subjects()[kind] % {"number": request.number, "title": request.title}
        facts |= {
            "request": request,
            "link": settings.SITE_URL + reverse("service_request", args=[request.pk]),
            "association": settings.ASSOCIATION_NAME,
        }
        text = render_to_string(f"{FOLDER}{kind}.txt", facts)
    for address in addresses(request):
        write(to=address, subject=subject, text=text, at=at)


def subjects() -> dict[str, str]:
    """What each letter is about: what has happened, and to which request."""
    return {
        "received": _("We have your request %(number)s: %(title)s"),
        "accepted": _("Your request %(number)s is being handled: %(title)s"),
        "asked": _("A question about your request %(number)s: %(title)s"),
        "told": _("A message about your request %(number)s: %(title)s"),
        "closed": _("Your request %(number)s is done: %(title)s"),
        "declined": _("Your request %(number)s was declined: %(title)s"),
        "news_accepted": _("Your text is accepted, %(number)s: %(title)s"),
    }


def addresses(request: ServiceRequest) -> list[str]:
    """Who asked; where that person no longer acts for the unit, its managers."""
    active = Representative.objects.active().filter(unit=request.unit_id).select_related("user")
    seats = list(active.order_by("pk"))
    asked = [seat.user.email for seat in seats if seat.user_id == request.asked_by_id]
    managers = [seat.user.email for seat in seats if seat.role == Representative.Role.MANAGER]
    return asked or managers


def announce(study: Study, copies: Iterable[StudyCopy], *, at: dt.datetime) -> None:
    """Write to the managers of each unit that a study has come out, and which part they get."""
    copies = list(copies)
    people = managers_of({copy.unit_id for copy in copies})
    with translation.override("zh-hans"):
        link = settings.SITE_URL + reverse("studies")
        for copy in copies:
            kind = f"study_{copy.part}"
            subject = _("A study for your unit: %(title)s") % {"title": study.title}
            facts = {
                "study": study,
                "unit": copy.unit,
                "link": link,
                "association": settings.ASSOCIATION_NAME,
            }
            text = render_to_string(f"{FOLDER}{kind}.txt", facts)
            for address in people.get(copy.unit_id, []):
                write(to=address, subject=subject, text=text, at=at)


def managers_of(units: set[int]) -> dict[int, list[str]]:
    """The addresses of the managers of each unit, or of its other people where it has none."""
    active = Representative.objects.active().filter(unit__in=units).select_related("user")
    found: dict[int, dict[str, list[str]]] = {}
    for seat in active.order_by("pk"):
        found.setdefault(seat.unit_id, {}).setdefault(seat.role, []).append(seat.user.email)
    return {
        unit: roles.get(Representative.Role.MANAGER) or roles[Representative.Role.MEMBER]
        for unit, roles in found.items()
    }
