"""Make, find and revoke the keys of machines."""

import datetime as dt
import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import ApiToken, MemberUnit, Representative

LIFETIME = dt.timedelta(days=365)
PREFIX = "ms_"  # so that a leaked key is recognised for what it is
MOST = 10


def make(
    *, user: User, unit: MemberUnit | None, name: str, at: dt.datetime
) -> tuple[ApiToken, str]:
    """A new token and its key, which nobody can read again later.

    Raises ``ValidationError`` where the user is neither a manager of the unit nor, without a
    unit, of the staff; and where ten valid tokens exist already.
    """
    if unit is None:
        may = user.is_active and user.is_staff
    else:
        managers = Representative.objects.active().filter(role=Representative.Role.MANAGER)
        may = managers.filter(user=user, unit=unit).exists()
    if not may:
        raise ValidationError(_("Only a manager of the unit can make a token."), code="not_manager")
    if ApiToken.objects.valid(at).filter(user=user, unit=unit).count() >= MOST:
        raise ValidationError(
            _("There are ten tokens already. Revoke one that is no longer needed."), code="too_many"
        )
    key = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        unit=unit,
        name=name,
        digest=digest(key),
        hint=key[-4:],
        created_at=at,
        expires_at=at + LIFETIME,
    )
    token.full_clean()
    token.save()
    return token, key


def revoke(*, token: ApiToken, at: dt.datetime) -> None:
    """The key opens nothing from now on. Repeating it changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at)


def found(key: str, at: dt.datetime) -> ApiToken | None:
    """The valid token with this key, with its user and unit; notes the day of its use."""
    tokens = ApiToken.objects.valid(at).select_related("user", "unit")
    token = tokens.filter(digest=digest(key)).first()
    if token:
        today = at.astimezone(get_default_timezone()).date()
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def digest(key: str) -> str:
    """A key has 256 random bits: a plain hash is enough."""
    return hashlib.sha256(key.encode()).hexdigest()
