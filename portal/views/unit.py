"""本单位: profile, tier, committees, dues and people. To be read; staff change the register."""

from dataclasses import dataclass

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from members.certified import holding
from members.models import Contact, MemberUnit, Representative
from portal.acting import for_unit
from portal.dues import dues_by_year
from portal.views.receipts import receipts_of


@dataclass(frozen=True)
class Purpose:
    """A purpose, the active contacts that serve it, and their deputies."""

    role: str
    label: str
    contacts: list[Contact]
    deputies: list[Contact]

    @property
    def is_bulletin(self) -> bool:
        return self.role == Contact.Role.BULLETIN


@require_safe
@for_unit
def unit(request):
    own, is_manager = request.unit, request.seat.role == Representative.Role.MANAGER
    found = holding(own, timezone.localdate())
    context = {
        "unit": own,
        "former_names": own.former_names.all(),
        "appointments": own.appointments.select_related("tier", "term").order_by("-starts_on"),
        "seats": own.seats.select_related("committee").order_by("-starts_on", "committee"),
        "dues": dues_by_year(own, timezone.localdate()),
        "notices": own.notices.standing().order_by("kind", "pk"),
        "receipts": receipts_of(own),
        "certificate": found.certificate,
        "certificate_outdated": bool(found.no_longer),
        "purposes": purposes(own),
        "is_manager": is_manager,
        "people": people(own) if is_manager else [],
    }
    return render(request, "portal/unit.html", context)


def purposes(own: MemberUnit) -> list[Purpose]:
    contacts = list(own.contacts.filter(is_active=True).order_by("name", "pk"))
    return [
        Purpose(
            role,
            label,
            [contact for contact in contacts if role in contact.roles],
            [contact for contact in contacts if role in contact.deputy_roles],
        )
        for role, label in Contact.Role.choices
    ]


def people(own: MemberUnit):
    """Who may act for the unit now, the managers first."""
    active = Representative.objects.active().filter(unit=own)
    return active.select_related("user").order_by("-role", "user__name", "pk")
