"""The cases that the owners of the charter keep."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from benefits.basis import Basis
from benefits.cases import BASES, CASES_FILE, parse, run
from benefits.models import Allowance
from members.models import DuesStandard, MemberUnit, TierAppointment
from tests.factories import StandardFactory, TierFactory

pytestmark = pytest.mark.django_db

ONE = """\
会费标准: {会员单位: 5000}
情形:
- 说明: 周报
  单位: {级别: 会员单位, 入会: 2019-05-01, 缴费: [{年度: 2025, 日期: 2025-03-10}]}
  权益项: 《中国矿业信息》
  日期: 2026-03-13
  应为: {享有: 是, 数量: 不限, 形式: 电子版, 依据: 章程}
"""


def check(path) -> str:
    out = StringIO()
    call_command("check_charter", str(path), stdout=out)
    return out.getvalue()


def test_every_case_is_answered_as_expected(charter):
    cases = parse(CASES_FILE)

    assert [str(failure) for failure in map(run, cases) if failure] == []
    assert len(cases) >= 40


def test_the_cases_reach_every_group_tier_and_basis(charter):
    cases = parse(CASES_FILE)

    tiers = {
        row.tier.code for case in cases for row in case.rows if isinstance(row, TierAppointment)
    }
    assert len({case.item.group_id for case in cases}) == 5
    assert tiers == {"vice_president", "executive_council", "council", "ordinary"}
    assert {BASES[case.expected.basis] for case in cases} == set(Basis)


def test_the_command_says_that_all_is_well(charter, tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(ONE)

    assert check(path) == "1 条用例的答案全部相符。\n"


def test_a_case_that_fails_is_named_with_both_answers(charter, tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(ONE.replace("数量: 不限, 形式: 电子版", "数量: 2, 形式: 纸质"))
    out = StringIO()

    with pytest.raises(CommandError, match="1 条用例中有 1 条答案不符"):
        call_command("check_charter", str(path), stdout=out)

    assert out.getvalue() == (
        "第 3 行「周报」：应为 是 · 2 · 纸质 · 章程，实为 是 · 不限 · 电子版 · 章程\n"
    )


def test_a_change_of_the_charter_shows(charter, tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(ONE)
    Allowance.objects.filter(item__code="weekly-bulletin").delete()

    with pytest.raises(CommandError, match="1 条用例中有 1 条答案不符"):
        check(path)


def test_checking_leaves_nothing_behind(charter, tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(ONE)
    StandardFactory(tier=TierFactory(code="ordinary"), year=2026, amount=7)

    check(path)

    assert MemberUnit.objects.count() == 0
    assert DuesStandard.objects.get().amount == 7


def test_without_a_charter_it_says_what_to_do_first():
    with pytest.raises(CommandError, match="还没有载入章程。请先运行：manage"):
        check(CASES_FILE)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("会员单位: 5000", "普通单位: 5000", "第 1 行，普通单位：没有这个会员级别"),
        ("5000", "-5", "第 1 行，会员单位：「-5」不是大于零的金额"),
        ("享有: 是", "享有: 好", "第 7 行，享有：这里不认识「好」，可以写：是, 否"),
        ("数量: 不限, ", "", "第 7 行，应为：享有时要写数量和形式，不享有时都不写"),
        ("日期: 2026-03-13", "日期: 明", "第 6 行，日期：「明」不是日期，请写成 2026-03-13 的样子"),
        ("  权益项: 《中国矿业信息》\n", "", "第 3 行，权益项：缺少这个字段"),
        ("入会", "加入", "第 4 行，加入：这里没有这个字段"),
    ],
)  # fmt: skip
def test_a_bad_file_names_line_and_field(charter, tmp_path, right, wrong, message):
    path = tmp_path / "cases.yaml"
    path.write_text(ONE.replace(right, wrong, 1))

    with pytest.raises(CommandError) as caught:
        check(path)

    assert str(caught.value) == f"{path} 不能使用。\n{message}"
