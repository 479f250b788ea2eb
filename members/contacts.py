"""联系人: adding, changing and retiring the people whom the association writes to."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import Contact, MemberUnit
from members.record import acting


@transaction.atomic
def keep(*, contact: Contact, by: User, why: str) -> Contact:
    """Save a contact as it was given. With another address, the bulletin is sent again.

    Raises ``ValidationError`` if it serves no purpose, breaks a constraint, or if the unit would
    be left without a liaison.
    """
    MemberUnit.objects.select_for_update(no_key=True).get(pk=contact.unit_id)
    before = Contact.objects.filter(pk=contact.pk).first()
    if contact.is_active and not contact.roles and not contact.deputy_roles:
        raise ValidationError(_("Choose at least one purpose."), code="no_purpose")
    if before and _is_liaison(before) and not _is_liaison(contact):
        _another_liaison(before)
    if before and before.email != contact.email:
        contact.unsubscribed_at = None
    contact.full_clean()
    with acting(by=by, why=why):
        contact.save()
    return contact


def retire(*, contact: Contact, by: User, why: str) -> Contact:
    """Write to the contact no more. Raises ``ValidationError`` for the unit's last liaison."""
    contact.is_active = False
    return keep(contact=contact, by=by, why=why)


def _is_liaison(contact: Contact) -> bool:
    return contact.is_active and Contact.Role.LIAISON in contact.roles


def _another_liaison(contact: Contact) -> None:
    others = Contact.objects.with_role(Contact.Role.LIAISON).filter(unit=contact.unit_id)
    if not others.exclude(pk=contact.pk).exists():
        raise ValidationError(
            _("%(name)s is the unit's only liaison. Name another liaison first.")
            % {"name": contact.name},
            code="last_liaison",
        )
