"""What passes from a liaison to the successor who has accepted."""

import datetime as dt

from django.utils.translation import gettext as _

from accounts.models import User
from members.models import Contact, LiaisonHandover
from members.people import end_access
from members.record import acting

LIAISON = Contact.Role.LIAISON


def hand_over(*, handover: LiaisonHandover, person: User, at: dt.datetime) -> None:
    """Make ``person`` the unit's liaison in place of the one until now; inside a transaction.

    Who stays keeps the other purposes. Who leaves gives all of them up, and access as agreed.
    """
    with acting(by=person, why=_("Hand-over of the liaison's work")):
        roles, deputy_roles = _given_up(handover)
        _taken_on(handover, roles, deputy_roles)
        if handover.afterwards == LiaisonHandover.Outgoing.LEAVES_AT_ONCE:
            _end_access(handover, person, at)
        handover.state, handover.done_at = LiaisonHandover.State.DONE, at
        handover.save()


def _given_up(handover: LiaisonHandover) -> tuple[set[str], set[str]]:
    """Take the purposes from the liaison until now; return them."""
    contact = handover.outgoing
    if contact is None:
        return {LIAISON}, set()
    contact.refresh_from_db()
    if handover.afterwards == LiaisonHandover.Outgoing.STAYS:
        given = {LIAISON}, set()
        contact.roles = [role for role in contact.roles if role != LIAISON]
    else:
        given = {LIAISON, *contact.roles}, set(contact.deputy_roles)
        contact.is_active = False
    contact.is_active = contact.is_active and bool(contact.roles or contact.deputy_roles)
    contact.save()
    return given


def _taken_on(handover: LiaisonHandover, roles: set[str], deputy_roles: set[str]) -> None:
    """Write the successor down as a contact with the purposes."""
    found = Contact.objects.filter(unit=handover.unit_id, email__iexact=handover.email).first()
    contact = found or Contact(unit_id=handover.unit_id, email=handover.email)
    roles = roles | set(contact.roles)
    contact.roles = [role for role in Contact.Role.values if role in roles]
    deputy_roles = (deputy_roles | set(contact.deputy_roles)) - roles
    contact.deputy_roles = [role for role in Contact.Role.values if role in deputy_roles]
    contact.name, contact.is_active = handover.name, True
    contact.mobile = handover.mobile or contact.mobile
    contact.title = handover.title or contact.title
    contact.full_clean()
    contact.save()


def _end_access(handover: LiaisonHandover, person: User, at: dt.datetime) -> None:
    if handover.seat and handover.seat.revoked_at is None:
        end_access(handover.seat, by=person, at=at)
