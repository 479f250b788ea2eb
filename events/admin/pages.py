"""What the pages around one event have in common."""

from django.contrib import messages
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Event


def tabs(request, event: Event, current: str) -> list[dict]:
    """The pages of an event, in the order of the work."""
    own = "admin:events_event_{}".format
    pages = [
        ("change", _("Details"), reverse(own("change"), args=[event.pk]), "view_event"),
        ("people", _("Attendees"), people_of(event), "view_attendee"),
        ("enrol", _("Register people"), reverse(own("enrol"), args=[event.pk]), "add_registration"),
        ("door", _("Door"), reverse(own("door"), args=[event.pk]), "check_in"),
        (
            "steering",
            _("Hall and calling off"),
            reverse(own("steering"), args=[event.pk]),
            "change_event",
        ),
    ]
    return [
        {"title": title, "link": link, "is_current": name == current}
        for name, title, link, right in pages
        if request.user.has_perm(f"events.{right}")
    ]


def people_of(event: Event) -> str:
    """The address of the list of an event's attendees."""
    return f"{reverse('admin:events_attendee_changelist')}?event={event.pk}"


def shown(admin, request, event: Event, current: str, **context) -> TemplateResponse:
    """The page ``current`` of an event, inside the admin's frame."""
    request.current_app = admin.admin_site.name
    return TemplateResponse(
        request,
        f"admin/events/event/{current}.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "original": event,
            "event": event,
            "title": str(event),
            "tabs": tabs(request, event, current),
            **context,
        },
    )


def refused(request, error) -> None:
    """Say what the rule said."""
    for sentence in error.messages:
        messages.error(request, sentence)
