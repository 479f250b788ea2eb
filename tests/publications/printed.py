"""What the tests of printed copies share: a printed report, and units it is posted to."""

import datetime as dt

from benefits.models import Allowance, Extent, Medium
from members.models import Contact, MemberUnit
from publications.models import Issue, Publication
from publications.printing import confirm
from tests.factories import ContactFactory, TierFactory, UserFactory, member
from tests.publications.factories import IssueFactory, PublicationFactory

# In the first half of 2026 the dues of 2025 count.
POSTED_ON = dt.date(2026, 5, 6)
AT = dt.datetime(2026, 5, 6, 2, tzinfo=dt.UTC)
NUMBERS = {"vice_president": 3, "executive_council": 2, "council": 1}


def report(**numbers: int | None) -> Publication:
    """A report promised on paper to the tiers; None: the charter states no number."""
    publication = PublicationFactory(code="report", name="《年度报告》", is_mailed=False)
    for tier, number in (numbers or NUMBERS).items():
        Allowance.objects.create(
            item=publication.benefit_item,
            tier=TierFactory(code=tier),
            medium=Medium.PAPER,
            extent=Extent.NOT_STATED if number is None else Extent.QUANTITY,
            quantity=number,
            clause="样本条款",
            starts_on=dt.date(2015, 1, 1),
        )
    return publication


def electronic(publication: Publication, tier: str = "ordinary") -> None:
    Allowance.objects.create(
        item=publication.benefit_item,
        tier=TierFactory(code=tier),
        medium=Medium.ELECTRONIC,
        extent=Extent.UNLIMITED,
        clause="样本条款",
        starts_on=dt.date(2015, 1, 1),
    )


def released(publication: Publication, on: dt.date = dt.date(2026, 4, 20), **fields) -> Issue:
    at = dt.datetime.combine(on, dt.time(1), dt.UTC)
    return IssueFactory(
        publication=publication, issued_on=on, state="released", released_at=at, **fields
    )


def addressed(name: str, tier: str = "council", *, paid: tuple[int, ...] = (2025,), **unit):
    """A member with a postal address and a contact for parcels."""
    made: MemberUnit = member(
        name=name,
        tier=tier,
        paid=paid,
        **{"address": f"{name}路1号", "postcode": "100011", "phone": "010-66557788"} | unit,
    )
    ContactFactory(
        unit=made, name=f"{name}收件人", mobile="13800000000", roles=[Contact.Role.PARCELS]
    )
    return made


def confirmed(issue: Issue, **given):
    asked = {"posted_on": POSTED_ON, "at": AT, "by": UserFactory()} | given
    return confirm(issue=issue, **asked)


def rows(run, *fields: str) -> list[tuple]:
    return list(run.parcels.order_by("unit__name").values_list(*fields))
