"""How an application for an award reads for machines, and what they may write of it."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from awards.completeness import missing
from awards.models import (
    ApplicationStep,
    AwardApplication,
    AwardCycle,
    Material,
    MaterialRequirement,
)
from awards.models.applications import ANSWER_LENGTH
from members.api import Page


class MaterialSerializer(serializers.ModelSerializer):
    class Meta:
        model = Material
        fields = ["id", "requirement", "name", "kind", "size", "uploaded_at"]


class MaterialUploadSerializer(serializers.Serializer):
    """One file; without a requirement it is a further one."""

    file = serializers.FileField(label=_("file"))
    requirement = serializers.PrimaryKeyRelatedField(
        queryset=MaterialRequirement.objects.all(),
        required=False,
        allow_null=True,
        label=_("id of the material that it is"),
    )


class ApplicationStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = ApplicationStep
        fields = ["at", "what", "comment"]


class AwardApplicationSerializer(serializers.ModelSerializer):
    cycle = serializers.PrimaryKeyRelatedField(read_only=True)
    unit = serializers.PrimaryKeyRelatedField(read_only=True)
    tier = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True, label=_("tier on the day of filing")
    )

    class Meta:
        model = AwardApplication
        fields = [
            "id",
            "cycle",
            "unit",
            "number",
            "title",
            "state",
            "filed_on",
            "tier",
            "basis",
            "complete_by",
            "recommended_to",
            "document",
            "recommended_on",
            "outcome",
            "announced_on",
        ]


class WholeAwardApplicationSerializer(AwardApplicationSerializer):
    answers = serializers.SerializerMethodField(label=_("answers by question id"))
    files = MaterialSerializer(source="materials", many=True)
    missing = serializers.SerializerMethodField(label=_("what is missing before submission"))
    steps = serializers.SerializerMethodField(label=_("what has happened so far"))

    class Meta(AwardApplicationSerializer.Meta):
        fields = [*AwardApplicationSerializer.Meta.fields, "answers", "files", "missing", "steps"]

    def get_answers(self, application: AwardApplication) -> dict[str, str]:
        return {str(row.question_id): row.text for row in application.answers.all()}

    def get_missing(self, application: AwardApplication) -> list[str]:
        return [each.words for each in missing(application)] if application.is_editable else []

    def get_steps(self, application: AwardApplication) -> ApplicationStepSerializer(many=True):
        return ApplicationStepSerializer(application.told, many=True).data


class ApplicationWordsSerializer(serializers.Serializer):
    """What the unit writes; what is left out stays as it is."""

    title = serializers.CharField(
        max_length=200, allow_blank=True, required=False, label=_("nominee or project")
    )
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=ANSWER_LENGTH),
        required=False,
        help_text=_("By question id: dates as 2026-03-13, figures as 12.50, “yes” or “no”."),
    )


class StartApplicationSerializer(ApplicationWordsSerializer):
    cycle = serializers.PrimaryKeyRelatedField(
        queryset=AwardCycle.objects.announced(), label=_("award cycle")
    )


class WithdrawalSerializer(serializers.Serializer):
    comment = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", label=_("comment")
    )


class ApplicationQuery(Page):
    cycle = serializers.IntegerField(
        min_value=1, required=False, help_text=_("Only applications of this cycle.")
    )
    state = serializers.ChoiceField(
        choices=AwardApplication.State.choices,
        required=False,
        help_text=_("Only applications in this state."),
    )
