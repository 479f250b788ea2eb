"""The charter's rows and the people of these tests."""

import datetime as dt

from accounts.models import User
from benefits.models import Allowance, BenefitItem, Extent, Medium
from members.models import MemberUnit, Representative
from tests.factories import RepresentativeFactory, TierFactory, UserFactory

BEGINNING = dt.date(2015, 1, 1)


def promise(
    item: BenefitItem,
    tier: str = "ordinary",
    *,
    medium: str = Medium.ELECTRONIC,
    quantity: int | None = None,
    extent: str | None = None,
    audience: str = Allowance.Audience.EVERYONE,
) -> Allowance:
    """What the charter allows the tier of the item: a number, or else unlimited."""
    return Allowance.objects.create(
        item=item,
        tier=TierFactory(code=tier),
        medium=medium,
        extent=extent or (Extent.UNLIMITED if quantity is None else Extent.QUANTITY),
        quantity=quantity,
        audience=audience,
        clause=item.clause,
        starts_on=BEGINNING,
    )


def person_of(*units: MemberUnit, role: str = Representative.Role.MEMBER) -> User:
    """A user who acts for the units."""
    user = UserFactory()
    for unit in units:
        RepresentativeFactory(user=user, unit=unit, role=role)
    return user
