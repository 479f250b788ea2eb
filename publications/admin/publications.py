"""The association's publications."""

from django.contrib import admin
from django.db.models import Count, Max
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from publications import schedule
from publications.models import Publication, SectionTemplate
from publications.models.planning import section_titles


class DueFilter(admin.SimpleListFilter):
    """Publications of which an issue is due today or late."""

    title = _("next issue")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("yes", _("due or late"))]

    def queryset(self, request, queryset):
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=schedule.behind(timezone.localdate()).values("pk"))


@admin.register(Publication)
class PublicationAdmin(ModelAdmin):
    list_display = ["__str__", "benefit_item", "is_mailed", "issues_so_far", "latest_issue"]
    list_filter = [DueFilter, "is_mailed"]
    actions_list = ["calendar"]
    list_select_related = ["benefit_item"]
    search_fields = ["name", "name_en", "code"]
    autocomplete_fields = []
    fields = [
        ("name", "name_en"),
        ("code", "benefit_item"),
        "is_mailed",
        "default_copies",
        ("due_weekday", "due_day", "due_months"),
        "masthead",
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("benefit_item")
        return rows.annotate(issues_count=Count("issues"), latest_on=Max("issues__issued_on"))

    def get_readonly_fields(self, request, obj=None):
        """The code is part of every address a member has kept."""
        return ["code"] if obj else []

    @action(description=_("Calendar"), url_path="calendar", icon="calendar_month")
    def calendar(self, request):
        """The year's plan; it stands with the issues."""
        return HttpResponseRedirect(reverse("admin:publications_issue_calendar"))

    @display(description=_("issues"), ordering="issues_count")
    def issues_so_far(self, publication):
        return publication.issues_count

    @display(description=_("latest issue"), ordering="latest_on", empty_value="—")
    def latest_issue(self, publication):
        return publication.latest_on


@admin.register(SectionTemplate)
class SectionTemplateAdmin(ModelAdmin):
    """What an issue may start with, beside the sections of the last one."""

    list_display = ["name", "publication", "sections"]
    list_filter = ["publication"]
    list_select_related = ["publication"]
    search_fields = ["name", "titles"]
    fields = ["publication", "name", "titles"]

    @display(description=_("sections"))
    def sections(self, template):
        return ", ".join(section_titles(template.titles))
