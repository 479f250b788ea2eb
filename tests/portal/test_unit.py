"""本单位: the unit's own data, and nobody else's."""

import datetime as dt
from decimal import Decimal

import pytest

from members.models import DuesPayment, Representative
from portal.dues import dues_by_year
from tests.factories import (
    ContactFactory,
    PaymentFactory,
    SeatFactory,
    StandardFactory,
    TierFactory,
    member,
)
from tests.portal.factories import person_of
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db


def test_the_page_shows_the_unit_s_own_data_and_no_other_s(reader, unit):
    ContactFactory(unit=unit, name="李明", email="li@own.example", roles=["bulletin"])
    stranger = member(name="别家矿业有限公司", paid=(2025,), committee="ccs")
    ContactFactory(unit=stranger, name="外人", email="wai@other.example")
    person_of(stranger)

    response = reader.get("/unit/")
    page = Page(response)

    assert page.each("h1") == ["青禾铜业有限公司"]
    assert [list(purpose.contacts) for purpose in response.context["purposes"]].count([]) == 4
    assert [
        text for text in ("别家矿业有限公司", "外人", "wai@other.example") if text in page.words
    ] == []


def test_contacts_stand_under_each_purpose_they_serve(reader, unit):
    both = ContactFactory(unit=unit, roles=["bulletin", "finance"])
    ContactFactory(unit=unit, roles=["bulletin"], is_active=False)

    purposes = {p.role: p.contacts for p in reader.get("/unit/").context["purposes"]}

    assert purposes == {
        "liaison": [],
        "bulletin": [both],
        "parcels": [],
        "finance": [both],
        "events": [],
    }


def test_an_unsubscribed_contact_is_marked(reader, unit):
    ContactFactory(
        unit=unit, email="a@b.example", unsubscribed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )

    words = [text for text in Page(reader.get("/unit/")).each("purpose") if "退订" in text]

    assert [text.endswith("本人已退订邮件") for text in words] == [True]


def test_managers_see_who_has_access_and_members_do_not(client, unit):
    manager = person_of(unit, role=Representative.Role.MANAGER)
    colleague = person_of(unit)

    client.force_login(manager)
    seen = client.get("/unit/").context["people"]
    client.force_login(colleague)
    hidden = client.get("/unit/").context["people"]

    assert ({seat.user for seat in seen}, hidden) == ({manager, colleague}, [])


def test_dues_by_year_tell_due_paid_and_missing(unit):
    unit = member(tier="council", joined_on=dt.date(2023, 5, 1))
    council = TierFactory(code="council")
    for year in (2023, 2024, 2025, 2026):
        StandardFactory(tier=council, year=year)
    PaymentFactory(unit=unit, year=2023, amount=20_000)
    PaymentFactory(unit=unit, year=2024, amount=20_000)
    PaymentFactory(
        unit=unit,
        year=2024,
        amount=5_000,
        kind=DuesPayment.Kind.REFUND,
        paid_on=dt.date(2024, 6, 1),
    )
    PaymentFactory(unit=unit, year=2026, amount=20_000, paid_on=dt.date(2026, 3, 2))
    PaymentFactory(unit=unit, year=2027, amount=1, confirmed_at=None, confirmed_by=None)

    years = dues_by_year(unit, dt.date(2026, 3, 1))

    assert [(each.year, each.due, each.paid, each.missing, each.state) for each in years] == [
        (2027, None, Decimal(0), Decimal(0), "unknown"),
        (2026, Decimal(20_000), Decimal(0), Decimal(20_000), "open"),
        (2025, Decimal(20_000), Decimal(0), Decimal(20_000), "open"),
        (2024, Decimal(20_000), Decimal(15_000), Decimal(5_000), "part"),
        (2023, Decimal(20_000), Decimal(20_000), Decimal(0), "paid"),
    ]


def test_a_year_without_any_record_is_shown_only_while_it_lasts(db):
    unit = member(joined_on=dt.date(2020, 5, 1))

    assert [each.year for each in dues_by_year(unit, dt.date(2026, 3, 1))] == [2026]


def test_the_page_asks_as_often_for_three_rows_as_for_one(client, unit):
    user = person_of(unit, role=Representative.Role.MANAGER)
    client.force_login(user)
    ContactFactory(unit=unit)
    SeatFactory(unit=unit)
    first = queries_of(client, "/unit/")
    for year in (2020, 2021):
        ContactFactory(unit=unit)
        PaymentFactory(unit=unit, year=year)
        SeatFactory(
            unit=unit,
            starts_on=dt.date(year, 1, 1),
            ends_on=dt.date(year, 1, 2),
            committee__code=f"c{year}",
        )
        person_of(unit)

    assert queries_of(client, "/unit/") == first
