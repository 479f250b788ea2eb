"""刊物 as a unit sees them: of each publication what it gets, its issues, and what was posted."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.entitlement import Basis, Entitlement, entitlements_on
from benefits.models import BenefitItem
from members.models import MemberUnit
from portal.figures import Figure, figure
from publications.eligibility import in_words
from publications.models import Issue, Parcel, Publication

# So many issues of a publication stand in the open; earlier ones of the year are a tap away.
SHOWN = 6
# A unit to which no printed copy is promised misses none.
NOTHING_MISSED = {Parcel.Reason.ELECTRONIC, Basis.NOT_PROMISED}


@dataclass(frozen=True)
class Line:
    """An issue: whether the unit may read it, and what was sent to it on paper."""

    issue: Issue
    answer: Entitlement
    posted: str


@dataclass(frozen=True)
class Shelf:
    """A publication: the right to it today, and its issues of the year, newest first."""

    publication: Publication
    answer: Entitlement
    lines: list[Line]

    @cached_property
    def figure(self) -> Figure:
        return figure(self.answer)

    @property
    def facts(self) -> list[str]:
        """How often it appears, and in what form the unit gets it."""
        period = self.publication.benefit_item.get_period_display()
        return [text for text in (period, self.figure.note) if text]

    @property
    def latest(self) -> list[Line]:
        return self.lines[:SHOWN]

    @property
    def earlier(self) -> list[Line]:
        return self.lines[SHOWN:]


def shelves(unit: MemberUnit, year: int | None, today: dt.date) -> list[Shelf]:
    """Every publication of the charter, with its released issues of ``year``.

    Rights to issues are judged at their dates, the rights themselves today; the mailed ones stand
    first, then the charter's order. Eight queries for any number of issues.
    """
    issues = by_publication(year)
    publications = list(on_offer(today, issues))
    parcels = posted_to(unit, year)
    questions = [
        (publication.benefit_item, on)
        for publication in publications
        for on in (today, *(issue.issued_on for issue in issues[publication.pk]))
    ]
    answers = iter(entitlements_on(unit, questions))
    return [
        Shelf(
            publication,
            next(answers),
            [
                Line(issue, next(answers), in_post(parcels.get(issue.pk), today))
                for issue in issues[publication.pk]
            ],
        )
        for publication in publications
    ]


def by_publication(year: int | None) -> dict[int, list[Issue]]:
    """The year's released issues by publication, newest first."""
    found = defaultdict(list)
    issues = Issue.objects.released().filter(year=year).select_related("publication")
    for issue in issues.order_by("-issued_on", "-number"):
        found[issue.publication_id].append(issue)
    return found


def on_offer(today: dt.date, issues: dict[int, list[Issue]]) -> QuerySet[Publication]:
    """What the charter has today, and what appeared in the year."""
    promised = BenefitItem.objects.promised(today).order_by()
    rows = Publication.objects.filter(Q(benefit_item__in=promised) | Q(pk__in=list(issues)))
    return rows.select_related("benefit_item__group").order_by(
        "-is_mailed", "benefit_item__group__position", "benefit_item__position", "pk"
    )


# --- On paper ----------------------------------------------------------------------------------


def posted_to(unit: MemberUnit, year: int | None) -> dict[int, Parcel]:
    """The unit's parcels by the issue they are of."""
    parcels = Parcel.objects.filter(unit=unit, print_run__issue__year=year)
    return {parcel.print_run.issue_id: parcel for parcel in parcels.select_related("print_run")}


def parcel_of(unit: MemberUnit, issue: Issue) -> Parcel | None:
    parcels = Parcel.objects.filter(unit=unit, print_run__issue=issue)
    return parcels.select_related("print_run").first()


def in_post(parcel: Parcel | None, today: dt.date) -> str:
    """3 册 · 2026年5月6日寄出, or why not; empty where nothing was to be sent."""
    if parcel is None or parcel.reason in NOTHING_MISSED:
        return ""
    if parcel.state != Parcel.State.TO_POST:
        return _("Not posted: %(reason)s") % {"reason": in_words(parcel.reason)}
    copies = ngettext("%(n)s copy", "%(n)s copies", parcel.copies) % {"n": parcel.copies}
    posted_on = parcel.print_run.posted_on
    words = (
        _("%(copies)s · to be posted on %(day)s")
        if posted_on > today
        else _("%(copies)s · posted on %(day)s")
    )
    return words % {"copies": copies, "day": date_format(posted_on)}
