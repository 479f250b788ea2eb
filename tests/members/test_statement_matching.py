"""Lines of bank statements with known answers: never a wrong sure one, nearly all clear ones."""

import datetime as dt
import sys
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.models import LineCandidate, StatementLine
from members.statement_matching import identify
from members.statement_register import Register
from members.statement_texts import leftover, plain, skeleton, without_years
from tests.members.statement_lines import load_lines, load_units, verdict_on

State, Doubt = StatementLine.State, StatementLine.Doubt


@pytest.mark.django_db
def test_lines_with_known_answers():
    """The figures: with ``pytest -s`` they are shown."""
    units = load_units()
    names = {unit.pk: key for key, unit in units.items()}
    lines = load_lines(units)
    register = Register(
        [(unit.pk, unit.name, unit.credit_code) for unit in units.values()],
        [(unit.pk, each.name) for unit in units.values() for each in unit.former_names.all()],
        accounts={"880001": units["砂石"].pk},
    )

    wrong, missed, not_offered, proposed = [], [], [], 0
    for each in lines:
        verdict = verdict_on(each, register)
        shown = (each.payer, each.remark, each.amount, each.answer, verdict.doubt)
        if verdict.state == State.PROPOSED:
            proposed += 1
            found = names[verdict.unit], tuple(year for year, _amount in verdict.shares)
            if found != (each.unit, each.years):
                wrong.append((*shown, found))
        elif each.is_clear:
            missed.append(shown)
        offered = {names[next(iter(fact.units))] for fact in verdict.candidates}
        if each.unit and each.unit not in offered:
            not_offered.append((*shown, offered))

    clear = sum(each.is_clear for each in lines)
    sys.stdout.write(
        f"\n{len(lines)} lines, {clear} of them clear: {proposed} proposed, {len(wrong)} wrong, "
        f"{clear - len(missed)} of the clear ones proposed ({(clear - len(missed)) / clear:.1%})\n"
    )
    assert len(lines) >= 200
    assert wrong == []
    assert len(missed) <= clear * 0.1, missed
    assert not_offered == []


# --- Whatever the register holds ---------------------------------------------------------------

PLACES = ["", "山西", "山东", "内蒙古", "新", "大", "第一", "第二"]
STEMS = ["华岳", "金峦", "华岳金峦", "中和", "和", "代缴"]
KINDS = ["煤业", "矿业", "地质局", "地质大队", "煤业集团"]
FORMS = ["", "公司", "有限公司", "有限责任公司", "股份有限公司", "工会", "北京分公司"]
NAMES = st.sampled_from(sorted({"".join(parts) for parts in product(PLACES, STEMS, KINDS, FORMS)}))
REMARKS = ["", "会费", "2026年会费", "代缴2026年度会费", "转账"]
CODE = LineCandidate.Rule.CREDIT_CODE


def line(payer: str, remark: str) -> StatementLine:
    return StatementLine(
        paid_on=dt.date(2026, 3, 2), amount=Decimal(5000), payer=payer, remark=remark
    )


def register_of(names: list[str]) -> Register:
    return Register([(number, name, f"CODE{number:014}") for number, name in enumerate(names)])


@given(st.lists(NAMES, unique=True, min_size=2, max_size=6), st.sampled_from(REMARKS), st.data())
def test_a_line_that_names_one_unit_is_never_another_s(names, remark, data):
    register = register_of(names)
    named = data.draw(st.integers(0, len(names) - 1))
    in_payer = line(names[named], remark)
    in_remark = line("王建国", f"{names[named]} {remark}")

    found = {identify(each, register).unit for each in (in_payer, in_remark)}

    assert found <= {named, None}


@given(st.lists(NAMES, unique=True, min_size=2, max_size=6))
def test_the_payer_s_whole_name_is_recognised(names):
    register = register_of(names)

    found = [identify(line(name, "2026年会费"), register).unit for name in names]

    assert found == list(range(len(names)))


@given(st.lists(NAMES, unique=True, min_size=2, max_size=6), NAMES)
def test_a_payer_who_is_in_no_register_is_nobody_s_line(names, stranger):
    """But for the legal form that is written in two ways."""
    same = stranger.replace("有限责任公司", "有限公司")
    names = [name for name in names if name.replace("有限责任公司", "有限公司") != same]

    assert identify(line(stranger, "2026年会费"), register_of(names)).unit is None


# --- Texts -------------------------------------------------------------------------------------

YEARS = {
    "2026年度会费": (2026,),
    "２０２６会费": (2026,),
    "25年会费": (2025,),
    "26会费": (2026,),
    "2025、2026年度会费": (2025, 2026),
    "2024-2026年": (2024, 2025, 2026),
    "24至26年会费": (2024, 2025, 2026),
    "2025年度和2026年度会费": (2025, 2026),
    "二〇二六年会费": (2026,),
    "本年度会费": (2026,),
    "去年会费": (2025,),
    "下年度会费": (2027,),
    "2026年3月2日缴2025年会费": (2025,),
    "20260302 会费": (),
    "会费": (),
}


@pytest.mark.parametrize("text", YEARS)
def test_years_are_read_from_a_remark(text):
    _rest, years = without_years(plain(text), 2026)

    assert (years.named, years.is_strange) == (YEARS[text], False)


@pytest.mark.parametrize("text", ["会费（25）", "1999年会费", "2036年会费"])
def test_a_year_that_cannot_be_meant_is_noticed(text):
    assert without_years(plain(text), 2026)[1].is_strange


def test_a_remark_may_say_how_many_years():
    assert without_years("补缴两年会费", 2026)[1].count == 2


LEFT = {
    "代 缴会费 5,000.00元": "",
    "中国矿业联合会会费（理事单位）": "",
    "代中和矿业缴会费": "中和矿业",
    "联系人：王芳 13800000000": "",
    "王芳 会费": "王芳",
}


@pytest.mark.parametrize("text", LEFT)
def test_empty_words_name_nobody(text):
    assert leftover(plain(text)) == LEFT[text]


def test_a_name_is_the_same_however_it_is_written():
    written = ["中矿（北京）科技ＡＢ公司", "中矿(北京)科技AB公司", "中矿 北京 科技ab公司"]

    assert {skeleton(name) for name in written} == {"中矿北京科技AB公司"}
