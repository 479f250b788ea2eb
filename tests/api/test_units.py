"""Units, their standing, rights and statement, and the charter's items."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benefits.entitlement import entitlement, entitlements
from members.models import FormerName
from reports.api import StatementSerializer
from reports.statement import statement
from tests.api.conftest import Api
from tests.api.factories import key_of_unit
from tests.benefits.factories import AllowanceFactory, ItemFactory
from tests.factories import TierFactory, member

pytestmark = pytest.mark.django_db

MARCH, JULY = dt.date(2026, 3, 13), dt.date(2026, 7, 1)


@pytest.fixture
def items(db):
    """Two items promised to ordinary members."""
    items = [ItemFactory(code=code) for code in ("first", "second")]
    for item in items:
        AllowanceFactory(item=item, tier=TierFactory(code="ordinary"))
    return items


def test_a_unit_s_token_finds_its_own_unit(api, unit, stranger):
    answer = api.get("units/").json()

    assert (answer["count"], [row["id"] for row in answer["results"]]) == (1, [unit.pk])


def test_staff_find_all_units_by_name_former_name_and_credit_code(staff, unit, stranger):
    FormerName.objects.create(unit=stranger, name="老矿厂")
    found = {
        text: [row["id"] for row in staff.get("units/", search=text).json()["results"]]
        for text in ("青禾", "老矿", stranger.credit_code.lower(), "没有")
    }

    assert staff.get("units/").json()["count"] == 2
    assert list(found.values()) == [[unit.pk], [stranger.pk], [stranger.pk], []]


def test_a_unit_with_its_standing_on_a_day(client):
    unit = member(name="两季矿业有限公司", joined_on=dt.date(2019, 5, 1), paid=(2025,))
    api = Api(client, key_of_unit(unit))

    march, july = (api.get(f"units/{unit.pk}/", "en", on=day).json() for day in (MARCH, JULY))

    assert march == {
        "id": unit.pk,
        "name": "两季矿业有限公司",
        "credit_code": unit.credit_code,
        "kind": "enterprise",
        "province": "",
        "joined_on": "2019-05-01",
        "tier": {"code": "ordinary", "name": "会员单位", "name_en": "Ordinary member unit"},
        "standing": {
            "on": "2026-03-13",
            "is_good": True,
            "basis": "last_year_paid",
            "dues_year": 2025,
            "amount_due": "5000.00",
            "amount_paid": "5000.00",
            "good_until": "2026-06-30",
            "because": march["standing"]["because"],
            "would_change": [],
        },
    }
    assert (july["standing"]["is_good"], july["standing"]["dues_year"]) == (False, 2026)


def test_units_in_good_standing_on_a_day_and_the_others(staff):
    good = member(name="甲矿业有限公司", paid=(2025,))
    bad = member(name="乙矿业有限公司", paid=(2024,))

    found = [
        [
            row["id"]
            for row in staff.get("units/", on=MARCH, in_good_standing=wish).json()["results"]
        ]
        for wish in ("true", "false")
    ]

    assert found == [[good.pk], [bad.pk]]


def test_the_list_takes_as_many_queries_for_three_units_as_for_one(staff):
    member(paid=(2025,))
    staff.get("units/")  # the day's use is noted once

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get("units/")
        return len(captured)

    one = queries()
    member(paid=(2025, 2026))
    member(tier="council")

    assert queries() == one


# --- Rights ------------------------------------------------------------------------------------


def test_the_right_to_one_item(api, unit, items):
    answer = entitlement(unit, items[0], MARCH)

    said = api.get(f"units/{unit.pk}/entitlement/", item="first", on=MARCH).json()

    assert said == {
        "unit": unit.pk,
        "item": "first",
        "on": "2026-03-13",
        **answer.as_json(),
    }


def test_the_rights_to_all_items_in_the_charter_s_order(api, unit, items, today):
    said = api.get(f"units/{unit.pk}/entitlement/").json()

    assert [row["item"] for row in said] == [
        answer.item.code for answer in entitlements(unit, today)
    ]
    assert {row["on"] for row in said} == {today.isoformat()}


def test_an_unknown_item_is_refused_at_its_parameter(api, unit, items):
    answer = api.get(f"units/{unit.pk}/entitlement/", item="third")

    assert (answer.status_code, list(answer.json())) == (400, ["item"])


@pytest.mark.parametrize("text", ["\0", "a" * 5_000, "%", "'", "一"])
def test_no_text_of_a_caller_is_a_server_error(api, unit, text):
    codes = {
        api.get(f"units/{unit.pk}/entitlement/", item=text).status_code,
        api.get("units/", search=text).status_code,
    }

    assert codes <= {200, 400}


@pytest.mark.parametrize("part", ["", "entitlement/", "statement/"])
def test_another_unit_s_rights_are_not_found(api, staff, stranger, part):
    address = f"units/{stranger.pk}/{part}"

    assert (api.get(address).status_code, staff.get(address).status_code) == (404, 200)


# --- Statement ---------------------------------------------------------------------------------


def test_the_statement_is_the_report_s(api, unit, items, today):
    said = api.get(f"units/{unit.pk}/statement/", on=today).json()

    assert said == statement(unit, year=today.year, on=today).as_json()


@pytest.mark.parametrize(
    ("query", "year", "on"),
    [
        ({"year": 2025}, 2025, "2025-12-31"),
        ({"on": "2024-02-29"}, 2024, "2024-02-29"),
        ({"year": 2025, "on": "2025-06-30"}, 2025, "2025-06-30"),
    ],
)
def test_the_year_and_the_day_of_a_statement(api, unit, query, year, on):
    said = api.get(f"units/{unit.pk}/statement/", **query).json()

    assert (said["year"], said["on"]) == (year, on)


def test_a_day_outside_the_year_is_refused(api, unit):
    answer = api.get(f"units/{unit.pk}/statement/", "en", year=2025, on=MARCH)

    assert answer.status_code == 400
    assert answer.json() == {"on": ["This day does not lie in the year 2025."]}


def test_the_statement_has_the_shape_that_is_described(api, unit, items):
    said = api.get(f"units/{unit.pk}/statement/").json()
    shape = StatementSerializer()
    line = shape.fields["lines"].child

    assert list(said) == list(shape.fields)
    assert list(said["standing"]) == list(shape.fields["standing"].fields)
    assert list(said["lines"][0]) == list(line.fields)
    assert list(said["lines"][0]["entitlement"]) == list(line.fields["entitlement"].fields)


# --- Items -------------------------------------------------------------------------------------


def test_the_charter_s_items_on_a_day(api, items):
    items[1].retired_on = JULY
    items[1].save()

    found = [
        [row["code"] for row in api.get("items/", on=day).json()["results"]]
        for day in (JULY - dt.timedelta(days=1), JULY)
    ]

    assert found == [["first", "second"], ["first"]]


def test_one_item(api, items):
    item = items[0]

    assert api.get("items/first/").json() == {
        "code": "first",
        "name": item.name,
        "name_en": item.name_en,
        "group": {
            "code": item.group.code,
            "name": item.group.name,
            "name_en": item.group.name_en,
        },
        "position": item.position,
        "period": item.period,
        "counted_per": item.counted_per,
        "clause": item.clause,
    }
