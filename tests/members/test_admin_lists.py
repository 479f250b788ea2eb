"""Every list takes the same number of queries for one row and for three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import Contact
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    CommitteeFactory,
    ContactFactory,
    PaymentFactory,
    RepresentativeFactory,
    SeatFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UnitFactory,
    member,
)
from tests.members.factories import PENDING, day

pytestmark = pytest.mark.django_db

LISTS = {
    "memberunit": lambda n: full_unit(n),
    "contact": lambda n: ContactFactory(),
    "representative": lambda n: RepresentativeFactory(),
    "tier": lambda n: TierFactory(code=["ordinary", "council", "vice_president"][n]),
    "term": lambda n: TermFactory(name=f"第{n}届"),
    "tierappointment": lambda n: AppointmentFactory(),
    "specialcommittee": lambda n: CommitteeFactory(code=f"committee-{n}"),
    "committeeseat": lambda n: SeatFactory(),
    "duesstandard": lambda n: StandardFactory(year=2020 + n),
    "duespayment": lambda n: PaymentFactory(),
    "membershipapplication": lambda n: ApplicationFactory(),
}


def full_unit(number: int):
    unit = member(tier="council", committee="fluorite", paid=(2025, 2026), province=f"省{number}")
    ContactFactory(unit=unit)
    RepresentativeFactory(unit=unit)
    unit.former_names.create(name=f"曾用名{number}")
    return unit


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", LISTS)
def test_list_takes_the_same_queries_for_one_row_and_three(as_superuser, model):
    path, create = f"/admin/members/{model}/", LISTS[model]
    create(0)
    queries_of(as_superuser, path)
    one = queries_of(as_superuser, path)

    create(1)
    create(2)

    assert rows_of(as_superuser, path) == 3
    assert queries_of(as_superuser, path) == one


def rows_of(client, path: str) -> int:
    return len(client.get(path).context["cl"].result_list)


@pytest.mark.parametrize("model", LISTS)
def test_search_and_add_pages_open(as_superuser, model):
    LISTS[model](0)

    pages = [f"/admin/members/{model}/?q=省", f"/admin/members/{model}/add/"]

    assert [as_superuser.get(page, follow=True).status_code for page in pages] == [200, 200]


# --- The list of units -------------------------------------------------------------------------


def names(client, query: str) -> list[str]:
    result = client.get(f"/admin/members/memberunit/?{query}")
    assert result.status_code == 200
    return [unit.name for unit in result.context["cl"].result_list]


@pytest.fixture
def four_units():
    """Dues of this year and the last: whatever today is, the first is in good standing."""
    year = timezone.localdate().year
    good = member(name="甲 已缴费", tier="council", paid=(year - 1, year), province="山西")
    SeatFactory(unit=good, committee=CommitteeFactory(code="fluorite"))
    StandardFactory(tier=TierFactory(), year=year)
    StandardFactory(tier=TierFactory(), year=year - 1)
    member(name="乙 未缴费", province="云南")
    left = UnitFactory(name="丙 已退会")
    ApplicationFactory(unit=left, decided_on=day("2019-05-01"), ended_on=day("2020-05-01"))
    wishes = UnitFactory(name="丁 申请中")
    ApplicationFactory(unit=wishes, filed_on=day("2026-01-01"), decision=PENDING, decided_on=None)
    return good


FILTERS = {
    "": ["丁 申请中", "丙 已退会", "乙 未缴费", "甲 已缴费"],
    "standing=good": ["甲 已缴费"],
    "standing=not_a_member": ["丁 申请中", "丙 已退会"],
    "membership=member": ["乙 未缴费", "甲 已缴费"],
    "membership=former": ["丙 已退会"],
    "membership=applicant": ["丁 申请中"],
    "province=山西": ["甲 已缴费"],
    "committee=fluorite": ["甲 已缴费"],
    "tier=x": ["丁 申请中", "丙 已退会", "乙 未缴费", "甲 已缴费"],
    "q=未缴费": ["乙 未缴费"],
}


@pytest.mark.parametrize("query", FILTERS)
def test_units_are_filtered(as_superuser, four_units, query):
    assert sorted(names(as_superuser, query)) == sorted(FILTERS[query])


def test_units_are_filtered_by_the_tier_held_today(as_superuser, four_units):
    assert names(as_superuser, f"tier={TierFactory(code='council').pk}") == ["甲 已缴费"]


def test_units_are_found_by_former_name_and_credit_code(as_superuser, four_units):
    four_units.former_names.create(name="老矿务局")

    assert names(as_superuser, "q=老矿务局") == ["甲 已缴费"]
    assert names(as_superuser, f"q={four_units.credit_code}") == ["甲 已缴费"]


def test_list_of_units_answers_the_usual_questions(as_superuser, four_units):
    ContactFactory(unit=four_units, roles=[Contact.Role.BULLETIN])

    page = as_superuser.get("/admin/members/memberunit/?standing=good")

    [unit] = page.context["cl"].result_list
    admin = page.context["cl"].model_admin
    assert admin.tier_today(unit) == "理事单位"
    assert admin.member_since(unit) == day("2019-05-01")
    assert admin.standing_today(unit)[1] in ("当年会费已缴清", "上年度会费已缴清")
    assert admin.bulletin_contact(unit) is True


def test_an_unsubscribed_contact_gets_no_bulletin(as_superuser, four_units):
    ContactFactory(unit=four_units, unsubscribed_at=timezone.now())

    page = as_superuser.get("/admin/members/memberunit/?standing=good")

    [unit] = page.context["cl"].result_list
    assert unit.has_bulletin_contact is False
