"""The door for machines: units with their standing, their rights and their statement."""

from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from members.api import UnitScoped
from members.models import MemberUnit


class UnitSerializer(serializers.ModelSerializer):
    class Meta:
        model = MemberUnit
        fields = ["id", "name", "credit_code"]


class Units(UnitScoped, ReadOnlyModelViewSet):
    queryset = MemberUnit.objects.all()
    serializer_class = UnitSerializer
    unit_path = "pk"
