"""The door for machines: who asks, for which unit, and what of it they may see.

Every view set of the API stands on `UnitScoped` or `ForEverybody`; the addresses are in
``config/api.py``.
"""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission

from members.models import ApiToken, MemberUnit
from members.tokens import found

KEYWORD = "Token"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token ms_…``"""

    def authenticate(self, request):
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() != KEYWORD.lower():
            return None
        token = found(parts[1], timezone.now()) if len(parts) == 2 else None
        if token is None:
            raise AuthenticationFailed(_("This token is not valid. Make a new one in the portal."))
        return token.user, token

    def authenticate_header(self, request) -> str:
        return KEYWORD


class ByToken(BasePermission):
    """A unit's token may do all that the address offers units, within its unit.

    A staff token may look at what the role may look at; it changes nothing.
    """

    def has_permission(self, request, view) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return False
        if token.unit_id:
            return True
        return request.method in SAFE_METHODS and request.user.has_perms(view.staff_permissions())


class ForEverybody:
    """What is the same for every unit, such as released issues and announced events."""

    permission_classes = [ByToken]

    def staff_permissions(self) -> list[str]:
        meta = self.queryset.model._meta
        return [f"{meta.app_label}.view_{meta.model_name}"]


class UnitScoped(ForEverybody):
    """Rows that belong to units: a unit's token finds its own only, others answer 404."""

    unit_path = "unit"

    def get_queryset(self):
        rows, unit = super().get_queryset(), self.request.auth.unit_id
        return rows.filter(**{self.unit_path: unit}) if unit else rows


def acting_unit(request) -> MemberUnit:
    """The unit for which something is done. Raises ``PermissionDenied`` for a staff token."""
    if request.auth.unit is None:
        raise PermissionDenied(_("Staff tokens can only look. Use the admin to change something."))
    return request.auth.unit
