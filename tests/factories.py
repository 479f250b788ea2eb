"""Explicit factories: every date that matters is written in the test that uses it."""

import datetime as dt
from decimal import Decimal

import factory
import pgtrigger
from factory.django import DjangoModelFactory
from stdnum.cn import uscc

from accounts.models import User
from members.models import (
    CommitteeSeat,
    Contact,
    DuesAdjustment,
    DuesPayment,
    DuesStandard,
    MembershipApplication,
    MemberUnit,
    Representative,
    SpecialCommittee,
    Term,
    Tier,
    TierAppointment,
)

TIERS = {
    "vice_president": (1, "副会长单位", "Vice-president unit", 100_000),
    "executive_council": (2, "常务理事单位", "Executive council unit", 50_000),
    "council": (3, "理事单位", "Council unit", 20_000),
    "ordinary": (4, "会员单位", "Ordinary member unit", 5_000),
}


def credit_code(number: int) -> str:
    """A valid 统一社会信用代码 made from a number below 10**9."""
    body = f"91110000{number:09d}"
    return body + uscc.calc_check_digit(body)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"用户{n}")
    password = factory.django.Password("a long enough password")


class TierFactory(DjangoModelFactory):
    """A tier by its code: ``TierFactory(code="council")``."""

    class Meta:
        model = Tier
        django_get_or_create = ["code"]

    code = "ordinary"
    rank = factory.LazyAttribute(lambda tier: TIERS[tier.code][0])
    name = factory.LazyAttribute(lambda tier: TIERS[tier.code][1])
    name_en = factory.LazyAttribute(lambda tier: TIERS[tier.code][2])


class TermFactory(DjangoModelFactory):
    class Meta:
        model = Term
        django_get_or_create = ["name"]

    name = "第五届"
    starts_on = dt.date(2015, 1, 1)


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = SpecialCommittee
        django_get_or_create = ["code"]

    code = "fluorite"
    name = factory.LazyAttribute(lambda committee: f"{committee.code}专业委员会")


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = MemberUnit

    name = factory.Sequence(lambda n: f"第{n}矿业有限公司")
    credit_code = factory.Sequence(credit_code)


class ApplicationFactory(DjangoModelFactory):
    """An approved application: membership from ``decided_on``."""

    class Meta:
        model = MembershipApplication

    unit = factory.SubFactory(UnitFactory)
    filed_on = factory.SelfAttribute("decided_on")
    decision = MembershipApplication.Decision.APPROVED
    decided_on = dt.date(2019, 5, 1)


class AppointmentFactory(DjangoModelFactory):
    class Meta:
        model = TierAppointment

    unit = factory.SubFactory(UnitFactory)
    tier = factory.SubFactory(TierFactory)
    term = factory.SubFactory(TermFactory)
    starts_on = dt.date(2019, 5, 1)


class SeatFactory(DjangoModelFactory):
    class Meta:
        model = CommitteeSeat

    unit = factory.SubFactory(UnitFactory)
    committee = factory.SubFactory(CommitteeFactory)
    starts_on = dt.date(2019, 5, 1)


class StandardFactory(DjangoModelFactory):
    class Meta:
        model = DuesStandard
        django_get_or_create = ["tier", "year"]

    tier = factory.SubFactory(TierFactory)
    year = 2026
    amount = factory.LazyAttribute(lambda standard: Decimal(TIERS[standard.tier.code][3]))


class PaymentFactory(DjangoModelFactory):
    """A confirmed payment."""

    class Meta:
        model = DuesPayment

    unit = factory.SubFactory(UnitFactory)
    year = 2026
    amount = Decimal(5_000)
    paid_on = factory.LazyAttribute(lambda payment: dt.date(payment.year, 3, 1))
    confirmed_at = factory.LazyAttribute(
        lambda payment: dt.datetime.combine(payment.paid_on, dt.time(9), dt.UTC)
    )
    confirmed_by = factory.SubFactory(UserFactory)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"联系人{n}")
    email = factory.Sequence(lambda n: f"contact{n}@unit.example")
    roles = [Contact.Role.BULLETIN]


class RepresentativeFactory(DjangoModelFactory):
    class Meta:
        model = Representative

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)


def member(
    *,
    tier: str = "ordinary",
    joined_on: dt.date = dt.date(2019, 5, 1),
    paid: tuple[int, ...] = (),
    committee: str | None = None,
    **unit,
) -> MemberUnit:
    """A member since ``joined_on`` with its tier that paid the full dues of ``paid``."""
    made = UnitFactory(**unit)
    ApplicationFactory(unit=made, decided_on=joined_on)
    rank = TierFactory(code=tier)
    AppointmentFactory(unit=made, tier=rank, starts_on=joined_on)
    if committee:
        SeatFactory(unit=made, committee=CommitteeFactory(code=committee), starts_on=joined_on)
    for year in paid:
        standard = StandardFactory(tier=rank, year=year)
        PaymentFactory(unit=made, year=year, amount=standard.amount)
    return made


def redated(payments, paid_on: dt.date) -> None:
    """Let payments that a factory made have come on another day: the product cannot."""
    with pgtrigger.ignore("members.DuesPayment:confirmed_payment_unchanged"):
        payments.update(paid_on=paid_on)


def never_paid(payments) -> None:
    """Take away payments that a factory made: the product cannot."""
    with pgtrigger.ignore("members.DuesPayment:confirmed_payment_stays"):
        payments.all().delete()


def waived(unit: MemberUnit, year: int, amount: int, applies_from: dt.date) -> DuesAdjustment:
    """Dues of the year of which a part is waived."""
    return adjusted(unit, year, -amount, applies_from, kind=DuesAdjustment.Kind.WAIVER)


def adjusted(
    unit: MemberUnit,
    year: int,
    amount: int,
    applies_from: dt.date,
    *,
    kind: str = DuesAdjustment.Kind.DIFFERENCE,
) -> DuesAdjustment:
    return DuesAdjustment.objects.create(
        unit=unit,
        kind=kind,
        year=year,
        amount=Decimal(amount),
        applies_from=applies_from,
        reason="理事会决定",
        resolution="2026年第1号",
        decided_at=dt.datetime.combine(applies_from, dt.time(1), dt.UTC),
        decided_by=UserFactory(),
    )
