"""Charter rows and exceptions, every date written where it matters."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from benefits.models import (
    Allowance,
    BenefitGroup,
    BenefitItem,
    ExceptionalGrant,
    Extent,
    Medium,
)
from tests.factories import TierFactory, UnitFactory, UserFactory


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = BenefitGroup
        django_get_or_create = ["code"]

    code = "made"
    name = "自拟类别"
    position = 90


class ItemFactory(DjangoModelFactory):
    class Meta:
        model = BenefitItem

    group = factory.SubFactory(GroupFactory)
    code = factory.Sequence(lambda n: f"made-{n}")
    name = factory.Sequence(lambda n: f"自拟权益项{n}")
    position = factory.Sequence(lambda n: n + 1)
    period = BenefitItem.Period.IRREGULAR
    clause = factory.LazyAttribute(lambda item: f"自拟类别 第{item.position}项")


class AllowanceFactory(DjangoModelFactory):
    """One paper copy for ordinary members, unless said otherwise."""

    class Meta:
        model = Allowance

    item = factory.SubFactory(ItemFactory)
    tier = factory.SubFactory(TierFactory)
    medium = Medium.PAPER
    extent = Extent.QUANTITY
    quantity = factory.LazyAttribute(lambda row: 1 if row.extent == Extent.QUANTITY else None)
    clause = factory.LazyAttribute(lambda row: row.item.clause)
    starts_on = dt.date(2015, 1, 1)


class GrantFactory(DjangoModelFactory):
    """All items as the charter gives them, in the first half of 2026."""

    class Meta:
        model = ExceptionalGrant

    unit = factory.SubFactory(UnitFactory)
    reason = "协办单位，会费缓缴"
    approved_by = factory.SubFactory(UserFactory)
    starts_on = dt.date(2026, 1, 1)
    ends_on = dt.date(2026, 6, 30)
