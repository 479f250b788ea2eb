"""Letters to the applicant, in Chinese, at every step."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from awards import applying, deciding
from cases.questions import Kind
from letters.models import Letter
from members.models import Representative
from tests.awards.factories import (
    AT,
    CycleFactory,
    QuestionFactory,
    RequirementFactory,
    applicant,
    draft,
    person_of,
    submitted,
    upload,
)
from tests.factories import RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 5, 10)


@pytest.fixture
def application():
    unit = applicant(name="青禾铜业有限公司")
    by = person_of(unit, email="li@qinghe.example")
    found = submitted(unit, CycleFactory(name="2026年中国专利奖申报"), by=by)
    Letter.objects.all().delete()
    return found


def last() -> Letter:
    return Letter.objects.order_by("pk").last()


def test_the_receipt_names_the_number_and_what_was_handed_in(settings):
    settings.SITE_URL = "https://members.example"
    cycle = CycleFactory(name="2026年中国专利奖申报")
    plain = QuestionFactory(cycle=cycle, label="专利号")
    day = QuestionFactory(cycle=cycle, label="授权日", kind=Kind.DATE)
    QuestionFactory(cycle=cycle, label="备注", is_required=False)
    requirement = RequirementFactory(cycle=cycle, name="专利证书")
    unit = applicant(name="青禾铜业有限公司")
    by = person_of(unit, email="li@qinghe.example")
    application = draft(unit, cycle, by=by, title="<低耗>破碎机")
    applying.save_draft(
        application=application, answers={plain.pk: "ZL2020 & 1", day.pk: "2020-03-02"}
    )
    applying.attach(
        application=application, requirement=requirement, upload=upload("证书.pdf"), at=AT, by=by
    )
    applying.attach(
        application=application, requirement=None, upload=upload("图.pdf"), at=AT, by=by
    )

    with translation.override("en"):
        applying.submit(application=application, at=AT, by=by)

    letter = last()
    assert (letter.to, letter.subject) == (
        "li@qinghe.example",
        "已收到申报2026-001：<低耗>破碎机",
    )
    assert letter.text == (
        "青禾铜业有限公司在“2026年中国专利奖申报”中的申报已于2026年5月10日 10:00收到，"
        "编号2026-001。\n\n"
        "提交内容：\n"
        "申报对象：<低耗>破碎机\n"
        "专利号：ZL2020 & 1\n"
        "授权日：2020年3月2日\n"
        "专利证书：证书.pdf\n"
        "其他文件：图.pdf\n\n"
        "接下来由协会进行形式审查。审查完成或需要补正时，会再写信告知。\n\n"
        "查看申报：\n"
        f"https://members.example/matters/applications/{application.pk}/\n\n"
        "--\n中国矿业联合会\n"
    )


def test_a_return_says_what_to_do_by_when(application):
    deciding.return_for_completion(
        application=application,
        complete_by=dt.date(2026, 5, 20),
        comment="请补盖章页。",
        at=AT,
        by=UserFactory(),
    )

    letter = last()
    assert letter.subject == "请于2026年5月20日前补正申报2026-001：深部找矿新方法"
    assert letter.text.startswith(
        "“2026年中国专利奖申报”中的申报2026-001“深部找矿新方法”需要补正，"
        "请在2026年5月20日 24:00 前补充并重新提交。\n\n"
        "协会说明：\n请补盖章页。\n"
    )


def test_every_decision_is_told(application):
    by = UserFactory()
    given = {"application": application, "at": AT, "by": by}
    deciding.accept(**given)
    deciding.recommend(to="主办单位", document="矿联〔2026〕1号", on=TODAY, **given)
    deciding.record_outcome(is_awarded=True, level="金奖", on=TODAY, **given)

    assert list(Letter.objects.order_by("pk").values_list("to", "subject")) == [
        ("li@qinghe.example", "申报2026-001已通过形式审查：深部找矿新方法"),
        ("li@qinghe.example", "申报2026-001已获推荐：深部找矿新方法"),
        ("li@qinghe.example", "申报2026-001的结果：深部找矿新方法"),
    ]
    first_lines = [text.splitlines()[0] for text in texts()]
    assert first_lines == [
        "“2026年中国专利奖申报”中的申报2026-001“深部找矿新方法”已通过形式审查，进入评审。"
        "目前无需操作，有结论后会再写信告知。",
        "“2026年中国专利奖申报”中的申报2026-001“深部找矿新方法”已于2026年5月10日推荐至：主办单位。",
        "恭喜！“2026年中国专利奖申报”中申报2026-001“深部找矿新方法”的结果"
        "已于2026年5月10日公布：金奖。",
    ]


def texts() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize(
    ("verb", "given", "subject"),
    [
        (deciding.decline, {"reason": "不符合"}, "申报2026-001未予受理：深部找矿新方法"),
        (applying.withdraw, {}, "申报2026-001已撤回：深部找矿新方法"),
    ],
)
def test_an_end_is_told_too(application, verb, given, subject):
    verb(application=application, at=AT, by=UserFactory(), **given)

    assert last().subject == subject


def test_the_units_own_words_are_not_the_associations(application):
    applying.withdraw(application=application, at=AT, by=application.created_by, comment="另报")

    assert "协会说明" not in last().text


def test_a_note_among_staff_is_told_to_nobody(application):
    deciding.note(application=application, text="核实", at=AT, by=UserFactory())

    assert Letter.objects.count() == 0


def test_when_the_applicant_has_left_the_managers_are_told(application):
    manager = UserFactory(email="boss@qinghe.example")
    RepresentativeFactory(user=manager, unit=application.unit, role=Representative.Role.MANAGER)
    Representative.objects.filter(user=application.created_by).update(revoked_at=AT)

    deciding.accept(application=application, at=AT, by=UserFactory())

    assert list(Letter.objects.values_list("to", flat=True)) == ["boss@qinghe.example"]


def test_a_refused_step_writes_no_letter(application):
    deciding.accept(application=application, at=AT, by=UserFactory())
    with pytest.raises(ValidationError) as caught:
        deciding.accept(application=application, at=AT, by=UserFactory())

    assert caught.value.code == "wrong_state"
    assert Letter.objects.count() == 1
