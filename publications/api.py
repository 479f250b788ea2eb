"""The door for machines: publications with the right to each, and released issues to be read."""

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from benefits.api import RightSerializer, right_as_json
from benefits.entitlement import Entitlement, entitlements_on
from benefits.refusal import NotEntitled
from members.api import ForEverybody, On, Page
from publications import reading_log
from publications.eligibility import may_read
from publications.models import Article, Issue, Parcel, Publication, Section

# --- Publications ------------------------------------------------------------------------------


class PublicationSerializer(serializers.ModelSerializer):
    item = serializers.SlugRelatedField(
        source="benefit_item",
        slug_field="code",
        read_only=True,
        label=_("code of the benefit item"),
    )
    period = serializers.ReadOnlyField(source="benefit_item.period", label=_("how often"))
    right = serializers.SerializerMethodField(
        label=_("the unit's right on the day asked about; null for a staff token")
    )

    class Meta:
        model = Publication
        fields = ["code", "name", "name_en", "item", "period", "is_mailed", "right"]

    @extend_schema_field(RightSerializer(allow_null=True))
    def get_right(self, publication: Publication) -> dict | None:
        answer = self.context["rights"].get(publication.pk)
        return answer and right_as_json(answer)


class PublicationQuery(Page, On):
    pass


@extend_schema_view(
    list=extend_schema(summary=_("The publications, with the unit's right to each")),
    retrieve=extend_schema(summary=_("One publication, with the unit's right to it")),
)
class Publications(ForEverybody, ReadOnlyModelViewSet):
    queryset = Publication.objects.select_related("benefit_item__group").order_by(
        "benefit_item__group__position", "benefit_item__position", "pk"
    )
    serializer_class = PublicationSerializer
    lookup_field = "code"
    lookup_value_converter = "slug"
    queries = {"list": PublicationQuery, "retrieve": On}

    def list(self, request):
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.shown(page, many=True))

    def retrieve(self, request, **kwargs):
        return Response(self.shown(self.get_object()))

    def shown(self, found, *, many: bool = False) -> Any:
        context = {"rights": self.rights(found if many else [found])}
        return PublicationSerializer(found, many=many, context=context).data

    def rights(self, publications: Sequence[Publication]) -> dict:
        """By publication, what the unit of the token is entitled to; in five queries."""
        unit, on = self.request.auth.unit, self.asked_on()
        if unit is None:
            return {}
        answers = entitlements_on(unit, [(each.benefit_item, on) for each in publications])
        return {each.pk: answer for each, answer in zip(publications, answers, strict=True)}


# --- Issues ------------------------------------------------------------------------------------


class ParcelSerializer(serializers.ModelSerializer):
    """What was sent to the unit on paper; addresses and people stay out of it."""

    posted_on = serializers.ReadOnlyField(source="print_run.posted_on", label=_("posting date"))

    class Meta:
        model = Parcel
        fields = ["state", "copies", "reason", "posted_on"]
        extra_kwargs = {"reason": {"read_only": True}}


class IssueSerializer(serializers.ModelSerializer):
    publication = serializers.SlugRelatedField(slug_field="code", read_only=True)
    has_pdf = serializers.SerializerMethodField(label=_("whether there is a PDF"))
    may_read = serializers.SerializerMethodField(
        label=_("whether the unit may read it; null for a staff token")
    )
    parcel = serializers.SerializerMethodField(
        label=_("the unit's printed copies; null where none are recorded")
    )

    class Meta:
        model = Issue
        fields = [
            "id",
            "publication",
            "year",
            "number",
            "serial_number",
            "title",
            "issued_on",
            "released_at",
            "has_pdf",
            "may_read",
            "parcel",
        ]

    def get_has_pdf(self, issue: Issue) -> bool:
        return bool(issue.edition)

    def get_may_read(self, issue: Issue) -> bool | None:
        return self.context["may_read"].get(issue.pk)

    @extend_schema_field(ParcelSerializer(allow_null=True))
    def get_parcel(self, issue: Issue) -> dict | None:
        parcel = self.context["parcels"].get(issue.pk)
        return parcel and ParcelSerializer(parcel).data


class ArticleSerializer(serializers.ModelSerializer):
    class Meta:
        model = Article
        fields = ["title", "source", "body", "page", "is_highlight"]
        extra_kwargs = {"body": {"label": _("text, in Markdown")}}


class SectionSerializer(serializers.ModelSerializer):
    articles = ArticleSerializer(many=True)

    class Meta:
        model = Section
        fields = ["title", "articles"]


class WholeIssueSerializer(IssueSerializer):
    sections = SectionSerializer(many=True)

    class Meta(IssueSerializer.Meta):
        fields = [*IssueSerializer.Meta.fields, "masthead", "sections"]


class IssueQuery(Page):
    publication = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Publication.objects.all(),
        required=False,
        help_text=_("Code of the publication; all publications where it is left out."),
    )
    year = serializers.IntegerField(
        min_value=1990, max_value=2100, required=False, help_text=_("The year of the issues.")
    )


@extend_schema_view(
    list=extend_schema(summary=_("Released issues, the newest first")),
    retrieve=extend_schema(
        summary=_("An issue with its articles"),
        description=_(
            "A unit that had no right to it on its date of issue is refused with the reasons (403)."
        ),
    ),
)
class Issues(ForEverybody, ReadOnlyModelViewSet):
    queryset = Issue.objects.released().select_related("publication__benefit_item__group")
    queries = {"list": IssueQuery}

    def get_serializer_class(self):
        return IssueSerializer if self.action == "list" else WholeIssueSerializer

    def get_queryset(self):
        issues = super().get_queryset()
        for field in ("publication", "year"):
            if field in self.asked:
                issues = issues.filter(**{field: self.asked[field]})
        if self.action == "retrieve":
            issues = issues.prefetch_related("sections__articles")
        return issues.order_by("-issued_on", "-number", "pk")

    def list(self, request):
        page = self.paginate_queryset(self.get_queryset())
        context = {"may_read": self.readable(page), "parcels": self.parcels(page)}
        return self.get_paginated_response(IssueSerializer(page, many=True, context=context).data)

    def retrieve(self, request, pk):
        issue = self.get_object()
        self.note_reading(issue, self.right_to(issue))
        may = {} if request.auth.unit is None else {issue.pk: True}
        context = {"may_read": may, "parcels": self.parcels([issue])}
        return Response(WholeIssueSerializer(issue, context=context).data)

    @extend_schema(
        summary=_("An issue's PDF"), responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    @action(detail=True)
    def pdf(self, request, pk):
        issue = self.get_object()
        answer = self.right_to(issue)
        if not issue.edition:
            raise Http404
        try:
            file = issue.edition.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        self.note_reading(issue, answer)
        name = f"{issue.publication.code}-{issue.year}-{issue.number}.pdf"
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")

    def right_to(self, issue: Issue) -> Entitlement | None:
        """The unit's right to read the issue; None for staff, who read by their role.

        Raises `NotEntitled`.
        """
        unit = self.request.auth.unit
        if unit is None:
            return None
        answer = may_read(unit, issue)
        if not answer.entitled:
            raise NotEntitled(answer)
        return answer

    def note_reading(self, issue: Issue, answer: Entitlement | None) -> None:
        """That a unit has it now; a mere look at the headers is no reading."""
        if answer and self.request.method == "GET":
            reading_log.opened(issue=issue, answer=answer, at=timezone.now())

    def readable(self, issues: Sequence[Issue]) -> dict[int, bool]:
        """By issue, whether the unit of the token may read it; in five queries."""
        unit = self.request.auth.unit
        if unit is None:
            return {}
        questions = [(issue.publication.benefit_item, issue.issued_on) for issue in issues]
        answers = entitlements_on(unit, questions)
        return {issue.pk: answer.entitled for issue, answer in zip(issues, answers, strict=True)}

    def parcels(self, issues: Sequence[Issue]) -> dict[int, Parcel]:
        unit = self.request.auth.unit
        if unit is None:
            return {}
        rows = Parcel.objects.filter(unit=unit, print_run__issue__in=issues)
        return {row.print_run.issue_id: row for row in rows.select_related("print_run")}
