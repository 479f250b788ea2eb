"""What staff do with a request, each step and its refusals, and the letters it writes."""

import datetime as dt
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from letters.models import Letter
from services import asking, handling
from services.models import ServiceRequest
from tests.factories import UserFactory
from tests.services.factories import (
    AT,
    asked,
    in_hand,
    offering,
    paid_up,
    person,
    staff,
    upload,
)

pytestmark = pytest.mark.django_db

State = ServiceRequest.State
LATER = AT + dt.timedelta(days=3)


def refused(call, **arguments) -> str:
    with pytest.raises(ValidationError) as raised:
        call(at=LATER, **arguments)
    return raised.value.code


def last_letter() -> Letter:
    return Letter.objects.latest("pk")


def test_accepting_names_a_person_and_begins_at_the_first_stage():
    request, owner, boss = asked(), staff(), staff()

    handling.accept(request=request, owner=owner, by=boss, at=LATER)

    request.refresh_from_db()
    assert request.state == State.ACCEPTED
    assert (request.owner, request.stage.name, request.accepted_at) == (owner, "受理", LATER)
    step = request.steps.last()
    assert (step.kind, step.by, step.stage) == ("accepted", boss, request.stage)
    assert last_letter().subject == "贵单位的申请 S2026-0001 已受理：选矿回收率"


def test_accepting_at_another_stage():
    request, owner = asked(), staff()
    second = request.offering.stages.get(name="答复")

    handling.accept(request=request, owner=owner, stage=second, by=owner, at=AT)

    request.refresh_from_db()
    assert request.stage == second


def test_a_service_without_stages_is_handled_too():
    request, owner = asked(), staff()
    request.offering.stages.all().delete()

    assert handling.accept(request=request, owner=owner, by=owner, at=AT).stage is None


@pytest.mark.parametrize("call", [handling.accept, handling.assign])
@pytest.mark.parametrize("fields", [{"is_staff": False}, {"is_staff": True, "is_active": False}])
def test_only_active_staff_can_be_in_charge(call, fields):
    owner = UserFactory(**fields)

    assert refused(call, request=asked(), owner=owner, by=staff()) == "not_staff"


def test_a_request_moves_through_the_stages_of_its_service():
    request = in_hand()
    second = request.offering.stages.get(name="答复")

    handling.move(request=request, stage=second, by=request.owner, at=LATER)

    request.refresh_from_db()
    assert request.stage == second
    assert request.steps.last().stage == second
    again = {"request": request, "stage": second, "by": request.owner}
    assert refused(handling.move, **again) == "same_stage"


def test_a_stage_of_another_service_is_refused():
    request, other = in_hand(), offering("other-service")
    foreign = other.stages.first()

    assert refused(handling.move, request=request, stage=foreign, by=request.owner) == "stage"
    new = asked(request.offering, paid_up())
    arguments = {"request": new, "owner": staff(), "stage": foreign, "by": staff()}
    assert refused(handling.accept, **arguments) == "stage"


def test_a_question_gives_the_unit_the_turn_and_writes_to_it():
    request = in_hand()

    handling.ask_unit(request=request, question="请补充 <图纸>", by=request.owner, at=LATER)

    request.refresh_from_db()
    assert request.state == State.WAITING_FOR_UNIT
    assert last_letter().to == request.asked_by.email
    assert "请补充 <图纸>" in last_letter().text


def test_a_message_leaves_the_turn_where_it_is():
    request = in_hand()

    handling.tell_unit(request=request, text="专家下周到访", by=request.owner, at=LATER)

    request.refresh_from_db()
    assert request.state == State.ACCEPTED
    assert "专家下周到访" in last_letter().text


def test_notes_and_assignments_are_for_staff_and_write_to_nobody():
    request, other = in_hand(), staff(name="另一人")
    letters = Letter.objects.count()

    handling.note(request=request, text="先问法务", by=request.owner, at=LATER)
    handling.assign(request=request, owner=other, by=request.owner, at=LATER)

    request.refresh_from_db()
    assert request.owner == other
    assert [step.is_internal for step in request.steps.all()] == [False, False, True, True]
    assert list(request.steps.told().values_list("kind", flat=True)) == ["filed", "accepted"]
    assert Letter.objects.count() == letters


def test_delivering_says_what_and_hands_over_files():
    request = in_hand()

    handling.close(
        request=request,
        delivered="已出具意见书。",
        files=[upload("意见书.pdf")],
        by=request.owner,
        at=LATER,
    )

    request.refresh_from_db()
    assert request.state == State.CLOSED
    assert (request.delivered, request.delivered_on) == ("已出具意见书。", dt.date(2026, 3, 12))
    assert request.closed_at == LATER
    assert [(file.name, file.is_delivered) for file in request.files.all()] == [
        ("意见书.pdf", True)
    ]
    assert "已出具意见书。" in last_letter().text


def test_declining_tells_the_reason():
    request = asked()

    handling.decline(request=request, reason="不在服务范围", by=staff(), at=LATER)

    request.refresh_from_db()
    assert (request.state, request.closed_at) == (State.DECLINED, LATER)
    assert "不在服务范围" in last_letter().text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (handling.ask_unit, "question"),
        (handling.tell_unit, "text"),
        (handling.note, "text"),
        (handling.close, "delivered"),
        (handling.decline, "reason"),
    ],
)
def test_words_are_needed(call, words):
    request = in_hand()

    assert refused(call, request=request, by=request.owner, **{words: " "}) == "empty"


def in_state(state: str, made) -> ServiceRequest:
    """A request of a new unit, brought to the state."""
    request, by = asked(made), staff()
    if state in ("accepted", "waiting_for_unit", "closed"):
        request = in_hand(request)
    if state == "waiting_for_unit":
        return handling.ask_unit(request=request, question="请补充", by=by, at=AT)
    if state == "closed":
        return handling.close(request=request, delivered="已办。", by=by, at=AT)
    if state == "declined":
        return handling.decline(request=request, reason="不在范围", by=by, at=AT)
    if state == "withdrawn":
        return asking.withdraw(request=request, by=request.asked_by, at=AT)
    return request


def wish(name: str, made) -> dict:
    """What the verb is called with."""
    return {
        "accept": {"owner": staff()},
        "assign": {"owner": staff()},
        "move": {"stage": made.stages.get(name="答复")},
        "ask_unit": {"question": "话"},
        "tell_unit": {"text": "话"},
        "note": {"text": "话"},
        "close": {"delivered": "话"},
        "decline": {"reason": "话"},
    }[name]


MAY = {
    "accept": {"submitted"},
    "assign": {"submitted", "accepted", "waiting_for_unit"},
    "move": {"accepted", "waiting_for_unit"},
    "ask_unit": {"submitted", "accepted", "waiting_for_unit"},
    "tell_unit": set(State.values),
    "note": set(State.values),
    "close": {"accepted", "waiting_for_unit"},
    "decline": {"submitted", "accepted", "waiting_for_unit"},
}


@pytest.mark.parametrize("state", State.values)
def test_each_step_in_its_states_and_in_no_other(state):
    """Every verb in every state: it is done, or refused for the state and leaves no trace."""
    made = offering()
    request = in_state(state, made)
    assert request.state == state
    steps = request.steps.count()
    for name, states in MAY.items():
        verb, arguments = getattr(handling, name), {"request": request, "by": staff()}
        with undone():
            if state in states:
                verb(**arguments, at=LATER, **wish(name, made))
                assert request.steps.count() == steps + 1, name
            else:
                assert refused(verb, **arguments, **wish(name, made)) == "state", name
                assert request.steps.count() == steps, name


@contextmanager
def undone():
    """Take back what is written within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_overdue_is_what_waits_for_the_association_after_its_day():
    request = asked()
    due = request.due_on

    assert not ServiceRequest.objects.overdue(due).exists()
    assert ServiceRequest.objects.overdue(due + dt.timedelta(days=1)).exists()
    handling.ask_unit(request=request, question="请补充", by=staff(), at=AT)
    assert not ServiceRequest.objects.overdue(due + dt.timedelta(days=1)).exists()


def test_letters_go_to_the_managers_when_the_asker_has_left():
    unit = paid_up()
    request = asked(unit=unit)
    manager = person(unit, role="manager")
    unit.representatives.filter(user=request.asked_by).update(revoked_at=AT)

    handling.decline(request=request, reason="不在范围", by=staff(), at=LATER)

    assert last_letter().to == manager.email


def test_letters_are_in_chinese_whatever_language_the_staff_read():
    request = in_hand()
    with translation.override("en"):
        handling.close(request=request, delivered="已办。", by=request.owner, at=LATER)

    assert last_letter().subject == "贵单位的申请 S2026-0001 已办结：选矿回收率"
