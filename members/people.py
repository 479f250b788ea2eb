"""Who acts for a unit: changing what a person may do there, and ending it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import ApiToken, Contact, MemberUnit, Representative
from members.record import acting

Role = Representative.Role


def manages(user: User, unit: MemberUnit) -> bool:
    """Whether the user invites and removes the unit's people."""
    seats = Representative.objects.active().filter(user=user, unit=unit)
    return seats.filter(role=Role.MANAGER).exists()


def looks_after(user: User, unit: MemberUnit) -> bool:
    """Whether the user keeps the unit's contacts: its managers do, and its liaison."""
    if manages(user, unit):
        return True
    liaisons = Contact.objects.with_role(Contact.Role.LIAISON).filter(unit=unit)
    return liaisons.filter(email__iexact=user.email).exists()


@transaction.atomic
def change_role(*, seat: Representative, role: str, by: User, why: str) -> Representative:
    """Make a person of the unit a manager, or no longer one.

    Raises ``ValidationError`` if ``by`` may not, if the person's access has ended, or if the unit
    would be left without a manager.
    """
    seat = _locked(seat)
    _may_change(seat, by)
    if seat.role == Role.MANAGER and role != Role.MANAGER and not by.is_staff:
        _another_manager(seat)
    with acting(by=by, why=why):
        seat.role = role
        seat.save()
    return seat


@transaction.atomic
def remove(*, seat: Representative, by: User, at: dt.datetime, why: str) -> Representative:
    """End a person's access to the unit, keys of programs included; it counts at once.

    Raises ``ValidationError`` as `change_role` does. Staff may remove the last manager.
    """
    seat = _locked(seat)
    _may_change(seat, by)
    if seat.role == Role.MANAGER and not by.is_staff:
        _another_manager(seat)
    with acting(by=by, why=why):
        end_access(seat, by=by, at=at)
    return seat


def end_access(seat: Representative, *, by: User, at: dt.datetime) -> None:
    """Revoke the seat and the keys that its holder made for the unit."""
    seat.revoked_at = at
    seat.save()
    keys = ApiToken.objects.filter(user=seat.user_id, unit=seat.unit_id, revoked_at__isnull=True)
    keys.update(revoked_at=at, revoked_by=by)


def _locked(seat: Representative) -> Representative:
    """The seat as it is now; one change of a unit's people at a time."""
    MemberUnit.objects.select_for_update(no_key=True).get(pk=seat.unit_id)
    seat = Representative.objects.select_related("user", "unit").get(pk=seat.pk)
    if seat.revoked_at:
        raise ValidationError(_("This person's access has ended already."), code="ended")
    return seat


def _may_change(seat: Representative, by: User) -> None:
    if not by.is_staff and not manages(by, seat.unit):
        raise ValidationError(_("Only a manager of the unit can do this."), code="not_manager")


def _another_manager(seat: Representative) -> None:
    managers = Representative.objects.active().filter(unit=seat.unit_id, role=Role.MANAGER)
    if not managers.exclude(pk=seat.pk).exists():
        raise ValidationError(
            _("%(name)s is the unit's only manager. Make somebody else a manager first.")
            % {"name": seat.user},
            code="last_manager",
        )
