"""Who owes dues of several years in a row, and what the council decides."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from members.arrears import decide, in_arrears, owed, unpaid_years
from members.models import ArrearsDecision, MemberUnit
from tests.factories import UserFactory, member, waived
from tests.members.factories import Past, load_standards

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 11, 25)
AT = dt.datetime(2026, 11, 25, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def standards():
    load_standards()


def listed(on: dt.date = ON, years: int = 2) -> set[MemberUnit]:
    return set(in_arrears(MemberUnit.objects.all(), on, years=years))


def years_of(unit: MemberUnit, on: dt.date = ON) -> list[int]:
    return [each.year for each in unpaid_years([unit], on)[unit.pk]]


def test_only_years_in_a_row_up_to_the_latest_count():
    two = member(paid=tuple(range(2019, 2025)))
    one = member(paid=tuple(range(2019, 2026)))
    member(paid=(*range(2019, 2024), 2026))  # 2024 and 2025 are owed, 2026 is paid

    assert listed() == {two}
    assert listed(years=1) == {one, two}
    assert (years_of(two), years_of(one)) == ([2026, 2025], [2026])
    assert owed(unpaid_years([two], ON)[two.pk]) == 10_000


def test_until_30_june_last_year_is_the_latest():
    unit = member(paid=tuple(range(2019, 2025)))

    days = [dt.date(2026, 6, 30), dt.date(2026, 7, 1)]
    assert [unit in listed(on) for on in days] == [False, True]
    assert [years_of(unit, on) for on in days] == [[2025], [2026, 2025]]


def test_years_before_joining_are_not_owed():
    Past(joined="2026-02-01").create()
    older = Past(joined="2025-12-31").create()

    assert listed() == {older}
    assert years_of(older) == [2026, 2025]


def test_a_waived_year_and_one_of_unknown_amount_are_not_owed():
    spared = member(paid=tuple(range(2019, 2025)))
    waived(spared, 2025, 5_000, ON)
    member(tier="executive_council")

    assert listed() == set()
    assert years_of(spared) == [2026]


def test_a_partly_paid_year_is_owed_in_its_rest():
    unit = Past(paid=["2025 4999.99 2025-03-01"], joined="2025-01-01").create()

    missing = [each.missing for each in unpaid_years([unit], ON)[unit.pk]]
    assert missing == [Decimal(5_000), Decimal("0.01")]


def decided(unit: MemberUnit, outcome: str, **fields) -> ArrearsDecision:
    facts = {"decided_on": ON, "resolution": "理事会2026年第5号", "wait_until": None, "at": AT}
    return decide(unit=unit, outcome=outcome, by=UserFactory(), **facts | fields)


def test_a_unit_stays_listed_while_the_council_waits():
    unit = member()

    decided(unit, "wait", wait_until=dt.date(2027, 3, 31))

    assert listed() == {unit}


def test_only_a_resolution_ends_the_membership_and_says_so():
    unit = member()

    decided(unit, "end")

    membership = unit.applications.get()
    assert (membership.ended_on, "理事会2026年第5号" in membership.ended_because) == (ON, True)
    assert listed(ON + dt.timedelta(days=1)) == set()
    assert unit.arrears_decisions.get().outcome == "end"


@pytest.mark.parametrize(
    "fields",
    [
        {"resolution": " "},
        {"decided_on": ON + dt.timedelta(days=1)},
        {"outcome": "wait"},
        {"outcome": "wait", "wait_until": ON},
        {"decided_on": dt.date(2019, 4, 30)},
    ],
)
def test_a_decision_that_cannot_be_leaves_nothing(fields):
    unit = member()

    with pytest.raises(ValidationError):
        decided(unit, **{"outcome": "end"} | fields)

    assert ArrearsDecision.objects.count() == 0
    assert unit.applications.get().ended_on is None
