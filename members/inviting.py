"""Inviting people to act for a unit, and what happens when they accept."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import vouch_for_address
from letters.writing import write
from members.models import Invitation, LiaisonHandover, MemberUnit, Representative
from members.record import acting
from members.succession import hand_over

LIFETIME = dt.timedelta(days=14)


@transaction.atomic
def invite(
    *, unit: MemberUnit, name: str, email: str, role: str, by: User, at: dt.datetime, why: str
) -> Invitation:
    """Send a person a link to act for the unit; an expired invitation to the address is replaced.

    Raises ``ValidationError`` if the person acts for the unit already or has an open invitation.
    """
    email = email.strip().lower()
    if Representative.objects.active().filter(unit=unit, user__email__iexact=email).exists():
        raise ValidationError({"email": _("This person can sign in for the unit already.")})
    key = secrets.token_urlsafe(32)
    with acting(by=by, why=why):
        expired = Invitation.objects.filter(
            unit=unit, email__iexact=email, accepted_at=None, revoked_at=None, expires_at__lte=at
        )
        expired.update(revoked_at=at, revoked_by=by)
        invitation = Invitation(
            unit=unit,
            name=name.strip(),
            email=email,
            role=role,
            digest=digest(key),
            invited_by=by,
            invited_at=at,
            expires_at=at + LIFETIME,
        )
        invitation.full_clean()
        invitation.save()
    _send(invitation, key, at)
    return invitation


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, at: dt.datetime, why: str) -> None:
    """Make the link worthless. Raises ``ValidationError`` once it was accepted or withdrawn."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise ValidationError(_("This invitation is no longer open."))
    with acting(by=by, why=why):
        invitation.revoked_at, invitation.revoked_by = at, by
        invitation.save()


def found(key: str, at: dt.datetime) -> Invitation | None:
    """The invitation that the link's key opens at ``at``."""
    return Invitation.objects.open(at).select_related("unit").filter(digest=digest(key)).first()


@transaction.atomic
def accept(*, key: str, user: User | None, password: str | None, at: dt.datetime) -> User:
    """Let the invited person act for the unit, with a new account where there is none.

    ``user`` is who is signed in; without one the account of the invited address is taken or made,
    and ``password`` is set on a new one only. The link proves the address. A successor takes over
    from the liaison. Raises ``ValidationError`` if the link is worthless, if somebody else is
    signed in, if the account is closed, or if the password is too weak.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("unit")
        .open(at)
        .filter(digest=digest(key))
        .first()
    )
    if invitation is None:
        raise ValidationError(_("This invitation is no longer open. Ask for a new one."))
    if user is not None and user.email.lower() != invitation.email.lower():
        raise ValidationError(_("The invitation is for another address. Sign out first."))
    person = user or account_of(invitation) or _new_account(invitation, password)
    if not person.is_active:
        raise ValidationError(_("This account is closed. Please ask the association to open it."))
    with acting(by=person, why=_("Invitation accepted")):
        _seat(person, invitation)
        invitation.accepted_at, invitation.accepted_by = at, person
        invitation.save()
    for handover in LiaisonHandover.objects.open().filter(invitation=invitation):
        hand_over(handover=handover, person=person, at=at)
    return person


def account_of(invitation: Invitation) -> User | None:
    """The account that the invited address has already."""
    return User.objects.filter(email__iexact=invitation.email).first()


def _new_account(invitation: Invitation, password: str | None) -> User:
    person = User(email=invitation.email, name=invitation.name)
    try:
        validate_password(password or "", person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    person = User.objects.create_user(invitation.email, password, name=invitation.name)
    vouch_for_address(user=person)
    return person


def _seat(person: User, invitation: Invitation) -> None:
    """Access with the role of the invitation; who has access already loses nothing by it."""
    seat, is_new = Representative.objects.get_or_create(
        user=person,
        unit=invitation.unit,
        revoked_at=None,
        defaults={"role": invitation.role},
    )
    if not is_new and invitation.role == Representative.Role.MANAGER:
        seat.role = invitation.role
        seat.save()


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _send(invitation: Invitation, key: str, at: dt.datetime) -> None:
    """The letter with the link. A door wakes the worker after the commit."""
    until = date_format(invitation.expires_at.astimezone(get_default_timezone()), "DATE_FORMAT")
    write(
        to=invitation.email,
        subject=_("Invitation to act for %(unit)s") % {"unit": invitation.unit},
        text=_(
            "%(name)s,\n\n"
            "%(inviter)s invites you to look after what %(association)s offers "
            "to %(unit)s.\n\n"
            "Accept until %(until)s, and choose a password if you have none yet:\n"
            "%(link)s\n\n"
            "If you do not expect this letter, leave it; nothing happens then.\n"
        )
        % {
            "name": invitation.name,
            "inviter": invitation.invited_by,
            "association": settings.ASSOCIATION_NAME,
            "unit": invitation.unit,
            "until": until,
            "link": f"{settings.SITE_URL}/invitation/{key}/",
        },
        at=at,
    )
