"""What each unit was promised at an event, and what it holds. To be read, and judged again."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from benefits.basis import Basis
from events.admin.attendees import RECENT
from events.admin.pages import refused
from events.models import Attendee, Event, Registration
from events.money import seat, yuan
from events.registration import judge_again
from letters.tasks import wake
from members.admin.readonly import ReadOnly


class EventFilter(admin.SimpleListFilter):
    title = _("event")
    parameter_name = "of_event"

    def lookups(self, request, model_admin):
        return [(str(event.pk), str(event)) for event in Event.objects.all()[:RECENT]]

    def queryset(self, request, queryset):
        value = self.value()
        is_number = value and value.isascii() and value.isdigit()
        return queryset.filter(event=value) if is_number else queryset


class AttendeeInline(TabularInline):
    model = Attendee
    fields = ["name", "mobile", "state", "seat", "paid_on", "checked_in_at"]
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True
    hide_title = True

    def has_add_permission(self, request, obj=None):
        return False

    @display(description=_("seat"))
    def seat(self, attendee):
        return seat(attendee)


@admin.register(Registration)
class RegistrationAdmin(ReadOnly, ModelAdmin):
    list_display = ["unit", "event", "tier", "free", "live_people", "further_price", "judged_at"]
    list_filter = [EventFilter]
    list_select_related = ["unit", "event", "tier"]
    search_fields = ["unit__name", "unit__credit_code", "event__name"]
    search_help_text = _("Search units and events")
    fields = [
        ("unit", "event"),
        ("tier", "reason"),
        ("free", "further_price"),
        ("service_on", "judged_at"),
    ]
    readonly_fields = ["reason", "free", "further_price"]
    inlines = [AttendeeInline]
    actions = ["judge"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        live = Q(attendees__state=Attendee.State.LIVE)
        return rows.annotate(live_count=Count("attendees", filter=live))

    def has_judge_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.change_registration")

    @display(description=_("free seats taken"), ordering="free_taken")
    def free(self, registration):
        seats = "∞" if registration.is_unlimited else registration.free_seats
        return f"{registration.free_taken} / {seats}"

    @display(description=_("people"), ordering="live_count")
    def live_people(self, registration):
        return registration.live_count

    @display(description=_("each further person"), ordering="price")
    def further_price(self, registration):
        return yuan(registration.price)

    @display(description=_("basis"))
    def reason(self, registration):
        return Basis(registration.basis).label

    @admin.action(description=_("Judge the right again"), permissions=["judge"])
    def judge(self, request, queryset):
        freed = 0
        for registration in queryset:
            try:
                freed += len(judge_again(registration=registration, at=timezone.now()))
            except ValidationError as error:
                refused(request, error)
        wake()
        text = ngettext(
            "Judged again; %(n)s seat became free.", "Judged again; %(n)s seats became free.", freed
        )
        messages.success(request, text % {"n": freed})
