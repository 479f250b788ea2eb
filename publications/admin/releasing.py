"""Set the time, take it back, or release now."""

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import numbering, release, tasks
from publications.admin.forms import ReleaseAtForm
from publications.admin.pages import shown
from publications.models import Issue
from publications.recipients import Recipients

USUAL_TIME = dt.time(9)


def page(admin, request, issue: Issue):
    at = timezone.now()
    form = ReleaseAtForm(initial={"release_at": usual(issue, at)}, at=at)
    if request.method == "POST":
        form = ReleaseAtForm(request.POST, at=at)
        if response := act(admin, request, issue, form, at):
            return response
    return shown(
        admin,
        request,
        issue,
        "releasing",
        form=form,
        recipients=Recipients(issue),
        shortcomings=release.shortcomings(issue),
        gaps=numbering.gaps(issue),
    )


def act(admin, request, issue: Issue, form: ReleaseAtForm, at: dt.datetime):
    """Do what the button says; ``None`` shows the page again with its errors."""
    acts = {"release": release_now, "schedule": schedule, "unschedule": unschedule}
    chosen = acts.get(request.POST.get("act"))
    if chosen is None or (chosen is schedule and not form.is_valid()):
        return None
    try:
        said, page_name = chosen(issue, form, at, request.user)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        # An issue that went out already has its progress to show; others need this page.
        page_name = "progress" if error_code(error) == "already_released" else "releasing"
    else:
        admin.log_change(request, issue, said)
        messages.success(request, said)
    return HttpResponseRedirect(reverse(f"admin:publications_issue_{page_name}", args=[issue.pk]))


def release_now(issue, form, at, user) -> tuple[str, str]:
    planned = release.release(issue=issue, at=at, by=user)
    if planned is None:
        return _("Released: entitled units can read it in the portal now."), "progress"
    tasks.wake(planned.pk)
    return _("Released. The list is frozen and the e-mails are going out."), "progress"


def schedule(issue, form, at, user) -> tuple[str, str]:
    release_at = form.cleaned_data["release_at"]
    release.schedule(issue=issue, release_at=release_at, by=user)
    return _("The issue goes out on %(at)s.") % {"at": release.moment(release_at)}, "releasing"


def unschedule(issue, form, at, user) -> tuple[str, str]:
    release.unschedule(issue=issue, by=user)
    return _("The set time is taken back; the signatures stand."), "releasing"


def error_code(error: ValidationError) -> str | None:
    return getattr(error, "code", None)


def usual(issue: Issue, at: dt.datetime) -> str:
    """Nine o'clock on the date of issue, or on the next day where that is past."""
    zone = timezone.get_current_timezone()
    proposed = dt.datetime.combine(issue.issued_on, USUAL_TIME, zone)
    if issue.release_at and issue.release_at > at:
        proposed = issue.release_at.astimezone(zone)
    elif proposed <= at:
        tomorrow = at.astimezone(zone).date() + dt.timedelta(days=1)
        proposed = dt.datetime.combine(tomorrow, USUAL_TIME, zone)
    return proposed.strftime("%Y-%m-%dT%H:%M")
