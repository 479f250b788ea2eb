"""How far a distribution has come: numbers that refresh themselves, and the brakes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import distribution as distributing
from publications import tasks
from publications.admin.pages import FOLDER, shown
from publications.eligibility import in_words
from publications.models import Delivery, Distribution, Issue

# So many failed and left-out rows are listed here; all of them are one click away.
LISTED = 50
PARTS = ("sent", "pending", "failed", "left_out")
MOVING = {Distribution.State.RUNNING}


def page(admin, request, issue: Issue):
    distribution = Distribution.objects.select_related("released_by").filter(issue=issue).first()
    if distribution is None:
        return shown(admin, request, issue, "progress", distribution=None)
    if request.method == "POST":
        return act(admin, request, issue, distribution)
    context = progress(distribution)
    if request.htmx:
        context |= {"issue": issue, "may_steer": may_steer(request)}
        return TemplateResponse(request, f"{FOLDER}parts/progress.html", context)
    return shown(admin, request, issue, "progress", may_steer=may_steer(request), **context)


def may_steer(request) -> bool:
    return request.user.has_perm("publications.release_issue")


def progress(distribution: Distribution) -> dict:
    """Promised = sent + pending + failed + left out, with the rows that need a person."""
    tally = distribution.deliveries.tally()
    promised = tally["promised"]
    labels = {
        "sent": _("sent"),
        "pending": _("still to send"),
        "failed": _("failed"),
        "left_out": _("left out"),
    }
    return {
        "distribution": distribution,
        "tally": tally,
        "parts": [
            {
                "name": name,
                "label": labels[name],
                "count": tally[name],
                # A part that is there is seen, however small.
                "width": max(0.5, 100 * tally[name] / promised) if tally[name] else 0,
            }
            for name in PARTS
        ],
        "is_moving": distribution.state in MOVING,
        "reasons": reasons(distribution),
        "troubled": troubled(distribution),
        "listed": LISTED,
    }


def reasons(distribution: Distribution) -> list[dict]:
    """Failed and left-out rows by reason."""
    rows = (
        distribution.deliveries.filter(state__in=Delivery.LOST + Delivery.LEFT)
        .values("state", "reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "state", "reason")
    )
    return [
        {
            "state": Delivery.State(row["state"]).label,
            "reason": in_words(row["reason"]),
            "count": row["count"],
        }
        for row in rows
    ]


def troubled(distribution: Distribution) -> list[dict]:
    rows = (
        distribution.deliveries.filter(state__in=Delivery.LOST + Delivery.LEFT)
        .select_related("unit", "contact")
        .order_by("state", "unit__name", "pk")[:LISTED]
    )
    return [{"delivery": row, "reason": in_words(row.reason)} for row in rows]


def act(admin, request, issue: Issue, distribution: Distribution):
    """Pause, resume, stop or try the failed ones again, as the button says."""
    if not may_steer(request):
        raise PermissionDenied
    acts = {
        "pause": (distributing.pause, _("Paused. Nothing more is sent until you resume.")),
        "resume": (distributing.resume, _("Resumed.")),
        "stop": (distributing.stop, _("Stopped. Those not yet sent are left out.")),
        "again": (distributing.try_failed_again, _("The failed ones are tried again.")),
    }
    chosen = acts.get(request.POST.get("act"))
    if chosen:
        verb, said = chosen
        try:
            verb(distribution=distribution, by=request.user, at=timezone.now())
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
        else:
            tasks.wake(distribution.pk)
            admin.log_change(request, issue, said)
            messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:publications_issue_progress", args=[issue.pk]))
