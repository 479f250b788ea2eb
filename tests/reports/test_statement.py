"""The statement: all items of the charter, counted from the rows of four apps."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benefits.models import BenefitItem, Medium
from reports.statement import day_in, statement, years
from tests.benefits.factories import GrantFactory
from tests.factories import ApplicationFactory, UnitFactory, UserFactory, member
from tests.reports.factories import (
    applied,
    asked,
    event,
    item,
    posted,
    promise,
    read,
    registered,
)

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 21)
UNLIMITED = (None, 0, None)
NOTHING = (0, 0, 0)


def numbers(answer) -> dict[str, tuple]:
    return {line.item.code: (line.promised, line.used, line.left) for line in answer.lines}


def stated(unit, on: dt.date = ON):
    return statement(unit, year=on.year, on=on)


def the_line(unit, on: dt.date = ON):
    (line,) = stated(unit, on).lines
    return line


def a_year_of_use(unit) -> None:
    """The same of every tier; a title or a day for each, so that what is listed is telling."""
    conference = event("china-mining-conference", dt.date(2026, 12, 5), days=3)
    registered(unit, conference, "张三")
    registered(unit, event("explorers-annual-meeting", dt.date(2026, 3, 20)), "李四")
    registered(unit, event("green-mines-tour", dt.date(2026, 6, 5)), "王五", "赵六", "孙七")
    course = event("training-courses", dt.date(2026, 5, 5), member_price=800)
    registered(unit, course, "周八", medium=Medium.DISCOUNT, price=800)
    posted(unit, "china-mining-magazine", dt.date(2026, 1, 15))
    posted(unit, "china-mining-magazine", dt.date(2026, 2, 15))
    read(unit, "weekly-bulletin", dt.date(2026, 3, 6))
    read(unit, "weekly-bulletin", dt.date(2026, 3, 13))
    applied(unit, "china-patent-award", dt.date(2026, 4, 10))
    asked(unit, "consulting", dt.date(2026, 5, 6), title="选矿回收率")
    asked(unit, "consulting", dt.date(2026, 9, 7), title="尾矿利用")
    asked(unit, "new-member-showcase", dt.date(2024, 5, 6))


# Promised, used and left of every item on 21 November 2026 after a year of use, for a unit in good
# standing; written out by hand from the charter. None: no number.
FOR_EVERY_TIER = {
    "half-year-supply-demand": UNLIMITED,
    "full-year-supply-demand": UNLIMITED,
    "china-mining-magazine": (None, 2, None),
    "weekly-bulletin": (None, 2, None),
    "fluorite-report": NOTHING,
    "nuclear-geology-bulletin": NOTHING,
    "ccs-newsletter": NOTHING,
    "geophilosophy-newsletter": NOTHING,
    "green-mines-tour": (None, 3, None),
    "salons-and-lectures": UNLIMITED,
    "training-courses": (None, 1, None),
    "li-siguang-prize": UNLIMITED,
    "china-patent-award": (None, 1, None),
    "outstanding-engineer": UNLIMITED,
    "results-appraisal": UNLIMITED,
    "new-member-showcase": (1, 1, 0),
    "member-news": UNLIMITED,
    "business-needs": UNLIMITED,
    "project-showcase": UNLIMITED,
    "international-exchange": UNLIMITED,
    "high-level-exchange": UNLIMITED,
    "international-conferences": UNLIMITED,
    "online-lectures": UNLIMITED,
    "law-and-policy": UNLIMITED,
    "industry-issues": UNLIMITED,
    "specific-problems": UNLIMITED,
    "rights-protection": UNLIMITED,
    "training-on-demand": UNLIMITED,
    "consulting": (None, 2, None),
    "star-rating": UNLIMITED,
    "group-standards": UNLIMITED,
}
BY_TIER = {
    "vice_president": {
        "listed-companies-report": (3, 1, 2),
        "blue-book": (3, 0, 3),
        "conference-proceedings": (2, 0, 2),
        "mining-law-review": (2, 0, 2),
        "china-mining-conference": (10, 1, 9),
        "explorers-annual-meeting": (5, 1, 0),
        "green-mining-forum": (None, 0, 3),
        "innovation-forum": (None, 0, 3),
    },
    "executive_council": {
        "listed-companies-report": (2, 1, 1),
        "blue-book": (2, 0, 2),
        "conference-proceedings": (1, 0, 1),
        "mining-law-review": (1, 0, 1),
        "china-mining-conference": (5, 1, 4),
        "explorers-annual-meeting": (3, 1, 0),
        "green-mining-forum": (None, 0, 2),
        "innovation-forum": (None, 0, 2),
    },
    "council": {
        "listed-companies-report": (1, 1, 0),
        "blue-book": (1, 0, 1),
        "conference-proceedings": NOTHING,
        "mining-law-review": NOTHING,
        "china-mining-conference": (2, 1, 1),
        "explorers-annual-meeting": (2, 1, 0),
        "green-mining-forum": (None, 0, 1),
        "innovation-forum": (None, 0, 1),
    },
    "ordinary": {
        "listed-companies-report": (None, 1, None),
        "blue-book": UNLIMITED,
        "conference-proceedings": NOTHING,
        "mining-law-review": NOTHING,
        "china-mining-conference": (1, 1, 0),
        "explorers-annual-meeting": (1, 1, 0),
        "green-mining-forum": (None, 0, 1),
        "innovation-forum": (None, 0, 1),
        "member-news": NOTHING,
        "group-standards": NOTHING,
    },
}


@pytest.mark.parametrize("tier", BY_TIER)
def test_all_items_of_each_tier_after_a_year_of_use(charter, tier):
    unit, other = member(tier=tier, paid=(2025, 2026)), member(tier=tier, paid=(2025, 2026))
    a_year_of_use(unit)
    if tier == "ordinary":
        read(unit, "listed-companies-report", dt.date(2026, 8, 1))
    else:
        posted(unit, "listed-companies-report", dt.date(2026, 8, 1))
    posted(other, "blue-book", dt.date(2026, 8, 1))

    answer = stated(unit)

    assert numbers(answer) == FOR_EVERY_TIER | BY_TIER[tier]
    assert len(answer.lines) == 39
    codes = list(BenefitItem.objects.promised(ON).values_list("code", flat=True))
    assert [line.item.code for line in answer.lines] == codes
    assert [len(section.lines) for section in answer.sections] == [12, 7, 4, 8, 8]


def test_a_committee_seat_opens_the_committees_publication(charter):
    unit = member(tier="ordinary", paid=(2025, 2026), committee="fluorite")
    read(unit, "fluorite-report", dt.date(2026, 8, 1))

    assert numbers(stated(unit))["fluorite-report"] == (None, 1, None)


def test_every_no_has_a_reason_and_a_way(charter):
    lapsed = member(tier="council", paid=(2024,))

    for unit in (lapsed, UnitFactory()):
        answer = stated(unit)
        assert [line.answer.entitled for line in answer.lines] == [False] * 39
        assert [line.left for line in answer.lines] == [0] * 39
        assert all(line.answer.because and line.answer.would_change for line in answer.lines)


# --- Which uses count ----------------------------------------------------------------------------


def consulting(quantity: int | None = None, **fields) -> BenefitItem:
    row = item("consulting", **fields)
    promise(row, quantity)
    return row


def test_the_year_begins_on_1_january_and_ends_on_31_december():
    consulting()
    unit = member(paid=(2024, 2025, 2026))
    for day in (
        dt.date(2024, 12, 31),
        dt.date(2025, 1, 1),
        dt.date(2025, 12, 31),
        dt.date(2026, 1, 1),
    ):
        asked(unit, "consulting", day)

    line = the_line(unit, dt.date(2025, 12, 31))

    assert line.used == 2
    assert [use.on for use in line.uses] == [dt.date(2025, 12, 31), dt.date(2025, 1, 1)]


@pytest.mark.parametrize(("on", "used"), [(19, 0), (20, 1), (21, 1)])
def test_a_use_after_the_day_is_not_counted(on, used):
    consulting(quantity=3)
    unit = member(paid=(2025, 2026))
    asked(unit, "consulting", dt.date(2026, 5, 20))

    line = the_line(unit, dt.date(2026, 5, on))

    assert (line.promised, line.used, line.left) == (3, used, 3 - used)


def test_once_per_unit_is_for_good():
    consulting(quantity=1, counted_per="unit")
    unit = member(paid=(2025, 2026))
    asked(unit, "consulting", dt.date(2019, 6, 1))

    line = the_line(unit)

    assert (line.promised, line.used, line.left) == (1, 1, 0)
    assert [use.on for use in line.uses] == [dt.date(2019, 6, 1)]


def test_seats_taken_at_an_event_to_come_are_used_and_marked_as_ahead():
    promise(item("forum", counted_per="event"), 5, Medium.SEAT)
    unit = member(paid=(2025, 2026))
    registered(unit, event("forum", dt.date(2026, 3, 1)), "张三")
    registered(unit, event("forum", dt.date(2026, 12, 1)), "李四", "王五")

    line = the_line(unit)

    assert (line.promised, line.used, line.ahead, line.left) == (10, 3, 2, 3)
    assert [(each.allowed, each.used, each.left) for each in line.seats] == [(5, 1, 4), (5, 2, 3)]


def test_events_of_another_year_or_called_off_or_not_announced_promise_nothing():
    promise(item("forum", counted_per="event"), 5, Medium.SEAT)
    unit = member(paid=(2025, 2026))
    event("forum", dt.date(2025, 12, 31))
    event("forum", dt.date(2027, 1, 1))
    event("forum", dt.date(2026, 10, 1), is_announced=False)
    off = {"cancelled_at": dt.datetime(2026, 9, 1, tzinfo=dt.UTC), "cancelled_because": "台风"}
    event("forum", dt.date(2026, 10, 2), cancelled_by=UserFactory(), **off)

    line = the_line(unit)

    assert line.seats == ()
    assert (line.promised, line.used, line.left) == (None, 0, 5)


def test_a_paid_seat_is_told_and_takes_nothing():
    promise(item("forum", counted_per="event"), 1, Medium.SEAT)
    unit = member(paid=(2025, 2026))
    to = event("forum", dt.date(2026, 12, 1), member_price=1600)
    registered(unit, to, "张三")
    registered(unit, to, "李四", price=1600)

    line = the_line(unit)

    assert (line.promised, line.used, line.left) == (1, 1, 0)
    assert {use.what.split(" · ")[0]: use.is_counted for use in line.uses} == {
        "张三": True,
        "李四": False,
    }


def test_another_units_uses_never_appear():
    consulting()
    unit, other = member(paid=(2025, 2026)), member(paid=(2025, 2026))
    asked(other, "consulting", dt.date(2026, 5, 6))

    line = the_line(unit)

    assert (line.used, line.uses) == (0, ())


# --- The day -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "account"),
    [(dt.date(2026, 6, 30), (3, 1, 2)), (dt.date(2026, 7, 1), (0, 1, 0))],
)
def test_who_is_refused_from_1_july_still_reads_what_it_used_before(on, account):
    """Last year's dues carry the unit to 30 June; this year's are not paid."""
    consulting(quantity=3)
    unit = member(paid=(2025,))
    asked(unit, "consulting", dt.date(2026, 3, 2))

    line = the_line(unit, on)

    assert (line.promised, line.used, line.left) == account
    assert line.answer.entitled is (on.month == 6)


def test_seats_are_judged_at_the_first_day_of_the_event_not_today():
    """Who skipped last year's dues and paid this year's waits until 1 July, not for September."""
    promise(item("forum", counted_per="event"), 5, Medium.SEAT)
    unit = member(paid=(2026,))
    event("forum", dt.date(2026, 5, 20))
    event("forum", dt.date(2026, 9, 20))

    line = the_line(unit, dt.date(2026, 4, 1))

    assert line.answer.entitled is False
    assert (line.promised, line.left, line.is_open) == (5, 5, True)


def test_an_exceptional_grant_shows_in_the_account():
    row = consulting(quantity=1)
    unit = member(paid=(2025, 2026))
    days = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)}
    GrantFactory(unit=unit, item=row, gives="quantity", quantity=4, medium=Medium.RIGHT, **days)

    assert the_line(unit).promised == 4


def test_the_day_lies_in_the_year():
    with pytest.raises(ValueError, match="2026-01-01 does not lie in 2025"):
        statement(UnitFactory(), year=2025, on=dt.date(2026, 1, 1))


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, "2024-12-31"), (2026, "2026-11-21"), (2027, "2027-01-01")],
)
def test_the_day_of_a_year_is_the_one_nearest_to_today(year, day):
    assert day_in(year, ON).isoformat() == day


def test_the_years_begin_with_the_first_membership():
    unit = UnitFactory()
    ApplicationFactory(unit=unit, decided_on=dt.date(2022, 5, 1))

    assert years(unit, 2026, ON) == [2026, 2025, 2024, 2023, 2022]
    assert years(unit, 2019, ON) == [2026, 2025, 2024, 2023, 2022, 2019]
    assert years(UnitFactory(), 2026, ON) == [2026]


def test_without_a_charter_there_is_the_standing_and_no_line():
    answer = stated(member(paid=(2025, 2026)))

    assert (answer.lines, answer.sections, answer.standing.is_good) == ((), (), True)


# --- Its cost and its shape ----------------------------------------------------------------------


def test_the_statement_takes_as_many_queries_for_many_uses_as_for_few(charter):
    unit = member(tier="council", paid=(2025, 2026))
    a_year_of_use(unit)
    few = queries(unit)
    a_year_of_use_again(unit)

    assert queries(unit) == few
    assert few <= 25


def a_year_of_use_again(unit) -> None:
    for day in (1, 2, 3):
        registered(unit, event("china-mining-conference", dt.date(2026, 4, day)), "张三", "李四")
        posted(unit, "blue-book", dt.date(2026, 4, day))
        read(unit, "half-year-supply-demand", dt.date(2026, 4, day))
        applied(unit, "outstanding-engineer", dt.date(2026, 4, day))
        asked(unit, "business-needs", dt.date(2026, 4, day))


def queries(unit) -> int:
    with CaptureQueriesContext(connection) as captured:
        stated(unit)
    return len(captured)


def test_as_json_the_keys_are_stable_and_the_days_iso():
    promise(item("forum", name="样本论坛", counted_per="event", position=1), 5, Medium.SEAT)
    unit = member(paid=(2025, 2026), name="赤岭钼业有限公司")
    to = event("forum", dt.date(2026, 12, 1), name="第九届样本论坛")
    registered(unit, to, "张三")

    answer = stated(unit).as_json()

    (line,) = answer.pop("lines")
    standing = answer.pop("standing")
    assert answer == {
        "unit": {"id": unit.pk, "name": "赤岭钼业有限公司", "credit_code": unit.credit_code},
        "year": 2026,
        "on": "2026-11-21",
        "tier": "ordinary",
        "items": 1,
        "entitled": 1,
        "used": 1,
    }
    assert {
        name: standing[name] for name in ("is_good", "basis", "good_until", "would_change")
    } == {
        "is_good": True,
        "basis": "this_year_paid",
        "good_until": "2027-06-30",
        "would_change": [],
    }
    right = line.pop("entitlement")
    assert (right["entitled"], right["quantity"], right["basis"]) == (True, 5, "charter")
    assert line.pop("events") == [
        {
            "id": to.pk,
            "name": "第九届样本论坛",
            "starts_on": "2026-12-01",
            "ends_on": "2026-12-02",
            "entitled": True,
            "allowed": 5,
            "unlimited": False,
            "used": 1,
            "left": 4,
            "waiting": 0,
            "words": the_line(unit).seats[0].words,
        }
    ]
    assert line == {
        "item": "forum",
        "name": "样本论坛",
        "group": "made",
        "clause": "自拟类别 第1项",
        "period": "irregular",
        "counted_per": "event",
        "promised": 5,
        "of_each": None,
        "unlimited": False,
        "used": 1,
        "ahead": 1,
        "left": 4,
        "words": {
            "promised": "免费名额 5 人（全年 1 场）",
            "used": "1（其中 1 待参加）",
            "left": "4",
        },
        "uses": [
            {
                "on": "2026-12-01",
                "quantity": 1,
                "medium": "seat",
                "what": "张三 · 第九届样本论坛",
                "is_counted": True,
                "is_ahead": True,
            }
        ],
    }
