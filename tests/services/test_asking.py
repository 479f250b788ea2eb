"""What a unit does: ask, write, correct, add files, withdraw, rate; and what it may not."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from benefits.basis import Basis
from benefits.models import BenefitItem
from benefits.refusal import NotEntitled
from cases.questions import Kind as AnswerKind
from letters.models import Letter
from services import asking, handling
from services.models import RequestFile, RequestStep, ServiceRequest
from tests.factories import member
from tests.services.factories import (
    AT,
    answers_to,
    asked,
    delivered,
    in_hand,
    offering,
    paid_up,
    person,
    question,
    staff,
    upload,
)

pytestmark = pytest.mark.django_db

State = ServiceRequest.State
ONCE = {"counted_per": BenefitItem.CountedPer.UNIT}
DAY = dt.timedelta(days=1)


def refused(call, **arguments) -> str:
    """The code of the refusal."""
    with pytest.raises(ValidationError) as raised:
        call(**arguments)
    return raised.value.code


def kinds(request) -> list[str]:
    return list(request.steps.values_list("kind", flat=True))


# --- Asking -------------------------------------------------------------------------------------


def test_a_request_keeps_what_was_decided_on_its_day():
    unit, owner = paid_up("council"), staff()
    made = offering(target_working_days=5, owner=owner)

    request = asked(made, unit, title="浮选 药剂\n选择")

    request.refresh_from_db()
    assert request.number == "S2026-0001"
    assert request.state == State.SUBMITTED
    assert request.title == "浮选 药剂 选择"
    assert request.filed_on == dt.date(2026, 3, 9)
    assert request.due_on == dt.date(2026, 3, 16)
    assert request.tier.code == "council"
    assert request.basis == Basis.CHARTER
    assert request.owner == owner
    assert not request.is_once
    assert kinds(request) == ["filed"]


def test_the_day_of_filing_is_that_of_beijing():
    request = asked(at=dt.datetime(2026, 3, 9, 16, 30, tzinfo=dt.UTC))

    assert request.filed_on == dt.date(2026, 3, 10)


def test_numbers_are_counted_in_each_year():
    made, unit = offering(), paid_up()
    by = person(unit)

    numbers = [
        asked(made, unit, by, at=at).number
        for at in (AT, AT + DAY, AT - 120 * DAY, AT - 119 * DAY, AT + 2 * DAY)
    ]

    assert numbers == ["S2026-0001", "S2026-0002", "S2025-0001", "S2025-0002", "S2026-0003"]


@pytest.mark.parametrize(
    ("paid", "at", "may"),
    [
        ((2025,), "2026-06-30T15:59", True),  # last year's dues carry the first half
        ((2025,), "2026-06-30T16:00", False),  # the first of July in Beijing
        ((2026,), "2026-06-30T15:59", False),
        ((2026,), "2026-06-30T16:00", True),
        ((), "2026-03-09T02:00", False),
    ],
)
def test_the_right_is_judged_at_the_moment_of_filing(paid, at, may):
    made, unit = offering(), member(paid=paid)
    by, at = person(unit), dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)

    if may:
        assert asked(made, unit, by, at=at).basis == Basis.CHARTER
    else:
        with pytest.raises(NotEntitled):
            asked(made, unit, by, at=at)
        assert ServiceRequest.objects.count() == 0


def test_a_service_for_higher_tiers_refuses_others():
    made = offering("member-news")
    made.benefit_item.allowances.filter(tier__code="ordinary").delete()

    with pytest.raises(NotEntitled) as raised:
        asked(made, paid_up("ordinary"))

    assert raised.value.answer.basis == Basis.NOT_PROMISED
    assert asked(made, paid_up("council")).tier.code == "council"


def test_a_closed_service_takes_no_requests():
    assert refused(asked, made=offering(is_open=False)) == "not_open"


def test_answers_must_fit_the_form():
    made, unit = offering(), paid_up()
    day = question(made, "期限", kind=AnswerKind.DATE)
    answers = answers_to(made) | {day.pk: "明天"}

    with pytest.raises(ValidationError) as raised:
        asking.ask(unit=unit, offering=made, answers=answers, by=person(unit), at=AT)

    assert list(raised.value.message_dict) == [f"question_{day.pk}"]


def test_a_missing_answer_and_one_to_a_foreign_question():
    made, unit, other = offering(), paid_up(), offering("other-service")
    title, text = made.questions.order_by("position")
    foreign = other.questions.first()

    with pytest.raises(ValidationError) as raised:
        asking.ask(
            unit=unit,
            offering=made,
            answers={title.pk: "题", foreign.pk: "答"},
            by=person(unit),
            at=AT,
        )

    assert list(raised.value.message_dict) == [f"question_{text.pk}"]


def test_a_question_that_is_no_longer_asked_needs_no_answer():
    made = offering()
    made.questions.filter(role="text").update(is_asked=False)

    request = asked(made, title="题")

    assert [answer.text for answer in request.answers.all()] == ["题"]


def test_a_form_without_a_title_takes_the_name_of_the_service():
    made = offering()
    made.questions.filter(role="title").delete()

    assert asked(made).title == made.name


def test_files_come_with_the_request():
    made, unit = offering(), paid_up()
    files = [upload("一.pdf"), upload("二.pdf")]

    request = asking.ask(
        unit=unit, offering=made, answers=answers_to(made), files=files, by=person(unit), at=AT
    )

    assert [(file.name, file.is_delivered) for file in request.files.all()] == [
        ("一.pdf", False),
        ("二.pdf", False),
    ]


def test_a_file_that_is_not_accepted_refuses_the_whole_request():
    made, unit = offering(), paid_up()

    code = refused(
        asking.ask,
        unit=unit,
        offering=made,
        answers=answers_to(made),
        files=[upload("程序.exe", b"MZ")],
        by=person(unit),
        at=AT,
    )

    assert code == "kind"
    assert ServiceRequest.objects.count() == RequestFile.objects.count() == 0


# --- Once per unit ------------------------------------------------------------------------------


def test_what_exists_once_is_asked_for_once():
    made, unit = offering("showcase", item=ONCE), paid_up()
    by = person(unit)
    first = asked(made, unit, by)

    with pytest.raises(ValidationError) as raised, translation.override("zh-hans"):
        asked(made, unit, by, at=AT + DAY)

    assert raised.value.code == "once"
    assert raised.value.messages == [
        f"这项服务每个单位只有一次，贵单位已于 2026年3月9日申请（{first.number}，已提交）。"
    ]
    assert asked(made, paid_up()).is_once


def test_after_the_delivery_it_is_used_up_too():
    made, unit = offering("showcase", item=ONCE), paid_up()
    delivered(asked(made, unit))

    assert refused(asked, made=made, unit=unit) == "once"


@pytest.mark.parametrize("end", ["withdraw", "decline"])
def test_what_came_to_nothing_may_be_asked_for_again(end):
    made, unit = offering("showcase", item=ONCE), paid_up()
    first = asked(made, unit)
    if end == "withdraw":
        asking.withdraw(request=first, by=first.asked_by, at=AT)
    else:
        handling.decline(request=first, reason="材料不全", by=staff(), at=AT)

    assert asked(made, unit).state == State.SUBMITTED


# --- Afterwards ---------------------------------------------------------------------------------


def test_a_message_changes_nothing_while_it_is_the_associations_turn():
    request = in_hand()

    asking.write(request=request, text=" 补充一句 ", by=request.asked_by, at=AT)

    request.refresh_from_db()
    assert request.state == State.ACCEPTED
    assert request.steps.last().comment == "补充一句"


@pytest.mark.parametrize(("is_accepted", "state"), [(True, "accepted"), (False, "submitted")])
def test_an_answer_hands_the_turn_back(is_accepted, state):
    request = in_hand() if is_accepted else asked()
    handling.ask_unit(request=request, question="请补充图纸", by=staff(), at=AT)

    asking.write(request=request, text="已补充", by=request.asked_by, at=AT)

    request.refresh_from_db()
    assert request.state == state
    assert kinds(request)[-2:] == ["asked", "wrote"]


def test_the_form_is_corrected_while_the_association_waits():
    request = in_hand()
    handling.ask_unit(request=request, question="标题太长", by=staff(), at=AT)
    answers = answers_to(request.offering, title="新题", text="新文")

    asking.amend(request=request, answers=answers, by=request.asked_by, at=AT)

    request.refresh_from_db()
    assert (request.state, request.title) == (State.ACCEPTED, "新题")
    assert [answer.text for answer in request.answers.all()] == ["新题", "新文"]


def test_the_form_is_not_corrected_at_other_times():
    request = in_hand()
    answers = answers_to(request.offering)

    assert (
        refused(asking.amend, request=request, answers=answers, by=request.asked_by, at=AT)
        == "state"
    )


def test_files_are_added_and_there_is_an_end_to_them():
    request = asked()
    by = request.asked_by

    asking.attach(request=request, files=[upload("图.pdf")] * 20, by=by, at=AT)

    assert request.files.count() == 20
    more = {"request": request, "files": [upload()], "by": by, "at": AT}
    assert refused(asking.attach, **more) == "too_many_files"
    assert refused(asking.attach, **more | {"files": []}) == "empty"


def test_an_empty_message_is_refused():
    request = asked()

    assert refused(asking.write, request=request, text="  ", by=request.asked_by, at=AT) == "empty"


def test_a_rating_is_given_once():
    request = delivered()
    by = request.asked_by

    asking.rate(request=request, rating=4, words=" 很及时 ", by=by, at=AT)

    request.refresh_from_db()
    assert (request.rating, request.rating_words, request.rated_at) == (4, "很及时", AT)
    assert refused(asking.rate, request=request, rating=5, by=by, at=AT) == "rated"


@pytest.mark.parametrize("rating", [0, 6])
def test_a_rating_has_one_to_five_points(rating):
    request = delivered()

    code = refused(asking.rate, request=request, rating=rating, by=request.asked_by, at=AT)

    assert code == "rating"


def test_only_what_was_delivered_is_rated():
    request = in_hand()

    assert refused(asking.rate, request=request, rating=5, by=request.asked_by, at=AT) == "state"


def ended(how: str) -> ServiceRequest:
    if how == "closed":
        return delivered()
    request = asked()
    if how == "withdrawn":
        return asking.withdraw(request=request, by=request.asked_by, at=AT)
    return handling.decline(request=request, reason="不属于范围", by=staff(), at=AT)


@pytest.mark.parametrize("how", ["closed", "withdrawn", "declined"])
def test_after_its_end_a_unit_changes_nothing(how):
    request = ended(how)
    by = {"by": request.asked_by, "at": AT}

    assert refused(asking.write, request=request, text="话", **by) == "state"
    assert refused(asking.attach, request=request, files=[upload()], **by) == "state"
    assert refused(asking.withdraw, request=request, **by) == "state"
    assert refused(asking.amend, request=request, answers={}, **by) == "state"


def test_the_person_who_asked_gets_a_letter_with_the_link(settings):
    settings.SITE_URL = "https://members.example"

    request = asked(title="选矿回收率")

    letter = Letter.objects.get()
    assert letter.to == request.asked_by.email
    assert letter.subject == "已收到贵单位的申请 S2026-0001：选矿回收率"
    assert f"https://members.example/matters/requests/{request.pk}/" in letter.text
    assert "2026年3月23日前答复" in letter.text


def test_a_title_with_signs_reads_in_the_letter_as_it_was_written():
    asked(title="A&B <金> “铜”")

    assert "“A&B <金> “铜””" in Letter.objects.get().text


def test_steps_of_the_unit_are_told_apart():
    request = in_hand()

    assert [step.is_by_unit for step in RequestStep.objects.filter(request=request)] == [
        True,
        False,
    ]
