"""Who comes: the list that staff work with, and one person's page."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from events import check_in as checking
from events.admin import person
from events.admin.forms import DayOfPaymentForm
from events.admin.pages import refused
from events.models import Attendee, Event
from events.money import seat
from events.paying import mark_paid
from events.registration import cancel
from letters.tasks import wake
from members.admin.readonly import ReadOnly

State = Attendee.State
COLOURS = {
    State.LIVE: "success",
    State.WAITING: "warning",
    State.CANCELLED: None,
    State.REPLACED: None,
}
RECENT = 30


class EventFilter(admin.SimpleListFilter):
    """The latest events; an older one is opened from its own page."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request, model_admin):
        return [(str(event.pk), str(event)) for event in Event.objects.all()[:RECENT]]

    def queryset(self, request, queryset):
        value = self.value()
        is_number = value and value.isascii() and value.isdigit()
        return queryset.filter(registration__event=value) if is_number else queryset


class MoneyFilter(admin.SimpleListFilter):
    title = _("payment")
    parameter_name = "money"
    CHOICES = {
        "free": (_("free seat"), Q(state=State.LIVE, is_free=True)),
        "open": (_("to be paid"), Q(state=State.LIVE, price__gt=0, paid_on__isnull=True)),
        "paid": (pgettext_lazy("seat", "paid"), Q(state=State.LIVE, paid_on__isnull=False)),
        "back": (_("paid, then cancelled"), Q(state=State.CANCELLED, paid_on__isnull=False)),
    }

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _condition) in self.CHOICES.items()]

    def queryset(self, request, queryset):
        chosen = self.CHOICES.get(self.value())
        return queryset.filter(chosen[1]) if chosen else queryset


class CheckedInFilter(admin.SimpleListFilter):
    title = _("check-in")
    parameter_name = "there"

    def lookups(self, request, model_admin):
        return [("yes", _("checked in")), ("no", _("not yet there"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(checked_in_at__isnull=False)
        if self.value() == "no":
            return queryset.filter(state=State.LIVE, checked_in_at__isnull=True)
        return queryset


@admin.register(Attendee)
class AttendeeAdmin(ReadOnly, ModelAdmin):
    list_display = [
        *("name", "unit", "event", "mobile", "stage", "seat", "paid_on", "checked_in_at"),
    ]
    list_filter = [EventFilter, "state", MoneyFilter, CheckedInFilter]
    list_select_related = ["registration__unit", "registration__event", "checked_in_by"]
    list_per_page = 100
    ordering = ["-registration__event__starts_on", "registration__unit__name", "pk"]
    search_fields = ["name", "mobile", "email", "registration__unit__name"]
    search_help_text = _("Search names, telephone numbers and units")
    show_full_result_count = False
    fields = [
        ("name", "job_title"),
        ("mobile", "email"),
        ("unit", "event"),
        ("state", "seat"),
        ("paid_on", "replaces"),
        ("added_at", "added_by"),
        ("ended_at", "ended_by"),
        ("checked_in_at", "checked_in_by"),
    ]
    readonly_fields = ["unit", "event", "seat"]
    action_form = DayOfPaymentForm
    actions = ["check_in", "undo_check_in", "paid", "cancel"]
    actions_detail = ["manage"]

    # Methods, not names of permissions: the theme looks those up in the database at start.
    def has_manage_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.change_attendee")

    def has_door_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("events.check_in")

    # --- Columns ---

    @display(description=_("member unit"), ordering="registration__unit__name")
    def unit(self, attendee):
        return attendee.registration.unit

    @display(description=_("event"), ordering="registration__event__starts_on")
    def event(self, attendee):
        return attendee.registration.event

    @display(description=_("state"), ordering="state", label=COLOURS)
    def stage(self, attendee):
        return attendee.state, attendee.get_state_display()

    @display(description=_("seat"), ordering="price")
    def seat(self, attendee):
        return seat(attendee)

    # --- Actions ---

    @admin.action(description=_("Check in"), permissions=["door"])
    def check_in(self, request, queryset):
        at = timezone.now()
        done = each(
            request, queryset, lambda one: checking.check_in(attendee=one, at=at, by=request.user)
        )
        text = ngettext("%(n)s person is checked in.", "%(n)s people are checked in.", done)
        messages.success(request, text % {"n": done})

    @admin.action(description=_("Undo the check-in"), permissions=["door"])
    def undo_check_in(self, request, queryset):
        done = each(request, queryset, lambda one: checking.undo(attendee=one))
        text = ngettext("%(n)s check-in undone.", "%(n)s check-ins undone.", done)
        messages.success(request, text % {"n": done})

    @admin.action(
        description=_("Record the payment, on the day at the right"), permissions=["manage"]
    )
    def paid(self, request, queryset):
        form = DayOfPaymentForm(request.POST)
        form.fields["action"].choices = self.get_action_choices(request)
        day = form.cleaned_data["day"] if form.is_valid() else None
        if day is None:
            messages.error(request, _("Choose the day of the payment beside the action."))
            return
        done = each(request, queryset, lambda one: mark_paid(attendee=one, on=day))
        text = ngettext(
            "%(n)s seat is recorded as paid.", "%(n)s seats are recorded as paid.", done
        )
        messages.success(request, text % {"n": done})

    @admin.action(description=_("Cancel"), permissions=["manage"])
    def cancel(self, request, queryset):
        at = timezone.now()
        done = each(
            request,
            queryset,
            lambda one: cancel(attendee=one, at=at, by=request.user, by_staff=True),
        )
        wake()
        text = ngettext("%(n)s person is cancelled.", "%(n)s people are cancelled.", done)
        messages.success(request, text % {"n": done})

    # --- One person ---

    @action(
        description=_("Substitute, cancel, payment, check-in"),
        url_path="manage",
        permissions=["manage"],
        icon="manage_accounts",
    )
    def manage(self, request, object_id):
        attendee = self.get_object(request, str(object_id))
        if attendee is None:
            raise Http404
        return person.page(self, request, attendee)


def each(request, queryset, verb) -> int:
    """Do it to each; says who was refused and why. Returns how many it was done to."""
    done = 0
    for attendee in queryset.select_related("registration"):
        try:
            verb(attendee)
        except ValidationError as error:
            refused(request, error)
        else:
            done += 1
    return done
