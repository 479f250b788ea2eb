"""What the association does with an application, and what it may not."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from awards import applying, deciding
from awards.models import AwardApplication
from tests.awards.factories import AT, draft, moment, submitted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

State = AwardApplication.State
TODAY = dt.date(2026, 5, 10)


@pytest.fixture
def staff():
    return UserFactory(is_staff=True)


@pytest.fixture
def verbs(staff):
    """Each move, ready to be made."""

    def bound(verb, **given):
        return lambda application: verb(application=application, at=AT, by=staff, **given)

    outcome = {"level": "金奖", "on": TODAY}
    return {
        "submit": bound(applying.submit),
        "withdraw": bound(applying.withdraw),
        "discard": lambda application: applying.discard(application=application),
        "accept": bound(deciding.accept),
        "return": bound(
            deciding.return_for_completion, complete_by=dt.date(2026, 5, 20), comment="补"
        ),
        "decline": bound(deciding.decline, reason="不符合"),
        "recommend": bound(deciding.recommend, to="主办单位", document="矿联〔2026〕1号", on=TODAY),
        "not_recommend": bound(deciding.not_recommend, reason="名额有限"),
        "award": bound(deciding.record_outcome, is_awarded=True, **outcome),
        "not_award": bound(deciding.record_outcome, is_awarded=False, **outcome),
    }


# How to come to each state, and what leads on from it.
WAYS = {
    State.DRAFT: [],
    State.SUBMITTED: ["submit"],
    State.RETURNED: ["submit", "return"],
    State.ACCEPTED: ["submit", "accept"],
    State.DECLINED: ["submit", "decline"],
    State.RECOMMENDED: ["submit", "accept", "recommend"],
    State.NOT_RECOMMENDED: ["submit", "accept", "not_recommend"],
    State.AWARDED: ["submit", "accept", "recommend", "award"],
    State.NOT_AWARDED: ["submit", "accept", "recommend", "not_award"],
    State.WITHDRAWN: ["submit", "withdraw"],
}
LEADS = {
    (State.DRAFT, "submit"): State.SUBMITTED,
    (State.SUBMITTED, "accept"): State.ACCEPTED,
    (State.SUBMITTED, "return"): State.RETURNED,
    (State.SUBMITTED, "decline"): State.DECLINED,
    (State.SUBMITTED, "withdraw"): State.WITHDRAWN,
    (State.RETURNED, "submit"): State.SUBMITTED,
    (State.RETURNED, "return"): State.RETURNED,
    (State.RETURNED, "withdraw"): State.WITHDRAWN,
    (State.ACCEPTED, "recommend"): State.RECOMMENDED,
    (State.ACCEPTED, "not_recommend"): State.NOT_RECOMMENDED,
    (State.ACCEPTED, "withdraw"): State.WITHDRAWN,
    (State.RECOMMENDED, "award"): State.AWARDED,
    (State.RECOMMENDED, "not_award"): State.NOT_AWARDED,
}
# Refused for another reason than the state: the unit's time is not over.
TOO_EARLY = {(State.RETURNED, "decline")}


@pytest.mark.parametrize("state", WAYS)
def test_every_move_leads_on_or_is_refused(state, verbs):
    """All states × all moves: what is not in ``LEADS`` changes nothing."""
    application = draft()
    for name in WAYS[state]:
        verbs[name](application)
    application.refresh_from_db()
    assert application.state == state

    for name, verb in verbs.items():
        before = application.steps.count()
        if (state, name) == (State.DRAFT, "discard"):
            continue
        with transaction.atomic():
            if (state, name) in LEADS:
                assert verb(application).state == LEADS[state, name]
                assert application.steps.count() == before + 1
            else:
                with pytest.raises(ValidationError) as caught:
                    verb(application)
                code = "too_early" if (state, name) in TOO_EARLY else "wrong_state"
                assert caught.value.code == code, name
                assert application.steps.count() == before
            transaction.set_rollback(True)
        application.refresh_from_db()
        assert application.state == state


def test_a_recommendation_says_to_whom_by_what_and_when(verbs):
    application = submitted()
    verbs["accept"](application)

    verbs["recommend"](application)

    application.refresh_from_db()
    assert (application.recommended_to, application.document, application.recommended_on) == (
        "主办单位",
        "矿联〔2026〕1号",
        TODAY,
    )


def test_an_outcome_says_which_level_and_when(verbs):
    application = submitted()
    for name in ("accept", "recommend", "award"):
        verbs[name](application)

    application.refresh_from_db()
    assert (application.state, application.outcome, application.announced_on) == (
        State.AWARDED,
        "金奖",
        TODAY,
    )


def test_a_return_sets_the_day_and_another_return_gives_more_time(staff):
    application = submitted()
    for day in (20, 25):
        deciding.return_for_completion(
            application=application,
            complete_by=dt.date(2026, 5, day),
            comment="补盖章页",
            at=AT,
            by=staff,
        )

    application.refresh_from_db()
    assert (application.state, application.complete_by) == (State.RETURNED, dt.date(2026, 5, 25))
    assert [step.comment for step in application.steps.filter(what="returned")] == [
        "补盖章页",
        "补盖章页",
    ]


def test_today_is_the_earliest_day_for_completion(staff):
    application = submitted()
    given = {"application": application, "comment": "补", "at": AT, "by": staff}

    with pytest.raises(ValidationError) as caught:
        deciding.return_for_completion(complete_by=dt.date(2026, 5, 9), **given)
    assert set(caught.value.error_dict) == {"complete_by"}

    deciding.return_for_completion(complete_by=TODAY, **given)


@pytest.mark.parametrize(
    ("at", "state"),
    [("2026-05-20 23:59:59", State.RETURNED), ("2026-05-21 00:00:00", State.DECLINED)],
)
def test_a_returned_one_is_declined_only_when_its_time_is_over(at, state, staff, verbs):
    application = submitted()
    verbs["return"](application)
    given = {"application": application, "reason": "逾期", "at": moment(at), "by": staff}

    if state == State.RETURNED:
        with pytest.raises(ValidationError):
            deciding.decline(**given)
    else:
        deciding.decline(**given)

    application.refresh_from_db()
    assert application.state == state


@pytest.mark.parametrize(
    ("verb", "given", "field"),
    [
        (deciding.return_for_completion, {"complete_by": TODAY, "comment": " "}, "comment"),
        (deciding.decline, {"reason": ""}, "reason"),
        (deciding.note, {"text": " "}, "text"),
    ],
)
def test_words_are_needed(verb, given, field, staff):
    with pytest.raises(ValidationError) as caught:
        verb(application=submitted(), at=AT, by=staff, **given)

    assert set(caught.value.error_dict) == {field}


@pytest.mark.parametrize("day", [dt.date(2026, 5, 9), dt.date(2026, 5, 11)])
def test_a_recommendation_lies_between_the_filing_and_today(day, staff, verbs):
    application = submitted()
    verbs["accept"](application)

    with pytest.raises(ValidationError) as caught:
        deciding.recommend(
            application=application, to="主办单位", document="", on=day, at=AT, by=staff
        )

    assert set(caught.value.error_dict) == {"on"}


def test_an_award_needs_its_level_and_its_absence_does_not(staff, verbs):
    application = submitted()
    for name in ("accept", "recommend"):
        verbs[name](application)
    given = {"application": application, "level": "", "on": TODAY, "at": AT, "by": staff}

    with pytest.raises(ValidationError) as caught:
        deciding.record_outcome(is_awarded=True, **given)
    assert set(caught.value.error_dict) == {"level"}

    assert deciding.record_outcome(is_awarded=False, **given).state == State.NOT_AWARDED


def test_a_note_is_internal_and_changes_nothing(staff):
    application = submitted()

    step = deciding.note(application=application, text="电话核实", at=AT, by=staff)

    assert (step.what, step.is_internal, step.by) == ("note", True, staff)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_no_note_on_a_draft(staff):
    with pytest.raises(ValidationError) as caught:
        deciding.note(application=draft(), text="看看", at=AT, by=staff)

    assert caught.value.code == "wrong_state"


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": ""},
        {"title": ""},
        {"basis": ""},
        {"filed_on": None},
        {"state": "draft"},
        {"state": "returned"},
        {"complete_by": TODAY},
        {"state": "recommended"},
        {"recommended_to": "主办单位"},
        {"state": "awarded", "recommended_to": "主办单位", "recommended_on": TODAY},
        {"outcome": "金奖"},
    ],
)
def test_the_database_refuses(wrong):
    application = submitted()

    with pytest.raises(IntegrityError), transaction.atomic():
        AwardApplication.objects.filter(pk=application.pk).update(**wrong)


def test_the_database_keeps_a_number_from_being_given_twice():
    first, second = submitted(), None
    second = submitted(cycle=first.cycle)

    with pytest.raises(IntegrityError), transaction.atomic():
        AwardApplication.objects.filter(pk=second.pk).update(number=first.number)
