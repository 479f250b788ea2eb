"""The door for machines: the charter's items, and a unit's right to them on a day."""

from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from benefits.models import BenefitItem
from members.api import ForEverybody


class ItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = BenefitItem
        fields = ["id", "code", "name", "name_en"]


class Items(ForEverybody, ReadOnlyModelViewSet):
    """The charter's items in its order."""

    queryset = BenefitItem.objects.select_related("group")
    serializer_class = ItemSerializer
