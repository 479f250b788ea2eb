"""The door for machines: services, a unit's requests, and the studies it may read."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from cases.questions import LONG
from files.serving import attachment
from letters.tasks import wake
from members.api import ForEverybody, UnitScoped, acting_unit
from services import asking
from services.models import (
    OfferingQuestion,
    RequestAnswer,
    RequestFile,
    RequestStep,
    ServiceOffering,
    ServiceRequest,
    Stage,
    Study,
    StudyFile,
)
from services.studies import readable

FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


# --- Services -----------------------------------------------------------------------------------


class QuestionSerializer(serializers.ModelSerializer):
    options = serializers.ListField(
        child=serializers.CharField(), label=_("what may be chosen"), read_only=True
    )

    class Meta:
        model = OfferingQuestion
        fields = ["id", "label", "label_en", "hint", "hint_en", "kind", "options", "is_required"]


class StageSerializer(serializers.ModelSerializer):
    class Meta:
        model = Stage
        fields = ["name", "name_en"]


class OfferingSerializer(serializers.ModelSerializer):
    item = serializers.SlugRelatedField("code", source="benefit_item", read_only=True)

    class Meta:
        model = ServiceOffering
        fields = [
            *("code", "name", "name_en", "item", "summary", "summary_en"),
            *("target_working_days", "is_for_bulletin", "is_open"),
        ]


class OfferingWithFormSerializer(OfferingSerializer):
    questions = serializers.SerializerMethodField(label=_("the form"))
    stages = StageSerializer(many=True, label=_("stages of handling"))

    class Meta(OfferingSerializer.Meta):
        fields = [
            *OfferingSerializer.Meta.fields,
            *("guidance", "guidance_en", "questions", "stages"),
        ]

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, offering):
        return QuestionSerializer(offering.questions.asked(), many=True).data


@extend_schema_view(
    list=extend_schema(summary=_("The services that a unit can ask for")),
    retrieve=extend_schema(summary=_("One service with the form to ask for it")),
)
class Offerings(ForEverybody, ReadOnlyModelViewSet):
    queryset = ServiceOffering.objects.select_related("benefit_item")
    serializer_class = OfferingSerializer
    lookup_field = "code"
    lookup_value_converter = "slug"

    def get_serializer_class(self):
        return OfferingWithFormSerializer if self.action == "retrieve" else OfferingSerializer


# --- Requests -----------------------------------------------------------------------------------


class AnswerSerializer(serializers.ModelSerializer):
    label = serializers.CharField(source="question.label", label=_("question"))

    class Meta:
        model = RequestAnswer
        fields = ["question", "label", "text"]


class FileSerializer(serializers.ModelSerializer):
    class Meta:
        model = RequestFile
        fields = ["id", "name", "kind", "size", "is_delivered", "uploaded_at"]


class StepSerializer(serializers.ModelSerializer):
    stage = serializers.CharField(source="stage.name", default=None, label=_("stage"))
    is_by_unit = serializers.BooleanField(label=_("by the unit"))

    class Meta:
        model = RequestStep
        fields = ["at", "kind", "is_by_unit", "stage", "comment"]


class RequestSerializer(serializers.ModelSerializer):
    offering = serializers.SlugRelatedField("code", read_only=True)
    stage = serializers.CharField(source="stage.name", default=None, label=_("stage"))

    class Meta:
        model = ServiceRequest
        fields = [
            *("id", "number", "unit", "offering", "title", "state", "stage"),
            *("filed_on", "due_on", "basis", "delivered", "delivered_on"),
            *("rating", "rating_words"),
        ]


class WholeRequestSerializer(RequestSerializer):
    """With answers, files and the trail as the unit may see it."""

    answers = AnswerSerializer(many=True, label=_("answers"))
    files = FileSerializer(many=True, label=_("files"))
    steps = serializers.SerializerMethodField(label=_("what happened"))

    class Meta(RequestSerializer.Meta):
        fields = [*RequestSerializer.Meta.fields, "answers", "files", "steps"]

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, request):
        return StepSerializer(request.steps.told().select_related("stage"), many=True).data


class AskSerializer(serializers.Serializer):
    offering = serializers.SlugRelatedField(
        "code",
        queryset=ServiceOffering.objects.select_related("benefit_item__group"),
        label=_("code of the service"),
    )
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        label=_("each question's id with its answer"),
        default=dict,
    )

    def validate_answers(self, answers: dict[str, str]) -> dict[int, str]:
        if unknown := [key for key in answers if not (key.isascii() and key.isdecimal())]:
            raise serializers.ValidationError(
                _("“%(key)s” is not the id of a question.") % {"key": unknown[0]}
            )
        return {int(key): text for key, text in answers.items()}


class MessageSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=LONG, label=_("the message"))


class RatingSerializer(serializers.Serializer):
    rating = serializers.IntegerField(min_value=1, max_value=5, label=_("1 poor, 5 very good"))
    words = serializers.CharField(max_length=LONG, allow_blank=True, default="", label=_("words"))


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(label=_("file"))


@extend_schema_view(
    list=extend_schema(summary=_("The unit's requests, the latest first")),
    retrieve=extend_schema(summary=_("One request with everything in it")),
)
class Requests(UnitScoped, ListModelMixin, RetrieveModelMixin, GenericViewSet):
    queryset = ServiceRequest.objects.select_related("offering", "stage")
    serializer_class = RequestSerializer

    def get_serializer_class(self):
        return RequestSerializer if self.action == "list" else WholeRequestSerializer

    @extend_schema(
        summary=_("Ask for a service"),
        request=AskSerializer,
        responses={201: WholeRequestSerializer},
    )
    def create(self, request):
        unit = acting_unit(request)
        wish = checked(AskSerializer, request)
        row = asking.ask(unit=unit, by=request.user, at=timezone.now(), **wish)
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("Write to the association, or answer its question"),
        request=MessageSerializer,
        responses=WholeRequestSerializer,
    )
    @action(detail=True, methods=["post"])
    def messages(self, request, pk):
        acting_unit(request)
        row, wish = self.get_object(), checked(MessageSerializer, request)
        return self.told(asking.write(request=row, by=request.user, at=timezone.now(), **wish))

    @extend_schema(
        summary=_("Rate what was delivered, once"),
        request=RatingSerializer,
        responses=WholeRequestSerializer,
    )
    @action(detail=True, methods=["post"])
    def rate(self, request, pk):
        acting_unit(request)
        row, wish = self.get_object(), checked(RatingSerializer, request)
        return self.told(asking.rate(request=row, by=request.user, at=timezone.now(), **wish))

    @extend_schema(
        summary=_("Withdraw the request"), request=None, responses=WholeRequestSerializer
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        acting_unit(request)
        return self.told(
            asking.withdraw(request=self.get_object(), by=request.user, at=timezone.now())
        )

    @extend_schema(
        summary=_("Add a file to an open request"),
        request={"multipart/form-data": UploadSerializer},
        responses={201: WholeRequestSerializer},
    )
    @action(detail=True, methods=["post"])
    def files(self, request, pk):
        acting_unit(request)
        row, wish = self.get_object(), checked(UploadSerializer, request)
        row = asking.attach(request=row, files=[wish["file"]], by=request.user, at=timezone.now())
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(summary=_("A file of a request"), responses=FILE)
    @action(detail=True, url_path="files/<int:file>")
    def file(self, request, pk, file):
        row = self.get_object()
        return attachment(get_object_or_404(RequestFile, request=row, pk=file))

    def told(self, row: ServiceRequest, code: int = status.HTTP_200_OK) -> Response:
        """The request as it is now; letters about it go out."""
        wake()
        return Response(WholeRequestSerializer(row).data, status=code)


def checked(serializer: type[serializers.Serializer], request) -> dict:
    """What was sent, if its shape is right. Raises the framework's ``ValidationError``."""
    found = serializer(data=request.data)
    found.is_valid(raise_exception=True)
    return found.validated_data


# --- Studies ------------------------------------------------------------------------------------


class StudyFileSerializer(serializers.ModelSerializer):
    class Meta:
        model = StudyFile
        fields = ["part", "name", "kind", "size"]


class StudySerializer(serializers.ModelSerializer):
    """A study with those of its files that the reader may open."""

    offering = serializers.SlugRelatedField("code", read_only=True)
    files = StudyFileSerializer(source="open_files", many=True, label=_("files"))

    class Meta:
        model = Study
        fields = ["id", "title", "offering", "issued_on", "files"]


@extend_schema_view(
    list=extend_schema(
        summary=_("Published studies of which the reader may open a part"),
        description=_("A unit's token finds what is open to its unit; a staff token all."),
    ),
)
class Studies(ForEverybody, GenericViewSet):
    queryset = Study.objects.select_related("offering")
    serializer_class = StudySerializer

    def studies(self) -> list[Study]:
        """Each with ``open_files``."""
        unit = self.request.auth.unit
        if unit:
            found = [(access.study, access.files) for access in readable(unit)]
        else:
            published = self.get_queryset().filter(published_at__isnull=False)
            found = [(each, list(each.files.all())) for each in published.prefetch_related("files")]
        for study, files in found:
            study.open_files = files
        return [study for study, _files in found]

    def list(self, request):
        page = self.paginate_queryset(self.studies())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(summary=_("A part of a study: report or common"), responses=FILE)
    @action(detail=True, url_path="<slug:part>")
    def file(self, request, pk, part):
        files = (file for study in self.studies() if study.pk == pk for file in study.open_files)
        found = next((file for file in files if file.part == part), None)
        if found is None:
            raise NotFound
        return attachment(found)
