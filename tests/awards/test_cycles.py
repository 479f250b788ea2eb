"""Which cycles are due, opening the next one, when one is open, and what may be changed."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from awards.cycles import check_question, check_removal, due_awards, due_cycles, open_from
from awards.models import AwardCycle
from benefits.models import BenefitItem
from cases.questions import Kind
from tests.awards.factories import (
    DEADLINE,
    AwardFactory,
    CycleFactory,
    ItemFactory,
    QuestionFactory,
    RequirementFactory,
    draft,
    moment,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

Period = BenefitItem.Period
SECOND = dt.timedelta(seconds=1)


def award(code: str, period: str):
    return AwardFactory(code=code, benefit_item=ItemFactory(code=code, period=period))


# --- Due ---


@pytest.mark.parametrize(
    ("period", "last", "on", "due"),
    [
        (Period.ANNUAL, 2025, dt.date(2025, 12, 31), []),
        (Period.ANNUAL, 2025, dt.date(2026, 1, 1), [2026]),
        (Period.ANNUAL, 2026, dt.date(2026, 1, 1), []),
        (Period.BIENNIAL, 2024, dt.date(2025, 12, 31), []),
        (Period.BIENNIAL, 2024, dt.date(2026, 1, 1), [2026]),
        (Period.BIENNIAL, 2020, dt.date(2026, 1, 1), [2026]),
        (Period.IRREGULAR, 2020, dt.date(2026, 1, 1), []),
        (Period.ANNUAL, None, dt.date(2026, 1, 1), [2026]),
        (Period.BIENNIAL, None, dt.date(2026, 1, 1), [2026]),
        (Period.IRREGULAR, None, dt.date(2026, 1, 1), []),
    ],
)
def test_a_cycle_is_due_by_the_period(period, last, on, due):
    made = award("made", period)
    if last:
        CycleFactory(award=made, year=last)

    assert [each.year for each in due_cycles(on)] == due
    assert [each.pk for each in due_awards(on)] == [made.pk] * len(due)


def test_the_last_cycle_is_named_with_what_is_due():
    made = award("made", Period.BIENNIAL)
    CycleFactory(award=made, year=2022)
    last = CycleFactory(award=made, year=2024)

    assert [each.last for each in due_cycles(dt.date(2026, 3, 1))] == [last]


def test_an_award_whose_item_the_charter_dropped_is_not_due():
    made = award("made", Period.ANNUAL)
    BenefitItem.objects.filter(award=made).update(retired_on=dt.date(2026, 3, 1))

    assert due_cycles(dt.date(2026, 3, 1)) == []
    assert [each.award for each in due_cycles(dt.date(2026, 2, 28))] == [made]


def test_what_is_due_takes_the_same_queries_for_more_awards(django_assert_num_queries):
    for code in ("one", "two", "three"):
        CycleFactory(award=award(code, Period.ANNUAL), year=2025, name=code)

    with django_assert_num_queries(2):
        assert len(due_cycles(dt.date(2026, 1, 1))) == 3


# --- Opening the next ---


def test_the_next_cycle_takes_the_form_over_and_moves_the_dates():
    last = CycleFactory(
        award=award("made", Period.BIENNIAL),
        name="2026年样本奖申报",
        name_en="Sample award 2026",
        per_unit_limit=2,
        result_expected_on=dt.date(2026, 12, 1),
    )
    QuestionFactory(cycle=last, label="简介", kind=Kind.LONG, is_required=False)
    QuestionFactory(cycle=last, label="类别", kind=Kind.CHOICE, choices="甲\n乙")
    RequirementFactory(cycle=last, name="推荐表", hint="盖章")
    user = UserFactory()

    cycle = open_from(award=last.award, year=2028, by=user)

    cycle.refresh_from_db()
    assert (cycle.name, cycle.name_en, cycle.year, cycle.round) == (
        "2028年样本奖申报",
        "Sample award 2028",
        2028,
        1,
    )
    assert (cycle.opens_on, cycle.result_expected_on) == (
        dt.date(2028, 5, 1),
        dt.date(2028, 12, 1),
    )
    assert cycle.closes_at == moment("2028-05-31 23:59:59")
    assert (cycle.guidance, cycle.per_unit_limit) == (last.guidance, 2)
    assert (cycle.is_announced, cycle.opened_by) == (False, user)
    assert list(cycle.questions.values_list("label", "kind", "choices", "is_required")) == [
        ("简介", Kind.LONG, "", False),
        ("类别", Kind.CHOICE, "甲\n乙", True),
    ]
    assert list(cycle.requirements.values_list("name", "hint")) == [("推荐表", "盖章")]
    assert (last.questions.count(), last.requirements.count()) == (2, 1)


def test_the_29th_of_february_becomes_the_28th():
    last = CycleFactory(
        year=2024, opens_on=dt.date(2024, 2, 29), closes_at=moment("2024-02-29 17:00:00")
    )

    cycle = open_from(award=last.award, year=2025, by=UserFactory())

    assert (cycle.opens_on, cycle.closes_at) == (
        dt.date(2025, 2, 28),
        moment("2025-02-28 17:00:00"),
    )


def test_an_irregular_award_gets_another_round_in_the_same_year():
    last = CycleFactory(award=award("made", Period.IRREGULAR), name="2026年鉴定")

    second = open_from(award=last.award, year=2026, by=UserFactory())
    third = open_from(award=last.award, year=2026, by=UserFactory())
    next_year = open_from(award=last.award, year=2027, by=UserFactory())

    assert [(each.name, each.round) for each in (second, third, next_year)] == [
        ("2026年鉴定 #2", 2),
        ("2026年鉴定 #3", 3),
        ("2027年鉴定", 1),
    ]


def test_a_year_has_one_cycle_of_an_award_with_a_period():
    last = CycleFactory()

    with pytest.raises(ValidationError) as caught:
        open_from(award=last.award, year=2026, by=UserFactory())

    assert caught.value.code == "exists"
    assert AwardCycle.objects.count() == 1


def test_without_an_earlier_cycle_there_is_nothing_to_open_from():
    with pytest.raises(ValidationError) as caught:
        open_from(award=AwardFactory(), year=2026, by=UserFactory())

    assert caught.value.code == "no_earlier"


# --- Open or not ---


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        ("2026-04-30 23:59:59", "ahead"),
        ("2026-05-01 00:00:00", "open"),
        ("2026-05-31 23:59:59", "open"),
        ("2026-05-31 23:59:59.999999", "open"),
        ("2026-06-01 00:00:00", "closed"),
    ],
)
def test_a_cycle_is_open_from_its_first_to_its_last_second(at, stage):
    cycle = CycleFactory()

    assert cycle.stage(moment(at)) == stage
    assert list(AwardCycle.objects.open(moment(at))) == [cycle] * (stage == "open")


def test_a_cycle_that_is_not_announced_is_not_open():
    cycle = CycleFactory(is_announced=False)

    assert cycle.stage(DEADLINE) == "hidden"
    assert list(AwardCycle.objects.open(DEADLINE)) == []


# --- What the database holds ---


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens_on": dt.date(2026, 6, 1)},
        {"result_expected_on": dt.date(2026, 5, 30)},
        {"per_unit_limit": 0},
        {"round": 0},
    ],
)
def test_the_database_refuses(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        CycleFactory(**wrong)


def test_the_deadline_may_lie_in_the_first_hours_of_the_opening_day():
    """In UTC that is still the day before."""
    cycle = CycleFactory(closes_at=moment("2026-05-01 00:30:00"))

    cycle.full_clean()

    assert cycle.last_day == cycle.opens_on


def test_only_an_irregular_award_has_rounds():
    with pytest.raises(ValidationError) as caught:
        CycleFactory.build(award=AwardFactory(), round=2).full_clean()

    assert set(caught.value.error_dict) == {"round"}


# --- Once units are writing ---


def test_a_question_keeps_its_kind_and_choices_once_there_are_applications():
    question = QuestionFactory(kind=Kind.CHOICE, choices="甲\n乙")
    draft(cycle=question.cycle)

    question.kind = Kind.SHORT
    with pytest.raises(ValidationError) as caught:
        check_question(question)
    assert set(caught.value.error_dict) == {"kind"}

    question.kind, question.choices = Kind.CHOICE, "甲\n丙"
    with pytest.raises(ValidationError) as caught:
        check_question(question)
    assert set(caught.value.error_dict) == {"choices"}

    question.choices, question.label = "丙\n乙\n甲", "换个说法"
    check_question(question)


def test_before_that_everything_may_change():
    question = QuestionFactory(kind=Kind.CHOICE, choices="甲\n乙")

    question.kind = Kind.SHORT
    check_question(question)
    check_removal(question.cycle)


def test_nothing_is_taken_from_a_form_that_is_being_filled_in():
    application = draft()

    with pytest.raises(ValidationError) as caught:
        check_removal(application.cycle)

    assert caught.value.code == "in_use"
