"""`manage.py entitlement UNIT ITEM`: finding both, and the answer."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from members.models import FormerName
from tests.factories import member

pytestmark = pytest.mark.django_db


def ask(*arguments: str) -> str:
    out = StringIO()
    call_command("entitlement", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def unit(charter):
    found = member(tier="council", paid=(2025,), name="青石矿业有限公司")
    FormerName.objects.create(unit=found, name="青石采选厂")
    return found


def test_json_has_exactly_the_seven_keys(unit):
    answer = json.loads(ask(unit.credit_code, "blue-book", "--on=2026-03-13", "--json"))

    because = answer.pop("because")
    assert answer == {
        "entitled": True,
        "quantity": 1,
        "unlimited": False,
        "medium": "paper",
        "basis": "charter",
        "would_change": [],
    }
    assert because[-1] == "章程《会员服务体系》行业信息服务 第2项：理事单位，纸质 1 册。"


def test_a_no_in_words(unit):
    lines = ask("青石矿业有限公司", "法律评论", "--on=2026-03-13").splitlines()

    assert lines[:2] == [
        "青石矿业有限公司 · 《中国矿业法律评论》 · 2026-03-13",
        "不享有：章程没有承诺给该单位",
    ]
    assert lines[-3:] == [
        "怎样可以享有",
        "  提升会员级别：章程把此项承诺给常务理事单位及以上。",
        "  或由协会特批，写明原因和有效期。",
    ]


def test_a_yes_in_words(unit):
    lines = ask("青石矿业有限公司", "《中国矿业》蓝皮书", "--on=2026-03-13").splitlines()

    assert lines[1] == "享有：纸质 1 册（依据：章程）"
    assert "怎样可以享有" not in lines


@pytest.mark.parametrize("named", ["青石矿业有限公司", "青石采选厂", "青石", " 采选 "])
def test_a_unit_is_found_by_name_former_name_or_a_part(unit, named):
    assert ask(named, "blue-book", "--on=2026-03-13").startswith("青石矿业有限公司 · ")


def test_a_unit_is_found_by_its_code_in_small_letters(unit):
    assert ask(unit.credit_code.lower(), "blue-book").startswith("青石矿业有限公司 · ")


def test_the_whole_name_wins_over_a_part_of_another(unit):
    member(name="青石矿业有限公司二分公司")

    assert ask("青石矿业有限公司", "blue-book").startswith("青石矿业有限公司 · ")


@pytest.mark.parametrize(
    ("named", "item"),
    [
        ("《中国矿业信息》", "《中国矿业信息》"),
        ("中国矿业信息", "《中国矿业信息》"),
        ("矿业大家谈", "“矿业大家谈”线上培训大讲堂"),
        ("碳捕集与封存(CCS)通讯", "《碳捕集与封存（CCS）通讯》"),
        ("innovation forum", ""),
        ("innovation-forum", "中国矿业联合会科技创新与可持续发展论坛"),
    ],
)
def test_an_item_is_found_by_code_or_name(unit, named, item):
    if not item:
        with pytest.raises(CommandError, match="没有找到与「innovation forum」相符的权益项"):
            ask("青石", named)
        return
    assert ask("青石", named).startswith(f"青石矿业有限公司 · {item} · ")


def test_several_units_are_listed(unit):
    other = member(name="青石地质队")

    with pytest.raises(CommandError) as caught:
        ask("青石", "blue-book")

    assert str(caught.value) == (
        "与「青石」相符的会员单位不止一个，请写明是哪一个：\n"
        f"  青石地质队 {other.credit_code}\n"
        f"  青石矿业有限公司 {unit.credit_code}"
    )


def test_several_items_are_listed(unit):
    with pytest.raises(CommandError) as caught:
        ask("青石", "形势分析报告")

    assert str(caught.value) == (
        "与「形势分析报告」相符的权益项不止一个，请写明是哪一个：\n"
        "  半年《矿产品供需形势分析报告》 (half-year-supply-demand)\n"
        "  全年《矿产品供需形势分析报告》 (full-year-supply-demand)"
    )


def test_an_unknown_unit_or_item_is_said_so(unit):
    with pytest.raises(CommandError, match="没有找到与「红石」相符的会员单位。"):
        ask("红石", "blue-book")
    with pytest.raises(CommandError, match="没有找到与「red-book」相符的权益项。"):
        ask("青石", "red-book")


def test_a_date_that_is_none_is_refused(unit):
    with pytest.raises(CommandError, match="「2026-02-30」不是日期，请写成 2026-03-13 的样子"):
        ask("青石", "blue-book", "--on=2026-02-30")
