"""The door for machines: units with their standing, their rights and their statement."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from benefits.api import UnitsAndRights
from benefits.basis import Basis
from benefits.models import BenefitItem, Medium
from members.api import EARLIEST, LATEST, On
from members.standing import Basis as StandingBasis
from reports.statement import day_in, statement

# --- The shape of `reports.statement.Statement.as_json` ------------------------------------------


class StatementUnitSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    credit_code = serializers.CharField()


class StatementStandingSerializer(serializers.Serializer):
    is_good = serializers.BooleanField(label=_("in good standing"))
    basis = serializers.ChoiceField(choices=StandingBasis.choices, label=_("on what it rests"))
    good_until = serializers.DateField(
        allow_null=True, label=_("last day it lasts with nothing more paid")
    )
    because = serializers.ListField(child=serializers.CharField(), label=_("why"))
    would_change = serializers.ListField(
        child=serializers.CharField(), label=_("what would make it a yes")
    )


class StatementRightSerializer(serializers.Serializer):
    entitled = serializers.BooleanField()
    quantity = serializers.IntegerField(allow_null=True)
    unlimited = serializers.BooleanField()
    medium = serializers.ChoiceField(allow_null=True, choices=Medium.choices)
    basis = serializers.ChoiceField(choices=Basis.choices, label=_("on what it rests"))
    because = serializers.ListField(child=serializers.CharField(), label=_("why"))
    would_change = serializers.ListField(
        child=serializers.CharField(), label=_("what would make it a yes")
    )


class StatementWordsSerializer(serializers.Serializer):
    promised = serializers.CharField()
    used = serializers.CharField()
    left = serializers.CharField()


class StatementUseSerializer(serializers.Serializer):
    on = serializers.DateField(label=_("day of the service"))
    quantity = serializers.IntegerField()
    medium = serializers.CharField()
    what = serializers.CharField(label=_("what it was"))
    is_counted = serializers.BooleanField(label=_("takes from what is promised"))
    is_ahead = serializers.BooleanField(label=_("after the day asked about"))


class StatementSeatsSerializer(serializers.Serializer):
    id = serializers.IntegerField(label=_("id of the event"))
    name = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    entitled = serializers.BooleanField()
    allowed = serializers.IntegerField(allow_null=True, label=_("free seats"))
    unlimited = serializers.BooleanField()
    used = serializers.IntegerField()
    left = serializers.IntegerField(allow_null=True)
    waiting = serializers.IntegerField(label=_("people on the waiting list"))
    words = serializers.CharField()


class StatementLineSerializer(serializers.Serializer):
    item = serializers.CharField(label=_("code of the benefit item"))
    name = serializers.CharField()
    group = serializers.CharField(label=_("code of the group"))
    clause = serializers.CharField(label=_("clause of the charter"))
    period = serializers.ChoiceField(choices=BenefitItem.Period.choices)
    counted_per = serializers.ChoiceField(choices=BenefitItem.CountedPer.choices)
    promised = serializers.IntegerField(allow_null=True)
    of_each = serializers.IntegerField(
        allow_null=True, label=_("how many of one issue, or at one event")
    )
    unlimited = serializers.BooleanField()
    used = serializers.IntegerField()
    ahead = serializers.IntegerField(label=_("of what is used, reserved for days to come"))
    left = serializers.IntegerField(allow_null=True)
    words = StatementWordsSerializer(label=_("the same in words"))
    entitlement = StatementRightSerializer(label=_("the right on the day asked about"))
    uses = StatementUseSerializer(many=True)
    events = StatementSeatsSerializer(many=True, label=_("seats at the year's events"))


class StatementSerializer(serializers.Serializer):
    unit = StatementUnitSerializer()
    year = serializers.IntegerField()
    on = serializers.DateField(label=_("the day asked about"))
    tier = serializers.CharField(allow_null=True, label=_("code of the tier"))
    standing = StatementStandingSerializer()
    items = serializers.IntegerField(label=_("how many items the charter has"))
    entitled = serializers.IntegerField(label=_("how many of them the unit may use on the day"))
    used = serializers.IntegerField(label=_("how many of them the unit has used in the year"))
    lines = StatementLineSerializer(many=True)


# --- Units ---------------------------------------------------------------------------------------


class StatementQuery(On):
    year = serializers.IntegerField(
        min_value=EARLIEST.year,
        max_value=LATEST.year,
        required=False,
        help_text=_("The calendar year; that of the day where it is left out."),
    )

    def validate(self, asked: dict) -> dict:
        """Both given: the day lies in the year. One given: it decides the other."""
        year, on = asked.get("year"), asked.get("on")
        if year and on and on.year != year:
            raise serializers.ValidationError(
                {"on": [_("This day does not lie in the year %(year)s.") % {"year": year}]}
            )
        return asked


class Units(UnitsAndRights):
    queries = {**UnitsAndRights.queries, "statement": StatementQuery}

    @extend_schema(
        summary=_("A unit's statement for a year: promised, used and left of every item"),
        description=_("Without a day: as of today, or of the year's day nearest to it."),
        responses=StatementSerializer,
    )
    @action(detail=True)
    def statement(self, request, pk):
        year, on = self.asked_year_and_day()
        return Response(statement(self.get_object(), year=year, on=on).as_json())

    def asked_year_and_day(self) -> tuple[int, dt.date]:
        today = timezone.localdate()
        on = self.asked.get("on") or day_in(self.asked.get("year", today.year), today)
        return on.year, on
