"""The door for staff: the accepted texts of members, and in which issue each stands."""

from django.contrib import admin
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin.readonly import ReadOnly
from news.models import NewsSubmission


class PlacedFilter(admin.SimpleListFilter):
    title = _("placed in an issue")
    parameter_name = "placed"

    def lookups(self, request, model_admin):
        return [("yes", _("placed")), ("no", _("to be placed"))]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(article__isnull=self.value() == "no")
        return queryset


@admin.register(NewsSubmission)
class NewsSubmissionAdmin(ReadOnly, ModelAdmin):
    """To be read: member services accept a text with its request, editors place it in an issue."""

    list_display = ["title", "unit", "filed_on", "accepted_at", "stage", "issue"]
    list_filter = [PlacedFilter]
    # `article` is the place of the text: publications keeps it.
    list_select_related = ["unit", "accepted_by", "article__section__issue__publication"]
    list_per_page = 50
    search_fields = ["title", "unit__name", "unit__credit_code"]
    search_help_text = _("Search the title, the unit's name or its credit code")
    date_hierarchy = "accepted_at"
    fields = [
        "title",
        ("unit", "item"),
        ("filed_on", "issue"),
        ("accepted_at", "accepted_by"),
        "text",
    ]
    readonly_fields = ["issue", "text"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.list_select_related)

    @display(description=_("state"), label={"placed": "success", "waiting": "warning"})
    def stage(self, submission):
        if placed_in(submission):
            return "placed", _("placed")
        return "waiting", _("to be placed")

    @display(description=_("issue"), empty_value="—")
    def issue(self, submission):
        return placed_in(submission)

    @display(description=_("text"))
    def text(self, submission):
        return mark_safe(linebreaks(submission.body, autoescape=True))


def placed_in(submission: NewsSubmission):
    """The issue in which the text stands; None while it waits."""
    article = getattr(submission, "article", None)
    return article.section.issue if article else None
