"""The door for machines: award cycles, and a unit's applications from draft to withdrawal."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import CreateModelMixin, ListModelMixin, RetrieveModelMixin
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from awards import applying
from awards.models import (
    ApplicationStep,
    AwardApplication,
    AwardCycle,
    CycleQuestion,
    Material,
    MaterialRequirement,
)
from awards.serializers import (
    ApplicationQuery,
    ApplicationWordsSerializer,
    AwardApplicationSerializer,
    MaterialSerializer,
    MaterialUploadSerializer,
    StartApplicationSerializer,
    WholeAwardApplicationSerializer,
    WithdrawalSerializer,
)
from cases.questions import QuestionForm, name_of
from files.serving import attachment
from letters.tasks import wake
from members.api import ForEverybody, Page, UnitScoped, acting_unit

# --- Cycles --------------------------------------------------------------------------------------


class CycleQuestionSerializer(serializers.ModelSerializer):
    choices = serializers.ListField(
        source="options", child=serializers.CharField(), label=_("choices; empty for other kinds")
    )

    class Meta:
        model = CycleQuestion
        fields = ["id", "label", "label_en", "hint", "hint_en", "kind", "choices", "is_required"]


class MaterialRequirementSerializer(serializers.ModelSerializer):
    class Meta:
        model = MaterialRequirement
        fields = ["id", "name", "name_en", "hint", "hint_en", "is_required"]


class AwardCycleSerializer(serializers.ModelSerializer):
    award = serializers.SlugRelatedField(slug_field="code", read_only=True, label=_("award"))
    item = serializers.SlugRelatedField(
        source="award.benefit_item",
        slug_field="code",
        read_only=True,
        label=_("code of the benefit item"),
    )
    stage = serializers.SerializerMethodField(label=_("where the cycle is now"))
    questions = CycleQuestionSerializer(many=True)
    materials = MaterialRequirementSerializer(source="requirements", many=True)

    class Meta:
        model = AwardCycle
        fields = [
            "id",
            "award",
            "item",
            "name",
            "name_en",
            "year",
            "round",
            "opens_on",
            "closes_at",
            "stage",
            "result_expected_on",
            "per_unit_limit",
            "guidance",
            "questions",
            "materials",
        ]

    def get_stage(self, cycle: AwardCycle) -> str:
        return str(cycle.stage(timezone.now()))


class CycleQuery(Page):
    open = serializers.BooleanField(
        required=False, help_text=_("Only cycles that take applications now, or only the others.")
    )


@extend_schema_view(
    list=extend_schema(summary=_("Announced award cycles, the latest deadline first")),
    retrieve=extend_schema(summary=_("One award cycle with its questions and materials")),
)
class AwardCycles(ForEverybody, ReadOnlyModelViewSet):
    queryset = (
        AwardCycle.objects.announced()
        .select_related("award__benefit_item")
        .prefetch_related("questions", "requirements")
    )
    serializer_class = AwardCycleSerializer
    queries = {"list": CycleQuery}

    def get_queryset(self):
        cycles = super().get_queryset()
        if "open" not in self.asked:
            return cycles
        now_open = AwardCycle.objects.open(timezone.now()).values("pk")
        return (
            cycles.filter(pk__in=now_open)
            if self.asked["open"]
            else cycles.exclude(pk__in=now_open)
        )


# --- Applications --------------------------------------------------------------------------------


@extend_schema_view(
    list=extend_schema(summary=_("Applications, the newest first")),
    retrieve=extend_schema(summary=_("One application with answers, files and what is missing")),
)
class AwardApplications(
    UnitScoped, CreateModelMixin, ListModelMixin, RetrieveModelMixin, GenericViewSet
):
    """A staff token sees what was submitted; drafts are the unit's own business."""

    queryset = AwardApplication.objects.select_related("tier", "cycle__award__benefit_item")
    queries = {"list": ApplicationQuery}

    def get_serializer_class(self):
        return (
            AwardApplicationSerializer if self.action == "list" else WholeAwardApplicationSerializer
        )

    def get_queryset(self):
        rows = super().get_queryset().order_by("-created_at", "-pk")
        if self.request.auth.unit is None:
            rows = rows.filed()
        for name in ("cycle", "state"):
            if name in self.asked:
                rows = rows.filter(**{name: self.asked[name]})
        return rows if self.action == "list" else rows.prefetch_related(*self.whole())

    def whole(self) -> list:
        told = ApplicationStep.objects.filter(is_internal=False)
        return [
            "answers",
            "materials",
            "cycle__questions",
            "cycle__requirements",
            Prefetch("steps", told, to_attr="told"),
        ]

    def shown(self, application: AwardApplication, code: int = status.HTTP_200_OK) -> Response:
        """The application as it is now."""
        found = self.get_queryset().get(pk=application.pk)
        return Response(WholeAwardApplicationSerializer(found).data, status=code)

    def own(self, request) -> AwardApplication:
        """The unit's own application. Raises ``PermissionDenied`` for a staff token."""
        acting_unit(request)
        return self.get_object()

    @extend_schema(
        summary=_("Start a draft"),
        request=StartApplicationSerializer,
        responses={201: WholeAwardApplicationSerializer},
    )
    def create(self, request):
        unit = acting_unit(request)
        given = checked(StartApplicationSerializer, request)
        with transaction.atomic():
            draft = applying.start(
                cycle=given["cycle"],
                unit=unit,
                at=timezone.now(),
                by=request.user,
                title=given.get("title", ""),
            )
            keep(draft, given)
        return self.shown(draft, status.HTTP_201_CREATED)

    @extend_schema(
        summary=_("Write in a draft, or in an application that was returned"),
        request=ApplicationWordsSerializer,
        responses=WholeAwardApplicationSerializer,
    )
    def partial_update(self, request, pk):
        application = self.own(request)
        keep(application, checked(ApplicationWordsSerializer, request))
        return self.shown(application)

    @extend_schema(
        summary=_("Submit it, or submit it again"),
        description=_("Refused with reasons while something is missing, and after the deadline."),
        request=None,
        responses=WholeAwardApplicationSerializer,
    )
    @action(detail=True, methods=["post"])
    def submit(self, request, pk):
        done = applying.submit(application=self.own(request), at=timezone.now(), by=request.user)
        wake()
        return self.shown(done)

    @extend_schema(
        summary=_("Withdraw it while nothing is decided"),
        request=WithdrawalSerializer,
        responses=WholeAwardApplicationSerializer,
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk):
        application = self.own(request)
        comment = checked(WithdrawalSerializer, request)["comment"]
        done = applying.withdraw(
            application=application, at=timezone.now(), by=request.user, comment=comment
        )
        wake()
        return self.shown(done)

    @extend_schema(
        methods=["GET"],
        summary=_("Its files"),
        responses=MaterialSerializer(many=True),
    )
    @extend_schema(
        methods=["POST"],
        summary=_("Upload a file; one for the same material takes its place"),
        request={"multipart/form-data": MaterialUploadSerializer},
        responses={201: MaterialSerializer},
    )
    @action(
        detail=True,
        methods=["get", "post"],
        parser_classes=[MultiPartParser, JSONParser],
        pagination_class=None,
    )
    def files(self, request, pk):
        if request.method == "GET":
            return Response(MaterialSerializer(self.get_object().materials.all(), many=True).data)
        application, given = self.own(request), checked(MaterialUploadSerializer, request)
        material = applying.attach(
            application=application,
            requirement=given.get("requirement"),
            upload=given["file"],
            at=timezone.now(),
            by=request.user,
        )
        return Response(MaterialSerializer(material).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        methods=["GET"],
        summary=_("Download a file"),
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @extend_schema(
        methods=["DELETE"],
        summary=_("Take a file back"),
        request=None,
        responses={204: OpenApiResponse(description=_("It is gone."))},
    )
    @action(detail=True, methods=["get", "delete"], url_path="files/<int:file>")
    def file(self, request, pk, file):
        application = self.get_object()
        material = get_object_or_404(Material, application=application, pk=file)
        if request.method == "GET":
            return attachment(material)
        applying.detach(application=self.own(request), material=material)
        return Response(status=status.HTTP_204_NO_CONTENT)


def checked(serializer: type[serializers.Serializer], request) -> dict:
    """The request's values. Raises a 400 that names the field."""
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


def keep(application: AwardApplication, given: dict) -> None:
    applying.save_draft(
        application=application,
        title=given.get("title"),
        answers=shaped(application, given.get("answers", {})),
    )


def shaped(application: AwardApplication, given: dict[str, str]) -> dict[int, str]:
    """The answers as `cases.questions` stores them. Raises ``ValidationError`` at the question."""
    questions = {str(each.pk): each for each in application.cycle.questions.all()}
    if unknown := sorted(set(given) - set(questions)):
        words = _("The form has no question %(ids)s.") % {"ids": ", ".join(unknown)}
        raise ValidationError({"answers": words})
    asked = [questions[pk] for pk in given]
    form = QuestionForm(asked, {name_of(pk): text for pk, text in given.items()}, draft=True)
    if not form.is_valid():
        found = {field.removeprefix("question_"): error for field, error in form.errors.items()}
        words = [f"{pk}: {error[0]}" for pk, error in found.items()]
        raise ValidationError({"answers": words})
    return form.answers()
