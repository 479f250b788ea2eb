"""权益账单 on the home page and on an item's own page: left, used, next steps, years, cost."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse

from benefits.models import Medium
from portal.next_steps import SOON
from tests.factories import TIERS, StandardFactory, TierFactory, member, redated
from tests.portal.factories import person_of
from tests.portal.pages import Page, queries_of
from tests.reports.factories import (
    applied,
    asked,
    cycle,
    event,
    issue,
    item,
    offering,
    posted,
    promise,
    registered,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def day_of(on: dt.date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


@pytest.fixture
def seats(unit, today):
    """Five free seats at a forum of this year, two of them taken; registration ends soon."""
    promise(item("forum", name="样本论坛", counted_per="event"), 5, Medium.SEAT)
    new_years_eve = dt.date(today.year, 12, 31)
    until = min(today + 10 * DAY, new_years_eve)
    made = event(
        "forum",
        min(today + 20 * DAY, new_years_eve),
        days=1,
        name="第九届样本论坛",
        registration_opens_on=today,
        registration_closes_on=until,
        changes_until=until,
    )
    registered(unit, made, "张三", "李四")
    return made


# --- What is left, and what was used -------------------------------------------------------------


def test_a_number_to_draw_on_reads_left_of_all_and_used(reader, unit, today):
    promise(item("forum", counted_per="event"), 5, Medium.SEAT)
    registered(unit, event("forum", dt.date(today.year, 12, 31), days=1), "张三", "李四")

    page = Page(reader.get("/rights/"))

    assert page.each("figure") == ["剩3"]
    assert page.each("account") == ["共5·已用2"]


def test_when_the_years_event_is_over_it_says_so(reader, unit, today):
    promise(item("forum", counted_per="event"), 5, Medium.SEAT)
    registered(unit, event("forum", dt.date(today.year, 1, 1), days=1), "张三")
    last = dt.date(today.year, 12, 31)

    page = Page(reader.get(f"/rights/?on={last}"))

    assert page.each("figure") == ["剩0"]
    assert page.each("account") == ["共5·已用1·已结束"]


def test_copies_of_each_issue_read_how_many_were_posted(reader, unit, today):
    promise(item("yearbook", counted_per="issue", period="annual"), 3, Medium.PAPER)
    posted(unit, "yearbook", dt.date(today.year, 1, 1), copies=2)

    page = Page(reader.get("/rights/"))

    assert page.each("figure") == ["每期3册"]
    assert page.each("account") == ["全年3册·已寄2册"]


def test_without_a_number_only_what_was_used_is_told(reader, unit, today):
    promise(item("consulting", position=1))
    promise(item("publicity", position=2))
    asked(unit, "consulting", dt.date(today.year, 1, 1))

    page = Page(reader.get("/rights/"))

    assert page.each("figure") == ["不限", "不限"]
    assert page.each("account") == ["已用1次"]


def test_what_was_used_before_the_right_was_lost_still_shows(client, lapsed, today):
    for year in (today.year - 1, today.year):
        StandardFactory(tier=TierFactory(code="ordinary"), year=year)
    promise(item("consulting"), 3)
    asked(lapsed, "consulting", dt.date(today.year, 1, 1))
    client.force_login(person_of(lapsed))

    page = Page(client.get("/rights/"))

    assert page.each("figure") == ["暂不享有"]
    assert page.each("account") == ["已用1次"]
    assert page.each("off") == page.each("card")


def test_the_summary_counts_the_items_used_this_year(reader, unit, today):
    promise(item("consulting", position=1))
    promise(item("publicity", position=2))
    assert Page(reader.get("/rights/")).each("used-sum") == ["今年尚未使用"]

    asked(unit, "consulting", dt.date(today.year, 1, 1))

    assert Page(reader.get("/rights/")).each("used-sum") == ["今年已使用1项"]


@pytest.mark.parametrize("tier", TIERS)
def test_the_home_page_of_each_tier_has_a_card_for_each_of_the_39_items(client, today, tier):
    call_command("load_charter", verbosity=0)
    unit = member(tier=tier, paid=(today.year - 1, today.year))
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    client.force_login(person_of(unit))

    page = Page(client.get("/rights/"))

    promised = {"vice_president": 35, "executive_council": 35, "council": 33, "ordinary": 31}
    assert page.each("count") == [f"{promised[tier]} / 39项"]
    assert len(page.each("card")) == 39
    assert len(page.each("off")) == 39 - promised[tier]


# --- The next step -------------------------------------------------------------------------------


def steps(response) -> list[str]:
    return Page(response).each("step")


def test_an_event_that_takes_registrations_is_the_next_step(reader, seats):
    response = reader.get("/rights/")

    assert steps(response) == [f"报名：第九届样本论坛至{day_of(seats.registration_closes_on)}"]
    assert f'href="{reverse("event", args=[seats.pk])}"' in response.content.decode()


def test_free_seats_end_soon_with_the_last_day_to_register(reader, seats):
    until = seats.registration_closes_on

    page = Page(reader.get("/rights/"))

    assert page.each("soon") == [f"样本论坛：还有3个免费名额，{until.month}月{until.day}日截止报名"]


def test_when_all_free_seats_are_taken_nothing_is_lost(reader, unit, seats):
    registered(unit, seats, "王五", "赵六", "孙七")

    assert Page(reader.get("/rights/")).each("soon") == []


@pytest.mark.parametrize(("later", "shown"), [(SOON, 1), (SOON + DAY, 0)])
def test_an_open_cycle_is_the_next_step_and_ends_soon(reader, today, later, shown):
    promise(item("prize", name="样本奖"))
    made = cycle("prize", today - DAY, today + later, name="第三届样本奖")

    response = reader.get("/rights/")

    assert steps(response) == [f"申报：第三届样本奖至{day_of(today + later)}"]
    assert f'href="{reverse("award_cycle", args=[made.pk])}"' in response.content.decode()
    assert len(response.context["expiring"]) == shown


def test_who_has_applied_is_not_told_that_the_cycle_ends(reader, unit, today):
    promise(item("prize"))
    applied(unit, "prize", dt.date(today.year, 1, 1))
    cycle("prize", today - DAY, today + DAY)

    assert reader.get("/rights/").context["expiring"] == []


def test_the_newest_issue_that_may_be_read_is_the_next_step(reader, today):
    promise(item("weekly", counted_per="issue"), medium=Medium.ELECTRONIC)
    issue("weekly", dt.date(today.year, 1, 1))
    newest = issue("weekly", today)

    response = reader.get("/rights/")

    assert steps(response) == [f"阅读{newest.year}年第{newest.number}期"]


def test_an_issue_of_a_day_without_the_right_is_no_next_step(client, today):
    """The dues were paid after the issue came out."""
    promise(item("weekly", counted_per="issue"), medium=Medium.ELECTRONIC)
    unit = member(joined_on=today, paid=(today.year,))
    redated(unit.payments, today)
    issue("weekly", today - DAY)
    client.force_login(person_of(unit))

    response = client.get("/rights/")

    assert response.context["promised"] == 1
    assert steps(response) == []


def test_a_service_that_is_open_can_be_asked_for(reader):
    promise(item("consulting"))
    offering("consulting")

    response = reader.get("/rights/")

    assert steps(response) == ["申请此项服务"]
    assert f'href="{reverse("offering", args=["consulting"])}"' in response.content.decode()


def test_what_is_given_once_is_not_offered_again(reader, unit, today):
    promise(item("showcase", counted_per="unit"), 1)
    asked(unit, "showcase", dt.date(today.year, 1, 1))

    assert steps(reader.get("/rights/")) == []


def test_a_service_that_is_closed_or_refused_offers_nothing(reader):
    promise(item("consulting", position=1))
    offering("consulting", is_open=False)
    promise(item("standards", position=2), tier="council")
    offering("standards")

    assert steps(reader.get("/rights/")) == []


def test_another_day_offers_no_next_step(reader, today):
    promise(item("consulting"))
    offering("consulting")

    assert steps(reader.get(f"/rights/?on={today - DAY}")) == []


# --- Years ---------------------------------------------------------------------------------------


def test_the_statement_of_a_past_year_is_that_of_its_last_day(reader, unit, today):
    promise(item("consulting"))
    asked(unit, "consulting", dt.date(today.year - 1, 12, 31))
    asked(unit, "consulting", dt.date(today.year, 1, 1))

    response = reader.get(f"/rights/?year={today.year - 1}")

    assert response.context["on"] == dt.date(today.year - 1, 12, 31)
    assert Page(response).each("used-sum") == [f"{today.year - 1}年已使用1项"]


def test_the_years_of_membership_can_be_chosen(reader, today):
    years = reader.get("/rights/").context["years"]

    assert years == list(range(today.year, 2018, -1))  # a member since 2019


@pytest.mark.parametrize("year", ["", "gestern", "20260", "²⁰²⁶"])
def test_a_year_that_cannot_be_read_is_this_one(reader, today, year):
    assert reader.get("/rights/", {"year": year}).context["on"] == today


def test_the_day_counts_where_both_are_given(reader):
    assert reader.get("/rights/?year=2024&on=2025-06-30").context["on"] == dt.date(2025, 6, 30)


# --- On paper ------------------------------------------------------------------------------------


def test_the_statement_prints_as_a_table(reader, unit, today):
    promise(item("consulting", name="咨询服务", position=1))
    promise(item("standards", name="团体标准", position=2), tier="council")
    asked(unit, "consulting", dt.date(today.year, 1, 1))

    (table,) = Page(reader.get("/rights/")).each("table")

    assert table == (
        "权益项承诺已用剩余自拟类别"
        "咨询服务可享受，不限次数1不限"
        "团体标准未列入章程没有承诺给该单位→变更会员级别：章程把此项承诺给理事单位。0 0"
    )


# --- An item's own page --------------------------------------------------------------------------


def test_the_item_lists_its_uses_with_their_days(reader, unit, today):
    promise(item("consulting"))
    asked(unit, "consulting", dt.date(today.year, 1, 1), title="选矿回收率")
    asked(unit, "consulting", dt.date(today.year - 1, 12, 31), title="去年的事")
    asked(member(), "consulting", dt.date(today.year, 1, 1), title="别人的事")

    page = Page(reader.get("/rights/consulting/"))

    (use,) = page.each("uses")
    assert use.startswith(f"{today.year}年1月1日选矿回收率")
    assert page.words.count("的事") == 0


def test_the_item_shows_each_events_own_account(reader, seats, today):
    page = Page(reader.get("/rights/forum/"))

    assert page.each("figure") == ["剩3"]
    assert page.each("account") == ["共5·已用2"]
    assert page.each("rows")[0].startswith("第九届样本论坛")
    assert page.words.count("待参加") == (2 if seats.starts_on > today else 0)
    assert page.words.count("张三 · 第九届样本论坛") == 1


def test_a_paid_seat_is_marked_as_not_counted(reader, unit, seats):
    registered(unit, seats, "王五", price=1600)

    assert Page(reader.get("/rights/forum/")).words.count("不计数") == 1


def test_without_a_use_it_says_where_uses_will_appear(reader):
    promise(item("consulting"))

    words = Page(reader.get("/rights/consulting/")).words

    assert words.count("尚未使用。使用后，会按日期列在这里。") == 1


# --- Its cost ------------------------------------------------------------------------------------


def test_home_asks_as_often_for_many_items_and_uses_as_for_few(reader, unit, today):
    everything(unit, today, "first", 1)
    few = queries_of(reader, "/rights/")
    everything(unit, today, "second", 2)
    everything(unit, today, "third", 3)

    assert queries_of(reader, "/rights/") == few
    assert few <= 40


def everything(unit, today, name: str, number: int) -> None:
    """An item of each kind, with a use and a next step."""
    new_year = dt.date(today.year, 1, 1)
    promise(item(f"{name}-forum", counted_per="event", position=number), 5, Medium.SEAT)
    registered(unit, event(f"{name}-forum", new_year), "张三", "李四")
    promise(item(f"{name}-prize", position=10 + number))
    applied(unit, f"{name}-prize", new_year)
    cycle(f"{name}-prize", today - DAY, today + DAY)
    promise(item(f"{name}-weekly", position=20 + number), medium=Medium.ELECTRONIC)
    issue(f"{name}-weekly", today)
    posted(unit, f"{name}-weekly", new_year)
    promise(item(f"{name}-advice", position=30 + number))
    asked(unit, f"{name}-advice", new_year)


def test_an_item_asks_as_often_for_many_uses_as_for_few(reader, unit, today):
    promise(item("consulting"))
    asked(unit, "consulting", dt.date(today.year, 1, 1))
    few = queries_of(reader, "/rights/consulting/")
    asked(unit, "consulting", dt.date(today.year, 1, 1))
    asked(unit, "consulting", dt.date(today.year, 1, 1))

    assert queries_of(reader, "/rights/consulting/") == few
