"""The door for machines: announced events with a unit's seats, its registrations and its people."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from benefits.api import RightSerializer, right_as_json
from events import registration as registering
from events.models import Attendee, Event, Registration
from events.passes import address
from events.persons import MOST_AT_ONCE, Person
from events.seats import SeatAccount, seats
from letters.tasks import wake
from members.api import ForEverybody, Page, UnitScoped, acting_unit

MONEY = {"max_digits": 10, "decimal_places": 2}


# --- Events -------------------------------------------------------------------------------------


class SeatsSerializer(serializers.Serializer):
    """How the token's unit stands with the event, judged for its first day."""

    right = serializers.SerializerMethodField(label=_("the right on the first day"))
    allowed = serializers.IntegerField(allow_null=True, label=_("free seats; null for any number"))
    used = serializers.IntegerField(label=_("free seats taken"))
    left = serializers.IntegerField(allow_null=True, label=_("free seats left"))
    live = serializers.IntegerField(label=_("people with a seat"))
    waiting = serializers.IntegerField(label=_("people on the waiting list"))
    next_price = serializers.DecimalField(
        **MONEY,
        allow_null=True,
        label=_("yuan for each person beyond the free seats; null where none can come"),
    )
    words = serializers.CharField(label=_("the same in words"))

    @extend_schema_field(RightSerializer)
    def get_right(self, account: SeatAccount) -> dict:
        return right_as_json(account.answer)


class EventSerializer(serializers.ModelSerializer):
    series = serializers.SlugRelatedField("code", read_only=True, label=_("series of events"))
    item = serializers.ReadOnlyField(
        source="series.benefit_item.code", label=_("code of the benefit item")
    )
    is_called_off = serializers.BooleanField(label=_("called off"))
    places_left = serializers.IntegerField(
        allow_null=True, label=_("places left in the hall; null for no limit")
    )
    seats = serializers.SerializerMethodField(
        label=_("the seats of the token's unit; null for a staff token")
    )

    class Meta:
        model = Event
        fields = [
            *("id", "series", "item", "name", "starts_on", "ends_on", "place", "description"),
            *("contact", "registration_opens_on", "registration_closes_on", "changes_until"),
            *("fee", "member_price", "places_left", "is_called_off", "cancelled_because", "seats"),
        ]

    @extend_schema_field(SeatsSerializer(allow_null=True))
    def get_seats(self, event: Event) -> dict | None:
        account = self.context["accounts"].get(event.pk)
        return account and SeatsSerializer(account).data


class EventQuery(Page):
    from_day = serializers.DateField(
        required=False, help_text=_("Only events that end on this day or later.")
    )


@extend_schema_view(
    list=extend_schema(summary=_("Announced events, the latest first, with the unit's seats")),
    retrieve=extend_schema(summary=_("One announced event with the unit's seats")),
)
class Events(ForEverybody, ReadOnlyModelViewSet):
    queryset = Event.objects.announced().select_related("series__benefit_item__group")
    serializer_class = EventSerializer
    queries = {"list": EventQuery}

    def list(self, request):
        rows = self.get_queryset()
        if day := self.asked.get("from_day"):
            rows = rows.not_over(day)
        return self.get_paginated_response(self.told(self.paginate_queryset(rows)))

    def retrieve(self, request, pk):
        return Response(self.told([self.get_object()])[0])

    def told(self, events: Sequence[Event]) -> Sequence[dict]:
        """The events with the seats of the token's unit, in a fixed number of queries."""
        unit = self.request.auth.unit
        accounts = {each.event.pk: each for each in seats(unit, events)} if unit else {}
        context = self.get_serializer_context() | {"accounts": accounts}
        return EventSerializer(events, many=True, context=context).data


# --- Registrations ------------------------------------------------------------------------------


class AttendeeSerializer(serializers.ModelSerializer):
    event = serializers.IntegerField(source="registration.event_id", label=_("event"))
    pass_address = serializers.SerializerMethodField(
        label=_("address of the pass; null for a person without a seat")
    )

    class Meta:
        model = Attendee
        fields = [
            *("id", "registration", "event", "name", "mobile", "email", "job_title", "state"),
            *("is_free", "price", "paid_on", "replaces", "added_at", "ended_at", "checked_in_at"),
            "pass_address",
        ]

    @extend_schema_field(OpenApiTypes.URI)
    def get_pass_address(self, attendee: Attendee) -> str | None:
        return address(attendee) if attendee.is_live else None


class RegistrationSerializer(serializers.ModelSerializer):
    tier = serializers.SlugRelatedField("code", read_only=True, label=_("tier"))
    attendees = AttendeeSerializer(many=True, label=_("attendees"))

    class Meta:
        model = Registration
        fields = [
            *("id", "event", "unit", "free_seats", "free_taken", "price", "tier", "basis"),
            *("service_on", "judged_at", "attendees"),
        ]


class PersonSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=60, label=_("attendee's name"))
    mobile = serializers.CharField(max_length=30, label=_("mobile"))
    email = serializers.EmailField(allow_blank=True, default="", label=_("e-mail address"))
    job_title = serializers.CharField(
        max_length=60, allow_blank=True, default="", label=_("job title")
    )


class RegisterSerializer(serializers.Serializer):
    event = serializers.PrimaryKeyRelatedField(queryset=Event.objects.announced(), label=_("event"))
    people = PersonSerializer(many=True, min_length=1, max_length=MOST_AT_ONCE, label=_("people"))
    at_most = serializers.DecimalField(
        **MONEY,
        min_value=0,
        required=False,
        label=_("yuan that the people may cost together; more is refused"),
    )


@extend_schema_view(
    list=extend_schema(summary=_("The unit's registrations with their people")),
    retrieve=extend_schema(summary=_("One registration with its people")),
)
class Registrations(UnitScoped, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    queryset = (
        Registration.objects.select_related("tier")
        .prefetch_related("attendees__registration")
        .order_by("-event__starts_on", "pk")
    )
    serializer_class = RegistrationSerializer

    @extend_schema(
        summary=_("Register people: the free seats first, then paid ones, then the waiting list"),
        request=RegisterSerializer,
        responses={201: RegistrationSerializer},
    )
    def create(self, request):
        unit = acting_unit(request)
        wish = checked(RegisterSerializer, request)
        people = [Person(**person) for person in wish.pop("people")]
        registering.register(unit=unit, people=people, at=timezone.now(), by=request.user, **wish)
        wake()
        row = self.get_queryset().get(event=wish["event"])
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


@extend_schema_view(
    list=extend_schema(summary=_("The unit's people at all events, those who left included")),
    retrieve=extend_schema(summary=_("One of the unit's people")),
)
class Attendees(UnitScoped, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    queryset = Attendee.objects.select_related("registration").order_by("-pk")
    serializer_class = AttendeeSerializer
    unit_path = "registration__unit"

    @extend_schema(
        summary=_("Cancel, until the cut-off"), request=None, responses=AttendeeSerializer
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk):
        acting_unit(request)
        attendee = self.get_object()
        registering.cancel(attendee=attendee, at=timezone.now(), by=request.user)
        return self.told(attendee)

    @extend_schema(
        summary=_("Let somebody else come, until the cut-off"),
        request=PersonSerializer,
        responses={201: AttendeeSerializer},
    )
    @action(detail=True, methods=["post"])
    def substitute(self, request, pk):
        acting_unit(request)
        attendee = self.get_object()
        person = Person(**checked(PersonSerializer, request))
        new = registering.substitute(
            attendee=attendee, person=person, at=timezone.now(), by=request.user
        )
        return self.told(new, status.HTTP_201_CREATED)

    def told(self, attendee: Attendee, code: int = status.HTTP_200_OK) -> Response:
        """The attendee as it is now; letters about it go out."""
        wake()
        row = self.get_queryset().get(pk=attendee.pk)
        return Response(self.get_serializer(row).data, status=code)


def checked(serializer: type[serializers.Serializer], request) -> dict:
    """What was sent, if its shape is right. Raises the framework's ``ValidationError``."""
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return found.validated_data
