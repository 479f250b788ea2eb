"""What staff do with a unit's people, its name, its mergers and its duplicates."""

import datetime as dt

import pytest
from django.utils import timezone

from letters.models import Letter
from members.models import (
    Contact,
    FoldedDuplicate,
    Invitation,
    LiaisonHandover,
    MemberUnit,
    Representative,
    UnitMerger,
)
from members.renaming import rename
from tests.factories import (
    ContactFactory,
    PaymentFactory,
    RepresentativeFactory,
    UnitFactory,
    UserFactory,
    member,
)
from tests.members.people import one_of_each_of_people
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

UNITS = "/admin/members/memberunit/"
CONTACTS = "/admin/members/contact/"
HANDOVERS = "/admin/members/liaisonhandover/"
INVITATIONS = "/admin/members/invitation/"


@pytest.fixture
def clerk(as_role):
    return as_role("member_services")


@pytest.fixture
def today():
    return timezone.localdate()


def step(client, unit: MemberUnit, act: str, data: dict, **sure):
    return client.post(f"{UNITS}{unit.pk}/{act}/", data | sure)


# --- Another name ------------------------------------------------------------------------------


def test_a_unit_is_renamed_after_a_preview(clerk, today):
    unit = UnitFactory(name="甲矿业")
    data = {"name": "甲集团", "on": today.isoformat(), "why": "更名核准"}

    shown = step(clerk, unit, "rename", data)
    unit.refresh_from_db()
    before = unit.name
    step(clerk, unit, "rename", data, sure=1)

    unit.refresh_from_db()
    assert (before, unit.name) == ("甲矿业", "甲集团")
    assert "甲矿业" in Page(shown).words
    assert [each.name for each in unit.former_names.all()] == ["甲矿业"]


def test_a_taken_name_leads_to_the_other_unit(clerk, today):
    unit, other = UnitFactory(name="甲矿业"), UnitFactory(name="甲集团")
    data = {"name": "甲集团", "on": today.isoformat(), "why": "-"}

    page = step(clerk, unit, "rename", data, sure=1)

    assert page.context["taken"] == other
    assert f"{UNITS}{other.pk}/fold/?duplicate={unit.pk}" in page.content.decode()


def test_the_name_is_not_typed_over(clerk):
    unit = UnitFactory(name="甲矿业")

    page = clerk.get(f"{UNITS}{unit.pk}/change/")

    assert "name" not in page.context["adminform"].form.fields


# --- Mergers -----------------------------------------------------------------------------------


def test_a_merger_is_shown_before_it_is_recorded(clerk, today):
    absorbed, into = member(name="乙矿业"), member(name="甲矿业")
    contact = ContactFactory(unit=absorbed, roles=["finance"])
    data = {
        "into": into.pk,
        "on": today.isoformat(),
        "resolution": "2026年第2号",
        "contacts": [contact.pk],
    }

    shown = step(clerk, absorbed, "merge", data)
    count = UnitMerger.objects.count()
    done = step(clerk, absorbed, "merge", data, sure=1)

    assert [side.unit for side in shown.context["sides"]] == [absorbed, into]
    assert (count, UnitMerger.objects.get().recorded_by.name) == (0, "member_services")
    assert done.url == f"{UNITS}{into.pk}/change/"
    contact.refresh_from_db()
    assert contact.unit == into
    page = clerk.get(f"{UNITS}{absorbed.pk}/change/")
    assert f"{UNITS}{into.pk}/change/" in page.content.decode()


def test_a_refusal_stands_at_its_field(clerk, today):
    absorbed, into = UnitFactory(name="乙矿业"), member()
    data = {"into": into.pk, "on": today.isoformat(), "resolution": "-"}

    page = step(clerk, absorbed, "merge", data)

    assert page.context["form"].errors == {"on": ["乙矿业在这一天不是会员。"]}


# --- Duplicates --------------------------------------------------------------------------------


def test_a_duplicate_is_found_compared_and_folded(clerk):
    kept = UnitFactory(name="青禾铜业有限公司")
    duplicate = UnitFactory(name="青禾铜业股份有限公司", phone="010-1")
    PaymentFactory(unit=duplicate)
    address = f"{UNITS}{kept.pk}/fold/?duplicate={duplicate.pk}"

    listed = clerk.get(f"{UNITS}duplicates/")
    shown = clerk.get(address)
    done = clerk.post(address, {"take": ["phone"], "why": "同一信用代码"})

    assert address in listed.content.decode()
    assert ("缴费", 1, 0) in shown.context["preview"].outcome.by_kind
    assert done.url == f"{UNITS}{kept.pk}/change/"
    kept.refresh_from_db()
    assert (kept.phone, kept.payments.count()) == ("010-1", 1)
    assert FoldedDuplicate.objects.get().why == "同一信用代码"


def test_an_emptied_duplicate_is_in_no_list_and_its_page_leads_on(clerk):
    kept, duplicate = UnitFactory(name="青禾铜业有限公司"), UnitFactory(name="青禾铜业")
    clerk.post(f"{UNITS}{kept.pk}/fold/?duplicate={duplicate.pk}", {"why": "-"})

    listed = clerk.get(UNITS).context["cl"].result_list
    picked = clerk.get(
        "/admin/autocomplete/?app_label=members&model_name=contact&field_name=unit&term=青禾"
    ).json()["results"]

    assert list(listed) == [kept]
    assert [each["text"] for each in picked] == ["青禾铜业有限公司"]
    assert clerk.get(f"{UNITS}{duplicate.pk}/change/").url == f"{UNITS}{kept.pk}/change/"
    folded = FoldedDuplicate.objects.get()
    assert clerk.get(f"/admin/members/foldedduplicate/{folded.pk}/change/").status_code == 200


@pytest.mark.parametrize("act", ["rename", "merge", "fold", "invite", "hand-over"])
def test_others_change_no_unit(as_role, act):
    unit = UnitFactory()

    assert as_role("finance").get(f"{UNITS}{unit.pk}/{act}/").status_code == 403


# --- People ------------------------------------------------------------------------------------


def test_a_person_is_invited_and_the_invitation_withdrawn(clerk):
    unit = UnitFactory()
    step(
        clerk,
        unit,
        "invite",
        {"name": "赵新", "email": "zhao@unit.example", "role": "manager", "why": "首位管理员"},
    )
    invitation = Invitation.objects.get()

    clerk.post(f"{INVITATIONS}{invitation.pk}/withdraw/", {"why": "写错了邮箱"})

    invitation.refresh_from_db()
    assert (invitation.role, invitation.revoked_by.name) == ("manager", "member_services")
    assert Letter.objects.get().to == "zhao@unit.example"


def test_access_is_ended_with_a_reason(clerk):
    seat = RepresentativeFactory(role="manager")

    clerk.post(f"/admin/members/representative/{seat.pk}/end/", {"why": "单位来函"})

    assert list(Representative.objects.active()) == []


def handover_of(unit: MemberUnit) -> LiaisonHandover:
    ContactFactory(unit=unit, roles=["liaison"])
    return one_of_each_of_people(unit, by=UserFactory(), at=timezone.now())[1]


def test_a_handover_is_approved_on_its_page(clerk):
    row = handover_of(UnitFactory())
    page = clerk.get(f"{HANDOVERS}{row.pk}/change/")

    clerk.post(f"{HANDOVERS}{row.pk}/approve/", {"answer": ""})

    row.refresh_from_db()
    assert [each["title"] for each in page.context["actions_detail"]] == ["批准", "不批准"]
    assert (row.state, row.decided_by.name) == ("approved", "member_services")
    assert row.invitation.email == "next@unit.example"
    clerk.post(f"{HANDOVERS}{row.pk}/invite-again/")
    row.refresh_from_db()
    assert Invitation.objects.filter(email="next@unit.example", revoked_at=None).get() == (
        row.invitation
    )


def test_a_handover_is_not_approved_without_a_reason(clerk):
    row = handover_of(UnitFactory())

    page = clerk.post(f"{HANDOVERS}{row.pk}/refuse/", {"answer": ""})
    clerk.post(f"{HANDOVERS}{row.pk}/refuse/", {"answer": "请补盖章"})

    row.refresh_from_db()
    assert list(page.context["form"].errors) == ["answer"]
    assert (row.state, row.answer) == ("refused", "请补盖章")


def test_staff_start_a_handover_for_the_unit(clerk, today):
    unit = UnitFactory()

    step(
        clerk,
        unit,
        "hand-over",
        {
            "afterwards": "stays",
            "last_day": today.isoformat(),
            "name": "赵新",
            "email": "zhao@unit.example",
        },
    )

    assert LiaisonHandover.objects.get().unit == unit


# --- Addresses ---------------------------------------------------------------------------------


def test_addresses_to_repair_are_listed_and_one_is_vouched_for(clerk):
    bad = ContactFactory(
        email="a@b.example", failed_address="a@b.example", failed_at=timezone.now()
    )
    ContactFactory()

    listed = list(clerk.get(f"{CONTACTS}?repair=yes").context["cl"].result_list)
    clerk.post(f"{CONTACTS}{bad.pk}/address-is-right/", {"why": "电话核实"})

    assert listed == [bad]
    assert list(Contact.objects.to_repair()) == []


def test_today_says_what_waits(clerk):
    handover_of(UnitFactory())
    ContactFactory(email="a@b.example", failed_address="a@b.example")

    words = Page(clerk.get("/admin/")).words

    assert ("联络员交接待批准" in words, "待更换的邮箱" in words) == (True, True)


@pytest.mark.parametrize("address", [HANDOVERS, INVITATIONS, CONTACTS])
def test_lists_ask_as_often_for_three_rows_as_for_one(as_superuser, address):
    handover_of(UnitFactory())
    as_superuser.get(address)
    first = queries_of(as_superuser, address)
    for _each in range(2):
        unit = UnitFactory()
        ContactFactory(unit=unit, roles=["liaison"], deputy_roles=["finance"])
        Invitation.objects.create(
            unit=unit,
            name="-",
            email="x@unit.example",
            digest=f"{unit.pk}",
            invited_by=UserFactory(),
            invited_at=timezone.now(),
            expires_at=timezone.now() + dt.timedelta(days=1),
        )
        LiaisonHandover.objects.create(
            unit=unit,
            last_day=timezone.localdate(),
            name="-",
            email="y@unit.example",
            asked_by=UserFactory(),
            asked_at=timezone.now(),
        )

    assert queries_of(as_superuser, address) == first


def test_a_renamed_unit_shows_in_its_history(clerk, today):
    unit = UnitFactory(name="甲矿业")
    rename(unit=unit, name="甲集团", on=today, why="更名核准", by=UserFactory(), at=timezone.now())

    assert "更名核准" in Page(clerk.get(f"{UNITS}{unit.pk}/history/")).words
