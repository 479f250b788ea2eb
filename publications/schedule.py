"""出刊计划: which issue of which publication is due, and which is late, on a day.

How often a publication appears, its benefit item says; when in the period, the publication's own
fields. A year is cut into equal periods: an issue belongs to the period its date lies in.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from benefits.models import BenefitItem
from publications.models import Issue, Publication, SkippedIssue

Period = BenefitItem.Period
WEEK = dt.timedelta(days=7)
A_YEAR = 12
# The months in which each period's issue is due, where the publication names none.
MONTHS = {
    Period.MONTHLY: range(1, 13),
    Period.BIMONTHLY: range(2, 13, 2),
    Period.HALF_YEARLY: (6, 12),
    Period.ANNUAL: (12,),
}


@dataclass(frozen=True)
class Slot:
    """One period of a publication: an issue dated in it is its issue, due by ``due_on``."""

    starts_on: dt.date
    ends_on: dt.date
    due_on: dt.date


@dataclass
class Place:
    """A slot on a day: what there is of it."""

    slot: Slot
    state: str  # issued, in_work, skipped, late, due (today), open (its period runs), coming
    issues: list[Issue] = field(default_factory=list)
    skipped: SkippedIssue | None = None
    # In work and past its day.
    is_late: bool = False


@dataclass
class Plan:
    """One publication in a year: its places by month, and what no period asks for."""

    publication: Publication
    months: list[list[Place]]
    has_fixed_dates: bool
    last: Issue | None = None


# --- The periods of a year ----------------------------------------------------------------------


def slots(publication: Publication, year: int) -> list[Slot]:
    """The periods whose issue is due in ``year``, in order. None for irregular ones."""
    if publication.benefit_item.period == Period.WEEKLY:
        return list(weeks(publication, year))
    months = months_due(publication)
    return [slot_of_part(publication, year, part, months) for part in range(len(months))]


def weeks(publication: Publication, year: int) -> Iterator[Slot]:
    """ISO weeks, Monday to Sunday; one belongs to the year in which its day lies."""
    first = dt.date(year, 1, 1)
    due_on = first + dt.timedelta(days=(publication.due_weekday - first.isoweekday()) % 7)
    while due_on.year == year:
        monday = due_on - dt.timedelta(days=due_on.weekday())
        yield Slot(monday, monday + dt.timedelta(days=6), due_on)
        due_on += WEEK


def months_due(publication: Publication) -> list[int]:
    if publication.benefit_item.period not in MONTHS:
        return []
    if publication.due_months:
        return [int(month) for month in publication.due_months.split(",")]
    return list(MONTHS[publication.benefit_item.period])


def slot_of_part(publication: Publication, year: int, part: int, months: list[int]) -> Slot:
    length = A_YEAR // len(months)
    first, last = part * length + 1, (part + 1) * length
    return Slot(
        dt.date(year, first, 1),
        day_of_month(year, last, 31),
        day_of_month(year, months[part], publication.due_day),
    )


def day_of_month(year: int, month: int, day: int) -> dt.date:
    """The day, or the month's last where it is shorter."""
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def slot_on(publication: Publication, day: dt.date) -> Slot | None:
    """The period that ``day`` lies in."""
    for year in (day.year - 1, day.year, day.year + 1):
        for slot in slots(publication, year):
            if slot.starts_on <= day <= slot.ends_on:
                return slot
    return None


def slot_after(publication: Publication, day: dt.date) -> Slot | None:
    """The period behind the one that ``day`` lies in."""
    current = slot_on(publication, day)
    return current and slot_on(publication, current.ends_on + dt.timedelta(days=1))


def next_due(publication: Publication, on: dt.date) -> dt.date:
    """The day that the next issue proposes for itself: that of the first period behind the last
    issue which is not left out. A yearly or monthly issue that is late comes out ``on`` the day;
    a weekly one keeps its own, so that a week that is caught up is dated as it should be.
    """
    last = publication.issues.order_by("issued_on").last()
    slot = slot_after(publication, last.issued_on) if last else slot_on(publication, on)
    while slot and is_skipped(publication, slot):
        slot = slot_after(publication, slot.due_on)
    if slot is None:
        return on
    is_weekly = publication.benefit_item.period == Period.WEEKLY
    if is_weekly and last is None and slot.due_on < on:
        return slot.due_on + WEEK
    return slot.due_on if is_weekly else max(slot.due_on, on)


def is_skipped(publication: Publication, slot: Slot) -> bool:
    return publication.skipped.filter(due_on__range=(slot.starts_on, slot.ends_on)).exists()


# --- What there is of them ------------------------------------------------------------------------


def year_of(publications: Iterable[Publication], year: int, on: dt.date) -> list[Plan]:
    """The plan of ``year`` as it stands on the day ``on``; four queries for all publications.

    Nothing is late before a publication's first issue that the system knows of; where there is
    none, before the period of ``on``.
    """
    publications = list(publications)
    first_days, last_issues = known(publications)
    span = (dt.date(year - 1, 12, 1), dt.date(year + 1, 1, 31))
    issues = by_publication(
        Issue.objects.filter(publication__in=publications, issued_on__range=span)
        .select_related("publication")
        .order_by("issued_on", "number")
    )
    skipped = by_publication(
        SkippedIssue.objects.filter(publication__in=publications, due_on__range=span)
    )
    return [
        plan(
            publication,
            year,
            on,
            issues[publication.pk],
            skipped[publication.pk],
            first_days.get(publication.pk),
            last_issues.get(publication.pk),
        )
        for publication in publications
    ]


def known(publications: list[Publication]) -> tuple[dict, dict]:
    """By publication, the day of its first issue and its last issue."""
    ids = [publication.pk for publication in publications]
    first = Issue.objects.filter(publication__in=ids).order_by("publication_id", "issued_on")
    last = Issue.objects.filter(publication__in=ids).order_by("publication_id", "-issued_on")
    last = last.select_related("publication")
    return (
        dict(first.distinct("publication_id").values_list("publication_id", "issued_on")),
        {issue.publication_id: issue for issue in last.distinct("publication_id")},
    )


def by_publication(rows: QuerySet) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows:
        found[row.publication_id].append(row)
    return found


def plan(
    publication: Publication,
    year: int,
    on: dt.date,
    issues: list[Issue],
    skipped: list[SkippedIssue],
    first_on: dt.date | None,
    last: Issue | None,
) -> Plan:
    months: list[list[Place]] = [[] for _month in range(A_YEAR)]
    own = slots(publication, year)
    begin = first_on or (slot_on(publication, on) or Slot(on, on, on)).starts_on
    for slot in own:
        place = place_of(slot, on, issues, skipped)
        if place.issues or place.skipped or slot.ends_on >= begin:
            months[slot.due_on.month - 1].append(place)
    if not own:
        for issue in issues:
            if issue.issued_on.year == year:
                day = Slot(issue.issued_on, issue.issued_on, issue.issued_on)
                months[issue.issued_on.month - 1].append(place_of(day, on, [issue], []))
    return Plan(publication, months, bool(own), last)


def place_of(slot: Slot, on: dt.date, issues: list[Issue], skipped: list[SkippedIssue]) -> Place:
    """What there is of a period on the day. An issue in it counts before a mark that it is left
    out: somebody made it after all."""
    inside = [issue for issue in issues if slot.starts_on <= issue.issued_on <= slot.ends_on]
    left_out = [row for row in skipped if slot.starts_on <= row.due_on <= slot.ends_on]
    if inside:
        is_issued = all(issue.is_frozen for issue in inside)
        return Place(
            slot,
            "issued" if is_issued else "in_work",
            inside,
            is_late=not is_issued and slot.due_on < on,
        )
    if left_out:
        return Place(slot, "skipped", skipped=left_out[0])
    if slot.due_on < on:
        return Place(slot, "late", is_late=True)
    if slot.due_on == on:
        return Place(slot, "due")
    return Place(slot, "open" if slot.starts_on <= on else "coming")


def waiting(on: dt.date) -> list[tuple[Publication, Place]]:
    """What is due on the day or late, not released yet and not left out; this year's and the
    last one's."""
    publications = list(Publication.objects.select_related("benefit_item"))
    return [
        (row.publication, place)
        for year in (on.year - 1, on.year)
        for row in year_of(publications, year, on)
        if row.has_fixed_dates
        for month in row.months
        for place in month
        if is_waiting(place, on)
    ]


def is_waiting(place: Place, on: dt.date) -> bool:
    is_due_today = place.slot.due_on == on and place.state in {"due", "in_work"}
    return place.is_late or is_due_today


def behind(on: dt.date) -> QuerySet[Publication]:
    """The publications of which something is due on the day or late."""
    pks = {publication.pk for publication, _place in waiting(on)}
    return Publication.objects.filter(pk__in=pks)
