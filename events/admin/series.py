"""Series of events: which are due, and this year's event made from the last one."""

from django.contrib import admin
from django.db.models import Count, Max
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from events.models import EventSeries


class DueFilter(admin.SimpleListFilter):
    title = _("this year's event")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("yes", _("still to be made"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset & EventSeries.objects.due(timezone.localdate())
        return queryset


@admin.register(EventSeries)
class EventSeriesAdmin(ModelAdmin):
    list_display = ["__str__", "benefit_item", "events_so_far", "last_held"]
    list_filter = [DueFilter]
    list_select_related = ["benefit_item"]
    search_fields = ["name", "name_en", "code"]
    fields = ["name", "name_en", "code", "benefit_item"]
    actions_row = ["next_event"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("benefit_item")
        return rows.annotate(events_count=Count("events"), last_on=Max("events__starts_on"))

    def get_readonly_fields(self, request, obj=None):
        """The code names the series in files that staff keep."""
        return ["code"] if obj else []

    @display(description=_("events"), ordering="events_count")
    def events_so_far(self, series):
        return series.events_count

    @display(description=_("last one begins on"), ordering="last_on", empty_value="—")
    def last_held(self, series):
        return series.last_on

    def has_next_event_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.add_event")

    @action(
        description=_("Make the next event"),
        url_path="next",
        permissions=["next_event"],
        icon="event_upcoming",
    )
    def next_event(self, request, object_id):
        """The form of a new event, filled in from the last one (`events.planning`)."""
        address = reverse("admin:events_event_add")
        return HttpResponseRedirect(f"{address}?series={object_id}")
