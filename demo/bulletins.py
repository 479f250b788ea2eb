"""Invented issues of the bulletin: two that went out, and the next one, ready to be released."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Mod

from accounts.models import User
from demo.articles import ISSUES
from members.models import MemberUnit
from publications.models import Article, Delivery, Distribution, Issue, Publication, Section
from publications.release import release

FIRST_SERIAL = 722


def fridays(on: dt.date) -> list[dt.date]:
    """The last two Fridays before ``on``, and the Friday on or after it."""
    coming = on + dt.timedelta(days=(4 - on.weekday()) % 7)
    return [coming - dt.timedelta(weeks=2), coming - dt.timedelta(weeks=1), coming]


def number_in_year(friday: dt.date) -> int:
    """The bulletin appears each Friday."""
    return (friday.timetuple().tm_yday - 1) // 7 + 1


def write_issue(publication: Publication, index: int, issued_on: dt.date) -> Issue:
    """One issue with its sections and articles, as a draft."""
    issue = Issue.objects.create(
        publication=publication,
        issued_on=issued_on,
        year=issued_on.year,
        number=number_in_year(issued_on),
        serial_number=FIRST_SERIAL + index,
        title=ISSUES[index]["title"],
    )
    page = 1
    for place, (section, articles) in enumerate(ISSUES[index]["sections"].items(), 1):
        row = Section.objects.create(issue=issue, position=place, title=section)
        for position, (title, source, body) in enumerate(articles, 1):
            Article.objects.create(
                section=row,
                position=position,
                title=title,
                source=source,
                body=body.strip(),
                page=page,
                is_highlight=position == 1,
            )
            page += 2
    return issue


def record_sent(sent: Distribution) -> None:
    """A past issue: nearly all delivered, a few addresses refused."""
    at = sent.planned_at
    queued = sent.deliveries.filter(state=Delivery.State.QUEUED)
    queued.annotate(rest=Mod(F("unit_id"), 61)).filter(rest=9).update(
        state=Delivery.State.FAILED, attempts=1, reply="550 5.1.1 User unknown", due_at=None
    )
    sent.deliveries.filter(state=Delivery.State.QUEUED).update(
        state=Delivery.State.ACCEPTED,
        attempts=1,
        reply="250 OK",
        due_at=None,
        sent_at=at + dt.timedelta(minutes=2),
    )
    sent.state = Distribution.State.FINISHED
    sent.finished_at = at + dt.timedelta(minutes=3)
    sent.save(update_fields=["state", "finished_at"])


@transaction.atomic
def load_bulletins(*, on: dt.date, editor: User) -> None:
    """Write the demo issues around the day ``on``; needs the catalogue and the units."""
    publication = Publication.objects.filter(is_mailed=True).order_by("pk").first()
    if publication is None or not MemberUnit.objects.exists():
        raise LookupError("load_charter, load_catalogue and the demo units come first")
    for index, issued_on in enumerate(fridays(on)):
        issue = write_issue(publication, index, issued_on)
        if issued_on < on:
            at = dt.datetime.combine(issued_on, dt.time(9), ZoneInfo("Asia/Shanghai"))
            record_sent(release(issue=issue, at=at, by=editor))
