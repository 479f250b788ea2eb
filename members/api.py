"""The door for machines: who asks, for which unit, what of it they may see, and how they ask.

Every view set of the API stands on `UnitScoped` or `ForEverybody`; the addresses are in
``config/api.py``. The REST framework imports this module while it builds its own views, so no
view set can be here: that of the units is in ``reports/api.py``.
"""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.throttling import SimpleRateThrottle

from members.models import ApiToken, MemberUnit, Tier
from members.standing import Basis
from members.tokens import found

KEYWORD = "Token"
PAGE, LARGEST_PAGE = 100, 500
EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)


# --- Who asks ----------------------------------------------------------------------------------


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


class PerToken(SimpleRateThrottle):
    """So many requests a minute for each token, counted by each web process."""

    scope = "token"

    def get_cache_key(self, request, view) -> str | None:
        token = request.auth
        return f"api-{token.pk}" if isinstance(token, ApiToken) else None


# --- How they ask ------------------------------------------------------------------------------


class OneFormat(DefaultContentNegotiation):
    """JSON, or the file it is, whatever the request says it accepts."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Pages(LimitOffsetPagination):
    """A list comes in parts; its parameters are checked by `Page`."""

    default_limit = PAGE
    max_limit = LARGEST_PAGE


class Query(serializers.Serializer):
    """What may stand behind the “?” of an address: anything else is refused where it stands."""

    def to_internal_value(self, data):
        unknown = {
            name: [_("There is no such parameter here.")] for name in data.keys() - self.fields
        }
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class Page(Query):
    """What every list takes; the `Query` of a list builds on it."""

    limit = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST_PAGE,
        required=False,
        help_text=_("How many rows at most; 100 where it is left out."),
    )
    offset = serializers.IntegerField(
        min_value=0, max_value=10**9, required=False, help_text=_("How many rows to skip.")
    )


class Day(serializers.DateField):
    """A day that the register can know; ISO 8601."""

    def to_internal_value(self, value) -> dt.date:
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(
                _("Choose a day between 1990-01-01 and 2100-12-31."), code="out_of_range"
            )
        return day


class On(Query):
    """As of which day; today where none is given."""

    on = Day(required=False, help_text=_("The day asked about; today where it is left out."))


# --- What they may see -------------------------------------------------------------------------


class ForEverybody:
    """What is the same for every unit, such as released issues and announced events.

    ``queries`` names the `Query` of each action; ``self.asked`` holds its checked values.
    """

    permission_classes = [ByToken]
    lookup_value_converter = "int"
    queries: dict[str, type[Query]] = {}

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        query = self.query_class()(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        self.asked = query.validated_data

    def query_class(self) -> type[Query]:
        return self.queries.get(self.action, Page if self.action == "list" else Query)

    def asked_on(self) -> dt.date:
        """The day that was asked about; today where none was."""
        return self.asked.get("on") or timezone.localdate()

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


# --- What a unit is ----------------------------------------------------------------------------


class TierSerializer(serializers.ModelSerializer):
    class Meta:
        model = Tier
        fields = ["code", "name", "name_en"]


class StandingSerializer(serializers.Serializer):
    """`members.standing.Standing`: may the unit enjoy services on the day, and why?"""

    on = serializers.DateField(label=_("the day asked about"))
    is_good = serializers.BooleanField(label=_("in good standing"))
    basis = serializers.ChoiceField(choices=Basis.choices, label=_("on what it rests"))
    dues_year = serializers.IntegerField(allow_null=True, label=_("the year whose dues decide"))
    amount_due = serializers.DecimalField(12, 2, allow_null=True, label=_("yuan due for that year"))
    amount_paid = serializers.DecimalField(12, 2, label=_("yuan paid for that year by the day"))
    good_until = serializers.DateField(
        allow_null=True, label=_("last day it lasts with nothing more paid")
    )
    because = serializers.ListField(child=serializers.CharField(), label=_("why"))
    would_change = serializers.ListField(
        child=serializers.CharField(), label=_("what would make it a yes")
    )


class UnitSerializer(serializers.Serializer):
    """A unit as of a day, from its `Standing`."""

    id = serializers.IntegerField(source="unit.pk")
    name = serializers.CharField(source="unit.name", label=_("name"))
    credit_code = serializers.CharField(
        source="unit.credit_code", label=_("unified social credit code")
    )
    kind = serializers.ChoiceField(
        source="unit.kind", choices=MemberUnit.Kind.choices, label=_("kind of organisation")
    )
    province = serializers.CharField(source="unit.province", label=_("province"))
    joined_on = serializers.DateField(allow_null=True, label=_("member since"))
    tier = TierSerializer(allow_null=True, label=_("tier"))
    standing = StandingSerializer(source="*", label=_("standing"))


class UnitQuery(Page, On):
    search = serializers.CharField(
        required=False, help_text=_("A part of the name or a former name, or the credit code.")
    )
    in_good_standing = serializers.BooleanField(
        required=False, help_text=_("Only units that are in good standing on the day, or are not.")
    )
