"""Make, find and revoke the keys of machines."""

import datetime as dt
import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from members.days import day_of
from members.models import ApiToken, MemberUnit, Representative

LIFETIME = dt.timedelta(days=365)
PREFIX = "ms_"  # so that a leaked key is recognised for what it is
MOST = 10


@transaction.atomic
def make(
    *, user: User, unit: MemberUnit | None, name: str, at: dt.datetime
) -> tuple[ApiToken, str]:
    """A new token and its key, which nobody can read again later.

    Raises ``ValidationError`` where the user is neither a manager of the unit nor, without a
    unit, of the staff; and where ten valid tokens exist already.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # ten at most
    _may_make(user, unit, at)
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        unit=unit,
        name=name.strip(),
        digest=digest(key),
        hint=key[-4:],
        created_at=at,
        expires_at=at + LIFETIME,
    )
    token.full_clean()
    token.save()
    return token, key


def _may_make(user: User, unit: MemberUnit | None, at: dt.datetime) -> None:
    if unit is None and not (user.is_active and user.is_staff):
        raise ValidationError(_("Only staff can make a token without a unit."), code="not_staff")
    if unit is not None and not _manages(user, unit):
        raise ValidationError(_("Only a manager of the unit can make a token."), code="not_manager")
    if ApiToken.objects.valid(at).filter(user=user, unit=unit).count() >= MOST:
        raise ValidationError(
            _("There are ten tokens already. Revoke one that is no longer needed."), code="too_many"
        )


def _manages(user: User, unit: MemberUnit) -> bool:
    managers = Representative.objects.active().filter(role=Representative.Role.MANAGER)
    return managers.filter(user=user, unit=unit).exists()


def revoke(*, token: ApiToken, by: User, at: dt.datetime) -> None:
    """The key opens nothing from now on. Repeating it changes nothing."""
    kept = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
    kept.update(revoked_at=at, revoked_by=by)


def found(key: str, at: dt.datetime) -> ApiToken | None:
    """The valid token with this key, with its user and unit; notes the day of its use."""
    tokens = ApiToken.objects.valid(at).select_related("user", "unit")
    token = tokens.filter(digest=digest(key)).first()
    if token:
        _note_use(token, day_of(at))
    return token


def _note_use(token: ApiToken, on: dt.date) -> None:
    """One write a day and token, whoever asks at the same time."""
    if token.last_used_on is None or token.last_used_on < on:
        earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=on)
        ApiToken.objects.filter(earlier, pk=token.pk).update(last_used_on=on)


def digest(key: str) -> str:
    """A key has 256 random bits: a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
