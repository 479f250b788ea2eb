"""The event: its form, its figures, and the pages around it."""

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from events import participants, planning
from events.admin import door, enrolling, steering
from events.admin.pages import people_of
from events.models import Attendee, Event, EventSeries

State = Attendee.State


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


def counted(**condition) -> Count:
    of_event = {f"registrations__attendees__{name}": value for name, value in condition.items()}
    return Count("registrations__attendees", filter=Q(**of_event))


@admin.register(Event)
class EventAdmin(ModelAdmin):
    list_display = [
        *("name", "series", "starts_on", "hall", "free_people", "paying_people"),
        *("waiting_people", "people_there", "shown_to_members"),
    ]
    list_filter = [WhenFilter, "is_announced", "series"]
    list_select_related = ["series"]
    list_before_template = "admin/events/event/due.html"
    search_fields = ["name", "place", "series__name"]
    search_help_text = _("Search names and places")
    date_hierarchy = "starts_on"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("series", "name"),
                    ("starts_on", "ends_on"),
                    ("place", "contact"),
                    "description",
                    "is_announced",
                ]
            },
        ),
        (
            _("Registration"),
            {
                "fields": [
                    ("registration_opens_on", "registration_closes_on"),
                    "changes_until",
                ]
            },
        ),
        (_("Seats and prices"), {"fields": ["capacity", ("fee", "member_price")]}),
    ]
    actions = ["announce", "withdraw"]
    actions_detail = [
        *("people", "enrol", "door", "steering"),
        {"title": _("The list"), "icon": "list_alt", "items": ["download", "on_paper"]},
    ]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("series")
        return rows.annotate(
            free_count=counted(state=State.LIVE, is_free=True),
            paying_count=counted(state=State.LIVE, is_free=False),
            waiting_count=counted(state=State.WAITING),
            there_count=counted(state=State.LIVE, checked_in_at__isnull=False),
        )

    # --- Columns ---

    @display(description=_("hall"), ordering="taken")
    def hall(self, event):
        return f"{event.taken} / {'∞' if event.capacity is None else event.capacity}"

    @display(description=_("free"), ordering="free_count")
    def free_people(self, event):
        return event.free_count

    @display(description=_("paying"), ordering="paying_count")
    def paying_people(self, event):
        return event.paying_count

    @display(description=_("waiting for a place"), ordering="waiting_count")
    def waiting_people(self, event):
        return event.waiting_count

    @display(description=_("checked in"), ordering="there_count")
    def people_there(self, event):
        return event.there_count

    @display(
        description=_("shown to member units"),
        ordering="is_announced",
        label={"announced": "success", "hidden": "warning", "called_off": "danger"},
    )
    def shown_to_members(self, event):
        if event.is_called_off:
            return "called_off", _("called off")
        if event.is_announced:
            return "announced", _("announced")
        return "hidden", _("not yet announced")

    # --- The form ---

    def get_changeform_initial_data(self, request):
        """A new event of a series begins as the last one, a year later."""
        initial = super().get_changeform_initial_data(request)
        given = str(initial.get("series", ""))
        series = EventSeries.objects.filter(pk=given).first() if given.isdigit() else None
        return (planning.proposal(series) | initial) if series else initial

    def get_readonly_fields(self, request, obj=None):
        """The hall is resized on its own page, where those who wait move up."""
        return ["size", "called_off"] if obj else []

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.fieldsets
        first, registration, (title, options) = self.fieldsets
        seats = ["size" if name == "capacity" else name for name in options["fields"]]
        if obj.is_called_off:
            seats.append("called_off")
        return [first, registration, (title, {"fields": seats})]

    @display(description=_("places in the hall"))
    def size(self, event):
        words = _("no limit") if event.capacity is None else event.capacity
        address = reverse("admin:events_event_steering", args=[event.pk])
        link = format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            address,
            _("Change"),
        )
        return format_html("{} · {} {} {}", words, _("taken"), event.taken, link)

    @display(description=_("called off"))
    def called_off(self, event):
        return f"{event.cancelled_because} ({event.cancelled_by})"

    def save_model(self, request, obj, form, change):
        """Only what the form changed: the counters move under people's hands meanwhile."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        obj.save(update_fields=form.changed_data)
        judged = obj.registrations.exclude(service_on=obj.starts_on).count()
        if "starts_on" in form.changed_data and judged:
            text = ngettext(
                "%(count)s unit was judged for another day. Judge it again, and write to it.",
                "%(count)s units were judged for another day. Judge them again, and write to them.",
                judged,
            )
            messages.warning(request, text % {"count": judged})

    def changelist_view(self, request, extra_context=None):
        """With the yearly series that have no event yet this year."""
        due = planning.due(timezone.localdate())
        may_add = request.user.has_perm("events.add_event")
        context = {"due_series": due if may_add else []} | (extra_context or {})
        return super().changelist_view(request, context)

    # --- Actions on the list ---

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

    # --- Pages of one event ---

    # Methods, not names of permissions: the theme looks those up in the database at start.
    def has_people_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.view_attendee")

    def has_enrol_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.add_registration")

    def has_door_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.check_in")

    def has_steer_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.change_event")

    @action(description=_("Attendees"), url_path="people", permissions=["people"], icon="groups")
    def people(self, request, object_id):
        return HttpResponseRedirect(people_of(self.found(request, object_id)))

    @action(
        description=_("Register people"),
        url_path="enrol",
        permissions=["enrol"],
        icon="person_add",
    )
    def enrol(self, request, object_id):
        return enrolling.page(self, request, self.found(request, object_id))

    @action(description=_("Door"), url_path="door", permissions=["door"], icon="door_open")
    def door(self, request, object_id):
        return door.page(self, request, self.found(request, object_id))

    @action(
        description=_("Hall and calling off"), url_path="hall", permissions=["steer"], icon="tune"
    )
    def steering(self, request, object_id):
        return steering.page(self, request, self.found(request, object_id))

    @action(
        description=_("Download the list"),
        url_path="download",
        permissions=["people"],
        icon="download",
    )
    def download(self, request, object_id):
        event = self.found(request, object_id)
        response = HttpResponse(participants.as_csv(event), content_type="text/csv; charset=utf-8")
        name = slugify(event.series.code)
        response["Content-Disposition"] = (
            f'attachment; filename="{name}-{event.starts_on.isoformat()}.csv"'
        )
        return response

    @action(description=_("Print the list"), url_path="print", permissions=["people"], icon="print")
    def on_paper(self, request, object_id):
        event = self.found(request, object_id)
        context = {"event": event, "attendees": participants.participants(event)}
        return TemplateResponse(request, "admin/events/event/print.html", context)

    def found(self, request, object_id) -> Event:
        event = self.get_object(request, str(object_id))
        if event is None:
            raise Http404
        return event
