"""``manage.py statement``: the table, the JSON, and what it says to a mistyped question."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from benefits.models import Medium
from members.models import FormerName
from reports.management.commands.statement import width
from reports.statement import statement
from tests.factories import UnitFactory, member
from tests.reports.factories import asked, event, item, promise, registered

pytestmark = pytest.mark.django_db

ON = "2026-11-21"


@pytest.fixture
def unit():
    """An ordinary member in good standing, with a forum, a service and another tier's service."""
    unit = member(paid=(2025, 2026), name="赤岭钼业有限公司", credit_code="911100000000007770")
    promise(item("forum", name="样本论坛", counted_per="event", position=1), 5, Medium.SEAT)
    promise(item("advice", name="咨询服务", position=2))
    promise(item("standards", name="团体标准", position=3), tier="council")
    registered(unit, event("forum", dt.date(2026, 12, 1)), "张三", "李四")
    asked(unit, "advice", dt.date(2026, 5, 6))
    return unit


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("statement", *arguments, stdout=out)
    return out.getvalue()


def test_the_table(unit):
    assert said("赤岭", "--on", ON).splitlines() == [
        f"赤岭钼业有限公司 · {unit.credit_code} · 会员单位",
        "2026 年权益账单，截至2026年11月21日",
        "享有资格有效至2027年6月30日",
        "3 项中，当日可享有 2 项；已使用 2 项。",
        "",
        "权益项    已用                剩余  承诺",
        "",
        "[自拟类别]",
        "样本论坛  2（其中 2 待参加）  3     免费名额 5 人（全年 1 场）",
        "咨询服务  1                   不限  可享受，不限次数",
        "团体标准  0                   0     未列入",
        "    章程没有承诺给该单位",
        "    → 变更会员级别：章程把此项承诺给理事单位。",
        "    → 或由协会特批，写明原因和有效期。",
    ]


def test_the_columns_line_up_with_characters_of_double_width(unit):
    rows = [
        line
        for line in said("赤岭", "--on", ON).splitlines()
        if line[:2] in ("权益", "样本", "咨询")
    ]

    starts = {width(row[: row.rindex("  ")]) for row in rows}

    assert len(rows) == 3
    assert len(starts) == 1


def test_a_long_name_is_shortened(unit):
    promise(item("long", name="矿" * 30, position=4))

    (row,) = [line for line in said("赤岭", "--on", ON).splitlines() if "矿矿" in line]

    assert row.split()[0] == "矿" * 21 + "…"


def test_who_is_refused_reads_the_way_once_at_the_head(unit):
    lapsed = member(paid=(2024,), name="北原矿山装备有限公司")

    head = said(str(lapsed.pk), "--year", "2026", "--on", ON).splitlines()[:4]

    standing = statement(lapsed, year=2026, on=dt.date.fromisoformat(ON)).standing
    assert head[2] == f"暂不享有资格：{standing.basis.label}"
    assert head[3] == f"→ {standing.would_change[0]}"


def test_json_is_what_the_api_answers(unit):
    answer = json.loads(said("赤岭", "--year", "2026", "--on", ON, "--json"))

    assert answer == statement(unit, year=2026, on=dt.date.fromisoformat(ON)).as_json()


@pytest.mark.parametrize(
    "found_by", [lambda unit: str(unit.pk), lambda unit: unit.credit_code, lambda unit: "老钼矿"]
)
def test_the_unit_is_found_by_id_credit_code_and_former_name(unit, found_by):
    FormerName.objects.create(unit=unit, name="赤岭老钼矿")

    assert json.loads(said(found_by(unit), "--on", ON, "--json"))["unit"]["id"] == unit.pk


def test_of_several_units_each_is_named(unit):
    other = UnitFactory(name="赤岭铜业有限公司")

    with pytest.raises(CommandError) as refused:
        said("赤岭")

    assert str(refused.value).splitlines()[1:] == [
        f"  赤岭钼业有限公司 {unit.credit_code}",
        f"  赤岭铜业有限公司 {other.credit_code}",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["无此单位"], "没有找到与「无此单位」相符的会员单位。"),
        (["赤岭", "--year", "1850"], "--year 1850：请填写 1990 至 2100 之间的年度。"),
        (
            ["赤岭", "--year", "2025", "--on", ON],
            "--on 2026-11-21 不在 2025 年内。请填写该年的日期，或不填。",
        ),
    ],
)
def test_errors_say_what_to_do(unit, arguments, message):
    with pytest.raises(CommandError) as refused:
        said(*arguments)

    assert str(refused.value) == message


def test_a_year_that_is_over_is_answered_for_its_last_day(unit):
    today = timezone.localdate()

    past = json.loads(said("赤岭", "--year", "2021", "--json"))
    present = json.loads(said("赤岭", "--json"))

    assert (past["year"], past["on"]) == (2021, "2021-12-31")
    assert (present["year"], present["on"]) == (today.year, today.isoformat())
