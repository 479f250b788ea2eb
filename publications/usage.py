"""What a unit has had of the publications: copies posted, and issues that reached it online."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.models import Medium
from benefits.usage import Use
from members.models import MemberUnit
from publications.models import Delivery, Issue, Parcel, Reading


def uses(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Use]:
    """The newest first, in three queries.

    A parcel counts its copies on the day of posting. An issue that was mailed to the unit, to
    however many contacts, or opened by it counts once, on its date of issue. Where the unit's
    right is to paper, reading online besides takes nothing from it.
    """
    parcels = posted(unit, first, last)
    on_paper = {parcel.print_run.issue_id for parcel in parcels}
    online = {row.distribution.issue: row for row in mailed(unit, first, last)}
    online |= {row.issue: row for row in read(unit, first, last)}
    found = [by_post(parcel) for parcel in parcels]
    found += [on_screen(issue, row, on_paper) for issue, row in online.items()]
    return sorted(found, key=lambda use: (use.on, use.item_id, use.what), reverse=True)


def posted(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Parcel]:
    parcels = Parcel.objects.to_post().filter(unit=unit, print_run__posted_on__range=(first, last))
    return list(parcels.select_related("print_run__issue__publication"))


def mailed(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Delivery]:
    rows = Delivery.objects.filter(
        unit=unit,
        state__in=Delivery.SENT,
        distribution__issue__issued_on__range=(first, last),
    )
    return list(rows.select_related("distribution__issue__publication").order_by("-pk"))


def read(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Reading]:
    rows = Reading.objects.filter(unit=unit, issue__issued_on__range=(first, last))
    return list(rows.select_related("issue__publication"))


def by_post(parcel: Parcel) -> Use:
    run = parcel.print_run
    copies = ngettext("%(n)s copy", "%(n)s copies", parcel.copies) % {"n": parcel.copies}
    return Use(
        item_id=run.issue.publication.benefit_item_id,
        on=run.posted_on,
        quantity=parcel.copies,
        medium=Medium.PAPER,
        what=_("%(issue)s · %(copies)s") % {"issue": run.issue, "copies": copies},
        source=parcel,
    )


def on_screen(issue: Issue, row: Delivery | Reading, on_paper: set[int]) -> Use:
    """``row``: how the issue reached the unit. Its reading says what the right was."""
    is_besides = isinstance(row, Reading) and row.medium == Medium.PAPER
    return Use(
        item_id=issue.publication.benefit_item_id,
        on=issue.issued_on,
        quantity=1,
        medium=Medium.ELECTRONIC,
        what=str(issue),
        source=row,
        is_counted=not is_besides and issue.pk not in on_paper,
    )
