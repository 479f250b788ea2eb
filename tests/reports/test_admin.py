"""The staff's statement page: who may see it, what it says, and what it costs."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.roles import ROLES
from benefits.models import Medium
from tests.factories import UserFactory, member
from tests.portal.pages import Page, queries_of
from tests.reports.factories import asked, event, item, promise, registered

pytestmark = pytest.mark.django_db

LIST = "/admin/reports/unitstatement/"


@pytest.fixture
def unit():
    unit = member(paid=(2025, 2026), name="赤岭钼业有限公司")
    promise(item("forum", name="样本论坛", counted_per="event", position=1), 5, Medium.SEAT)
    promise(item("advice", name="咨询服务", position=2))
    promise(item("standards", name="团体标准", position=3), tier="council")
    registered(unit, event("forum", dt.date(2026, 12, 1), name="第九届样本论坛"), "张三")
    asked(unit, "advice", dt.date(2026, 5, 6), title="选矿回收率")
    return unit


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def page_of(unit, query: str = "?on=2026-11-21") -> str:
    return reverse("admin:reports_unitstatement_change", args=[unit.pk]) + query


def test_every_role_may_look_and_none_may_change(client, unit):
    call_command("load_roles", verbosity=0)
    groups = Permission.objects.filter(content_type__model="unitstatement", group__isnull=False)

    assert sorted(groups.values_list("codename", "group__name")) == sorted(
        ("view_unitstatement", role.code) for role in ROLES
    )


def test_who_may_look_can_do_nothing_else(client, unit):
    person = UserFactory(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_unitstatement"))
    client.force_login(person)

    answers = [client.get(path).status_code for path in (LIST, page_of(unit))]
    changes = [client.post(page_of(unit)), client.get(f"{LIST}add/")]

    assert answers == [200, 200]
    assert [each.status_code for each in changes] == [403, 403]


def test_staff_without_a_role_may_not(client, unit):
    client.force_login(UserFactory(is_staff=True))

    assert [client.get(path).status_code for path in (LIST, page_of(unit))] == [403, 403]


def test_the_list_says_tier_and_standing_and_finds_by_former_name(staff, unit):
    member(name="北原矿山装备有限公司")
    unit.former_names.create(name="老钼矿")

    rows = [list(row) for row in cells(staff.get(f"{LIST}?q=老钼矿"))]

    assert rows == [["赤岭钼业有限公司", "会员单位"]]


def cells(response):
    changes = response.context["cl"]
    for unit in changes.result_list:
        yield unit.name, changes.model_admin.tier_today(unit)


def test_the_list_asks_as_often_for_three_units_as_for_one(staff, unit):
    first = queries_of(staff, LIST)
    member(paid=(2026,))
    member(tier="council")

    assert queries_of(staff, LIST) == first


def test_the_page_has_three_numbers_for_each_item_and_each_no_its_reason(staff, unit):
    response = staff.get(page_of(unit))

    rows = [
        (line.item.name, line.words.promised, line.words.used, line.words.left)
        for line in response.context["statement"].lines
    ]
    assert rows == [
        ("样本论坛", "免费名额 5 人（全年 1 场）", "1（其中 1 待参加）", "4"),
        ("咨询服务", "可享受，不限次数", "1", "不限"),
        ("团体标准", "未列入", "0", "0"),
    ]
    page = Page(response)
    assert page.each("number")[2:] == ["1（其中1待参加）", "4", "1", "不限", "0", "0"]
    assert page.each("is-off")[0].startswith(
        "团体标准未列入0 0章程没有承诺给该单位变更会员级别：章程把此项承诺给理事单位。"
    )


def test_the_page_lists_what_was_used_with_its_day(staff, unit):
    words = Page(staff.get(page_of(unit))).words

    assert words.count("2026年12月1日 张三 · 第九届样本论坛") == 1
    assert words.count("2026年5月6日 选矿回收率") == 1


def test_another_units_uses_are_not_on_the_page(staff, unit):
    other = member(paid=(2025, 2026))

    assert Page(staff.get(page_of(other))).words.count("选矿回收率") == 0


def test_the_page_leads_back_to_the_unit(staff, unit):
    address = reverse("admin:members_memberunit_change", args=[unit.pk])

    assert f'href="{address}"' in staff.get(page_of(unit)).content.decode()


@pytest.mark.parametrize(
    ("query", "on"),
    [
        ("?year=2024", "2024-12-31"),
        ("?on=2025-06-30", "2025-06-30"),
        ("?year=2024&on=2025-06-30", "2024-12-31"),
        ("?year=2025&on=2025-06-30", "2025-06-30"),
        ("?year=99999&on=gestern", None),
        ("?on=0001-01-01", None),
    ],
)
def test_another_year_or_day_can_be_asked_for(staff, unit, query, on):
    answer = staff.get(page_of(unit, query)).context["statement"]

    assert answer.on.isoformat() == (on or timezone.localdate().isoformat())
    assert answer.year == answer.on.year


def test_the_page_asks_as_often_for_many_uses_as_for_few(staff, unit):
    first = queries_of(staff, page_of(unit))
    for day in (1, 2, 3):
        registered(unit, event("forum", dt.date(2026, 4, day)), "李四", "王五")
        asked(unit, "advice", dt.date(2026, 4, day))

    assert queries_of(staff, page_of(unit)) == first


def test_a_unit_that_is_not_there_leads_to_the_start(staff):
    response = staff.get(f"{LIST}999999/change/")

    assert (response.status_code, response.url) == (302, "/admin/")
