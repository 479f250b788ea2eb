"""A draft is filled with whole tiers, single units, or a list whose faults are named by line."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members.appointments import apply
from members.models import FormerName, SeatChange, TierChange
from members.nominating import nominate, nominate_holders, read_list
from tests.factories import CommitteeFactory, TierFactory, UnitFactory, UserFactory, member
from tests.members.factories import batch, day

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 5, 22, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def tiers():
    return {code: TierFactory(code=code) for code in ("council", "ordinary")}


def named(made) -> dict:
    return dict(made.tier_changes.values_list("unit__name", "tier__code"))


def test_everybody_who_holds_a_tier_is_named(tiers):
    member(name="甲公司", tier="council")
    member(name="乙公司", tier="ordinary")
    gone = member(name="丙公司", tier="council")
    gone.applications.update(ended_on=day("2025-12-31"))
    kept = member(name="丁公司", tier="council")
    made = batch(tiers={kept: "ordinary"})

    count = nominate_holders(batch=made, held=tiers["council"], tier=tiers["council"])

    assert (count, named(made)) == (1, {"甲公司": "council", "丁公司": "ordinary"})


def test_a_later_line_for_a_unit_counts(tiers):
    unit = member(name="甲公司")
    made = batch(tiers={unit: "ordinary"})

    nominate(batch=made, lines=[TierChange(unit=unit, tier=tiers["council"])])

    assert named(made) == {"甲公司": "council"}


def test_an_applied_batch_takes_no_more(tiers):
    unit = member()
    made = apply(batch=batch(tiers={unit: "council"}), by=UserFactory(), at=AT)

    with pytest.raises(ValidationError, match="applied already"):
        nominate(batch=made, lines=[TierChange(unit=unit, tier=tiers["ordinary"])])
    with pytest.raises(ValidationError, match="applied already"):
        nominate_holders(batch=made, held=tiers["ordinary"], tier=tiers["ordinary"])


def test_a_list_names_units_by_name_code_and_former_name(tiers):
    CommitteeFactory(code="fluorite", name="萤石专业委员会")
    one, other = UnitFactory(name="甲（集团）公司"), UnitFactory(name="乙公司")
    third = UnitFactory(name="丙公司")
    FormerName.objects.create(unit=third, name="老丙公司")

    lines = read_list(
        f"甲(集团)公司\t理事单位\n\n{other.credit_code.lower()}\tordinary\n"
        "老丙公司　萤石专业委员会\n乙公司\t萤石专业委员会\t退出\n"
    )

    assert [(line.unit.name, type(line), getattr(line, "step", "")) for line in lines] == [
        ("甲（集团）公司", TierChange, ""),
        ("乙公司", TierChange, ""),
        ("丙公司", SeatChange, "take"),
        ("乙公司", SeatChange, "leave"),
    ]
    assert [line.tier.code for line in lines[:2]] == ["council", "ordinary"]
    assert (lines[0].unit, lines[1].unit) == (one, other)


def test_every_fault_of_a_list_is_named_by_its_line(tiers):
    UnitFactory(name="甲公司")
    for name in ("乙公司", "丙公司"):
        FormerName.objects.create(unit=UnitFactory(name=name), name="旧名")

    with pytest.raises(ValidationError) as refused:
        read_list(
            "甲公司\t理事\n没有公司\t理事单位\n甲公司\n旧名\t理事单位\n甲公司\t理事单位\n甲公司\t会员单位"
        )

    assert refused.value.messages == [
        "Line 1: there is no tier or committee “理事”.",
        "Line 2: there is no unit “没有公司”.",
        "Line 3: the tier or the committee is missing after a tab.",
        "Line 4: “旧名” was the name of several units; give the credit code.",
        "Line 6: 甲公司 stands in the list twice.",
    ]


@pytest.mark.parametrize("text", ["", "  \n\t\n", "\0"])
def test_an_empty_list_is_refused(text):
    with pytest.raises(ValidationError, match="The list is empty"):
        read_list(text)


def test_a_long_list_takes_no_more_queries(tiers, django_assert_num_queries):
    units = [UnitFactory() for _number in range(12)]

    with django_assert_num_queries(5):
        read_list("\n".join(f"{unit.name}\t理事单位" for unit in units))
