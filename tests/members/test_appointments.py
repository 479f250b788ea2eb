"""A batch of tiers and seats: from its day on it holds, and no day before it answers otherwise."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from members.appointments import apply, prepare_reverse
from members.models import (
    AppointmentBatch,
    CommitteeSeat,
    Contact,
    DuesAdjustment,
    DuesNotice,
    MemberUnit,
    TierAppointment,
    TierChange,
)
from members.standing import Basis, histories, standing, with_standing
from tests.factories import (
    ContactFactory,
    SeatFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
    member,
)
from tests.members.factories import batch, day, load_standards
from tests.members.test_standing_property import DAYS, create
from tests.members.test_standing_property import histories as recorded

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 5, 22, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DIFFERENCE = {"policy": "difference", "due_on": day("2026-07-31")}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def applied(**fields) -> AppointmentBatch:
    return apply(batch=batch(**fields), by=UserFactory(), at=AT)


def appointments_of(unit) -> list:
    rows = unit.appointments.order_by("starts_on")
    return list(rows.values_list("tier__code", "starts_on", "ends_on", "resolution"))


def refusals(made: AppointmentBatch, at: dt.datetime = AT) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        apply(batch=made, by=UserFactory(), at=at)
    return refused.value.messages


# --- Tiers ---------------------------------------------------------------------------------------


def test_the_old_tier_ends_on_the_day_before_the_new_one_begins():
    unit = member(joined_on=day("2019-05-01"))

    done = applied(tiers={unit: "council"}, effective_on=day("2026-05-20"))

    assert appointments_of(unit) == [
        ("ordinary", day("2019-05-01"), day("2026-05-19"), ""),
        ("council", day("2026-05-20"), None, "第六届会员大会决议"),
    ]
    assert (done.applied_at, done.is_applied) == (AT, True)


def test_a_leap_day_is_a_day_like_others():
    unit = member()

    applied(tiers={unit: "council"}, effective_on=day("2028-02-29"))

    assert [row[1:3] for row in appointments_of(unit)] == [
        (day("2019-05-01"), day("2028-02-28")),
        (day("2028-02-29"), None),
    ]


def test_a_unit_without_a_tier_gets_its_first():
    unit = member()
    unit.appointments.all().delete()

    applied(tiers={unit: "ordinary"}, effective_on=day("2026-05-20"))

    assert [row[:3] for row in appointments_of(unit)] == [("ordinary", day("2026-05-20"), None)]


def test_the_same_tier_is_renewed_for_the_new_term():
    unit, term = member(), TermFactory(name="第六届", starts_on=day("2026-05-20"))

    applied(tiers={unit: "ordinary"}, term=term)

    assert list(unit.appointments.order_by("starts_on").values_list("term__name", flat=True)) == [
        "第五届",
        "第六届",
    ]


def test_who_applied_it_and_by_which_resolution_stands_beside_every_row():
    unit, clerk = member(), UserFactory()

    apply(batch=batch(tiers={unit: "council"}), by=clerk, at=AT)

    events = apps.get_model("members", "TierAppointmentEvent").objects
    last = events.filter(unit=unit).order_by("pgh_id").last()
    assert {key: last.pgh_context[key] for key in ("user", "why")} == {
        "user": clerk.pk,
        "why": "第六届会员大会决议",
    }


def test_refusals_name_every_unit_and_nothing_is_saved():
    good, later = member(name="甲公司"), member(name="乙公司")
    gone = UnitFactory(name="丙公司")
    TierAppointment.objects.filter(unit=later).update(starts_on=day("2026-06-01"))
    made = batch(tiers={good: "council", gone: "council"})

    assert refusals(made) == ["丙公司 is not a member on May 20, 2026."]
    assert refusals(batch(tiers={good: "council", later: "council"})) == [
        "乙公司 already has an entry that begins on June 1, 2026, later than this batch."
    ]
    assert [row[0] for row in appointments_of(good)] == ["ordinary"]


def test_an_empty_batch_is_refused():
    assert refusals(batch()) == ["The batch is empty: no unit is named in it."]


def test_an_applied_batch_is_not_applied_again():
    done = applied(tiers={member(): "council"})

    assert refusals(done) == ["This batch has been applied already."]


@pytest.mark.parametrize("act", ["change", "delete", "add a line", "change a line", "drop a line"])
def test_the_database_keeps_an_applied_batch_as_it_is(act):
    done, other = applied(tiers={member(): "council"}), member()
    acts = {
        "change": lambda: AppointmentBatch.objects.update(name="另一个"),
        "delete": lambda: AppointmentBatch.objects.filter(pk=done.pk)._raw_delete("default"),
        "add a line": lambda: TierChange.objects.create(
            batch=done, unit=other, tier=TierFactory(code="council")
        ),
        "change a line": lambda: TierChange.objects.update(tier=TierFactory(code="ordinary")),
        "drop a line": lambda: TierChange.objects.all().delete(),
    }

    with pytest.raises(DatabaseError, match=r"applied|Cannot"), transaction.atomic():
        acts[act]()


# --- Seats ---------------------------------------------------------------------------------------


def test_seats_are_taken_and_left():
    comes, goes = member(), member(committee="fluorite")

    applied(seats={(comes, "fluorite"): "take", (goes, "fluorite"): "leave"})

    seats = CommitteeSeat.objects.order_by("starts_on").values_list("unit", "starts_on", "ends_on")
    assert list(seats) == [
        (goes.pk, day("2019-05-01"), day("2026-05-19")),
        (comes.pk, day("2026-05-20"), None),
    ]


def test_seats_that_cannot_be_taken_or_left_are_named():
    seated, other = member(name="甲公司", committee="fluorite"), member(name="乙公司")
    later = member(name="丙公司")
    SeatFactory(unit=later, starts_on=day("2026-09-01"))

    assert refusals(
        batch(
            seats={
                (seated, "fluorite"): "take",
                (other, "fluorite"): "leave",
                (later, "fluorite"): "take",
            }
        )
    ) == [
        "丙公司 already has an entry that begins on Sept. 1, 2026, later than this batch.",
        "乙公司 does not sit on fluorite专业委员会 on May 20, 2026.",
        "甲公司 already sits on fluorite专业委员会 on May 20, 2026.",
    ]


# --- Dues by the three policies ------------------------------------------------------------------


def due(unit, year: int, on: dt.date) -> Decimal:
    (history,) = histories([unit], dt.date(year, 1, 1))
    return history.amount_due(year, on)


@pytest.fixture
def unit():
    """An ordinary member (¥5,000) that has paid for 2025 and 2026; a council unit owes ¥20,000."""
    load_standards(range(2024, 2029))
    return member(paid=(2025, 2026))


def test_without_a_change_of_dues_the_new_standard_is_due_next_year(unit):
    applied(tiers={unit: "council"})

    assert due(unit, 2026, day("2026-12-31")) == 5_000
    assert due(unit, 2027, day("2027-01-01")) == 20_000
    assert standing(unit, day("2026-05-20")).tier.code == "council"


def test_the_difference_is_asked_for_and_owed_from_the_day_after(unit):
    applied(tiers={unit: "council"}, **DIFFERENCE)

    notice, row = DuesNotice.objects.get(), DuesAdjustment.objects.get()
    assert (notice.kind, notice.year, notice.amount) == ("difference", 2026, 15_000)
    assert (notice.due_on, notice.tier.code) == (day("2026-07-31"), "council")
    assert (row.kind, row.amount, row.applies_from) == ("difference", 15_000, day("2026-08-01"))
    assert row.reason == "第六届会员大会决议"
    assert standing(unit, day("2026-07-31")).is_good
    assert standing(unit, day("2026-08-01")).basis == Basis.THIS_YEAR_UNPAID


def test_a_notice_of_a_difference_is_sent_and_withdrawn_when_it_is_taken_back(unit):
    ContactFactory(unit=unit, email="money@unit.example", roles=[Contact.Role.FINANCE])
    done = applied(tiers={unit: "council"}, **DIFFERENCE)

    apply(batch=prepare_reverse(batch=done, by=UserFactory()), by=UserFactory(), at=AT + DAY)

    assert DuesNotice.objects.get().letters.get().to == "money@unit.example"
    assert DuesNotice.objects.standing().count() == 0
    assert DuesNotice.objects.get().withdrawn_because == "Taken back: 第六届换届"


def test_a_lower_tier_lowers_what_is_due_and_raises_no_notice():
    load_standards(range(2024, 2029))
    unit = member(tier="council")

    applied(tiers={unit: "ordinary"}, **DIFFERENCE)

    assert DuesNotice.objects.count() == 0
    assert due(unit, 2026, day("2026-05-19")) == 20_000
    assert due(unit, 2026, day("2026-05-20")) == 5_000


def test_from_next_year_tier_and_dues_change_together(unit):
    made = batch(tiers={unit: "council"}, seats={(unit, "fluorite"): "take"}, policy="next_year")

    apply(batch=made, by=UserFactory(), at=AT)

    assert [row[:2] for row in appointments_of(unit)] == [
        ("ordinary", day("2019-05-01")),
        ("council", day("2027-01-01")),
    ]
    assert unit.seats.get().starts_on == day("2026-05-20")
    assert (due(unit, 2026, day("2026-12-31")), due(unit, 2027, day("2027-01-01"))) == (
        5_000,
        20_000,
    )


def test_on_new_years_day_there_is_no_difference_to_ask_for(unit):
    made = batch(
        tiers={unit: "council"},
        effective_on=day("2027-01-01"),
        policy="difference",
        due_on=day("2027-03-31"),
    )

    apply(batch=made, by=UserFactory(), at=AT)

    assert DuesAdjustment.objects.count() == 0
    assert due(unit, 2027, day("2027-01-01")) == 20_000


def test_a_second_change_in_the_year_asks_for_the_rest_only(unit):
    StandardFactory(tier=TierFactory(code="executive_council"), year=2026)
    applied(tiers={unit: "council"}, **DIFFERENCE)

    applied(tiers={unit: "executive_council"}, effective_on=day("2026-06-10"), **DIFFERENCE)

    assert sorted(DuesAdjustment.objects.values_list("amount", flat=True)) == [15_000, 30_000]
    assert due(unit, 2026, day("2026-08-01")) == 50_000


def test_a_difference_without_a_standard_is_refused(unit):
    made = batch(tiers={unit: "vice_president"}, **DIFFERENCE)

    assert refusals(made) == ["No dues standard of 2026 is recorded for “Vice-president unit”."]


def test_a_difference_is_not_asked_for_by_a_day_that_is_over(unit):
    made = batch(tiers={unit: "council"}, policy="difference", due_on=day("2026-05-21"))

    assert refusals(made) == ["The day by which the difference is to be paid is over."]


def test_the_last_day_of_the_difference_ends_at_midnight_in_beijing(unit):
    made = batch(tiers={unit: "council"}, policy="difference", due_on=day("2026-05-31"))
    midnight = dt.datetime(2026, 5, 31, 16, tzinfo=dt.UTC)

    assert refusals(made, midnight) == ["The day by which the difference is to be paid is over."]
    apply(batch=made, by=UserFactory(), at=midnight - dt.timedelta(seconds=1))
    assert DuesNotice.objects.get().due_on == day("2026-05-31")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"policy": "difference"}, "batch_difference_has_its_day"),
        ({"due_on": day("2026-07-31")}, "batch_difference_has_its_day"),
        ({"policy": "difference", "due_on": day("2026-05-19")}, "batch_difference_due_later"),
        ({"resolution": ""}, "batch_has_resolution"),
    ],
)
def test_the_database_refuses_half_a_policy(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        batch(**fields)


# --- Taking back ---------------------------------------------------------------------------------


def test_taking_back_makes_every_day_answer_as_before(unit):
    days = [day(each) for each in ("2026-05-20", "2026-06-30", "2026-08-01", "2027-01-01")]
    before = {on: (standing(unit, on).basis, due(unit, 2026, on)) for on in days}
    tiers = {on: standing(unit, on).tier for on in days}
    done = applied(tiers={unit: "council"}, seats={(unit, "fluorite"): "take"}, **DIFFERENCE)

    reverse = prepare_reverse(batch=done, by=UserFactory())
    apply(batch=reverse, by=UserFactory(), at=AT + 100 * DAY)

    assert reverse.reverses == done
    assert {on: (standing(unit, on).basis, due(unit, 2026, on)) for on in days} == before
    assert {on: standing(unit, on).tier for on in days} == tiers
    assert unit.seats.count() == 0


def test_a_draft_is_not_taken_back():
    with pytest.raises(ValidationError, match="Only a batch that was applied"):
        prepare_reverse(batch=batch(), by=UserFactory())


def test_a_first_tier_is_not_taken_back_by_a_batch():
    unit = member(name="甲公司")
    unit.appointments.all().delete()
    done = applied(tiers={unit: "ordinary"})

    with pytest.raises(ValidationError, match="甲公司 had no tier before"):
        prepare_reverse(batch=done, by=UserFactory())


# --- Every day before, and many units ------------------------------------------------------------


def answers(on: dt.date) -> dict[int, tuple]:
    units = with_standing(MemberUnit.objects.all(), on)
    rows = units.values_list("pk", "standing_basis", "tier_held")
    return {pk: (basis, tier) for pk, basis, tier in rows}


@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=recorded,
    effective_on=st.sampled_from(DAYS[10:]),
    policy=st.sampled_from(AppointmentBatch.Policy.values),
    codes=st.lists(st.sampled_from(["ordinary", "council"]), min_size=40, max_size=40),
)
def test_any_day_before_answers_as_it_was(rows, effective_on, policy, codes):
    with transaction.atomic():
        units = create(rows)
        load_standards(range(2022, 2028), tiers=["council"])
        load_standards(range(2022, 2028), tiers=["vice_president"])
        due_on = effective_on + 30 * DAY if policy == "difference" else None
        made = batch(effective_on=effective_on, policy=policy, due_on=due_on)
        lines = {
            unit: code
            for unit, code in zip(units, codes, strict=False)
            if can_change(unit, made.begins_on)
        }
        fill(made, lines)
        days = [on for on in DAYS if on < made.begins_on] + [made.begins_on - DAY]
        before = {on: answers(on) for on in days}
        at = dt.datetime.combine(effective_on, dt.time(4), dt.UTC)

        if lines:
            apply(batch=made, by=UserFactory(), at=at)

        assert {on: answers(on) for on in days} == before
        assert {unit.pk: answers(made.begins_on)[unit.pk][1] for unit in lines} == {
            unit.pk: TierFactory(code=code).pk for unit, code in lines.items()
        }
        transaction.set_rollback(True)


def can_change(unit: MemberUnit, first: dt.date) -> bool:
    """A member with a tier earlier in the year, and none that begins later.

    A unit without one owes an unknown amount until its first tier of the year says how much.
    """
    (history,) = histories([unit], dt.date(2022, 1, 1))
    tier_before = history.dues_tier(first.year) and min(
        row.starts_on
        for row in history.appointments
        if row.ends_on is None or row.ends_on >= dt.date(first.year, 1, 1)
    )
    return bool(
        history.membership(first)
        and tier_before
        and tier_before < first
        and not any(row.starts_on > first for row in history.appointments)
    )


def fill(made: AppointmentBatch, lines: dict[MemberUnit, str]) -> None:
    TierChange.objects.bulk_create(
        TierChange(batch=made, unit=unit, tier=TierFactory(code=code))
        for unit, code in lines.items()
    )


def test_a_large_batch_takes_no_more_queries_than_a_small_one(django_assert_num_queries):
    load_standards(range(2025, 2028))
    small = batch(tiers={member(): "council"}, **DIFFERENCE)
    large = batch(tiers={member(): "council" for _number in range(9)}, **DIFFERENCE)
    clerk = UserFactory()

    counts = []
    for made in (small, large):
        with connection.execute_wrapper(counting := Counting()):
            apply(batch=made, by=clerk, at=AT)
        counts.append(counting.count)

    assert counts[0] == counts[1]


class Counting:
    def __init__(self):
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


# Two people press at once: the batch's row is locked, and the second is refused.


@pytest.mark.django_db(transaction=True)
def test_two_people_who_apply_at_once_apply_it_once():
    from concurrent.futures import ThreadPoolExecutor

    made = batch(tiers={member(): "council"})
    clerks = [UserFactory(), UserFactory()]

    def press(clerk) -> str:
        try:
            with translation.override("en"):
                apply(batch=made, by=clerk, at=AT)
        except ValidationError as refused:
            return refused.messages[0]
        finally:
            connection.close()
        return "applied"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(press, clerks))

    assert said == ["This batch has been applied already.", "applied"]
    assert TierAppointment.objects.count() == 2
