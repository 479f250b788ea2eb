"""When an issue goes out: set a time, take it back, release now, or let the clock do it.

A publication that is mailed gets a distribution with its frozen list. One that is not, and a back
issue, is only opened in the portal, where the rule is asked at each reading: no distribution.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import template_localtime
from django.utils.translation import gettext as _

from publications import course, distribution, editions, searching
from publications.content import is_empty, locked
from publications.models import Delivery, Distribution, Issue

# A start later than this waits for a person: nobody wants the bulletin at midnight.
LATE_START_LIMIT = dt.timedelta(minutes=30)

State = Issue.State


def shortcomings(issue: Issue) -> list[str]:
    """Why the issue cannot go out as it stands, in sentences; empty when it can.

    None goes out that three people have not signed as it stands now.
    """
    if is_empty(issue):
        return [_("The issue has neither articles nor a PDF. Add one of them, then release it.")]
    return course.missing(issue)


def refuse_unready(issue: Issue) -> None:
    if found := shortcomings(issue):
        raise ValidationError(" ".join(found), code="not_ready")


@transaction.atomic
def schedule(*, issue: Issue, release_at: dt.datetime, by) -> Issue:
    """Let the issue go out at ``release_at``, or at another time. Raises ``ValidationError``."""
    current = locked(issue)
    refuse_released(current)
    refuse_unready(current)
    current.state = State.SCHEDULED
    current.release_at = release_at
    current.scheduled_by = by
    current.held_because = ""
    current.save(update_fields=["state", "release_at", "scheduled_by", "held_because"])
    return refreshed(issue)


@transaction.atomic
def unschedule(*, issue: Issue, by) -> Issue:
    """Take the set time back: the issue is where it was before. Raises ``ValidationError``."""
    current = locked(issue)
    refuse_released(current)
    current.state = State.IN_REVIEW if course.Course(current).round else State.DRAFT
    current.release_at = None
    current.scheduled_by = by
    current.held_because = ""
    current.save(update_fields=["state", "release_at", "scheduled_by", "held_because"])
    return refreshed(issue)


@transaction.atomic
def release(*, issue: Issue, at: dt.datetime, by=None) -> Distribution | None:
    """Let the issue go out now: open it in the portal and, if it is mailed, freeze its list.

    ``by`` is ``None`` for the clock. Returns the distribution, ``None`` for a publication that is
    not mailed. Raises ``ValidationError`` and changes nothing where the issue went out already
    (code ``already_released``), is not ready, or nobody would get it. Who calls this from a door
    wakes a worker after the commit; the sweeper finds the rows otherwise.
    """
    current = locked(issue)
    refuse_released(current)
    refuse_unready(current)
    editions.publish(current)
    current.state = State.RELEASED
    current.released_at = at
    current.released_by = by
    current.held_because = ""
    current.save(update_fields=["state", "released_at", "released_by", "held_because"])
    searching.index(current)
    planned = plan(current, at=at, by=by)
    refreshed(issue)
    return planned


def plan(issue: Issue, *, at: dt.datetime, by) -> Distribution | None:
    if not issue.publication.is_mailed or issue.is_back_issue:
        return None
    planned = distribution.plan(issue=issue, at=at, by=by)
    if not planned.deliveries.filter(state__in=Delivery.PENDING).exists():
        raise ValidationError(
            _(
                "Nobody would receive this issue: no unit that is entitled on %(date)s has a "
                "bulletin contact with an address. See “Who gets it, and why”."
            ),
            code="no_recipients",
            params={"date": date_format(issue.issued_on)},
        )
    return planned


def refuse_released(issue: Issue) -> None:
    if issue.is_frozen:
        raise ValidationError(
            _("The issue already went out on %(at)s. Nothing was sent again."),
            code="already_released",
            params={"at": moment(issue.released_at)},
        )


def release_due(at: dt.datetime) -> list[Issue]:
    """Release the scheduled issues whose time has come; returns those released.

    Two clocks may call this together: each issue is claimed under its row's lock. One that is
    late by more than ``LATE_START_LIMIT``, or cannot go out, is held for a person.
    """
    due = Issue.objects.due(at).order_by("release_at").values_list("pk", flat=True)
    return [issue for pk in list(due) if (issue := release_if_free(pk, at))]


@transaction.atomic
def release_if_free(pk: int, at: dt.datetime) -> Issue | None:
    """The issue if this call released it; ``None`` if another did, or it is held now."""
    rows = Issue.objects.due(at).select_for_update(of=["self"], skip_locked=True)
    issue = rows.filter(pk=pk).first()
    if issue is None:
        return None
    if at - issue.release_at > LATE_START_LIMIT:
        hold(issue, late(issue, at))
        return None
    try:
        release(issue=issue, at=at)
    except ValidationError as error:
        hold(issue, " ".join(error.messages))
        return None
    return issue


def hold(issue: Issue, because: str) -> None:
    """Wait for a person, who releases the issue or sets a new time."""
    issue.refresh_from_db()
    issue.state = State.HELD
    issue.held_because = because[:300]
    issue.save(update_fields=["state", "held_because"])


def late(issue: Issue, at: dt.datetime) -> str:
    return _("It was to go out on %(set)s, and nothing was running then; noticed on %(at)s.") % {
        "set": moment(issue.release_at),
        "at": moment(at),
    }


def moment(at: dt.datetime) -> str:
    return date_format(template_localtime(at), "DATETIME_FORMAT")


def refreshed(issue: Issue) -> Issue:
    issue.refresh_from_db(
        fields=[
            "state",
            "release_at",
            "scheduled_by",
            "held_because",
            "released_at",
            "released_by",
        ]
    )
    return issue
