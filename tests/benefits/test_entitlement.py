"""What one unit is entitled to, and why."""

import datetime as dt

import pytest
from django.utils import translation

from benefits.entitlement import (
    Basis,
    Entitlement,
    entitled_units,
    entitlement,
    entitlements,
    entitlements_on,
    judged,
)
from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent, Medium
from members.models import MemberUnit
from tests.benefits.factories import AllowanceFactory, GrantFactory, ItemFactory
from tests.factories import (
    AppointmentFactory,
    CommitteeFactory,
    SeatFactory,
    TierFactory,
    UserFactory,
    member,
)

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 3, 13)
DAY = dt.timedelta(days=1)
Gives = ExceptionalGrant.Gives


def item_of(**allowances) -> BenefitItem:
    """An item with a quantity (or extent) for each tier named."""
    item = ItemFactory()
    for tier, amount in allowances.items():
        extent = Extent.QUANTITY if isinstance(amount, int) else amount
        AllowanceFactory(item=item, tier=TierFactory(code=tier), extent=extent)
        if isinstance(amount, int):
            Allowance.objects.filter(item=item, tier__code=tier).update(quantity=amount)
    return item


def amount(answer: Entitlement) -> tuple:
    return answer.entitled, answer.quantity, answer.unlimited, answer.medium, answer.basis


def in_set(unit: MemberUnit, item: BenefitItem, on: dt.date) -> tuple:
    """The same answer from the set form."""
    row = judged(MemberUnit.objects.filter(pk=unit.pk), item, on).get()
    unlimited = row.allowed_extent == Extent.UNLIMITED
    return row.is_entitled, row.allowed_quantity, unlimited, row.allowed_medium, row.basis


def ask(unit: MemberUnit, item: BenefitItem, on: dt.date = ON) -> tuple:
    """The answer's amount, asserted to be the same in both forms."""
    found = amount(entitlement(unit, item, on))
    assert found == in_set(unit, item, on)
    return found


# --- How much ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (3, (True, 3, False, "paper", "charter")),
        (Extent.UNLIMITED, (True, None, True, "paper", "charter")),
        (Extent.NOT_STATED, (True, None, False, "paper", "charter")),
        (0, (False, None, False, None, "not_promised")),
    ],
)
def test_unlimited_not_stated_and_zero_are_three_things(promise, expected):
    assert ask(member(paid=(2025,)), item_of(ordinary=promise)) == expected


def test_an_item_without_a_row_for_the_tier_is_not_promised():
    unit = member(paid=(2025,))

    assert ask(unit, item_of(council=1)) == (False, None, False, None, "not_promised")


@pytest.mark.parametrize(
    ("by_tier", "by_committee", "expected"),
    [
        (2, 5, (5, False)),
        (5, 2, (5, False)),
        (5, Extent.UNLIMITED, (None, True)),
        (Extent.NOT_STATED, 1, (1, False)),
        (Extent.UNLIMITED, 9, (None, True)),
        (0, Extent.NOT_STATED, (None, False)),
    ],
)
def test_of_tier_and_committee_the_larger_counts_never_the_sum(by_tier, by_committee, expected):
    unit = member(paid=(2025,), committee="ccs")
    item = item_of(ordinary=by_tier)
    extent = Extent.QUANTITY if isinstance(by_committee, int) else by_committee
    row = AllowanceFactory(
        item=item, tier=None, committee=CommitteeFactory(code="ccs"), extent=extent
    )
    if extent == Extent.QUANTITY:
        Allowance.objects.filter(pk=row.pk).update(quantity=by_committee)

    _yes, quantity, unlimited, _medium, _basis = ask(unit, item)

    assert (quantity, unlimited) == expected


def test_an_allowance_holds_on_its_first_and_last_day_only():
    unit = member(paid=(2025, 2026))
    item = ItemFactory()
    AllowanceFactory(item=item, starts_on=ON, ends_on=ON + DAY)

    days = [ON - DAY, ON, ON + DAY, ON + 2 * DAY]

    assert [ask(unit, item, day)[0] for day in days] == [False, True, True, False]


def test_next_years_allowance_leaves_last_years_answer_alone():
    unit = member(paid=(2025, 2026, 2027))
    item = ItemFactory()
    AllowanceFactory(item=item, quantity=1, ends_on=dt.date(2026, 12, 31))
    AllowanceFactory(item=item, quantity=4, starts_on=dt.date(2027, 1, 1))

    assert ask(unit, item, dt.date(2026, 12, 31))[1] == 1
    assert ask(unit, item, dt.date(2027, 1, 1))[1] == 4


def test_a_retired_item_is_not_promised_from_that_day():
    unit = member(paid=(2025,))
    item = item_of(ordinary=1)
    item.retired_on = ON
    item.save()

    assert ask(unit, item, ON - DAY)[0]
    assert ask(unit, item, ON) == (False, None, False, None, "not_promised")
    assert entitlement(unit, item, ON).because[-1] == "章程自2026年3月13日起不再承诺此项。"


def test_the_tier_held_on_the_day_counts():
    unit = member(paid=(2025, 2026), joined_on=dt.date(2019, 5, 1))
    unit.appointments.update(ends_on=dt.date(2026, 8, 31))
    AppointmentFactory(unit=unit, tier=TierFactory(code="council"), starts_on=dt.date(2026, 9, 1))
    item = item_of(council=2, ordinary=1)

    assert ask(unit, item, dt.date(2026, 8, 31))[1] == 1
    assert ask(unit, item, dt.date(2026, 9, 1))[1] == 2


def test_a_seat_counts_from_its_first_to_its_last_day():
    unit = member(paid=(2025,))
    item = ItemFactory()
    committee = CommitteeFactory(code="ccs")
    AllowanceFactory(item=item, tier=None, committee=committee)
    SeatFactory(unit=unit, committee=committee, starts_on=ON, ends_on=ON + DAY)

    days = [ON - DAY, ON, ON + DAY, ON + 2 * DAY]

    assert [ask(unit, item, day)[0] for day in days] == [False, True, True, False]


# --- Who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "on", "basis"),
    [
        ({"paid": (2025,)}, "2026-06-30", "charter"),
        ({"paid": (2025,)}, "2026-07-01", "this_year_unpaid"),
        ({"paid": (2026,)}, "2026-06-30", "last_year_unpaid"),
        ({"paid": (2026,)}, "2026-07-01", "charter"),
        ({"joined_on": dt.date(2026, 2, 1), "paid": (2026,)}, "2026-03-13", "charter"),
        ({"joined_on": dt.date(2026, 2, 1)}, "2026-03-13", "this_year_unpaid"),
        ({"joined_on": dt.date(2026, 3, 14)}, "2026-03-13", "not_a_member"),
    ],
)
def test_a_refusal_carries_the_code_of_the_standing(history, on, basis):
    unit = member(**history)
    member(paid=(2025, 2026))  # so that there are standards
    assert ask(unit, item_of(ordinary=1), dt.date.fromisoformat(on))[4] == basis


def test_a_unit_without_a_tier_is_refused_as_such():
    unit = member(paid=(2025,))
    unit.appointments.all().delete()

    assert ask(unit, item_of(ordinary=1))[4] == "no_tier"


def test_a_unit_without_a_standard_is_refused_as_such():
    assert ask(member(), item_of(ordinary=1))[4] == "no_standard"


def test_what_is_not_promised_is_said_before_the_dues():
    member(paid=(2025,))  # so that there is a standard
    assert ask(member(), item_of(council=1))[4] == "not_promised"


# --- Exceptional grants --------------------------------------------------------------------------


def lapsed() -> MemberUnit:
    member(paid=(2025, 2026))  # so that there are standards
    return member()


def test_a_grant_for_all_items_lifts_the_dues():
    unit = lapsed()
    grant = GrantFactory(unit=unit)
    item = item_of(ordinary=2)

    assert ask(unit, item) == (True, 2, False, "paper", "exceptional_grant")
    assert entitlement(unit, item, ON).grant == grant


def test_a_grant_for_one_item_leaves_the_others():
    unit = lapsed()
    item, other = item_of(ordinary=2), item_of(ordinary=2)
    GrantFactory(unit=unit, item=item)

    assert ask(unit, item)[4] == "exceptional_grant"
    assert ask(unit, other)[4] == "last_year_unpaid"


def test_a_grant_holds_from_its_first_to_its_last_day():
    unit = lapsed()
    item = item_of(ordinary=1)
    GrantFactory(unit=unit, starts_on=ON, ends_on=ON + DAY)

    days = [ON - DAY, ON, ON + DAY, ON + 2 * DAY]

    assert [ask(unit, item, day)[0] for day in days] == [False, True, True, False]


def test_a_grant_does_not_promise_what_the_charter_does_not():
    unit = lapsed()
    GrantFactory(unit=unit)

    assert ask(unit, item_of(council=1))[4] == "not_promised"


@pytest.mark.parametrize(
    ("gives", "quantity", "expected"),
    [
        (Gives.QUANTITY, 5, (True, 5, False, "seat", "exceptional_grant")),
        (Gives.QUANTITY, 2, (True, 2, False, "paper", "charter")),
        (Gives.QUANTITY, 1, (True, 2, False, "paper", "charter")),
        (Gives.UNLIMITED, None, (True, None, True, "seat", "exceptional_grant")),
    ],
)
def test_a_number_granted_counts_where_it_is_larger(gives, quantity, expected):
    unit = member(paid=(2025,))
    item = item_of(ordinary=2)
    GrantFactory(unit=unit, item=item, gives=gives, quantity=quantity, medium=Medium.SEAT)

    assert ask(unit, item) == expected


def test_a_number_granted_needs_neither_dues_nor_promise():
    unit = lapsed()
    item = item_of(ordinary=9)
    GrantFactory(unit=unit, item=item, gives=Gives.QUANTITY, quantity=3, medium=Medium.PAPER)

    assert ask(unit, item) == (True, 3, False, "paper", "exceptional_grant")
    assert ask(unit, item, dt.date(2026, 7, 1))[4] == "this_year_unpaid"


def test_with_a_grant_for_all_items_the_larger_of_charter_and_number_counts():
    unit = lapsed()
    item = item_of(ordinary=9)
    GrantFactory(unit=unit, item=item, gives=Gives.QUANTITY, quantity=3, medium=Medium.SEAT)
    GrantFactory(unit=unit)

    assert ask(unit, item) == (True, 9, False, "paper", "exceptional_grant")


def test_a_grant_is_not_named_where_it_is_not_needed():
    unit = member(paid=(2025,))
    GrantFactory(unit=unit)
    answer = entitlement(unit, item_of(ordinary=1), ON)

    assert (answer.basis, answer.grant) == (Basis.CHARTER, None)


def test_a_grant_never_makes_a_member():
    unit = member(joined_on=dt.date(2026, 5, 1), paid=(2026,))
    item = item_of(ordinary=1)
    GrantFactory(unit=unit)
    GrantFactory(unit=unit, item=item, gives=Gives.UNLIMITED, medium=Medium.PAPER)

    answer = entitlement(unit, item, ON)

    assert ask(unit, item) == (False, None, False, None, "not_a_member")
    assert answer.because[-1] == "特批以当日具有会员身份为前提，不能代替会员身份。"


# --- The reasons ---------------------------------------------------------------------------------


def test_a_yes_cites_tier_payment_and_clause():
    unit = member(tier="council", paid=(2025,))
    item = item_of(council=1)

    answer = entitlement(unit, item, ON)

    assert answer.because[0] == "2026年3月13日的会员级别：理事单位。"
    assert answer.because[-1] == f"章程《会员服务体系》{item.clause}：理事单位，纸质 1 册。"
    assert set(answer.standing.because) < set(answer.because)
    assert answer.would_change == ()


def test_a_committees_promise_names_the_seat():
    unit = member(paid=(2025,), committee="ccs")
    item = ItemFactory()
    AllowanceFactory(item=item, tier=None, committee=CommitteeFactory(code="ccs"))

    answer = entitlement(unit, item, ON)

    assert answer.because[1] == "2026年3月13日在ccs专业委员会有委员席位。"


def test_a_grant_is_cited_with_reason_approver_and_expiry():
    unit = lapsed()
    GrantFactory(unit=unit, reason="灾后缓缴", approved_by=UserFactory(name="王秘书长"))

    answer = entitlement(unit, item_of(ordinary=1), ON)

    assert answer.because[-1] == (
        "特批：按章程享有，有效期至2026年6月30日。批准人：王秘书长。原因：灾后缓缴"
    )


def test_what_concerns_a_unit_is_a_yes_under_a_condition(charter):
    item = BenefitItem.objects.get(code="specific-problems")
    ordinary = entitlement(member(paid=(2025,)), item, ON)
    highest = entitlement(member(tier="vice_president", paid=(2025,)), item, ON)

    assert ordinary.entitled
    assert ordinary.because[-1].endswith("条件：事情涉及本单位。")
    assert [row.part for row in highest.allowances] == [2, 1]
    assert highest.because[-2].endswith("（共性问题，供副会长单位共享）。")
    assert highest.because[-1].endswith("条件：事情涉及本单位。")


def test_once_per_unit_is_said(charter):
    item = BenefitItem.objects.get(code="new-member-showcase")

    answer = entitlement(member(paid=(2025,)), item, ON)

    assert answer.quantity == 1
    assert answer.because[-1] == "每个单位只能享受一次。"


def test_a_zero_is_said_to_be_zero():
    item = item_of(ordinary=0)

    answer = entitlement(member(paid=(2025,)), item, ON)

    assert answer.because[-1] == f"章程《会员服务体系》{item.clause}：会员单位的数量为零。"


EXCEPTION = "或由协会特批，写明原因和有效期。"


def test_unpaid_dues_say_what_to_pay_and_the_exception():
    unit = lapsed()

    answer = entitlement(unit, item_of(ordinary=1), ON)

    assert answer.would_change == (*answer.standing.would_change, EXCEPTION)
    assert len(answer.standing.would_change) > 0


def test_a_threshold_says_from_which_tier(charter):
    item = BenefitItem.objects.get(code="group-standards")

    answer = entitlement(member(paid=(2025,)), item, ON)

    assert answer.would_change == ("提升会员级别：章程把此项承诺给理事单位及以上。", EXCEPTION)


def test_tiers_that_are_no_threshold_are_listed():
    for code in ("vice_president", "executive_council", "council", "ordinary"):
        TierFactory(code=code)
    item = item_of(vice_president=1, council=1)

    answer = entitlement(member(paid=(2025,)), item, ON)

    assert answer.would_change[0] == "变更会员级别：章程把此项承诺给副会长单位、理事单位。"


def test_a_committee_item_says_which_seat(charter):
    item = BenefitItem.objects.get(code="ccs-newsletter")

    answer = entitlement(member(paid=(2025,)), item, ON)

    assert answer.would_change == (
        "在碳捕集与封存专业委员会取得委员席位：章程把此项承诺给该专委会的单位。",
        EXCEPTION,
    )


def test_a_non_member_is_told_to_join_not_of_exceptions():
    unit = member(joined_on=dt.date(2027, 1, 1))

    answer = entitlement(unit, item_of(ordinary=1), ON)

    assert answer.would_change == answer.standing.would_change


def test_the_reasons_follow_the_language():
    unit = member(tier="council", paid=(2025,))
    item = item_of(council=1)

    with translation.override("en"):
        answer = entitlement(unit, item, ON)

    assert answer.because[-1] == f"Charter, {item.clause}: Council unit – printed copies: 1."


def test_as_json_has_the_seven_keys():
    answer = entitlement(member(paid=(2025,)), item_of(ordinary=2), ON)

    assert answer.as_json() == {
        "entitled": True,
        "quantity": 2,
        "unlimited": False,
        "medium": "paper",
        "basis": "charter",
        "because": list(answer.because),
        "would_change": [],
    }


# --- Many at once --------------------------------------------------------------------------------


def test_one_answer_takes_two_queries(charter, django_assert_num_queries):
    unit = member(paid=(2025,), committee="ccs")
    item = BenefitItem.objects.get(code="ccs-newsletter")

    with django_assert_num_queries(2):
        entitlement(unit, item, ON)


def test_all_answers_take_as_many_queries_as_one(charter, django_assert_num_queries):
    unit = member(paid=(2025,), committee="ccs")
    one = list(BenefitItem.objects.all()[:1])

    with django_assert_num_queries(2):
        entitlements(unit, ON, one)
    with django_assert_num_queries(3):
        assert len(entitlements(unit, ON)) == 39


def test_many_days_take_as_many_queries_as_one(charter, django_assert_num_queries):
    unit = member(paid=(2025,))
    item = BenefitItem.objects.get(code="weekly-bulletin")
    days = [dt.date(2026, month, 1) for month in range(1, 13)]

    with django_assert_num_queries(2):
        answers = entitlements_on(unit, [(item, day) for day in days])

    assert [answer.entitled for answer in answers] == [True] * 6 + [False] * 6
    assert entitlements_on(unit, []) == []


def test_retired_items_are_left_out_of_all(charter):
    BenefitItem.objects.filter(code="weekly-bulletin").update(retired_on=ON)
    unit = member(paid=(2025,))

    assert len(entitlements(unit, ON - DAY)) == 39
    assert len(entitlements(unit, ON)) == 38


def test_a_set_is_judged_in_one_query(charter, django_assert_num_queries):
    yes, no = member(paid=(2025,)), member()
    item = BenefitItem.objects.get(code="weekly-bulletin")

    with django_assert_num_queries(1):
        found = {unit: unit.is_entitled for unit in judged(MemberUnit.objects.all(), item, ON)}
    with django_assert_num_queries(1):
        entitled = list(entitled_units(item, ON))

    assert found == {yes: True, no: False}
    assert entitled == [yes]


def test_judging_keeps_the_units_asked_about_and_their_order(charter):
    units = [member(paid=(2025,), name=name) for name in ("丙", "乙", "甲")]
    item = BenefitItem.objects.get(code="weekly-bulletin")

    asked = MemberUnit.objects.exclude(name="乙").order_by("-pk")

    assert list(judged(asked, item, ON)) == [units[2], units[0]]
    assert judged(asked, item, ON).filter(is_entitled=True).count() == 2


def test_a_judged_set_can_stand_inside_another_query(charter):
    unit = member(paid=(2025,))
    member()
    item = BenefitItem.objects.get(code="weekly-bulletin")
    entitled = entitled_units(item, ON)

    assert list(MemberUnit.objects.filter(pk__in=entitled.values("pk"))) == [unit]
    assert MemberUnit.objects.exclude(pk__in=entitled.values("pk")).count() == 1
    assert list(entitled.exclude(name="甲").values_list("basis", "tier_held")) == [
        ("charter", unit.appointments.get().tier_id)
    ]
