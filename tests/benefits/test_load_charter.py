"""Loading the charter again and again, changed, and wrong."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from benefits.charter import load, plan
from benefits.charter_file import CHARTER_FILE, parse
from benefits.models import Allowance, BenefitGroup, BenefitItem
from members.models import SpecialCommittee, Tier
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 13)
BEGIN = dt.date(2015, 1, 1)
DAY = dt.timedelta(days=1)

SMALL = """\
from: 2015-01-01
tiers:
  - {code: vice_president, rank: 1, name: 副会长单位}
  - {code: council, rank: 3, name: 理事单位}
  - {code: ordinary, rank: 4, name: 会员单位}
committees:
  - {code: ccs, name: 碳捕集与封存专业委员会}
groups:
  - code: reports
    name: 报告
    items:
      - code: yearbook
        name: 年鉴
        period: annual
        clause: 报告 第1项
        allowed:
          copies: {vice_president: 3, council: 1}
          electronic: {ordinary: unlimited}
      - code: letter
        name: 通讯
        period: monthly
        clause: 报告 第2项
        allowed:
          electronic: {ccs: unlimited}
"""


@pytest.fixture
def write(tmp_path):
    """Write a charter's file; returns its path."""

    def written(text: str) -> Path:
        path = tmp_path / "charter.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def load_text(write):
    def loaded(text: str, today: dt.date = TODAY, since: dt.date | None = None) -> list[str]:
        return [str(change) for change in load(parse(write(text)), today=today, since=since)]

    return loaded


def rows(item: str = "yearbook", **holder) -> list[tuple]:
    """The history of one holder's allowance: how much, from when to when."""
    found = Allowance.objects.filter(item__code=item, **holder).order_by("starts_on")
    return [(row.quantity or row.extent, row.starts_on, row.ends_on) for row in found]


def everything() -> list:
    """Every row that a load can touch."""
    models = [Tier, SpecialCommittee, BenefitGroup, BenefitItem, Allowance]
    return [list(model.objects.order_by("pk").values()) for model in models]


# --- Loading again -------------------------------------------------------------------------------


def test_the_first_load_takes_the_files_dates(load_text):
    load_text(SMALL)

    assert rows(tier__code="vice_president") == [(3, BEGIN, None)]
    assert rows(tier__code="ordinary") == [("unlimited", BEGIN, None)]
    assert rows("letter", committee__code="ccs") == [("unlimited", BEGIN, None)]
    assert Allowance.objects.count() == 4


def test_loading_the_same_file_again_changes_nothing(charter):
    before = everything()

    assert load(parse(CHARTER_FILE), today=TODAY) == []
    assert load(parse(CHARTER_FILE), today=TODAY + 400 * DAY) == []
    assert load(parse(CHARTER_FILE), today=TODAY, since=TODAY) == []
    assert everything() == before


def test_a_changed_value_closes_the_old_row_and_opens_a_new_one(load_text):
    load_text(SMALL)

    changes = load_text(SMALL.replace("council: 1", "council: 2"), since=dt.date(2027, 1, 1))

    assert changes == [
        "截止：年鉴 · 理事单位 · 纸质 1 册 · 2015-01-01 至 2026-12-31",
        "开始：年鉴 · 理事单位 · 纸质 2 册 · 自 2027-01-01 起",
    ]
    assert rows(tier__code="council") == [
        (1, BEGIN, dt.date(2026, 12, 31)),
        (2, dt.date(2027, 1, 1), None),
    ]


def test_without_a_date_a_change_holds_from_today(load_text):
    load_text(SMALL)

    load_text(SMALL.replace("council: 1", "council: 2"))

    assert rows(tier__code="council") == [(1, BEGIN, TODAY - DAY), (2, TODAY, None)]


def test_a_change_that_is_to_come_waits_for_its_day_when_loaded_again(load_text):
    changed = SMALL.replace("council: 1", "council: 2")
    load_text(SMALL)
    load_text(changed, since=dt.date(2027, 1, 1))

    assert load_text(changed) == []
    assert load_text(changed, today=dt.date(2027, 5, 1)) == []


def test_an_item_dropped_from_a_coming_day_waits_when_loaded_again(load_text):
    dropped = SMALL[: SMALL.index("      - code: letter")].replace(", council: 1", "")
    load_text(SMALL)
    load_text(dropped, since=dt.date(2027, 1, 1))

    assert load_text(dropped) == []


def test_naming_the_day_brings_a_coming_change_forward(load_text):
    changed = SMALL.replace("council: 1", "council: 2")
    load_text(SMALL)
    load_text(changed, since=dt.date(2027, 1, 1))

    load_text(changed, since=dt.date(2026, 7, 1))

    assert rows(tier__code="council") == [
        (1, BEGIN, dt.date(2026, 6, 30)),
        (2, dt.date(2026, 7, 1), None),
    ]


def test_taking_a_coming_change_back_leaves_one_row(load_text):
    load_text(SMALL)
    load_text(SMALL.replace("council: 1", "council: 2"), since=dt.date(2027, 1, 1))

    load_text(SMALL)

    assert rows(tier__code="council") == [(1, BEGIN, None)]


def test_dated_values_hold_from_their_own_days(load_text):
    dated = "council: [{from: 2015-01-01, value: 1}, {from: 2027-01-01, value: none}]"
    load_text(SMALL)

    load_text(SMALL.replace("council: 1", dated))

    assert rows(tier__code="council") == [(1, BEGIN, dt.date(2026, 12, 31))]


def test_a_late_load_of_a_dated_value_leaves_earlier_days_alone(load_text):
    dated = "council: [{from: 2015-01-01, value: 1}, {from: 2026-01-01, value: 2, clause: 修订}]"
    load_text(SMALL)

    load_text(SMALL.replace("council: 1", dated))

    assert rows(tier__code="council") == [(1, BEGIN, TODAY - DAY), (2, TODAY, None)]
    assert Allowance.objects.get(starts_on=TODAY).clause == "修订"


def test_a_file_that_begins_later_says_nothing_of_the_days_before(load_text):
    load_text(SMALL)

    load_text(SMALL.replace("from: 2015", "from: 2027").replace("council: 1", "council: 2"))

    assert rows(tier__code="council") == [
        (1, BEGIN, dt.date(2026, 12, 31)),
        (2, dt.date(2027, 1, 1), None),
    ]
    assert rows(tier__code="ordinary") == [("unlimited", BEGIN, None)]


def test_another_medium_is_another_row(load_text):
    load_text(SMALL)

    load_text(
        SMALL.replace(", council: 1}", "}")
        .replace("{ordinary:", "{council+: 5, ordinary:")
        .replace("council+: 5", "council: unlimited")
    )

    assert rows(tier__code="council") == [(1, BEGIN, TODAY - DAY), ("unlimited", TODAY, None)]


def test_a_dropped_item_is_retired_and_comes_back(load_text):
    dropped = SMALL[: SMALL.index("      - code: letter")]
    load_text(SMALL)

    load_text(dropped)

    letter = BenefitItem.objects.get(code="letter")
    assert letter.retired_on == TODAY
    assert rows("letter") == [("unlimited", BEGIN, TODAY - DAY)]

    load_text(SMALL, today=TODAY + 30 * DAY)

    letter.refresh_from_db()
    assert letter.retired_on is None
    assert rows("letter") == [
        ("unlimited", BEGIN, TODAY - DAY),
        ("unlimited", TODAY + 30 * DAY, None),
    ]


def test_a_new_item_begins_with_its_load(load_text):
    load_text(SMALL[: SMALL.index("      - code: letter")])

    load_text(SMALL)

    assert rows("letter") == [("unlimited", TODAY, None)]


def test_items_change_places_and_names(load_text):
    head, yearbook, letter = SMALL.partition("      - code: yearbook")[0], "", ""
    _head, _code, rest = SMALL.partition("      - code: yearbook")
    yearbook, _code, letter = rest.partition("      - code: letter")
    load_text(SMALL)

    changes = load_text(
        head
        + "      - code: letter"
        + letter.replace("通讯", "快讯")
        + "      - code: yearbook"
        + yearbook
    )

    assert changes == ["更新说明：快讯", "更新说明：年鉴"]
    found = BenefitItem.objects.order_by("position").values_list("code", "position", "name")
    assert list(found) == [("letter", 1, "快讯"), ("yearbook", 2, "年鉴")]


def test_threshold_takes_every_higher_tier(load_text):
    load_text(SMALL.replace("{ccs: unlimited}", "{council+: unlimited}"))

    found = Allowance.objects.filter(item__code="letter").order_by("tier__rank")
    assert [row.tier.code for row in found] == ["vice_president", "council"]


# --- What staff edited ---------------------------------------------------------------------------


def test_an_allowance_that_staff_edited_is_kept_and_reported(load_text):
    load_text(SMALL)
    Allowance.objects.filter(tier__code="council").update(quantity=7, edited_by=UserFactory())

    changes = load_text(SMALL.replace("council: 1", "council: 2"))

    assert changes == ["保留后台的改动：年鉴 · 理事单位 · 纸质 7 册 · 自 2015-01-01 起"]
    assert rows(tier__code="council") == [(7, BEGIN, None)]


def test_an_allowance_that_staff_ended_is_not_opened_again(load_text):
    load_text(SMALL)
    Allowance.objects.filter(tier__code="council").update(
        ends_on=TODAY - 30 * DAY, edited_by=UserFactory()
    )

    load_text(SMALL)

    assert rows(tier__code="council") == [(1, BEGIN, TODAY - 30 * DAY)]


def test_an_item_that_staff_added_or_described_is_kept(load_text):
    load_text(SMALL)
    BenefitItem.objects.filter(code="letter").update(name="本会通讯", edited_by=UserFactory())

    assert load_text(SMALL) == ["保留后台的改动：本会通讯"]
    load_text(SMALL[: SMALL.index("      - code: letter")])

    letter = BenefitItem.objects.get(code="letter")
    assert (letter.name, letter.retired_on) == ("本会通讯", None)


def test_tiers_and_committees_keep_the_names_that_staff_gave_them(load_text):
    Tier.objects.create(code="council", rank=3, name="理事会员")

    load_text(SMALL)

    assert Tier.objects.get(code="council").name == "理事会员"


# --- The command ---------------------------------------------------------------------------------


def run(*arguments) -> str:
    out = StringIO()
    call_command("load_charter", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_loads_the_associations_charter():
    assert run().splitlines()[-1] == "共 39 项，已写入 191 处差异。"
    assert run() == "共 39 项，没有需要改动的内容。\n"


def test_dry_run_shows_the_difference_and_changes_nothing(write, load_text):
    load_text(SMALL)
    before = everything()

    shown = run(write(SMALL.replace("council: 1", "council: 2")), "--dry-run", "--from=2027-01-01")

    assert shown.splitlines() == [
        "截止：年鉴 · 理事单位 · 纸质 1 册 · 2015-01-01 至 2026-12-31",
        "开始：年鉴 · 理事单位 · 纸质 2 册 · 自 2027-01-01 起",
        "共 2 项，有 2 处差异；没有做任何改动。",
    ]
    assert everything() == before


def test_dry_run_of_the_first_load_changes_nothing():
    assert run("--dry-run").splitlines()[-1] == "共 39 项，有 191 处差异；没有做任何改动。"
    assert BenefitGroup.objects.count() == 0


def test_the_command_dates_changes_from_today(write, load_text):
    load_text(SMALL)

    run(write(SMALL.replace("council: 1", "council: 2")))

    assert Allowance.objects.get(quantity=2).starts_on == timezone.localdate()


def test_planning_writes_nothing(write, load_text):
    load_text(SMALL)
    before = everything()

    assert len(plan(parse(write(SMALL.replace("council: 1", "council: 2"))), today=TODAY)) == 2
    assert everything() == before


def test_a_file_that_contradicts_the_database_changes_nothing(write):
    Tier.objects.create(code="other", rank=1, name="理事长单位")
    before = everything()

    with pytest.raises(CommandError, match="文件与数据库现有内容相冲突，没有做任何改动"):
        run(write(SMALL))

    assert everything() == before


# --- Bad files -----------------------------------------------------------------------------------

WRONG = [
    ("council: 1}", "council: -1}", "第 17 行，council：数字不能小于 0"),
    (
        "council: 1}",
        "council: some}",
        "第 17 行，council：这里应写数字、unlimited、not_stated 或 none",
    ),
    (
        "council: 1}",
        "council: 1.5}",
        "第 17 行，council：这里应写数字、unlimited、not_stated 或 none",
    ),
    (
        "council: 1}",
        "council: {a: 1}}",
        "第 17 行，council：这里应写数字、unlimited、not_stated 或 none",
    ),
    ("council: 1}", "counsel: 1}", "第 17 行，counsel：没有这个会员级别或专委会"),
    ("council: 1}", "board+: 1}", "第 17 行，board+：没有这个会员级别或专委会"),
    ("council: 1}", "council: 1, council: 2}", "第 17 行，council：这个字段写了两次"),
    ("council: 1}", "all: 1}", "第 17 行，all：这一级别或专委会在同一日期得到两次承诺"),
    ("council: 1}", "council: []}", "第 17 行，council：带日期的列表不能为空"),
    (
        "council: 1}",
        "council: [{from: 2026-02-30, value: 1}]}",
        "第 17 行，from：「2026-02-30」不是日期，请写成 2026-03-13 的样子",
    ),
    (
        "council: 1}",
        "council: [{from: 2027-01-01, value: 1}, {from: 2026-01-01, value: 2}]}",
        "第 17 行，council：带日期的数值要按日期先后排列，每个日期只写一次",
    ),
    ("council: 1}", "council: [{value: 1}]}", "第 17 行，from：缺少这个字段"),
    ("copies:", "copys:", "第 17 行，copys：这里没有这个字段"),
    ("        clause: 报告 第1项\n", "", "第 12 行，clause：缺少这个字段"),
    ("        period: annual\n", "", "第 12 行，period：缺少这个字段"),
    (
        "period: annual",
        "period: daily",
        "第 14 行，period：这里不认识「daily」，可以写：weekly, monthly, bimonthly, half_yearly, "
        "annual, biennial, year_round, irregular, on_demand, once",
    ),
    ("code: letter", "code: yearbook", "第 19 行，code：「yearbook」写了两次"),
    ("name: 通讯", "name: 年鉴", "第 20 行，name：「年鉴」写了两次"),
    ("code: letter", "code: 通讯", "第 19 行，code：代码只能用小写字母、数字、- 和 _"),
    ("code: ccs,", "code: council,", "第 7 行，code：「council」写了两次"),
    ("rank: 3", "rank: 1", "第 4 行，rank：这个次序已被占用"),
    ("rank: 3", "rank: third", "第 4 行，rank：「third」不是整数"),
    ("rank: 3, ", "", "第 4 行，rank：缺少这个字段"),
    ("name: 年鉴", "name: [年鉴]", "第 13 行，name：这里应写文字"),
    ("name: 年鉴", f"name: {'年' * 121}", "第 13 行，name：这里最多写 120 个字"),
    ("from: 2015-01-01", "from: soon", "第 1 行，from：「soon」不是日期，请写成 2026-03-13 的样子"),
    ("committees:", "committee:", "第 6 行，committee：这里没有这个字段"),
    (
        "{ordinary: unlimited}",
        "{ordinary: unlimited",
        "第 19 行，code：不是有效的 YAML，请检查这附近的缩进、括号和冒号"
        "（expected ',' or '}', but got ':'）",
    ),
    (SMALL, "", "第 1 行：文件是空的"),
    (SMALL, "- a\n- b\n", "第 1 行：这里应写成「名称: 值」"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "message"), WRONG, ids=lambda text: text[:40])
def test_a_bad_file_names_line_and_field_and_changes_nothing(
    write, load_text, right, wrong, message
):
    load_text(SMALL)
    before = everything()
    path = write(SMALL.replace(right, wrong, 1))

    with pytest.raises(CommandError) as caught:
        run(path)

    assert str(caught.value) == f"{path} 不能使用，没有做任何改动。\n{message}"
    assert everything() == before


def test_every_faulty_item_is_named_in_one_go(write):
    path = write(SMALL.replace("council: 1}", "counsel: 1}").replace("monthly", "daily"))

    with pytest.raises(CommandError) as caught:
        run(path)

    _head, first, second = str(caught.value).splitlines()
    assert first == "第 17 行，counsel：没有这个会员级别或专委会"
    assert second.startswith("第 21 行，period：这里不认识「daily」")


def test_a_file_in_another_encoding_names_the_line(tmp_path):
    path = tmp_path / "charter.yaml"
    path.write_bytes(SMALL.encode("gb18030"))

    with pytest.raises(CommandError) as caught:
        run(path)

    assert str(caught.value).endswith("第 3 行：文件不是 UTF-8 编码")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError) as caught:
        run(tmp_path / "none.yaml")

    assert "none.yaml：无法打开：" in str(caught.value)
