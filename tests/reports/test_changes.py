"""The preview of a batch shows what then holds: tiers, standing, rights, dues."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from benefits.entitlement import Right, entitlements, rights
from benefits.models import BenefitItem, ExceptionalGrant, Extent
from members.appointments import apply, prepare_reverse
from members.models import AppointmentBatch, CommitteeSeat, DuesNotice, TierAppointment
from members.standing import histories, standing
from reports.changes import apply_as_shown, compare, said, telling_days
from tests.factories import PaymentFactory, UserFactory, member
from tests.members.factories import batch, day, load_standards

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 5, 22, 2, tzinfo=dt.UTC)
EFFECTIVE = day("2026-05-20")
DIFFERENCE = {"policy": "difference", "due_on": day("2026-07-31")}
CODES = ("vice_president", "executive_council", "council", "ordinary")


@pytest.fixture
def units(charter):
    """Paid up, unpaid, this year's paid only, new this year, in a committee, and with a grant."""
    load_standards(range(2024, 2029), tiers=CODES)
    granted = member(tier="ordinary", paid=(2024,))
    ExceptionalGrant.objects.create(
        unit=granted,
        reason="样例",
        approved_by=UserFactory(),
        starts_on=day("2026-01-01"),
        ends_on=day("2026-12-31"),
    )
    return [
        member(tier="ordinary", paid=(2025, 2026)),
        member(tier="council", paid=(2025, 2026), committee="fluorite"),
        member(tier="council", paid=(2024,)),
        member(tier="executive_council", paid=(2026,)),
        member(tier="ordinary", joined_on=day("2026-02-01"), paid=(2026,)),
        member(tier="vice_president", paid=(2025,), committee="fluorite"),
        granted,
    ]


def assembly(units, **fields) -> AppointmentBatch:
    """Everybody gets another tier; the first joins a committee and the second leaves it."""
    codes = ("council", "executive_council", "ordinary", "council", "council", "ordinary")
    return batch(
        tiers=dict(zip(units, [*codes, "vice_president"], strict=True)),
        seats={(units[0], "fluorite"): "take", (units[1], "fluorite"): "leave"},
        **fields,
    )


def held(unit, on: dt.date) -> dict[BenefitItem, Right]:
    """What the rule for one unit answers, item by item."""
    return {
        answer.item: Right(answer.medium, extent_of(answer), answer.quantity)
        for answer in entitlements(unit, on)
        if answer.entitled
    }


def extent_of(answer) -> str:
    if answer.unlimited:
        return Extent.UNLIMITED
    return Extent.NOT_STATED if answer.quantity is None else Extent.QUANTITY


def plain(held_rights: dict) -> dict:
    return {
        item.code: (right.medium, str(right.extent), right.quantity)
        for item, right in held_rights.items()
    }


POLICIES = [{"policy": "unchanged"}, DIFFERENCE, {"policy": "next_year"}]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy["policy"])
def test_what_is_shown_before_and_after_is_what_then_holds(units, policy):
    made, clerk = assembly(units, **policy), UserFactory()
    days = [day("2026-05-20"), day("2026-07-01"), day("2027-01-01")]
    before = {on: answers(units, telling_days(made), on) for on in days}

    shown = {on: compare(batch=made, on=on, by=clerk, at=AT) for on in days}
    apply(batch=made, by=clerk, at=AT)

    after = {on: answers(units, telling_days(made), on) for on in days}
    assert {on: seen(each, "before") for on, each in shown.items()} == before
    assert {on: seen(each, "after") for on, each in shown.items()} == after


def seen(comparison, when: str) -> dict:
    return {each.unit.pk: picture(getattr(each, when)) for each in comparison.units}


def picture(of) -> tuple:
    return (of.bases, of.tier, plain(of.rights), of.due, of.committees)


def answers(units, days, on) -> dict:
    """The same by the rules for one unit."""
    found = {}
    for unit in units:
        (history,) = histories([unit], day("2026-01-01"))
        found[unit.pk] = (
            {each: standing(unit, each).basis for each in days},
            standing(unit, on).tier,
            plain(held(unit, on)),
            {year: history.amount_due(year, day("2028-01-01")) for year in (2026, 2027)},
            frozenset(seat.committee for seat in CommitteeSeat.objects.on(on).filter(unit=unit)),
        )
    return found


def test_rights_of_a_set_are_the_rights_of_each(units):
    days = [day(each) for each in ("2026-06-30", "2026-07-01", "2026-12-31", "2027-01-01")]

    found = rights(units, days)

    assert {(on, unit): plain(found[on][unit.pk]) for on in days for unit in units} == {
        (on, unit): plain(held(unit, on)) for on in days for unit in units
    }


def test_nothing_remains_of_a_preview(units):
    made = assembly(units, **DIFFERENCE)

    compare(batch=made, on=EFFECTIVE, by=UserFactory(), at=AT)

    made.refresh_from_db()
    assert (made.is_applied, DuesNotice.objects.count()) == (False, 0)
    assert TierAppointment.objects.filter(ends_on__isnull=False).count() == 0


def test_the_day_before_is_never_touched(units):
    shown = compare(batch=assembly(units, **DIFFERENCE), on=EFFECTIVE, by=UserFactory(), at=AT)

    eve = EFFECTIVE - dt.timedelta(days=1)
    assert [each.before.bases[eve] for each in shown.units] == [
        each.after.bases[eve] for each in shown.units
    ]


def test_units_that_win_and_lose_the_same_are_shown_together(charter):
    load_standards(range(2024, 2029), tiers=CODES)
    alike = [member(paid=(2025, 2026)) for _number in range(3)]
    other, unpaid = member(tier="council", paid=(2025, 2026)), member()
    changes = dict.fromkeys([*alike, unpaid], "council") | {other: "ordinary"}

    shown = compare(batch=batch(tiers=changes), on=EFFECTIVE, by=UserFactory(), at=AT)

    assert [
        (group.first.after.tier.code, len(group.units), bool(group.won), bool(group.lost))
        for group in shown.groups
    ] == [("council", 3, True, False), ("council", 1, False, False), ("ordinary", 1, False, True)]


def test_sums_say_what_the_difference_costs(units):
    shown = compare(batch=assembly(units, **DIFFERENCE), on=EFFECTIVE, by=UserFactory(), at=AT)

    assert (len(shown.notices), shown.asked, shown.lowered) == (4, 155_000, 3)
    assert shown.turns[0] == (day("2026-08-01"), 0, 3)


def test_a_difference_that_is_due_next_year_is_shown(charter):
    load_standards(range(2024, 2029), tiers=CODES)
    made = batch(
        tiers={member(paid=(2025, 2026)): "council"},
        effective_on=day("2026-11-26"),
        policy="difference",
        due_on=day("2027-01-25"),
    )

    shown = compare(batch=made, on=made.begins_on, by=UserFactory(), at=AT)

    assert shown.units[0].dues == [(2026, 5_000, 20_000), (2027, 5_000, 20_000)]
    assert shown.asked == 15_000


def test_it_is_applied_with_the_effect_that_was_seen_and_no_other(units):
    made, clerk = assembly(units), UserFactory()
    shown = compare(batch=made, on=EFFECTIVE, by=clerk, at=AT).fingerprint
    PaymentFactory(unit=units[2], year=2026, amount=20_000, paid_on=day("2026-05-21"))

    with pytest.raises(ValidationError, match=r"."):
        apply_as_shown(batch=made, on=EFFECTIVE, shown=shown, by=clerk, at=AT)
    made.refresh_from_db()
    assert not made.is_applied

    shown = compare(batch=made, on=EFFECTIVE, by=clerk, at=AT).fingerprint
    apply_as_shown(batch=made, on=EFFECTIVE, shown=shown, by=clerk, at=AT)
    made.refresh_from_db()
    assert made.is_applied


def test_a_batch_and_its_reverse_change_nothing_together(units):
    made, clerk = assembly(units, **DIFFERENCE), UserFactory()
    days = telling_days(made)
    before = answers(units, days, EFFECTIVE)

    apply(batch=made, by=clerk, at=AT)
    apply(batch=prepare_reverse(batch=made, by=clerk), by=clerk, at=AT)

    assert answers(units, days, EFFECTIVE) == before


def test_a_change_in_words(charter):
    load_standards(range(2024, 2029), tiers=CODES)
    made = batch(tiers={member(paid=(2025, 2026)): "council"})

    with translation.override("zh-hans"):
        [group] = compare(batch=made, on=EFFECTIVE, by=UserFactory(), at=AT).groups
        words = [[said(each) for each in part] for part in (group.won, group.otherwise)]

    assert (words[0][0], words[1][0]) == (
        "中国国际矿业大会：免费名额 1 人 → 免费名额 2 人",
        "《中国矿业上市企业研究报告》：电子版，不限份数 → 纸质 1 册",
    )


def test_three_hundred_units_take_no_more_queries_than_three(
    charter, django_assert_max_num_queries
):
    load_standards(range(2024, 2029), tiers=CODES)
    few = batch(tiers={member(paid=(2025,)): "council" for _number in range(3)}, **DIFFERENCE)
    many = batch(tiers={member(paid=(2025,)): "council" for _number in range(12)}, **DIFFERENCE)
    clerk = UserFactory()

    with django_assert_max_num_queries(100) as first:
        compare(batch=few, on=EFFECTIVE, by=clerk, at=AT)
    with django_assert_max_num_queries(len(first.captured_queries)):
        compare(batch=many, on=EFFECTIVE, by=clerk, at=AT)
