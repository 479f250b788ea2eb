"""The cliff of 30 June and 31 December: who falls, what it costs, and the letter that says so."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from benefits.models import Medium
from letters.models import Letter
from members.models import Contact, MemberUnit
from members.standing import standing
from reports.cliff import (
    costs,
    falling,
    last_days,
    letter_text,
    next_last_day,
    regaining,
    soon_falling,
    totals,
    write_letters,
)
from reports.models import CliffLetter
from tests.factories import (
    ContactFactory,
    PaymentFactory,
    UserFactory,
    member,
)
from tests.members.factories import Past, day, load_standards
from tests.reports.factories import asked, event, item, promise, registered

pytestmark = pytest.mark.django_db

JUNE, DECEMBER = day("2026-06-30"), day("2026-12-31")
AT = dt.datetime(2026, 6, 10, 2, tzinfo=dt.UTC)
ON = day("2026-06-10")
LIST = "/admin/reports/cliffunit/"
EVERYBODY = MemberUnit.objects.all()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def standards():
    load_standards()


def fallen(last_day: dt.date) -> list[MemberUnit]:
    return list(falling(EVERYBODY, last_day).order_by("pk"))


# --- Who is on the list ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "falls"),
    [
        ({"paid": ["2025 5000 2025-03-01"]}, True),
        ({"paid": ["2025 5000 2025-03-01", "2026 5000 2026-06-30"]}, False),
        ({"paid": ["2025 5000 2025-03-01", "2026 5000 2026-07-01"]}, False),
        ({"paid": ["2025 5000 2025-03-01", "2026 5000 2026-07-02"]}, True),
        ({"paid": ["2025 5000 2025-03-01", "2026 4999.99 2026-05-01"]}, True),
        ({"paid": ["2025 5000 2025-03-01"], "unconfirmed": ["2026 5000 2026-05-01"]}, True),
        ({"paid": ["2025 5000 2026-06-30"]}, True),
        ({"paid": ["2026 5000 2026-03-01"]}, False),
        ({"paid": []}, False),
        (
            {
                "paid": ["2025 5000 2025-03-01", "2026 5000 2026-03-01"],
                "refunded": ["2026 1 2026-07-01"],
            },
            True,
        ),
        (
            {
                "paid": ["2025 5000 2025-03-01", "2026 5000 2026-03-01"],
                "refunded": ["2026 1 2026-07-02"],
            },
            False,
        ),
        ({"paid": ["2025 5000 2025-03-01"], "left": "2026-06-30"}, True),
        ({"paid": ["2025 5000 2025-03-01"], "left": "2026-06-29"}, False),
        ({"joined": "2026-02-01", "paid": ["2026 5000 2026-03-01"]}, False),
        ({"joined": "2026-02-01", "paid": ["2026 4000 2026-03-01"]}, False),
    ],
)
def test_who_falls_after_30_june(past, falls):
    unit = Past(**past).create()

    found = fallen(JUNE)

    assert found == ([unit] if falls else [])
    assert falls == (standing(unit, JUNE).is_good and not standing(unit, JUNE + DAY).is_good)


@pytest.mark.parametrize(
    ("past", "falls"),
    [
        ({"paid": ["2026 5000 2026-12-31"]}, False),
        ({"joined": "2026-11-01", "paid": ["2026 5000 2026-12-01"]}, False),
        ({"paid": ["2026 5000 2026-03-01"], "left": "2026-12-31"}, True),
        ({"paid": ["2026 5000 2026-03-01"], "refunded": ["2026 5000 2027-01-01"]}, True),
        ({"paid": ["2026 5000 2026-03-01"], "refunded": ["2026 5000 2026-12-31"]}, False),
    ],
)
def test_who_falls_after_31_december(past, falls):
    unit = Past(**past).create()

    assert fallen(DECEMBER) == ([unit] if falls else [])
    assert falls == (
        standing(unit, DECEMBER).is_good and not standing(unit, DECEMBER + DAY).is_good
    )


def test_what_is_missing_is_counted_for_the_year_that_decides():
    Past(paid=["2025 5000 2025-03-01", "2026 2000 2026-02-01"]).create()
    Past(paid=["2025 5000 2025-03-01"], left="2026-06-30").create()

    found = falling(EVERYBODY, JUNE)

    assert sorted(unit.dues_missing for unit in found) == [3_000, 5_000]
    assert totals(found) == (2, 3_000)


def test_who_paid_this_year_only_gains_on_1_july():
    Past(paid=["2026 5000 2026-03-01"]).create()
    Past(paid=["2025 5000 2025-03-01", "2026 5000 2026-03-01"]).create()

    assert regaining(JUNE) == 1


def test_the_days_to_choose_from():
    assert last_days(day("2026-06-30")) == [
        day("2025-12-31"),
        day("2026-06-30"),
        day("2026-12-31"),
        day("2027-06-30"),
    ]
    assert next_last_day(day("2026-07-01")) == day("2026-12-31")
    assert next_last_day(day("2026-12-31")) == day("2026-12-31")


@pytest.mark.parametrize(("on", "count"), [("2026-04-30", 0), ("2026-05-01", 1)])
def test_the_first_page_counts_sixty_days_before(on, count):
    Past(paid=["2025 5000 2025-03-01"]).create()

    assert soon_falling(day(on)).count() == count


# --- What it costs, and the letter ----------------------------------------------------------------


@pytest.fixture
def unit():
    unit = Past(paid=["2025 5000 2025-03-01"]).create()
    promise(item("forum", name="样本论坛", counted_per="event", position=1), 3, Medium.SEAT)
    promise(item("advice", name="咨询服务", position=2))
    promise(item("standards", name="团体标准", position=3), tier="council")
    registered(unit, event("forum", day("2026-05-06"), name="春季论坛"), "张三", "李四")
    registered(unit, event("forum", day("2026-09-01"), name="秋季论坛"), "王五")
    asked(unit, "advice", day("2026-03-06"))
    return unit


def test_what_a_unit_may_on_the_last_day_and_not_on_the_next(unit):
    cost = costs([unit], JUNE)[unit.pk]

    assert [(row.code, right.quantity, left) for row, right, left in cost.lost] == [
        ("forum", 3, None),
        ("advice", None, None),
    ]
    assert cost.seats_ahead == 1


def test_the_letter_says_what_was_had_what_remains_and_what_to_pay(unit):
    (found,) = fallen(JUNE)

    text = letter_text(found, costs([found], JUNE)[unit.pk], last_day=JUNE, on=ON)

    assert text.subject == "请缴纳 2026 年会费：会员服务至2026年6月30日止"
    assert [line for line in text.body.splitlines() if line.startswith("- ")] == [
        "- 样本论坛：免费名额 2 人",
        "- 咨询服务：享受 1 次",
        "- 样本论坛：免费名额 3 人，剩 0",
        "- 咨询服务：可享受，不限次数",
    ]
    assert "请于2026年6月30日前缴纳 ¥5,000，各项服务即不中断。" in text.body
    assert f"{unit.name} 2026年度会费" in text.body


def test_a_unit_that_leaves_is_not_asked_to_pay():
    Past(paid=["2025 5000 2025-03-01"], left="2026-06-30").create()
    (found,) = fallen(JUNE)

    text = letter_text(found, costs([found], JUNE)[found.pk], last_day=JUNE, on=ON)

    assert text.subject == f"{found.name} 的会员服务至2026年6月30日止"
    assert "缴纳" not in text.body


def write(last_day=JUNE, on=ON):
    return write_letters(units=EVERYBODY, last_day=last_day, on=on, by=UserFactory(), at=AT)


def test_contacts_for_dues_are_written_to_once(unit):
    ContactFactory(unit=unit, email="money@unit.example", roles=[Contact.Role.FINANCE])
    ContactFactory(unit=unit, email="liaison@unit.example", roles=[Contact.Role.LIAISON])

    first, again = write(), write()

    assert (first.units, again.units) == (1, 0)
    assert list(Letter.objects.values_list("to", flat=True)) == ["money@unit.example"]
    assert CliffLetter.objects.get().letters.get().to == "money@unit.example"


def test_a_unit_that_paid_meanwhile_is_not_written_to(unit):
    ContactFactory(unit=unit, roles=[Contact.Role.LIAISON])
    PaymentFactory(unit=unit, year=2026, paid_on=day("2026-06-09"))

    assert (write().units, Letter.objects.count()) == (0, 0)


def test_units_without_an_address_are_named(unit):
    done = write()

    assert (done.units, [each.pk for each in done.unreachable]) == (0, [unit.pk])
    assert CliffLetter.objects.count() == 0


def test_nobody_is_told_when_the_day_is_over(unit):
    with pytest.raises(ValidationError):
        write(on=day("2026-07-01"))


def test_costs_take_no_more_queries_with_more_units():
    units = [member(paid=(2025,)) for _number in range(4)]

    counts = []
    for some in (units[:1], units):
        with CaptureQueriesContext(connection) as captured:
            costs(some, JUNE)
        counts.append(len(captured))

    assert counts[0] == counts[1]


# --- The pages ------------------------------------------------------------------------------------


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def leaving():
    """Units whose membership ends on the next last day, whatever the year; with a liaison."""
    today = timezone.localdate()
    load_standards(range(today.year - 2, today.year + 2))
    years = (today.year - 1, today.year)
    units = [member(name=f"{name}公司", paid=years) for name in "甲乙丙"]
    for unit in units:
        unit.applications.update(ended_on=next_last_day(today))
        ContactFactory(unit=unit, roles=[Contact.Role.LIAISON])
    return units


def test_the_list_is_about_the_next_last_day(staff, leaving):
    page = staff.get(LIST)

    assert [unit.name for unit in page.context["cl"].result_list] == sorted(
        unit.name for unit in leaving
    )
    assert (page.context["count"], page.context["missing"]) == (3, "¥0")


def test_the_list_takes_no_more_queries_with_more_units(staff, leaving):
    staff.get(LIST)
    with CaptureQueriesContext(connection) as many:
        staff.get(LIST)
    for unit in leaving[1:]:
        unit.applications.update(ended_on=None)
    with CaptureQueriesContext(connection) as few:
        staff.get(LIST)

    assert len(few) == len(many)


def test_a_units_page_shows_the_letter(staff, leaving):
    page = staff.get(reverse("admin:reports_cliffunit_change", args=[leaving[0].pk]))

    assert page.context["letter"].subject.startswith("甲公司 的会员服务至")


def test_a_unit_that_does_not_fall_has_no_page(staff):
    unit = member()

    response = staff.get(reverse("admin:reports_cliffunit_change", args=[unit.pk]))

    assert response.url == LIST


def test_writing_first_says_what_it_will_do(staff, leaving):
    chosen = {"action": "write", "_selected_action": [unit.pk for unit in leaving[:2]]}

    page = staff.post(LIST, chosen)
    written_by_then = Letter.objects.count()
    response = staff.post(LIST, chosen | {"sure": "1"})

    assert (page.context["waiting"], written_by_then) == (2, 0)
    assert (response.status_code, Letter.objects.count()) == (302, 2)


def test_the_list_is_downloaded(staff, leaving):
    response = staff.get(reverse("admin:reports_cliffunit_download"))
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    assert [line.split(",")[0] for line in text.splitlines()] == [
        "会员单位",
        *sorted(unit.name for unit in leaving),
    ]
