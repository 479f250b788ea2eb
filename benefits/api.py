"""The door for machines: the charter's items, units, and a unit's right to an item on a day."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    PolymorphicProxySerializer,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from benefits.basis import Basis
from benefits.entitlement import Entitlement, entitlement, entitlements
from benefits.models import BenefitGroup, BenefitItem, Medium
from members.api import ForEverybody, On, Page, UnitQuery, UnitScoped, UnitSerializer
from members.models import MemberUnit
from members.standing import standing, standings

# --- The charter's items -----------------------------------------------------------------------


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = BenefitGroup
        fields = ["code", "name", "name_en"]


class ItemSerializer(serializers.ModelSerializer):
    group = GroupSerializer(label=_("group"))

    class Meta:
        model = BenefitItem
        fields = ["code", "name", "name_en", "group", "position", "period", "counted_per", "clause"]


class ItemQuery(Page, On):
    pass


@extend_schema_view(
    list=extend_schema(summary=_("The charter's items on a day, in its order")),
    retrieve=extend_schema(summary=_("One item of the charter")),
)
class Items(ForEverybody, ReadOnlyModelViewSet):
    queryset = BenefitItem.objects.select_related("group")
    serializer_class = ItemSerializer
    lookup_field = "code"
    lookup_value_converter = "slug"
    queries = {"list": ItemQuery}

    def get_queryset(self):
        items = super().get_queryset()
        return items.promised(self.asked_on()) if self.action == "list" else items


# --- Units and their rights --------------------------------------------------------------------


class RightSerializer(serializers.Serializer):
    """The shape of `right_as_json`."""

    unit = serializers.IntegerField(label=_("id of the unit"))
    item = serializers.CharField(label=_("code of the benefit item"))
    on = serializers.DateField(label=_("the day asked about"))
    entitled = serializers.BooleanField(label=_("entitled"))
    quantity = serializers.IntegerField(
        allow_null=True, label=_("how many; null where it is unlimited or no number is stated")
    )
    unlimited = serializers.BooleanField(label=_("unlimited"))
    medium = serializers.ChoiceField(
        allow_null=True, choices=Medium.choices, label=_("in what form it is enjoyed")
    )
    basis = serializers.ChoiceField(choices=Basis.choices, label=_("on what it rests"))
    because = serializers.ListField(child=serializers.CharField(), label=_("why"))
    would_change = serializers.ListField(
        child=serializers.CharField(), label=_("what would make it a yes")
    )


def right_as_json(answer: Entitlement) -> dict:
    about = {
        "unit": answer.unit.pk,
        "item": answer.item.code,
        "on": answer.on.isoformat(),
    }
    return about | answer.as_json()


class RightQuery(On):
    item = serializers.SlugRelatedField(
        slug_field="code",
        queryset=BenefitItem.objects.select_related("group"),
        required=False,
        help_text=_("Code of the benefit item; all items where it is left out."),
    )


EXAMPLE = OpenApiExample(
    _("a no with its reasons"),
    {
        "unit": 7,
        "item": "china-mining-conference",
        "on": "2026-03-13",
        "entitled": False,
        "quantity": None,
        "unlimited": False,
        "medium": None,
        "basis": "last_year_unpaid",
        "because": [_("No confirmed payment for 2025 is dated by March 13, 2026.")],
        "would_change": [
            _("Or the association approves an exceptional grant, with a reason and an expiry.")
        ],
    },
)


@extend_schema_view(
    list=extend_schema(
        summary=_("Units with their standing on a day"),
        description=_("A unit's token finds its own unit only."),
    ),
    retrieve=extend_schema(summary=_("One unit with its standing on a day")),
)
class UnitsAndRights(UnitScoped, GenericViewSet):
    """`reports.api.Units` adds the statement."""

    queryset = MemberUnit.objects.all()
    serializer_class = UnitSerializer
    unit_path = "pk"
    queries = {"list": UnitQuery, "retrieve": On, "entitlement": RightQuery}

    def get_queryset(self):
        units, asked = super().get_queryset(), self.asked
        if "search" in asked:
            units = units.named(asked["search"])
        if "in_good_standing" in asked:
            good = MemberUnit.objects.in_good_standing(self.asked_on()).values("pk")
            units = (
                units.filter(pk__in=good)
                if asked["in_good_standing"]
                else units.exclude(pk__in=good)
            )
        return units.order_by("name", "pk")

    def list(self, request):
        page = self.paginate_queryset(self.get_queryset())
        known = standings(page, self.asked_on())
        shown = self.get_serializer([known[unit.pk] for unit in page], many=True)
        return self.get_paginated_response(shown.data)

    def retrieve(self, request, pk):
        return Response(self.get_serializer(standing(self.get_object(), self.asked_on())).data)

    @extend_schema(
        summary=_("A unit's right to an item on a day, with the reasons"),
        description=_("Without an item: its right to each item, in the charter's order."),
        responses=PolymorphicProxySerializer(
            component_name="RightOrRights",
            serializers=[RightSerializer, RightSerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        examples=[EXAMPLE],
    )
    @action(detail=True)
    def entitlement(self, request, pk):
        unit, item, on = self.get_object(), self.asked.get("item"), self.asked_on()
        if item:
            return Response(right_as_json(entitlement(unit, item, on)))
        return Response([right_as_json(answer) for answer in entitlements(unit, on)])
