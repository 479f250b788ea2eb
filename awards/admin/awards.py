"""The awards, and which of them wait for their next cycle."""

from django.contrib import admin
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from awards.cycles import due_awards
from awards.models import Award


class DueFilter(admin.SimpleListFilter):
    title = _("next cycle")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("yes", _("due")), ("no", _("not due"))]

    def queryset(self, request, queryset):
        due = due_awards(timezone.localdate()).values("pk")
        if self.value() == "yes":
            return queryset.filter(pk__in=due)
        return queryset.exclude(pk__in=due) if self.value() == "no" else queryset


@admin.register(Award)
class AwardAdmin(ModelAdmin):
    list_display = ["__str__", "benefit_item", "period", "cycles_so_far", "latest_year", "next_one"]
    list_filter = [DueFilter]
    list_select_related = ["benefit_item"]
    search_fields = ["name", "name_en", "code"]
    fields = [("name", "name_en"), ("code", "benefit_item"), "description", "description_en"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("benefit_item")
        return rows.annotate(cycles_count=Count("cycles"), latest=Max("cycles__year"))

    def get_readonly_fields(self, request, obj=None):
        """The code names the award in files that staff keep."""
        return ["code"] if obj else []

    @display(description=_("period"), ordering="benefit_item__period")
    def period(self, award):
        return award.benefit_item.get_period_display()

    @display(description=_("cycles"), ordering="cycles_count")
    def cycles_so_far(self, award):
        return award.cycles_count

    @display(description=_("latest cycle"), ordering="latest", empty_value="—")
    def latest_year(self, award):
        return award.latest

    @display(description=_("next cycle"), empty_value="—", label={"due": "warning", "later": None})
    def next_one(self, award):
        """The year of the next cycle by the award's period."""
        if award.years_between is None:
            return None
        this_year = timezone.localdate().year
        year = award.latest + award.years_between if award.latest else this_year
        if year <= this_year:
            return "due", _("due")
        return "later", str(year)
