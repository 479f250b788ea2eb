"""The door for staff: series of events, and each time one takes place."""

from django.contrib import admin, messages
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from events.models import Event, EventSeries


@admin.register(EventSeries)
class EventSeriesAdmin(ModelAdmin):
    list_display = ["__str__", "benefit_item", "events_so_far"]
    search_fields = ["name", "name_en", "code"]
    fields = ["name", "name_en", "code", "benefit_item"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("benefit_item")
        return rows.annotate(events_count=Count("events"))

    def get_readonly_fields(self, request, obj=None):
        """The code names the series in files that staff keep."""
        return ["code"] if obj else []

    @display(description=_("events"), ordering="events_count")
    def events_so_far(self, series):
        return series.events_count


class WhenFilter(admin.SimpleListFilter):
    title = _("when")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("coming", _("coming or under way")), ("over", _("over"))]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        if self.value() == "coming":
            return queryset.filter(ends_on__gte=today)
        if self.value() == "over":
            return queryset.filter(ends_on__lt=today)
        return queryset


@admin.register(Event)
class EventAdmin(ModelAdmin):
    list_display = ["name", "series", "starts_on", "ends_on", "place", "shown_to_members"]
    list_filter = [WhenFilter, "is_announced", "series"]
    list_select_related = ["series"]
    search_fields = ["name", "place", "series__name"]
    search_help_text = _("Search names and places")
    date_hierarchy = "starts_on"
    fields = ["series", "name", ("starts_on", "ends_on"), "place", "is_announced"]
    actions = ["announce", "withdraw"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("series")

    @display(
        description=_("shown to member units"),
        ordering="is_announced",
        label={True: "success", False: "warning"},
    )
    def shown_to_members(self, event):
        return event.is_announced, _("announced") if event.is_announced else _("not yet announced")

    @admin.action(description=_("Show to member units"), permissions=["change"])
    def announce(self, request, queryset):
        changed = queryset.filter(is_announced=False).update(is_announced=True)
        text = ngettext(
            "%(count)s event is now shown to member units.",
            "%(count)s events are now shown to member units.",
            changed,
        )
        messages.success(request, text % {"count": changed})

    @admin.action(description=_("No longer show to member units"), permissions=["change"])
    def withdraw(self, request, queryset):
        changed = queryset.filter(is_announced=True).update(is_announced=False)
        text = ngettext(
            "%(count)s event is no longer shown to member units.",
            "%(count)s events are no longer shown to member units.",
            changed,
        )
        messages.success(request, text % {"count": changed})
