"""The association's publications."""

from django.contrib import admin
from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from publications.models import Publication


@admin.register(Publication)
class PublicationAdmin(ModelAdmin):
    list_display = ["__str__", "benefit_item", "is_mailed", "issues_so_far", "latest_issue"]
    list_filter = ["is_mailed"]
    list_select_related = ["benefit_item"]
    search_fields = ["name", "name_en", "code"]
    autocomplete_fields = []
    fields = [("name", "name_en"), ("code", "benefit_item"), "is_mailed", "default_copies"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("benefit_item")
        return rows.annotate(issues_count=Count("issues"), latest_on=Max("issues__issued_on"))

    def get_readonly_fields(self, request, obj=None):
        """The code is part of every address a member has kept."""
        return ["code"] if obj else []

    @display(description=_("issues"), ordering="issues_count")
    def issues_so_far(self, publication):
        return publication.issues_count

    @display(description=_("latest issue"), ordering="latest_on", empty_value="—")
    def latest_issue(self, publication):
        return publication.latest_on
