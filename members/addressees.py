"""Whom of a unit the association writes to about its dues."""

from collections import defaultdict
from collections.abc import Iterable

from members.models import Contact


def finance_addresses(units: Iterable[int]) -> dict[int, list[str]]:
    """By the unit's id: its contacts for dues; where none can be reached, its liaisons."""
    units = set(units)
    found = _addresses(units, Contact.Role.FINANCE)
    return found | _addresses(units - found.keys(), Contact.Role.LIAISON)


def _addresses(units: set[int], role: str) -> dict[int, list[str]]:
    by_unit = defaultdict(list)
    contacts = Contact.objects.to_write_to(role).filter(unit__in=units).order_by("pk")
    for unit, email in contacts.values_list("unit_id", "email"):
        by_unit[unit].append(email)
    return dict(by_unit)
