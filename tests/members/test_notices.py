"""The notices of a year: who is asked for how much, who is left out, and the letters."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from letters.models import Letter
from members.models import BankAccount, Contact, DuesNotice
from members.notices import LeftOut, plan, raise_notice, raise_notices, withdraw
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    ContactFactory,
    PaymentFactory,
    StandardFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
    member,
    waived,
)
from tests.members.factories import load_standards

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 1, 10)
DUE_ON = dt.date(2026, 3, 31)
AT = dt.datetime(2026, 1, 10, 2, tzinfo=dt.UTC)


def raised(by=None, **changed) -> int:
    asked = {"year": 2026, "on": ON, "due_on": DUE_ON, "at": AT, "why": "2026年收费"}
    return raise_notices(by=by or UserFactory(), **asked | changed)


def test_the_plan_counts_by_tier_and_says_who_is_left_out():
    load_standards()
    waived(member(), 2026, 1_000, ON)
    member()
    member(tier="council")
    waived(member(), 2026, 5_000, ON)
    PaymentFactory(unit=member(), paid_on=ON)
    member(tier="executive_council")
    UnitFactory()
    ApplicationFactory()
    raise_notice(
        unit=member(), year=2026, on=ON, due_on=DUE_ON, by=UserFactory(), at=AT, why="入会"
    )

    found = plan(2026, ON)

    assert [(each.tier.code, each.units, each.amount) for each in found.shares] == [
        ("council", 1, Decimal(20_000)),
        ("ordinary", 2, Decimal(9_000)),
    ]
    assert (found.units, found.amount) == (3, Decimal(29_000))
    assert found.left_out == [
        (LeftOut.HAS_ONE, 1),
        (LeftOut.NOT_A_MEMBER, 1),
        (LeftOut.NO_TIER, 1),
        (LeftOut.NO_STANDARD, 1),
        (LeftOut.WAIVED, 1),
        (LeftOut.PAID, 1),
    ]


def test_what_is_planned_is_raised_and_nothing_twice():
    load_standards()
    units = [member(), member(tier="council")]

    counts = [raised(), raised()]

    assert counts == [2, 0]
    found = {notice.unit: notice for notice in DuesNotice.objects.all()}
    assert [(found[unit].amount, found[unit].tier.code) for unit in units] == [
        (Decimal(5_000), "ordinary"),
        (Decimal(20_000), "council"),
    ]
    assert {notice.due_on for notice in found.values()} == {DUE_ON}


def test_who_raised_them_and_why_is_recorded():
    load_standards()
    member()
    clerk = UserFactory()

    raised(by=clerk)

    event = DuesNotice.objects.get().events.get()
    assert event.pgh_context == {"user": clerk.pk, "why": "2026年收费"}


def test_a_waiver_in_part_lowers_the_amount_from_its_day_on():
    load_standards()
    waived(member(), 2026, 1_000, ON + dt.timedelta(days=1))

    assert plan(2026, ON).amount == Decimal(5_000)
    assert plan(2026, ON + dt.timedelta(days=1)).amount == Decimal(4_000)


def test_the_letter_goes_to_the_contacts_for_dues_else_to_the_liaison():
    load_standards()
    BankAccount.objects.create(holder="某协会", bank="某银行北京分行", number="110012345678")
    first, second, third = member(name="甲矿业有限公司"), member(), member()
    ContactFactory(unit=first, roles=[Contact.Role.LIAISON], email="liaison@a.example")
    ContactFactory(unit=first, roles=[Contact.Role.FINANCE], email="finance@a.example")
    ContactFactory(unit=second, roles=[Contact.Role.LIAISON], email="liaison@b.example")
    ContactFactory(unit=third, roles=[Contact.Role.BULLETIN], email="reader@c.example")

    raised()

    letters = {letter.to: letter for letter in Letter.objects.all()}
    assert sorted(letters) == ["finance@a.example", "liaison@b.example"]
    notice = first.notices.get()
    assert [letter.to for letter in notice.letters.all()] == ["finance@a.example"]
    text = letters["finance@a.example"].text
    for part in (
        "甲矿业有限公司 2026年度会费",
        "¥5,000",
        "110012345678",
        f"/unit/dues/{notice.pk}/",
    ):
        assert part in text


def test_a_letter_for_thousands_takes_no_more_queries_than_one(django_assert_max_num_queries):
    load_standards()
    for _ in range(3):
        ContactFactory(unit=member(), roles=[Contact.Role.FINANCE])
    clerk = UserFactory()

    with django_assert_max_num_queries(14):
        raised(by=clerk)


def test_the_earliest_tier_of_the_year_decides_also_for_the_next_year():
    load_standards()
    unit = member()
    unit.appointments.update(ends_on=dt.date(2026, 6, 30))
    AppointmentFactory(unit=unit, tier=TierFactory(code="council"), starts_on=dt.date(2026, 7, 1))

    assert [plan(year, ON).amount for year in (2026, 2027)] == [Decimal(5_000), Decimal(20_000)]


def test_a_withdrawn_notice_makes_room_for_another():
    load_standards()
    unit = member()
    raised()

    withdraw(notice=unit.notices.get(), because="级别有误", by=UserFactory(), at=AT)

    assert raised() == 1
    assert unit.notices.standing().count() == 1
    with pytest.raises(ValidationError):
        withdraw(
            notice=unit.notices.exclude(withdrawn_at=None).get(),
            because="再次",
            by=UserFactory(),
            at=AT,
        )


def test_who_has_paid_by_the_day_is_not_asked():
    StandardFactory()
    PaymentFactory(unit=member(), paid_on=ON)

    assert plan(2026, ON - dt.timedelta(days=1)).units == 1
    assert plan(2026, ON).left_out == [(LeftOut.PAID, 1)]
