"""权益: the statement of a unit's rights, its figures and its days."""

import datetime as dt

import pytest
from django.urls import reverse

from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent, Medium
from tests.events.factories import EventFactory
from tests.events.factories import GroupFactory as EventsGroup
from tests.factories import PaymentFactory, StandardFactory, TierFactory, UnitFactory, UserFactory
from tests.portal.factories import person_of, promise
from tests.portal.pages import Page, joined
from tests.publications.factories import IssueFactory, ItemFactory

pytestmark = pytest.mark.django_db


def figures(response) -> list[str]:
    return Page(response).each("figure")


def notes(response) -> list[str]:
    return [line.figure.note for section in response.context["sections"] for line in section.lines]


def test_the_home_page_says_who_how_it_stands_and_until_when(reader, unit, today):
    page = Page(reader.get("/rights/"))

    assert page.each("h1") == ["青禾铜业有限公司"]
    assert page.each("tier") == ["会员单位2019年5月1日入会"]
    assert page.each("verdict") == [f"可享有服务至{today.year + 1}年6月30日"]


@pytest.mark.parametrize(
    ("medium", "extent", "quantity", "counted_per", "words"),
    [
        (Medium.PAPER, Extent.QUANTITY, 3, "issue", "每期3册"),
        (Medium.PAPER, Extent.NOT_STATED, None, "issue", "纸质版"),
        (Medium.ELECTRONIC, Extent.UNLIMITED, None, "issue", "不限"),
        (Medium.ELECTRONIC, Extent.QUANTITY, 2, "nothing", "剩2"),
        (Medium.SEAT, Extent.QUANTITY, 10, "event", "免费10人"),
        (Medium.SEAT, Extent.UNLIMITED, None, "nothing", "免费参加"),
        (Medium.SEAT, Extent.NOT_STATED, None, "nothing", "免费参加"),
        (Medium.RIGHT, Extent.QUANTITY, 1, "unit", "剩1"),
        (Medium.RIGHT, Extent.UNLIMITED, None, "nothing", "不限"),
        (Medium.RIGHT, Extent.NOT_STATED, None, "nothing", "可享有"),
        (Medium.DISCOUNT, Extent.NOT_STATED, None, "nothing", "会员优惠"),
    ],
)
def test_a_right_stands_in_large_figures(reader, medium, extent, quantity, counted_per, words):
    item = ItemFactory(counted_per=counted_per)
    promise(item, medium=medium, extent=extent, quantity=quantity)

    assert figures(reader.get("/rights/")) == [words]


@pytest.mark.parametrize(
    ("medium", "extent", "words"),
    [
        (Medium.PAPER, Extent.NOT_STATED, "未写明数量"),
        (Medium.SEAT, Extent.NOT_STATED, "未写明人数"),
        (Medium.SEAT, Extent.UNLIMITED, "人数不限"),
        (Medium.DISCOUNT, Extent.NOT_STATED, "未写明优惠幅度"),
        (Medium.RIGHT, Extent.UNLIMITED, "按需申请"),
    ],
)
def test_not_stated_and_unlimited_read_differently(reader, medium, extent, words):
    promise(ItemFactory(), medium=medium, extent=extent)

    assert notes(reader.get("/rights/")) == [words]


def test_a_condition_stands_beside_the_figure(reader):
    promise(ItemFactory(), medium=Medium.RIGHT, audience=Allowance.Audience.CONCERNED)

    assert notes(reader.get("/rights/")) == ["限与贵单位有关的事项"]


def test_what_is_promised_to_others_only_is_calm_and_says_to_whom(reader):
    promise(ItemFactory(), "council", quantity=1, medium=Medium.PAPER)

    page = Page(reader.get("/rights/"))

    assert page.each("figure") == ["未列入"]
    assert page.each("off") == page.each("card")


def test_the_summary_counts_what_is_promised_today(reader):
    promise(ItemFactory(code="one"))
    promise(ItemFactory(code="two"))
    promise(ItemFactory(code="three"), "council")

    page = Page(reader.get("/rights/"))

    assert page.each("count") == ["2 / 3项"]


def test_each_group_of_the_charter_has_its_section(reader):
    promise(ItemFactory(code="one"))
    conference = ItemFactory(code="two", group=EventsGroup())
    promise(conference, "council")

    sections = reader.get("/rights/").context["sections"]

    assert [(section.group.label, section.promised) for section in sections] == [
        ("行业信息服务", 1),
        ("品牌会议、活动及权益", 0),
    ]


def test_a_lapsed_unit_reads_what_waits_for_its_dues(client, lapsed, today):
    for year in (today.year - 1, today.year):
        StandardFactory(tier=TierFactory(code="ordinary"), year=year)
    item = ItemFactory(counted_per="issue")
    promise(item, medium=Medium.PAPER, quantity=1)
    client.force_login(person_of(lapsed))

    response = client.get("/rights/")
    page = Page(response)

    assert page.each("verdict") == ["暂不享有服务"]
    assert page.each("figure") == ["暂不享有"]
    assert notes(response) == ["恢复资格后：每期 1 册"]
    would_change = response.context["standing"].would_change
    assert page.each("would-change") == [joined(["怎样可以享有", *would_change])]


def test_a_unit_that_is_no_member_reads_how_to_become_one(client):
    promise(ItemFactory())
    client.force_login(person_of(UnitFactory()))

    response = client.get("/rights/")

    assert response.context["promised"] == 0
    assert Page(response).each("tier") == ["尚未登记级别"]
    assert Page(response).each("would-change") != []


def test_an_exceptional_grant_shows_where_the_right_shows(client, lapsed, today):
    item = ItemFactory()
    promise(item)
    ExceptionalGrant.objects.create(
        unit=lapsed,
        reason="正在走审批",
        approved_by=UserFactory(),
        starts_on=today,
        ends_on=today,
    )
    client.force_login(person_of(lapsed))

    page = Page(client.get("/rights/"))

    date = f"{today.year}年{today.month}月{today.day}日"
    assert page.each("verdict") == ["按特批享有服务"]
    assert page.each("figure") == ["不限"]
    assert page.each("grant") == [f"特批至{date}：正在走审批"]


def test_another_day_is_judged_on_that_day(reader, unit, today):
    """The payments of the fixture are dated 1 March, so that before them nothing was paid."""
    promise(ItemFactory())
    day = dt.date(today.year - 1, 1, 31)

    response = reader.get(f"/rights/?on={day}")

    assert response.context["standing"].on == day
    assert response.context["promised"] == 0
    assert Page(response).each("attention") == [
        f"正在查看{day.year}年1月31日的权益，依目前的记录计算。回到今天"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gestern", "请按“年-月-日”填写日期，例如2026-03-13。"),
        ("2026-02-30", "请按“年-月-日”填写日期，例如2026-03-13。"),
        ("9999-12-31", "请选择1990-01-01至2100-12-31之间的日期。"),
        ("0001-01-01", "请选择1990-01-01至2100-12-31之间的日期。"),
        ("2026-01-01\x00", "请按“年-月-日”填写日期，例如2026-03-13。"),
    ],
)
def test_a_day_that_cannot_be_read_is_explained_and_today_is_shown(reader, today, text, message):
    response = reader.get("/rights/", {"on": text})

    assert response.status_code == 200
    assert response.context["on"] == today
    assert Page(response).each("error") == [f"{message}下面显示的是今天的权益。"]


@pytest.mark.parametrize("day", ["1990-01-01", "2100-12-31", "2024-02-29"])
def test_the_days_at_the_edges_are_answered(reader, day):
    assert reader.get(f"/rights/?on={day}").context["on"].isoformat() == day


def test_what_is_next_is_the_latest_bulletin_and_the_next_event(reader, today):
    IssueFactory(issued_on=dt.date(2026, 3, 6), number=6, state="released", released_at=at(6))
    latest = IssueFactory(
        issued_on=dt.date(2026, 3, 13), number=7, state="released", released_at=at(13)
    )
    IssueFactory(issued_on=dt.date(2026, 3, 20), number=8)
    later = dt.timedelta(days=9)
    EventFactory(starts_on=today + later, ends_on=today + later, is_announced=True)
    soon = EventFactory(starts_on=today, ends_on=today, is_announced=True)
    EventFactory(starts_on=today - later, ends_on=today - later, is_announced=True)

    context = reader.get("/rights/").context

    assert (context["latest_issue"], context["next_event"]) == (latest, soon)


def test_an_empty_charter_says_so(reader):
    assert Page(reader.get("/rights/")).each("empty") == [
        "服务体系尚未录入。请稍后再来，或联系协会会员服务部门。"
    ]


def test_one_item_has_its_own_page(reader):
    item = ItemFactory(counted_per="issue")
    promise(item, medium=Medium.PAPER, quantity=3)

    page = Page(reader.get(reverse("rights_item", args=[item.code])))

    assert page.each("h1") == [item.name]
    assert page.each("figure") == ["每期3册"]


def test_an_unknown_item_is_not_found(reader):
    assert reader.get("/rights/nothing/").status_code == 404


def test_english_by_switching(reader):
    item = ItemFactory(counted_per=BenefitItem.CountedPer.ISSUE, name_en="Weekly News")
    promise(item, medium=Medium.PAPER, quantity=3)

    reader.post("/i18n/setlang/", {"language": "en", "next": "/rights/"})
    page = Page(reader.get("/rights/"))

    assert page.each("figure") == ["3 copies of each issue"]
    assert page.each("h3") == ["Weekly News"]
    assert page.each("places") == ["Rights Publications Events Matters Our unit"]


def test_a_payment_that_is_not_confirmed_changes_nothing_yet(client, lapsed, today):
    StandardFactory(tier=TierFactory(code="ordinary"), year=today.year)
    PaymentFactory(
        unit=lapsed, year=today.year, paid_on=today, confirmed_at=None, confirmed_by=None
    )
    client.force_login(person_of(lapsed))

    assert Page(client.get("/rights/")).each("verdict") == ["暂不享有服务"]


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC)
