"""The rows that consume, of all four apps; every date that matters is written in the test."""

import datetime as dt
from itertools import count

from awards.models import Award, AwardApplication, AwardCycle
from benefits.models import Allowance, BenefitItem, Extent, Medium
from events.models import Attendee, Event, EventSeries, Registration
from members.models import MemberUnit
from publications.models import Issue, Parcel, PrintRun, Publication, Reading
from services.models import ServiceOffering, ServiceRequest
from tests.benefits.factories import ItemFactory
from tests.factories import TierFactory, UserFactory
from tests.publications.factories import IssueFactory

numbers = count(1)


def noon(on: dt.date) -> dt.datetime:
    """Noon in Shanghai."""
    return dt.datetime.combine(on, dt.time(4), dt.UTC)


def item(code: str, **fields) -> BenefitItem:
    """The charter's item, or one made for the test."""
    return BenefitItem.objects.filter(code=code).first() or ItemFactory(code=code, **fields)


def promise(
    row: BenefitItem, quantity: int | None = None, medium: str = Medium.RIGHT, tier="ordinary"
) -> Allowance:
    """So many to the tier, or unlimited."""
    return Allowance.objects.create(
        item=row,
        tier=TierFactory(code=tier),
        medium=medium,
        extent=Extent.UNLIMITED if quantity is None else Extent.QUANTITY,
        quantity=quantity,
        clause=row.clause,
        starts_on=dt.date(2015, 1, 1),
    )


def tied(model: type, code: str, **fields):
    """The app's row for the charter's item of this code."""
    row = item(code)
    defaults = {"code": code, "name": row.name, **fields}
    return model.objects.get_or_create(benefit_item=row, defaults=defaults)[0]


# --- Events ------------------------------------------------------------------------------------


def event(code: str, starts_on: dt.date, days: int = 2, **fields) -> Event:
    """An announced event of the item's series."""
    series = tied(EventSeries, code)
    fields = {
        "name": f"{series.name} {starts_on.year}",
        "place": "样本市",
        "is_announced": True,
    } | fields
    ends_on = starts_on + dt.timedelta(days=days - 1)
    return Event.objects.create(series=series, starts_on=starts_on, ends_on=ends_on, **fields)


def registered(
    unit: MemberUnit, to: Event, *names: str, medium: str = Medium.SEAT, price: int = 0
) -> None:
    """The people have seats: free ones, or at the price."""
    is_free = price == 0
    registration, _ = Registration.objects.get_or_create(
        event=to,
        unit=unit,
        defaults={
            "free_seats": None,
            "price": price or None,
            "medium": medium,
            "basis": "charter",
            "service_on": to.starts_on,
            "judged_at": noon(to.starts_on),
        },
    )
    for name in names:
        Attendee.objects.create(
            registration=registration,
            name=name,
            mobile=f"138{next(numbers):08d}",
            state=Attendee.State.LIVE,
            is_free=is_free,
            is_member_price=not is_free,
            price=price,
            added_at=noon(to.starts_on),
            added_by=UserFactory(),
        )
    registration.free_taken += len(names) * is_free
    registration.save()


# --- Publications ------------------------------------------------------------------------------


def issue(code: str, issued_on: dt.date) -> Issue:
    """A released issue of the item's publication."""
    return IssueFactory(
        publication=tied(Publication, code),
        issued_on=issued_on,
        year=issued_on.year,
        number=next(numbers),
        state=Issue.State.RELEASED,
        released_at=noon(issued_on),
    )


def posted(unit: MemberUnit, code: str, posted_on: dt.date, copies: int = 1) -> Parcel:
    run = PrintRun.objects.create(
        issue=issue(code, posted_on),
        posted_on=posted_on,
        confirmed_at=noon(posted_on),
        confirmed_by=UserFactory(),
    )
    return Parcel.objects.create(
        print_run=run,
        unit=unit,
        copies=copies,
        basis="charter",
        state=Parcel.State.TO_POST,
        recipient="收件人",
        address="样本市样本路 1 号",
    )


def read(unit: MemberUnit, code: str, issued_on: dt.date, medium: str = Medium.ELECTRONIC):
    return Reading.objects.create(
        issue=issue(code, issued_on),
        unit=unit,
        first_at=noon(issued_on),
        last_at=noon(issued_on),
        basis="charter",
        medium=medium,
    )


# --- Awards and services -----------------------------------------------------------------------


def cycle(code: str, opens_on: dt.date, closes_on: dt.date, **fields) -> AwardCycle:
    """An announced cycle of the item's award, open to the end of ``closes_on`` in Shanghai."""
    award, number = tied(Award, code), next(numbers)
    fields = {"name": f"{award.name} {opens_on.year}-{number}"} | fields
    return AwardCycle.objects.create(
        award=award,
        year=opens_on.year,
        round=number,
        opens_on=opens_on,
        closes_at=dt.datetime.combine(closes_on, dt.time(15, 59, 59), dt.UTC),
        guidance="填写申报书。",
        is_announced=True,
        **fields,
    )


def applied(unit: MemberUnit, code: str, filed_on: dt.date, title: str = "选矿新工艺"):
    to = cycle(code, filed_on, filed_on)
    return AwardApplication.objects.create(
        cycle=to,
        unit=unit,
        title=title,
        state=AwardApplication.State.SUBMITTED,
        number=f"A{next(numbers)}",
        filed_on=filed_on,
        basis="charter",
        created_by=UserFactory(),
        created_at=noon(filed_on),
        filed_by=UserFactory(),
    )


def offering(code: str, **fields) -> ServiceOffering:
    return tied(ServiceOffering, code, **({"summary": "样例。"} | fields))


def asked(unit: MemberUnit, code: str, filed_on: dt.date, title: str = "选矿回收率"):
    return ServiceRequest.objects.create(
        number=f"S{next(numbers)}",
        offering=offering(code),
        unit=unit,
        title=title,
        asked_by=UserFactory(),
        filed_on=filed_on,
        due_on=filed_on + dt.timedelta(days=14),
        basis="charter",
    )
