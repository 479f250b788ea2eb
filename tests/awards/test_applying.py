"""What a unit does with its application: write, upload, hand in, withdraw."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from awards import applying, deciding
from awards.completeness import Incomplete, missing
from awards.models import Answer, ApplicationStep, AwardApplication, AwardCycle
from benefits.models import BenefitItem
from benefits.refusal import NotEntitled
from files.kinds import LIMIT
from letters.models import Letter
from tests.awards.factories import (
    AT,
    DEADLINE,
    PDF,
    AwardFactory,
    CycleFactory,
    ItemFactory,
    QuestionFactory,
    RequirementFactory,
    applicant,
    docx,
    draft,
    moment,
    person_of,
    promise,
    submitted,
    upload,
)
from tests.benefits.factories import GrantFactory
from tests.factories import StandardFactory, TierFactory, UserFactory, member

pytestmark = pytest.mark.django_db

State = AwardApplication.State
SECOND = dt.timedelta(seconds=1)


def code_of(error) -> str:
    return error.value.code


def returned(*, complete_by: dt.date = dt.date(2026, 6, 10), **fields) -> AwardApplication:
    return deciding.return_for_completion(
        application=submitted(**fields),
        complete_by=complete_by,
        comment="请补盖章页",
        at=AT,
        by=UserFactory(),
    )


def steps(application) -> list[str]:
    return list(application.steps.values_list("what", flat=True))


# --- Starting ---


def test_a_draft_has_no_number_and_uses_nothing():
    application = draft()

    assert (application.state, application.number, application.filed_on) == (State.DRAFT, "", None)
    assert steps(application) == ["started"]
    assert Letter.objects.count() == 0


@pytest.mark.parametrize(
    ("at", "code"),
    [("2026-04-30 23:59:59", "not_open"), ("2026-06-01 00:00:00", "closed")],
)
def test_outside_the_cycle_no_draft_is_started(at, code):
    with pytest.raises(ValidationError) as caught:
        draft(at=moment(at))

    assert code_of(caught) == code


def test_in_a_cycle_that_is_not_announced_no_draft_is_started():
    with pytest.raises(ValidationError) as caught:
        draft(cycle=CycleFactory(is_announced=False))

    assert code_of(caught) == "not_open"


def test_a_unit_without_the_right_starts_nothing_and_reads_why():
    StandardFactory(tier=TierFactory(), year=2025)

    with pytest.raises(NotEntitled) as caught:
        draft(unit=member())

    assert caught.value.answer.basis == "last_year_unpaid"
    assert AwardApplication.objects.count() == 0


def test_drafts_count_against_the_limit_of_the_cycle():
    unit, cycle = applicant(), CycleFactory(per_unit_limit=1)
    first = draft(unit, cycle)

    with pytest.raises(ValidationError) as caught:
        draft(unit, cycle)
    assert code_of(caught) == "full"

    applying.discard(application=first)
    draft(unit, cycle)
    draft(applicant(), cycle)


# --- Writing ---


def test_what_is_not_given_stays_as_it_was():
    application = draft(title="旧名")
    first, second = QuestionFactory.create_batch(2, cycle=application.cycle)

    applying.save_draft(application=application, answers={first.pk: "甲", second.pk: "乙"})
    applying.save_draft(application=application, title=" 新名 ", answers={second.pk: ""})

    application.refresh_from_db()
    assert application.title == "新名"
    assert dict(application.answers.values_list("question", "text")) == {
        first.pk: "甲",
        second.pk: "",
    }


def test_a_title_that_is_too_long_is_refused():
    application = draft()

    with pytest.raises(ValidationError) as caught:
        applying.save_draft(application=application, title="长" * 201)

    assert set(caught.value.error_dict) == {"title"}


def test_a_question_of_another_cycle_is_refused():
    application = draft()
    foreign = QuestionFactory(cycle=CycleFactory(year=2025))

    with pytest.raises(ValidationError) as caught:
        applying.save_draft(application=application, answers={foreign.pk: "甲"})

    assert code_of(caught) == "unknown_question"
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("verb", ["save", "attach", "detach", "submit", "discard"])
def test_what_has_been_handed_in_stays_as_it_is(verb):
    cycle = CycleFactory()
    requirement = RequirementFactory(cycle=cycle, is_required=False)
    application = draft(cycle=cycle)
    by = application.created_by
    material = applying.attach(
        application=application, requirement=requirement, upload=upload(), at=AT, by=by
    )
    applying.submit(application=application, at=AT, by=by)
    acts = {
        "save": lambda: applying.save_draft(application=application, title="改名"),
        "attach": lambda: applying.attach(
            application=application, requirement=requirement, upload=upload(), at=AT, by=by
        ),
        "detach": lambda: applying.detach(application=application, material=material),
        "submit": lambda: applying.submit(application=application, at=AT, by=by),
        "discard": lambda: applying.discard(application=application),
    }

    with pytest.raises(ValidationError) as caught:
        acts[verb]()

    assert code_of(caught) == "wrong_state"
    application.refresh_from_db()
    assert (application.state, application.title) == (State.SUBMITTED, "深部找矿新方法")
    assert list(application.materials.all()) == [material]


# --- Files ---


@pytest.fixture
def asked():
    return RequirementFactory()


@pytest.fixture
def writing(asked):
    return draft(cycle=asked.cycle)


def attach(application, requirement, file):
    return applying.attach(
        application=application,
        requirement=requirement,
        upload=file,
        at=AT,
        by=application.created_by,
    )


def test_a_file_is_kept_under_a_name_that_says_nothing(writing, asked):
    material = attach(writing, asked, upload("证明 材料.pdf"))

    assert (material.name, material.kind, material.size) == ("证明 材料.pdf", "pdf", len(PDF))
    assert "证明" not in material.file.name
    assert (material.uploaded_by, material.uploaded_at) == (writing.created_by, AT)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("证明.pdf", b"MZ not a pdf", "kind"),
        ("证明.docx", PDF, "name"),
        ("证明.pdf", b"", "empty"),
        ("证明.pdf", PDF + b"x" * LIMIT, "too_large"),
        ("证明.docx", docx("word/vbaProject.bin"), "kind"),
    ],
    ids=["kind", "name", "empty", "size", "macros"],
)
def test_what_is_no_acceptable_file_is_refused(writing, asked, name, content, code, files_on_disk):
    with pytest.raises(ValidationError) as caught:
        attach(writing, asked, upload(name, content))

    assert code_of(caught) == code
    assert (writing.materials.count(), files_on_disk()) == (0, [])


def test_a_new_file_takes_the_place_of_the_old_one(
    writing, asked, files_on_disk, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        attach(writing, asked, upload("旧.pdf"))
        new = attach(writing, asked, upload("新.docx", docx()))

    assert list(writing.materials.all()) == [new]
    assert [path.suffix for path in files_on_disk()] == [".docx"]


def test_further_files_stand_beside_each_other_up_to_ten(writing):
    for number in range(10):
        attach(writing, None, upload(f"{number}.pdf"))

    with pytest.raises(ValidationError) as caught:
        attach(writing, None, upload())

    assert code_of(caught) == "too_many"
    assert writing.materials.count() == 10


def test_a_material_of_another_cycle_is_refused(writing):
    with pytest.raises(ValidationError) as caught:
        attach(writing, RequirementFactory(cycle=CycleFactory(year=2025)), upload())

    assert code_of(caught) == "foreign"


def test_files_go_with_the_draft(writing, asked, files_on_disk, django_capture_on_commit_callbacks):
    attach(writing, asked, upload())

    with django_capture_on_commit_callbacks(execute=True):
        applying.discard(application=writing)

    assert (AwardApplication.objects.count(), files_on_disk()) == (0, [])


def test_a_file_is_taken_back(writing, asked, files_on_disk, django_capture_on_commit_callbacks):
    material = attach(writing, asked, upload())

    with django_capture_on_commit_callbacks(execute=True):
        applying.detach(application=writing, material=material)

    assert (writing.materials.count(), files_on_disk()) == (0, [])


def test_a_discarded_draft_can_no_longer_be_written_in(writing):
    applying.discard(application=AwardApplication.objects.get(pk=writing.pk))

    with pytest.raises(ValidationError) as caught:
        applying.save_draft(application=writing, title="改名")

    assert code_of(caught) == "gone"


# --- Handing in ---


def test_submission_gives_a_number_and_keeps_what_it_rests_on():
    application = submitted()

    application.refresh_from_db()
    assert (application.state, application.number, application.filed_on) == (
        State.SUBMITTED,
        "2026-001",
        dt.date(2026, 5, 10),
    )
    assert (application.tier.code, application.basis) == ("ordinary", "charter")
    assert application.filed_by == application.created_by
    assert steps(application) == ["started", "submitted"]


def test_numbers_run_within_a_cycle_without_gaps():
    cycle, other = CycleFactory(), CycleFactory(year=2025, award=AwardFactory(code="prize"))
    draft(cycle=cycle)
    first = submitted(cycle=cycle)
    applying.withdraw(application=first, at=AT, by=first.created_by)

    assert submitted(cycle=cycle).number == "2026-002"
    assert submitted(cycle=other).number == "2025-001"


@pytest.mark.parametrize("at", [DEADLINE, DEADLINE + dt.timedelta(microseconds=999_999)])
def test_the_last_second_still_counts(at):
    application = draft()

    applying.submit(application=application, at=at, by=application.created_by)

    application.refresh_from_db()
    assert application.filed_on == dt.date(2026, 5, 31)


def test_the_next_second_is_too_late():
    application = draft()

    with pytest.raises(ValidationError) as caught:
        applying.submit(application=application, at=DEADLINE + SECOND, by=application.created_by)

    assert code_of(caught) == "closed"
    application.refresh_from_db()
    assert (application.state, application.number) == (State.DRAFT, "")


@pytest.fixture
def around_july():
    """A cycle from 15 June to 15 July 2026."""
    return CycleFactory(opens_on=dt.date(2026, 6, 15), closes_at=moment("2026-07-15 23:59:59"))


def test_on_30_june_the_dues_of_the_year_before_decide(around_july):
    application = draft(member(paid=(2025,)), around_july, at=moment("2026-06-20 09:00:00"))

    applying.submit(
        application=application, at=moment("2026-06-30 23:59:59"), by=application.created_by
    )

    application.refresh_from_db()
    assert application.filed_on == dt.date(2026, 6, 30)


def test_on_1_july_the_dues_of_the_year_decide(around_july):
    """In UTC it is still 30 June: the day is that of Shanghai."""
    StandardFactory(tier=TierFactory(), year=2026)
    application = draft(member(paid=(2025,)), around_july, at=moment("2026-06-20 09:00:00"))

    with pytest.raises(NotEntitled) as caught:
        applying.submit(
            application=application, at=moment("2026-07-01 00:00:00"), by=application.created_by
        )

    assert caught.value.answer.basis == "this_year_unpaid"
    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_who_paid_only_this_year_may_from_1_july(around_july):
    unit = member(paid=(2026,))
    promise(around_july.award.benefit_item)

    with pytest.raises(NotEntitled):
        draft(unit, around_july, at=moment("2026-06-30 23:59:59"))
    assert submitted(unit, around_july, at=moment("2026-07-01 00:00:00")).number == "2026-001"


def test_an_exceptional_grant_opens_the_way_and_is_noted():
    unit = member()
    GrantFactory(unit=unit)

    assert submitted(unit).basis == "exceptional_grant"


def test_everything_missing_is_named_with_its_place(asked):
    cycle = asked.cycle
    question = QuestionFactory(cycle=cycle, label="主要创新点")
    QuestionFactory(cycle=cycle, label="备注", is_required=False)
    RequirementFactory(cycle=cycle, is_required=False)
    asked.name = "推荐表"
    asked.save()
    application = draft(cycle=cycle, title="")
    applying.save_draft(application=application, answers={question.pk: "  "})

    with pytest.raises(Incomplete) as caught:
        applying.submit(application=application, at=AT, by=application.created_by)

    assert [(each.words, each.place) for each in caught.value.missing] == [
        ("请填写申报对象。", "id_title"),
        ("请填写“主要创新点”。", f"id_question_{question.pk}"),
        ("请上传“推荐表”。", f"material-{asked.pk}"),
    ]
    assert caught.value.messages == [each.words for each in caught.value.missing]
    application.refresh_from_db()
    assert (application.state, application.number) == (State.DRAFT, "")


def test_nothing_is_missing_once_it_is_there(asked):
    question = QuestionFactory(cycle=asked.cycle)
    application = draft(cycle=asked.cycle)
    applying.save_draft(application=application, answers={question.pk: "有"})
    attach(application, asked, upload())

    assert missing(application) == []


# --- How many ---


def test_the_limit_holds_at_submission_too():
    unit, cycle = applicant(), CycleFactory()
    first, second = draft(unit, cycle), draft(unit, cycle)
    AwardCycle.objects.update(per_unit_limit=1)
    applying.submit(application=first, at=AT, by=first.created_by)

    with pytest.raises(ValidationError) as caught:
        applying.submit(application=second, at=AT, by=second.created_by)
    assert code_of(caught) == "full"

    applying.withdraw(application=first, at=AT, by=first.created_by)
    applying.submit(application=second, at=AT, by=second.created_by)


@pytest.mark.parametrize(
    ("counted_per", "at", "is_full"),
    [
        (BenefitItem.CountedPer.NOTHING, "2026-09-05 09:00:00", True),
        (BenefitItem.CountedPer.NOTHING, "2027-09-05 09:00:00", False),
        (BenefitItem.CountedPer.EVENT, "2026-09-05 09:00:00", False),
        (BenefitItem.CountedPer.UNIT, "2027-09-05 09:00:00", True),
    ],
)
def test_a_number_that_the_charter_gives_holds_for_the_year_the_cycle_or_for_good(
    counted_per, at, is_full
):
    item = ItemFactory(counted_per=counted_per, period=BenefitItem.Period.IRREGULAR)
    promise(item, quantity=1)
    unit, award = applicant(paid=(2025, 2026, 2027)), AwardFactory(benefit_item=item)
    submitted(unit, CycleFactory(award=award))
    on = moment(at)
    later = CycleFactory(
        award=award,
        name="下一批",
        year=on.year,
        round=2,
        opens_on=on.date(),
        closes_at=on + dt.timedelta(days=10),
    )

    if is_full:
        with pytest.raises(ValidationError) as caught:
            draft(unit, later, at=on)
        assert code_of(caught) == "full"
    else:
        assert submitted(unit, later, at=on).state == State.SUBMITTED


# --- Again, after it was returned ---


def test_a_returned_application_is_written_in_and_handed_in_again():
    application = returned()
    applying.save_draft(application=application, title="改过的题目")
    other = person_of(application.unit)

    applying.submit(application=application, at=moment("2026-06-10 23:59:59"), by=other)

    application.refresh_from_db()
    assert (application.state, application.title, application.complete_by) == (
        State.SUBMITTED,
        "改过的题目",
        None,
    )
    # The deadline of the cycle has passed meanwhile; number and day stay what they were.
    assert (application.number, application.filed_on) == ("2026-001", dt.date(2026, 5, 10))
    assert application.filed_by == other
    assert steps(application) == ["started", "submitted", "returned", "resubmitted"]


def test_after_the_day_it_can_no_longer_be_completed():
    application = returned()

    with pytest.raises(ValidationError) as caught:
        applying.submit(
            application=application, at=moment("2026-06-11 00:00:00"), by=application.created_by
        )

    assert code_of(caught) == "late"
    application.refresh_from_db()
    assert application.state == State.RETURNED


def test_the_right_is_not_asked_again_for_a_returned_application(around_july):
    application = draft(member(paid=(2025,)), around_july, at=moment("2026-06-20 09:00:00"))
    by = application.created_by
    applying.submit(application=application, at=moment("2026-06-21 09:00:00"), by=by)
    deciding.return_for_completion(
        application=application,
        complete_by=dt.date(2026, 7, 20),
        comment="补正",
        at=moment("2026-06-22 09:00:00"),
        by=UserFactory(),
    )

    done = applying.submit(application=application, at=moment("2026-07-20 09:00:00"), by=by)

    assert (done.state, done.filed_on) == (State.SUBMITTED, dt.date(2026, 6, 21))


def test_a_returned_application_does_not_lose_its_title():
    application = returned()

    applying.save_draft(application=application, title="  ")

    application.refresh_from_db()
    assert application.title == "深部找矿新方法"


# --- Withdrawing ---


@pytest.mark.parametrize("state", ["submitted", "returned", "accepted"])
def test_it_is_withdrawn_while_nothing_is_decided(state):
    application = returned() if state == "returned" else submitted()
    if state == "accepted":
        deciding.accept(application=application, at=AT, by=UserFactory())

    applying.withdraw(application=application, at=AT, by=application.created_by, comment="撤")

    application.refresh_from_db()
    assert (application.state, application.number) == (State.WITHDRAWN, "2026-001")
    step = application.steps.last()
    assert (step.what, step.comment) == (ApplicationStep.What.WITHDRAWN, "撤")


def test_a_draft_is_discarded_and_not_withdrawn():
    application = draft()

    with pytest.raises(ValidationError) as caught:
        applying.withdraw(application=application, at=AT, by=application.created_by)

    assert code_of(caught) == "wrong_state"
