"""The charter's rule at its boundaries, each case through `standing` and in set form."""

import datetime as dt
from decimal import Decimal

import pytest

from members.models import MemberUnit
from members.standing import (
    GOOD,
    Basis,
    histories,
    history_since,
    standing,
    standings,
    with_standing,
)
from tests.factories import TierFactory, UnitFactory, member
from tests.members.factories import Past, day, load_standards

THIS_YEAR = Basis.THIS_YEAR_PAID
LAST_YEAR = Basis.LAST_YEAR_PAID
NO_THIS_YEAR = Basis.THIS_YEAR_UNPAID
NO_LAST_YEAR = Basis.LAST_YEAR_UNPAID
NO_MEMBER = Basis.NOT_A_MEMBER
NO_TIER = Basis.NO_TIER
NO_STANDARD = Basis.NO_STANDARD

CASES = {
    "last year's dues carry an older unit through 30 June": (
        Past(paid=["2025 5000 2025-03-01"]),
        {
            "2025-06-30": NO_LAST_YEAR,
            "2025-07-01": THIS_YEAR,
            "2025-12-31": THIS_YEAR,
            "2026-01-01": LAST_YEAR,
            "2026-06-30": LAST_YEAR,
            "2026-07-01": NO_THIS_YEAR,
            "2026-12-31": NO_THIS_YEAR,
            "2027-01-01": NO_LAST_YEAR,
        },
    ),
    "an older unit that skipped last year waits until 1 July": (
        Past(paid=["2026 5000 2026-01-05"]),
        {
            "2026-01-05": NO_LAST_YEAR,
            "2026-06-30": NO_LAST_YEAR,
            "2026-07-01": THIS_YEAR,
            "2026-12-31": THIS_YEAR,
            "2027-06-30": LAST_YEAR,
            "2027-07-01": NO_THIS_YEAR,
        },
    ),
    "last year's dues may be paid late, from that day on": (
        Past(paid=["2025 5000 2026-04-10"]),
        {"2026-04-09": NO_LAST_YEAR, "2026-04-10": LAST_YEAR, "2026-06-30": LAST_YEAR},
    ),
    "dues paid years ahead do not fill the year between": (
        Past(paid=["2025 5000 2025-03-01", "2027 5000 2025-03-01"]),
        {
            "2026-06-30": LAST_YEAR,
            "2026-07-01": NO_THIS_YEAR,
            "2027-06-30": NO_LAST_YEAR,
            "2027-07-01": THIS_YEAR,
        },
    ),
    "this year's dues count on the day they are paid": (
        Past(paid=["2026 5000 2026-09-15"]),
        {"2026-09-14": NO_THIS_YEAR, "2026-09-15": THIS_YEAR, "2026-09-16": THIS_YEAR},
    ),
    "paid on 30 June, of use from 1 July": (
        Past(paid=["2026 5000 2026-06-30"]),
        {"2026-06-30": NO_LAST_YEAR, "2026-07-01": THIS_YEAR},
    ),
    "paid on 31 December": (
        Past(paid=["2026 5000 2026-12-31"]),
        {"2026-12-30": NO_THIS_YEAR, "2026-12-31": THIS_YEAR, "2027-01-01": LAST_YEAR},
    ),
    "paid on 1 January for the year before": (
        Past(paid=["2025 5000 2026-01-01"]),
        {"2025-12-31": NO_THIS_YEAR, "2026-01-01": LAST_YEAR},
    ),
    "joined and paid on the same day": (
        Past(joined="2026-03-13", paid=["2026 5000 2026-03-13"]),
        {
            "2026-03-12": NO_MEMBER,
            "2026-03-13": THIS_YEAR,
            "2026-06-30": THIS_YEAR,
            "2026-07-01": THIS_YEAR,
            "2027-01-01": LAST_YEAR,
            "2027-06-30": LAST_YEAR,
            "2027-07-01": NO_THIS_YEAR,
        },
    ),
    "joined this year, paid the day before": (
        Past(joined="2026-03-13", paid=["2026 5000 2026-03-12"]),
        {"2026-03-12": NO_MEMBER, "2026-03-13": THIS_YEAR},
    ),
    "joined this year, paid the day after": (
        Past(joined="2026-03-13", paid=["2026 5000 2026-03-14"]),
        {"2026-03-13": NO_THIS_YEAR, "2026-03-14": THIS_YEAR},
    ),
    "joined this year, paid only for last year": (
        Past(joined="2026-03-13", paid=["2025 5000 2026-03-13"]),
        {"2026-03-13": NO_THIS_YEAR, "2026-07-01": NO_THIS_YEAR, "2027-01-01": NO_LAST_YEAR},
    ),
    "joined on 31 December is an older unit the next day": (
        Past(joined="2025-12-31", paid=["2026 5000 2026-01-01"]),
        {"2025-12-31": NO_THIS_YEAR, "2026-01-01": NO_LAST_YEAR, "2026-07-01": THIS_YEAR},
    ),
    "joined on 1 January joined this year": (
        Past(joined="2026-01-01", paid=["2026 5000 2026-01-01"]),
        {"2025-12-31": NO_MEMBER, "2026-01-01": THIS_YEAR, "2026-06-30": THIS_YEAR},
    ),
    "joined on 1 January, paid for the year before": (
        Past(joined="2026-01-01", tiers=["ordinary 2025-06-01"], paid=["2025 5000 2026-01-01"]),
        {"2026-01-01": NO_THIS_YEAR, "2026-06-30": NO_THIS_YEAR},
    ),
    "joined in the second half of the year": (
        Past(joined="2026-07-01", paid=["2026 5000 2026-07-01"]),
        {"2026-06-30": NO_MEMBER, "2026-07-01": THIS_YEAR, "2027-06-30": LAST_YEAR},
    ),
    "paid on 29 February": (
        Past(paid=["2023 5000 2024-02-29"]),
        {"2024-02-28": NO_LAST_YEAR, "2024-02-29": LAST_YEAR, "2024-03-01": LAST_YEAR},
    ),
    "joined and paid on 29 February": (
        Past(joined="2024-02-29", paid=["2024 5000 2024-02-29"]),
        {"2024-02-28": NO_MEMBER, "2024-02-29": THIS_YEAR, "2025-02-28": LAST_YEAR},
    ),
    "left on 29 February": (
        Past(left="2024-02-29", paid=["2023 5000 2023-03-01"]),
        {"2024-02-29": LAST_YEAR, "2024-03-01": NO_MEMBER},
    ),
    "partly paid": (
        Past(paid=["2026 4999.99 2026-03-01"]),
        {"2026-07-01": NO_THIS_YEAR, "2026-12-31": NO_THIS_YEAR},
    ),
    "paid in parts, covered with the last": (
        Past(paid=["2026 3000 2026-07-10", "2026 1999 2026-08-10", "2026 1 2026-09-10"]),
        {"2026-08-31": NO_THIS_YEAR, "2026-09-09": NO_THIS_YEAR, "2026-09-10": THIS_YEAR},
    ),
    "paid more than due": (
        Past(paid=["2026 8000 2026-03-01"]),
        {"2026-07-01": THIS_YEAR, "2027-07-01": NO_THIS_YEAR},
    ),
    "refunded in full from the day of the refund": (
        Past(paid=["2026 5000 2026-03-01"], refunded=["2026 5000 2026-08-15"]),
        {"2026-08-14": THIS_YEAR, "2026-08-15": NO_THIS_YEAR},
    ),
    "refunded in part below what is due": (
        Past(paid=["2026 5000 2026-03-01"], refunded=["2026 0.01 2026-08-15"]),
        {"2026-08-14": THIS_YEAR, "2026-08-15": NO_THIS_YEAR},
    ),
    "only the excess refunded": (
        Past(paid=["2026 6000 2026-03-01"], refunded=["2026 1000 2026-08-15"]),
        {"2026-08-14": THIS_YEAR, "2026-08-15": THIS_YEAR},
    ),
    "refunded, then paid again": (
        Past(
            paid=["2026 5000 2026-03-01", "2026 5000 2026-09-01"],
            refunded=["2026 5000 2026-08-15"],
        ),
        {"2026-08-15": NO_THIS_YEAR, "2026-08-31": NO_THIS_YEAR, "2026-09-01": THIS_YEAR},
    ),
    "a refund of another year changes nothing": (
        Past(
            paid=["2025 5000 2025-03-01", "2026 5000 2026-03-01"],
            refunded=["2025 5000 2026-08-01"],
        ),
        {"2026-06-30": LAST_YEAR, "2026-08-01": THIS_YEAR},
    ),
    "an unconfirmed payment does not count": (
        Past(unconfirmed=["2026 5000 2026-03-01"]),
        {"2026-07-01": NO_THIS_YEAR},
    ),
    "an unconfirmed part does not count": (
        Past(paid=["2026 3000 2026-03-01"], unconfirmed=["2026 2000 2026-03-01"]),
        {"2026-07-01": NO_THIS_YEAR},
    ),
    "withdrawn: the last day is included": (
        Past(left="2026-08-31", paid=["2026 5000 2026-03-01"]),
        {"2026-08-31": THIS_YEAR, "2026-09-01": NO_MEMBER, "2027-01-01": NO_MEMBER},
    ),
    "rejoined this year: the years before are forgotten": (
        Past(left="2024-12-31", rejoined="2026-02-01", paid=["2026 5000 2026-02-01"]),
        {"2026-01-31": NO_MEMBER, "2026-02-01": THIS_YEAR, "2026-06-30": THIS_YEAR},
    ),
    "rejoined this year: last year's dues do not carry": (
        Past(left="2025-12-31", rejoined="2026-02-01", paid=["2025 5000 2025-03-01"]),
        {"2025-12-31": THIS_YEAR, "2026-01-01": NO_MEMBER, "2026-02-01": NO_THIS_YEAR},
    ),
    "left and rejoined within the year": (
        Past(left="2026-03-31", rejoined="2026-04-01", paid=["2025 5000 2025-03-01"]),
        {"2026-03-31": LAST_YEAR, "2026-04-01": NO_THIS_YEAR},
    ),
    "raised in mid-year: the year's amount stays": (
        Past(
            tiers=["ordinary 2019-05-01 2026-04-30", "council 2026-05-01"],
            paid=["2026 5000 2026-03-01"],
        ),
        {
            "2026-07-01": THIS_YEAR,
            "2026-12-31": THIS_YEAR,
            "2027-06-30": LAST_YEAR,
            "2027-07-01": NO_THIS_YEAR,
        },
    ),
    "raised on 1 January: the new amount at once": (
        Past(
            tiers=["ordinary 2019-05-01 2025-12-31", "council 2026-01-01"],
            paid=["2025 5000 2025-03-01", "2026 5000 2026-03-01"],
        ),
        {"2026-06-30": LAST_YEAR, "2026-07-01": NO_THIS_YEAR},
    ),
    "lowered in mid-year: the year's amount stays": (
        Past(
            tiers=["council 2019-05-01 2026-04-30", "ordinary 2026-05-01"],
            paid=["2026 5000 2026-03-01"],
        ),
        {"2026-07-01": NO_THIS_YEAR, "2026-12-31": NO_THIS_YEAR},
    ),
    "a tier held only later in the year decides the year": (
        Past(joined="2026-02-01", tiers=["council 2026-05-01"], paid=["2026 20000 2026-02-01"]),
        {"2026-02-01": THIS_YEAR, "2026-04-30": THIS_YEAR, "2026-07-01": THIS_YEAR},
    ),
    "two tiers begun within the year: the earlier decides": (
        Past(
            joined="2026-02-01",
            tiers=["ordinary 2026-02-01 2026-03-31", "council 2026-04-01"],
            paid=["2026 5000 2026-02-01"],
        ),
        {"2026-05-01": THIS_YEAR, "2026-12-31": THIS_YEAR},
    ),
    "a tier that ended before the day still decides its year": (
        Past(tiers=["ordinary 2019-05-01 2026-02-28"], paid=["2026 5000 2026-01-10"]),
        {"2026-07-01": THIS_YEAR, "2027-06-30": LAST_YEAR, "2027-07-01": NO_TIER},
    ),
    "no tier at all": (
        Past(tiers=[], paid=["2025 5000 2025-03-01", "2026 5000 2026-03-01"]),
        {"2026-06-30": NO_TIER, "2026-07-01": NO_TIER},
    ),
    "no tier in the previous year": (
        Past(tiers=["ordinary 2026-01-01"], paid=["2025 5000 2025-03-01", "2026 5000 2026-03-01"]),
        {"2026-06-30": NO_TIER, "2026-07-01": THIS_YEAR},
    ),
    "no standard for the tier": (
        Past(tiers=["executive_council 2019-05-01"], paid=["2026 50000 2026-03-01"]),
        {"2026-06-30": NO_STANDARD, "2026-07-01": NO_STANDARD},
    ),
    "no standard for the year": (
        Past(paid=["2028 5000 2028-03-01"]),
        {"2028-06-30": NO_LAST_YEAR, "2028-07-01": NO_STANDARD},
    ),
    "membership that begins later": (
        Past(joined="2026-10-01", paid=["2026 5000 2026-06-01"]),
        {"2026-09-30": NO_MEMBER, "2026-10-01": THIS_YEAR},
    ),
    "an application not decided makes no member": (
        Past(joined=None, pending="2026-01-10", paid=["2026 5000 2026-01-10"]),
        {"2026-01-10": NO_MEMBER, "2026-07-01": NO_MEMBER},
    ),
    "a rejected application makes no member": (
        Past(joined=None, rejected="2026-01-10", paid=["2026 5000 2026-01-10"]),
        {"2026-01-10": NO_MEMBER, "2026-07-01": NO_MEMBER},
    ),
    "waived in full from a day on": (
        Past(waived=["2026 5000 2026-08-15"]),
        {"2026-08-14": NO_THIS_YEAR, "2026-08-15": THIS_YEAR, "2027-06-30": LAST_YEAR},
    ),
    "waived on 31 December carries the first half of the next year": (
        Past(waived=["2026 5000 2026-12-31"]),
        {"2026-12-30": NO_THIS_YEAR, "2026-12-31": THIS_YEAR, "2027-01-01": LAST_YEAR},
    ),
    "last year's dues waived on 30 June": (
        Past(waived=["2025 5000 2026-06-30"]),
        {"2026-06-29": NO_LAST_YEAR, "2026-06-30": LAST_YEAR, "2026-07-01": NO_THIS_YEAR},
    ),
    "last year's dues waived on 29 February": (
        Past(waived=["2023 5000 2024-02-29"]),
        {"2024-02-28": NO_LAST_YEAR, "2024-02-29": LAST_YEAR, "2024-03-01": LAST_YEAR},
    ),
    "the rest waived, the last fen counts": (
        Past(paid=["2026 2000 2026-03-01"], waived=["2026 2999.99 2026-08-01"]),
        {"2026-08-01": NO_THIS_YEAR, "2026-12-31": NO_THIS_YEAR},
    ),
    "a difference is due from its day on": (
        Past(paid=["2026 5000 2026-03-01"], charged=["2026 15000 2026-09-01"]),
        {"2026-08-31": THIS_YEAR, "2026-09-01": NO_THIS_YEAR, "2027-06-30": NO_LAST_YEAR},
    ),
    "a difference paid on the last day before it is due": (
        Past(
            paid=["2026 5000 2026-03-01", "2026 15000 2026-08-31"],
            charged=["2026 15000 2026-09-01"],
        ),
        {"2026-08-31": THIS_YEAR, "2026-09-01": THIS_YEAR, "2026-12-31": THIS_YEAR},
    ),
    "a difference paid on 31 December": (
        Past(
            paid=["2026 5000 2026-03-01", "2026 15000 2026-12-31"],
            charged=["2026 15000 2026-09-01"],
        ),
        {"2026-12-30": NO_THIS_YEAR, "2026-12-31": THIS_YEAR, "2027-01-01": LAST_YEAR},
    ),
    "a tier without membership makes no member": (
        Past(joined=None, tiers=["ordinary 2019-05-01"], paid=["2026 5000 2026-03-01"]),
        {"2026-07-01": NO_MEMBER},
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("past", "expected"), CASES.values(), ids=CASES)
def test_standing_follows_the_charter(past, expected):
    load_standards()
    unit = past.create()

    assert {text: standing(unit, day(text)).basis for text in expected} == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("past", "expected"), CASES.values(), ids=CASES)
def test_set_form_follows_the_charter(past, expected):
    load_standards()
    past.create()

    answers = {text: basis_and_membership_of_the_set(day(text)) for text in expected}

    assert answers == {text: (basis, basis in GOOD) for text, basis in expected.items()}


def basis_and_membership_of_the_set(on: dt.date) -> tuple:
    units = MemberUnit.objects.all()
    return with_standing(units, on).get().standing_basis, units.in_good_standing(on).exists()


# --- The evidence ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_evidence_of_a_good_standing():
    load_standards()
    unit = Past(
        tiers=["ordinary 2019-05-01 2026-03-31", "council 2026-04-01"],
        paid=["2025 3000 2025-03-01", "2025 2500 2025-09-01", "2026 5000 2026-05-01"],
        refunded=["2025 500 2025-10-01"],
    ).create()

    answer = standing(unit, day("2026-04-15"))

    assert answer.is_good is True
    assert answer.joined_on == day("2019-05-01")
    assert answer.tier == TierFactory(code="council")
    assert (answer.dues_year, answer.amount_due, answer.amount_paid) == (2025, 5000, 5000)
    assert [payment.amount for payment in answer.payments] == [3000, 2500, 500]
    assert answer.would_change == ()


@pytest.mark.django_db
def test_evidence_of_a_non_member():
    load_standards()
    unit = UnitFactory()

    answer = standing(unit, day("2026-04-15"))

    assert answer.basis == Basis.NOT_A_MEMBER
    assert (answer.joined_on, answer.tier, answer.dues_year, answer.amount_due) == (None,) * 4
    assert (answer.amount_paid, answer.payments, answer.good_until) == (Decimal(0), (), None)


GOOD_UNTIL = {
    "last year's dues": (Past(paid=["2025 5000 2025-03-01"]), "2026-03-13", "2026-06-30"),
    "both years' dues": (
        Past(paid=["2025 5000 2025-03-01", "2026 5000 2026-02-01"]),
        "2026-03-13",
        "2027-06-30",
    ),
    "a payment after the day is not foreseen": (
        Past(paid=["2025 5000 2025-03-01", "2026 5000 2026-04-01"]),
        "2026-03-13",
        "2026-06-30",
    ),
    "this year's dues in the second half": (
        Past(paid=["2026 5000 2026-02-01"]),
        "2026-07-01",
        "2027-06-30",
    ),
    "dues paid ahead": (
        Past(paid=["2026 5000 2026-02-01", "2027 5000 2026-02-01"]),
        "2026-07-01",
        "2028-06-30",
    ),
    "newcomer": (
        Past(joined="2026-03-01", paid=["2026 5000 2026-03-01"]),
        "2026-03-13",
        "2027-06-30",
    ),
    "membership ends before": (
        Past(left="2026-05-31", paid=["2025 5000 2025-03-01"]),
        "2026-03-13",
        "2026-05-31",
    ),
    "a refund is recorded": (
        Past(paid=["2025 5000 2025-03-01"], refunded=["2025 100 2026-04-20"]),
        "2026-03-13",
        "2026-04-19",
    ),
    "membership follows on membership without a gap": (
        Past(
            left="2026-03-31",
            rejoined="2026-04-01",
            paid=["2025 5000 2025-03-01", "2026 5000 2026-02-01"],
        ),
        "2026-03-13",
        "2027-06-30",
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("past", "on", "until"), GOOD_UNTIL.values(), ids=GOOD_UNTIL)
def test_good_until_is_the_last_good_day_with_nothing_more_paid(past, on, until):
    load_standards()
    unit = past.create()

    assert standing(unit, day(on)).good_until == day(until)


# --- What is recorded, read alone and among others ---------------------------------------------


@pytest.mark.django_db
def test_the_history_of_one_unit_is_the_same_read_alone_and_among_others():
    load_standards()
    unit = Past(
        joined="2019-05-01",
        left="2024-06-30",
        rejoined="2024-07-01",
        pending="2026-02-01",
        tiers=["ordinary 2019-05-01 2024-12-31", "council 2025-01-01"],
        paid=["2025 20000 2025-03-01", "2026 0.10 2026-03-01", "2026 9999999999.99 2026-02-28"],
        unconfirmed=["2026 5000 2026-03-02"],
        refunded=["2025 0.05 2025-04-01"],
        waived=["2026 1234.56 2026-03-03"],
        charged=["2026 0.01 2026-02-01"],
    ).create()
    others = [member(paid=(2025, 2026)) for _each in range(2)]

    alone = history_since(unit, day("2025-01-01"))
    among = next(histories([unit, *others], day("2025-01-01")))

    assert alone.standards == among.standards
    for name in ("applications", "appointments", "payments", "adjustments"):
        rows = [everything_of(row) for row in getattr(alone, name)]
        assert rows == [everything_of(row) for row in getattr(among, name)]
        assert len(rows) > 1
    tiers = [[everything_of(each.tier) for each in found.appointments] for found in (alone, among)]
    assert tiers[0] == tiers[1]


def everything_of(row) -> dict:
    """Each column with its value and type."""
    return {
        field.attname: (getattr(row, field.attname), type(getattr(row, field.attname)))
        for field in row._meta.concrete_fields
    }


# --- How many queries --------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_standing_takes_one_query(django_assert_num_queries):
    unit = member(paid=(2025, 2026))

    with django_assert_num_queries(1):
        standing(unit, day("2026-03-13"))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3, 20])
def test_many_standings_take_five_queries(django_assert_num_queries, count):
    units = [member(paid=(2025,)) for _ in range(count)]

    with django_assert_num_queries(5):
        answers = standings(units, day("2026-03-13"))

    assert [answers[unit.pk].is_good for unit in units] == [True] * count


@pytest.mark.django_db
def test_set_form_takes_one_query(django_assert_num_queries):
    first, second = member(paid=(2025,)), member()

    with django_assert_num_queries(1):
        rows = list(
            with_standing(MemberUnit.objects.order_by("pk"), day("2026-03-13")).values_list(
                "pk", "standing_basis", "tier_held"
            )
        )

    held = TierFactory(code="ordinary").pk
    assert rows == [(first.pk, "last_year_paid", held), (second.pk, "last_year_unpaid", held)]


@pytest.mark.django_db
def test_set_form_names_the_tier_held_on_the_day_not_the_one_of_the_dues():
    load_standards()
    Past(tiers=["ordinary 2019-05-01 2026-04-30", "council 2026-05-01 2026-08-31"]).create()

    days = ["2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01"]
    held = [with_standing(MemberUnit.objects.all(), day(text)).get().tier_held for text in days]

    ordinary, council = TierFactory(code="ordinary").pk, TierFactory(code="council").pk
    assert held == [ordinary, council, council, None]


@pytest.mark.django_db
def test_set_form_keeps_the_filters_it_is_given():
    load_standards()
    wanted, other = member(paid=(2026,)), member(paid=(2026,))
    member()

    units = MemberUnit.objects.filter(pk__in=[wanted.pk, other.pk]).in_good_standing(
        day("2026-09-01")
    )

    assert list(units.exclude(pk=other.pk)) == [wanted]
