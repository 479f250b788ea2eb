"""The next thing that can be done with an item, as one link; and what runs out soon.

A fixed number of queries for any number of items.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from awards.models import AwardCycle
from benefits.entitlement import entitlements_on
from benefits.models import BenefitItem
from events.models import Event
from events.window import is_registration_open
from publications.models import Issue
from reports.statement import Line, Statement

SOON = dt.timedelta(days=45)


@dataclass(frozen=True)
class Step:
    """A link that says what it does; ``until`` is the last day on which it can be done, and
    ``left`` how many free seats are to be had by it."""

    url: str
    words: str
    until: dt.date | None = None
    left: int | None = None


@dataclass(frozen=True)
class Expiring:
    """What the unit still has and loses after the day ``until``."""

    words: str
    url: str
    until: dt.date


def next_steps(statement: Statement, at: dt.datetime) -> dict[int, Step]:
    """By the item's id, for items of which the unit can have something now. Four sources; of
    several links to one item the first counts."""
    lines = {line.item.pk: line for line in statement.lines if line.is_open}
    found: dict[int, Step] = {}
    for item, step in chain(
        registrations(lines, statement.on),
        applications(lines, at),
        reading(statement, lines),
        requests(lines.values()),
    ):
        found.setdefault(item, step)
    return found


def registrations(lines: dict[int, Line], on: dt.date) -> Iterator[tuple[int, Step]]:
    """The next event of each series that takes registrations, where the unit has a right to it."""
    seats = {each.event.pk: each for line in lines.values() for each in line.seats}
    events = Event.objects.announced().taking_place().not_over(on)
    events = events.filter(series__benefit_item__in=lines).select_related("series")
    for event in events.order_by("starts_on", "pk"):
        own = seats.get(event.pk)
        if is_registration_open(event, on) and (own is None or own.answer.entitled):
            yield (
                event.series.benefit_item_id,
                Step(
                    url=reverse("event", args=[event.pk]),
                    words=_("Register: %(event)s") % {"event": event.name},
                    until=event.registration_closes_on,
                    left=own and own.left,
                ),
            )


def applications(lines: dict[int, Line], at: dt.datetime) -> Iterator[tuple[int, Step]]:
    """The open cycle of each award, the one that closes first."""
    cycles = AwardCycle.objects.open(at).filter(award__benefit_item__in=lines)
    for cycle in cycles.select_related("award").order_by("closes_at", "pk"):
        words = _("Apply: %(cycle)s") % {"cycle": cycle.label}
        url = reverse("award_cycle", args=[cycle.pk])
        yield cycle.award.benefit_item_id, Step(url, words, cycle.last_day)


def reading(statement: Statement, lines: dict[int, Line]) -> Iterator[tuple[int, Step]]:
    """The newest issue of each publication, where the unit may read it."""
    issues = list(
        Issue.objects.released()
        .filter(publication__benefit_item__in=lines)
        .select_related("publication__benefit_item__group")
        .order_by("publication_id", "-issued_on", "-number")
        .distinct("publication_id")
    )
    questions = [(issue.publication.benefit_item, issue.issued_on) for issue in issues]
    answers = entitlements_on(statement.unit, questions)
    for issue, answer in zip(issues, answers, strict=True):
        if answer.entitled:
            words = _("Read: %(year)s no. %(number)s") % {
                "year": issue.year,
                "number": issue.number,
            }
            url = reverse("issue", args=[issue.publication.code, issue.year, issue.number])
            yield issue.publication.benefit_item_id, Step(url, words)


def requests(lines: Iterable[Line]) -> Iterator[tuple[int, Step]]:
    """The form of each service that can be asked for; what is given once, once."""
    for line in lines:
        offering = getattr(line.item, "offering", None)
        is_used_up = line.item.counted_per == BenefitItem.CountedPer.UNIT and line.left == 0
        if offering and offering.is_open and line.answer.entitled and not is_used_up:
            url = reverse("offering", args=[offering.code])
            yield line.item.pk, Step(url, _("Ask for this service"))


def expiring(statement: Statement, steps: dict[int, Step]) -> list[Expiring]:
    """Free seats that nobody took and deadlines within ``SOON``, the earliest first."""
    lines = ((line, steps.get(line.item.pk)) for line in statement.lines)
    found = (
        Expiring(lapsing(line, step), step.url, step.until)
        for line, step in lines
        if step and step.until and step.until <= statement.on + SOON and can_lapse(line, step)
    )
    return sorted(found, key=lambda each: each.until)


def can_lapse(line: Line, step: Step) -> bool:
    """Free seats by number, and awards not applied for; what is open to anybody is no loss."""
    return bool(step.left) or (hasattr(line.item, "award") and not line.used)


def lapsing(line: Line, step: Step) -> str:
    day = date_format(step.until, pgettext("a day of this year", "F j"))
    if step.left:
        words = ngettext(
            "%(item)s: %(left)s free seat left, register by %(day)s",
            "%(item)s: %(left)s free seats left, register by %(day)s",
            step.left,
        )
        return words % {"item": line.item.label, "left": step.left, "day": day}
    return _("%(item)s: apply by %(day)s") % {"item": line.item.label, "day": day}
