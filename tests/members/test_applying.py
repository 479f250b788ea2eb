import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from letters.models import Letter
from members.applicant_links import application_for, key_for
from members.applying import (
    KEPT,
    attach,
    begin,
    detach,
    fill_in,
    forget_drafts,
    send,
    send_link_again,
    withdraw,
)
from members.completeness import missing
from members.models import ApplicationContact, ApplicationStep, MembershipApplication
from members.reviewing import send_back
from tests.factories import ApplicationFactory, UnitFactory, UserFactory, credit_code
from tests.files.making import upload
from tests.members.applicants import AT, CODE, EMAIL, LIAISON, complete, draft, sent
from tests.members.factories import PENDING, day

pytestmark = pytest.mark.django_db

NEW_YEARS_EVE = dt.datetime(2026, 12, 31, 15, 30, tzinfo=dt.UTC)  # 23:30 in Shanghai
MIDNIGHT = dt.datetime(2026, 12, 31, 16, tzinfo=dt.UTC)  # 0:00 on 1 January in Shanghai


def refused(function, **named) -> dict:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        function(**named)
    error = caught.value
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


# --- A draft ------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_its_link_mailed():
    application = draft()

    letter = Letter.objects.get()
    assert (application.stage, application.filed_on) == ("draft", None)
    assert letter.to == EMAIL
    assert letter.text.count(f"/join/{key_for(application)}/") == 1
    assert list(MembershipApplication.objects.under_way()) == []


def test_a_draft_that_is_never_sent_is_forgotten_with_its_people_and_files(
    django_capture_on_commit_callbacks,
):
    old, filed = draft(), sent(code=credit_code(7))
    file = attach(application=old, purpose="licence", file=upload(name="licence.pdf"), at=AT)
    young = draft(code=credit_code(8), at=AT + dt.timedelta(days=1))

    assert forget_drafts(at=AT + KEPT) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_drafts(at=AT + KEPT + dt.timedelta(seconds=1)) == 1

    assert set(MembershipApplication.objects.all()) == {filed, young}
    assert not file.file.storage.exists(file.file.name)
    assert not ApplicationContact.objects.filter(application=old.pk).exists()
    assert "保存至2026年8月29日" in Letter.objects.order_by("pk").first().text


def test_the_link_opens_the_application_and_no_other_key_does():
    application = draft()
    key = key_for(application)

    assert application_for(key) == application
    assert application_for(f"{application.pk + 1}{key[len(str(application.pk)) :]}") is None
    assert application_for(str(application.pk)) is None
    assert application_for("") is None


def test_an_application_that_staff_entered_has_no_link():
    entered = ApplicationFactory(decision=PENDING, decided_on=None, filed_on=day("2026-03-01"))

    assert application_for(key_for(entered)) is None


def test_what_is_missing_is_said_at_its_field():
    with translation.override("zh-hans"):
        gaps = missing(draft())

    assert list(gaps) == [
        *("kind", "province", "address", "phone", "tier", "liaison_mobile"),
        *("licence", "stamped_form"),
    ]
    assert gaps["licence"] == "请上传营业执照副本。"


def test_nothing_is_missing_in_a_complete_one():
    assert missing(complete()) == {}


def test_an_incomplete_one_is_not_sent():
    application = draft()

    assert list(refused(send, application=application, at=AT)) == list(missing(application))

    application.refresh_from_db()
    assert application.filed_on is None


def test_contacts_take_the_place_of_those_before():
    application = complete()

    fill_in(application=application, values={}, committees=[], contacts=[LIAISON])

    assert [each.name for each in application.contacts.all()] == ["李联络"]


def test_files_are_limited_and_can_be_taken_out():
    application = complete()
    for number in range(8):
        attach(application=application, purpose="licence", file=upload(name=f"{number}.pdf"), at=AT)

    problem = refused(
        attach, application=application, purpose="licence", file=upload(name="x.pdf"), at=AT
    )
    detach(application=application, file=application.files.first())

    assert problem == {"": ["一份申请最多10个文件，请先删除一个。"]}
    assert application.files.count() == 9


# --- Sending ------------------------------------------------------------------------------------


def test_sending_writes_the_trail_and_a_letter_with_the_link():
    application = sent()

    step = application.steps.get()
    letter = Letter.objects.order_by("pk").last()
    assert (application.stage, application.filed_on) == ("preliminary", day("2026-03-02"))
    assert (step.kind, step.by, step.at) == (ApplicationStep.Kind.FILED, None, AT)
    assert letter.subject == "已收到新申铜业有限公司的入会申请"
    assert letter.text.count(f"/join/{key_for(application)}/") == 1


@pytest.mark.parametrize(
    ("at", "filed_on"), [(NEW_YEARS_EVE, "2026-12-31"), (MIDNIGHT, "2027-01-01")]
)
def test_the_day_of_filing_is_that_of_shanghai(at, filed_on):
    assert sent(at=at).filed_on == day(filed_on)


def test_what_is_sent_is_no_longer_written_in():
    application = sent()
    message = {"": ["申请已提交，不能再在这里修改。"]}

    assert refused(send, application=application, at=AT) == message
    assert (
        refused(fill_in, application=application, values={}, committees=[], contacts=[]) == message
    )
    assert (
        refused(
            attach, application=application, purpose="licence", file=upload(name="x.pdf"), at=AT
        )
        == message
    )
    assert refused(detach, application=application, file=application.files.first()) == message


def test_what_was_returned_is_corrected_and_keeps_its_day():
    application = sent()
    send_back(application=application, note="执照不清楚", by=UserFactory(), at=AT)
    application.refresh_from_db()

    fill_in(application=application, values={"phone": "1"}, committees=[], contacts=[LIAISON])
    application = send(application=application, at=AT + dt.timedelta(days=3))

    assert (application.stage, application.filed_on) == ("preliminary", day("2026-03-02"))
    assert [step.kind for step in application.steps.all()] == ["filed", "returned", "refiled"]


# --- A second application -----------------------------------------------------------------------


def second(**fields):
    values = {
        "name": "别名",
        "credit_code": CODE,
        "liaison": "王",
        "email": "w@x.example",
        "at": AT,
    }
    return refused(begin, **values | fields)


def test_a_member_does_not_apply_again():
    unit = UnitFactory(name="老会员公司", credit_code=CODE)
    ApplicationFactory(unit=unit, decided_on=day("2020-01-01"))

    assert second() == {"credit_code": ["老会员公司已是会员。请登录，或请本单位联络员邀请您。"]}
    assert MembershipApplication.objects.count() == 1


def test_an_application_under_way_stops_a_second_one():
    sent()

    assert second() == {
        "credit_code": [
            "该统一社会信用代码已有一份申请在办理中（2026年3月2日起）。申请链接已发送至申请中填写的"
            "联络员邮箱，您可以请求重新发送。"
        ]
    }


def test_one_that_staff_entered_stops_a_second_one_too():
    unit = UnitFactory(credit_code=CODE)
    ApplicationFactory(unit=unit, decision=PENDING, decided_on=None, filed_on=day("2026-03-01"))

    assert list(second()) == ["credit_code"]


def test_a_draft_stops_nobody_but_only_one_is_sent():
    first, other = complete(), complete()

    send(application=first, at=AT)

    assert list(refused(send, application=other, at=AT)) == ["credit_code"]


def test_after_the_end_the_unit_may_apply_again():
    unit = UnitFactory(credit_code=CODE)
    ApplicationFactory(unit=unit, decided_on=day("2020-01-01"), ended_on=day("2025-12-31"))

    assert sent().stage == "preliminary"


def test_on_its_last_day_a_member_is_a_member_still():
    unit = UnitFactory(credit_code=CODE)
    ApplicationFactory(unit=unit, decided_on=day("2020-01-01"), ended_on=day("2026-03-02"))

    assert list(second()) == ["credit_code"]
    assert draft(at=AT + dt.timedelta(days=1)).stage == "draft"


def test_another_code_is_another_unit():
    sent()

    assert draft(code=credit_code(778)).stage == "draft"


# --- Withdrawing, and the link ------------------------------------------------------------------


def test_a_withdrawn_application_makes_way_for_another():
    application = withdraw(application=sent(), note="暂缓", at=AT)

    step = application.steps.last()
    assert (application.decision, application.decided_on) == ("withdrawn", day("2026-03-02"))
    assert (step.kind, step.told_note) == ("withdrawn", "暂缓")
    assert sent().stage == "preliminary"


def test_what_is_decided_is_not_withdrawn():
    application = withdraw(application=sent(), note="", at=AT)

    assert refused(withdraw, application=application, note="", at=AT) == {
        "": ["只有办理中的申请可以撤回。"]
    }


@pytest.mark.parametrize(
    ("code", "email", "letters"),
    [(CODE, EMAIL.upper(), 1), (CODE, "other@x.example", 0), (credit_code(5), EMAIL, 0)],
)
def test_the_link_is_sent_again_to_the_liaison_only(code, email, letters):
    draft()
    Letter.objects.all().delete()

    send_link_again(credit_code=code, email=email, at=AT)

    assert [letter.to for letter in Letter.objects.all()] == [EMAIL] * letters


# --- What the database holds --------------------------------------------------------------------


def test_the_record_keeps_every_version_of_what_was_filed():
    application = complete()
    fill_in(
        application=application,
        values={"name": "新申铜业集团有限公司"},
        committees=[],
        contacts=[LIAISON],
    )

    names = application.events.order_by("pgh_id").values_list("name", flat=True)
    assert list(dict.fromkeys(names)) == ["新申铜业有限公司", "新申铜业集团有限公司"]
    assert application.form.events.count() >= 2
