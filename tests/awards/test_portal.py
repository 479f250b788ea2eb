"""A unit's journey in the portal: the cycle, the draft, the check, and what comes after."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from awards import applying, deciding
from awards.models import AwardApplication
from cases.questions import Kind
from portal.views.awards import open_cycles, own_applications
from tests.awards.factories import (
    CycleFactory,
    QuestionFactory,
    RequirementFactory,
    applicant,
    person_of,
    promise,
    upload,
)
from tests.factories import UserFactory, member, never_paid, redated
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

State = AwardApplication.State
DAY = dt.timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit(today):
    """In good standing, whatever the day."""
    made = applicant(paid=(today.year - 1, today.year), name="青禾铜业有限公司")
    redated(made.payments, dt.date(today.year - 1, 1, 1))
    return made


@pytest.fixture
def reader(client, unit):
    client.user = person_of(unit)
    client.force_login(client.user)
    return client


@pytest.fixture
def cycle(today):
    found = CycleFactory(
        name="专利奖申报",
        year=today.year,
        opens_on=today - DAY,
        closes_at=timezone.now() + 9 * DAY,
    )
    promise(found.award.benefit_item)
    return found


@pytest.fixture
def application(reader, unit, cycle):
    return applying.start(cycle=cycle, unit=unit, at=timezone.now(), by=reader.user, title="破碎机")


def page_of(application, step: str = "") -> str:
    address = reverse("award_application", args=[application.pk])
    return f"{address}?step={step}" if step else address


def again(application) -> AwardApplication:
    return AwardApplication.objects.get(pk=application.pk)


def hand_in(application) -> AwardApplication:
    return applying.submit(application=application, at=timezone.now(), by=application.created_by)


# --- The cycle ---


def test_the_cycle_shows_what_is_needed_and_a_button(reader, cycle):
    RequirementFactory(cycle=cycle, name="推荐表", hint="盖章扫描件")
    RequirementFactory(cycle=cycle, name="附图", is_required=False)
    QuestionFactory(cycle=cycle, label="专利号")

    page = Page(reader.get(reverse("award_cycle", args=[cycle.pk])))

    assert page.each("figure") == ["还剩9天"]
    assert page.each("award-text") == ["先看条件。再备材料。"]
    assert page.each("timeline") == ["推荐表必交盖章扫描件附图选交"]
    assert page.each("button")[-1] == "开始申报"


def test_the_cycle_says_what_the_award_is_in_the_readers_language(reader, cycle):
    award = cycle.award
    award.description, award.description_en = "表彰一线创新。", "For new ideas at work."
    award.save()
    address = reverse("award_cycle", args=[cycle.pk])

    chinese = reader.get(address).content.decode()
    english = reader.get(address, headers={"accept-language": "en"}).content.decode()

    assert (
        chinese.count("<p>表彰一线创新。</p>"),
        english.count("<p>For new ideas at work.</p>"),
    ) == (
        1,
        1,
    )


def test_the_button_starts_a_draft(reader, unit, cycle):
    response = reader.post(reverse("award_cycle", args=[cycle.pk]))

    draft = AwardApplication.objects.get()
    assert (response.status_code, response.url) == (302, page_of(draft))
    assert (draft.unit, draft.state, draft.created_by) == (unit, State.DRAFT, reader.user)


@pytest.fixture
def lapsed(client, today):
    client.force_login(person_of(member(name="北原矿山装备有限公司")))
    return client


def test_a_unit_without_the_right_reads_why_and_finds_no_button(lapsed, cycle):
    page = Page(lapsed.get(reverse("award_cycle", args=[cycle.pk])))

    assert page.each("off")[0].startswith("贵单位今天还不能申报")
    assert "开始申报" not in page.words


def test_its_post_is_refused_with_the_reasons(lapsed, cycle):
    response = lapsed.post(reverse("award_cycle", args=[cycle.pk]))

    assert response.status_code == 403
    assert Page(response).each("off")[0].startswith("贵单位今天还不能申报")
    assert AwardApplication.objects.count() == 0


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [(2, 9, "起受理申报，请届时再来。"), (-9, -1, "截止，不能再提交。")],
)
def test_before_and_after_there_is_no_button(reader, cycle, today, opens, closes, words):
    type(cycle).objects.update(
        opens_on=today + opens * DAY, closes_at=timezone.now() + closes * DAY
    )

    page = Page(reader.get(reverse("award_cycle", args=[cycle.pk])))

    assert page.each("off")[0].endswith(words)
    assert reader.post(reverse("award_cycle", args=[cycle.pk])).status_code == 403


def test_a_cycle_that_is_not_announced_is_not_found(reader):
    cycle = CycleFactory(is_announced=False)

    assert reader.get(reverse("award_cycle", args=[cycle.pk])).status_code == 404
    assert reader.post(reverse("award_cycle", args=[cycle.pk])).status_code == 404


# --- Writing ---


def test_a_draft_may_be_left_half_done(reader, cycle, application):
    first, second = QuestionFactory.create_batch(2, cycle=cycle)

    response = reader.post(
        page_of(application),
        {"act": "save", "title": "新破碎机", f"question_{first.pk}": "写了一半"},
        follow=True,
    )

    assert Page(response).each("notices") == ["草稿已保存，尚未提交。"]
    assert again(application).title == "新破碎机"
    assert dict(application.answers.values_list("question", "text")) == {
        first.pk: "写了一半",
        second.pk: "",
    }


def test_an_error_at_one_field_loses_nothing_else(reader, cycle, application):
    amount = QuestionFactory(cycle=cycle, label="金额", kind=Kind.NUMBER)
    story = QuestionFactory(cycle=cycle, label="简介", kind=Kind.LONG)
    first, second = RequirementFactory.create_batch(2, cycle=cycle)
    applying.save_draft(application=application, answers={amount.pk: "12"})

    response = reader.post(
        page_of(application),
        {
            "act": "check",
            "title": "新破碎机",
            f"question_{amount.pk}": "很多",
            f"question_{story.pk}": "说明文字",
            f"material-{first.pk}": upload("好.pdf"),
            f"material-{second.pk}": upload("坏.pdf", b"MZ"),
        },
    )

    assert response.status_code == 200
    form = response.context["form"]
    assert set(form.errors) == {f"question_{amount.pk}"}
    assert form[f"question_{amount.pk}"].value() == "很多"
    assert [each.file.name if each.file else None for each in response.context["asked"]] == [
        "好.pdf",
        None,
    ]
    assert [bool(each.errors) for each in response.context["asked"]] == [False, True]
    assert Page(response).each("error")[0].startswith("其余内容已保存，请看以下几处：金额：")
    # The answer that does not fit is not kept; what was kept before stays.
    assert again(application).title == "新破碎机"
    assert dict(application.answers.values_list("question", "text")) == {
        amount.pk: "12",
        story.pk: "说明文字",
    }


def test_files_are_uploaded_replaced_and_removed(reader, cycle, application):
    requirement = RequirementFactory(cycle=cycle)
    field = f"material-{requirement.pk}"
    given = {"act": f"save-{requirement.pk}", "title": "破碎机"}

    reader.post(page_of(application), given | {field: upload("一.pdf")})
    reader.post(page_of(application), given | {field: upload("二.pdf")})
    reader.post(
        page_of(application),
        given | {"material-other": [upload("甲.pdf"), upload("乙.pdf")]},
    )
    assert [file.name for file in application.materials.order_by("pk")] == [
        "二.pdf",
        "甲.pdf",
        "乙.pdf",
    ]

    gone = application.materials.get(name="甲.pdf")
    reader.post(page_of(application), given | {"act": f"remove-{gone.pk}"})

    assert [file.name for file in application.materials.order_by("pk")] == ["二.pdf", "乙.pdf"]


def test_what_is_missing_leads_to_its_place(reader, cycle, application):
    requirement = RequirementFactory(cycle=cycle, name="推荐表")

    content = reader.get(page_of(application)).content.decode()

    assert f'<a href="#material-{requirement.pk}">请上传“推荐表”。</a>' in content
    assert f'id="material-{requirement.pk}"' in content


@pytest.mark.parametrize("act", ["", "nothing", "remove-²"])
def test_a_button_that_there_is_not_is_no_request(reader, application, act):
    response = reader.post(page_of(application), {"act": act, "title": "破碎机"})

    assert response.status_code == (302 if act.startswith("remove") else 400)
    assert again(application).title == "破碎机"


# --- Checking and handing in ---


def test_nothing_can_be_handed_in_while_something_is_missing(reader, cycle, application):
    RequirementFactory(cycle=cycle, name="推荐表")

    page = Page(reader.get(page_of(application, "check")))
    assert page.each("award-missing") == ["请上传“推荐表”。"]
    assert "提交申报" not in page.words

    response = reader.post(page_of(application), {"act": "submit"}, follow=True)
    assert Page(response).each("notices") == ["请上传“推荐表”。"]
    assert again(application).state == State.DRAFT


def test_from_the_form_to_the_number(reader, cycle, application, today):
    question = QuestionFactory(cycle=cycle, label="授权日", kind=Kind.DATE)
    requirement = RequirementFactory(cycle=cycle, name="推荐表")

    checked = reader.post(
        page_of(application),
        {
            "act": "check",
            "title": "破碎机",
            f"question_{question.pk}": "2020-03-02",
            f"material-{requirement.pk}": upload("表.pdf"),
        },
        follow=True,
    )
    assert checked.redirect_chain == [(page_of(application, "check"), 302)]
    assert Page(checked).each("award-answers") == ["申报对象破碎机授权日2020年3月2日"]

    response = reader.post(page_of(application), {"act": "submit"}, follow=True)

    number = f"{today.year}-001"
    assert Page(response).each("notices") == [f"已提交，编号{number}。"]
    assert Page(response).each("award-state") == ["已提交，待审查"]
    assert again(application).number == number


def test_who_lost_the_right_meanwhile_is_refused_with_the_reasons(reader, unit, application):
    never_paid(unit.payments)

    response = reader.post(page_of(application), {"act": "submit"})

    assert response.status_code == 403
    assert Page(response).each("off")[0].startswith("贵单位今天还不能申报")
    assert again(application).state == State.DRAFT


def test_after_the_deadline_the_check_says_so(reader, cycle, application):
    type(cycle).objects.update(closes_at=timezone.now() - dt.timedelta(seconds=2))

    page = Page(reader.get(page_of(application, "check")))

    assert page.each("off")[0].startswith("已不能提交")
    reader.post(page_of(application), {"act": "submit"})
    assert again(application).state == State.DRAFT


# --- Afterwards ---


def test_the_unit_sees_the_steps_and_no_internal_note(reader, application):
    hand_in(application)
    given = {"application": application, "at": timezone.now(), "by": UserFactory()}
    deciding.note(text="内部看法", **given)
    deciding.accept(comment="材料齐全", **given)

    page = Page(reader.get(page_of(application)))

    assert page.each("award-state") == ["通过形式审查"]
    assert "材料齐全" in page.words
    assert "内部看法" not in page.words
    assert "保存草稿" not in page.words


def test_a_returned_one_is_opened_for_writing_with_the_comment_on_top(reader, application, today):
    hand_in(application)
    deciding.return_for_completion(
        application=application,
        complete_by=today + DAY,
        comment="请补盖章页",
        at=timezone.now(),
        by=UserFactory(),
    )

    page = Page(reader.get(page_of(application)))
    assert "请补盖章页" in page.each("attention")[0]

    reader.post(page_of(application), {"act": "check", "title": "改好的破碎机"})
    reader.post(page_of(application), {"act": "submit"})
    found = again(application)
    assert (found.state, found.title) == (State.SUBMITTED, "改好的破碎机")
    followed = reader.get(page_of(application, "follow"))
    assert Page(followed).each("award-state") == ["已提交，待审查"]


def test_it_is_withdrawn_after_a_question(reader, application):
    hand_in(application)
    assert "要撤回申报吗" in Page(reader.get(page_of(application, "withdraw"))).words
    assert again(application).state == State.SUBMITTED

    reader.post(page_of(application), {"act": "withdraw", "comment": "另报"})

    assert again(application).state == State.WITHDRAWN
    assert "撤回申报" not in Page(reader.get(page_of(application))).words


def test_a_draft_is_discarded_after_a_question(reader, cycle, application):
    assert "要删除此草稿吗" in Page(reader.get(page_of(application, "withdraw"))).words

    response = reader.post(page_of(application), {"act": "discard"})

    assert response.url == reverse("award_cycle", args=[cycle.pk])
    assert AwardApplication.objects.count() == 0
    assert reader.get(page_of(application)).status_code == 404


# --- Files and other units ---


@pytest.fixture
def material(application):
    return applying.attach(
        application=application,
        requirement=None,
        upload=upload("证明.pdf"),
        at=timezone.now(),
        by=application.created_by,
    )


def file_of(application, material) -> str:
    return reverse("award_material", args=[application.pk, material.pk])


def test_the_unit_gets_its_file_as_an_attachment(reader, application, material):
    response = reader.get(file_of(application, material))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 sample"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/pdf"


def test_another_unit_finds_nothing(client, application, material, today):
    other = applicant(paid=(today.year - 1, today.year))
    client.force_login(person_of(other))
    theirs = applying.start(
        cycle=application.cycle, unit=other, at=timezone.now(), by=UserFactory()
    )

    assert client.get(page_of(application)).status_code == 404
    assert client.post(page_of(application), {"act": "submit"}).status_code == 404
    assert client.get(file_of(application, material)).status_code == 404
    assert client.get(file_of(theirs, material)).status_code == 404
    client.post(page_of(theirs), {"act": f"remove-{material.pk}", "title": ""})
    assert application.materials.count() == 1


def test_a_file_of_a_discarded_draft_is_gone(reader, application, material):
    address = file_of(application, material)
    applying.discard(application=application)

    assert reader.get(address).status_code == 404


def test_a_file_that_was_replaced_is_gone(reader, application, material):
    address = file_of(application, material)
    applying.detach(application=application, material=material)

    assert reader.get(address).status_code == 404


# --- What /matters/ takes ---


def test_open_cycles_come_by_deadline_with_the_right(unit, cycle, application, today):
    later = CycleFactory(
        name="后截止",
        year=today.year + 1,
        opens_on=today + DAY,
        closes_at=timezone.now() + 20 * DAY,
    )
    CycleFactory(name="已截止", year=2019, closes_at=timezone.now() - DAY, opens_on=today - 9 * DAY)
    CycleFactory(name="未公布", year=2018, is_announced=False, closes_at=timezone.now() + DAY)

    found = open_cycles(unit, today)

    assert [(each.cycle, each.left) for each in found] == [
        (cycle, "还剩9天"),
        (later, "1天后开始"),
    ]
    assert [each.answer.entitled for each in found] == [True, True]
    assert [each.own for each in found] == [[application], []]


def test_what_can_be_written_in_comes_first(unit, cycle, application, reader):
    hand_in(application)
    draft = applying.start(cycle=cycle, unit=unit, at=timezone.now(), by=reader.user)
    newer = hand_in(
        applying.start(cycle=cycle, unit=unit, at=timezone.now(), by=reader.user, title="筛分机")
    )

    assert own_applications(unit) == [draft, newer, application]


def test_open_cycles_take_as_many_queries_for_three_as_for_one(
    unit, cycle, today, django_assert_num_queries
):
    with django_assert_num_queries(4):
        open_cycles(unit, today)
    for year in (2017, 2018):
        CycleFactory(year=year, opens_on=today, closes_at=timezone.now() + DAY, name=str(year))
    with django_assert_num_queries(4):
        assert len(open_cycles(unit, today)) == 3


def test_pages_take_as_many_queries_for_more_rows(reader, unit, cycle, application):
    cycle_page = reverse("award_cycle", args=[cycle.pk])
    pages = [cycle_page, page_of(application), page_of(application, "check")]

    def fill():
        question, requirement = QuestionFactory(cycle=cycle), RequirementFactory(cycle=cycle)
        applying.save_draft(application=application, answers={question.pk: "有"})
        applying.attach(
            application=application,
            requirement=requirement,
            upload=upload(),
            at=timezone.now(),
            by=reader.user,
        )

    fill()
    one = [queries_of(reader, page) for page in pages]
    fill()
    fill()
    applying.start(cycle=cycle, unit=unit, at=timezone.now(), by=reader.user)

    assert [queries_of(reader, page) for page in pages] == one
