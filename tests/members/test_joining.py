import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from letters.models import Letter
from members.joining import approve, file_for, reject
from members.models import MembershipApplication, MemberUnit
from tests.factories import ApplicationFactory, UnitFactory, UserFactory
from tests.members.applicants import sent
from tests.members.factories import PENDING, day

pytestmark = pytest.mark.django_db

Decision = MembershipApplication.Decision
AT = dt.datetime(2026, 3, 14, 1, tzinfo=dt.UTC)


def pending(**fields) -> MembershipApplication:
    values = {"filed_on": day("2026-03-01"), "decision": PENDING, "decided_on": None}
    return ApplicationFactory(**values | fields)


def decide(verb, application, decided_on: str):
    return verb(
        application=application,
        decided_on=day(decided_on),
        resolution="2026年第3号",
        by=clerk(),
        at=AT,
    )


def clerk():
    return UserFactory(name="会员部")


def refused(function, *arguments, **named) -> list[str]:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        function(*arguments, **named)
    return caught.value.messages


def test_approval_makes_the_unit_a_member_from_its_day():
    application = pending()

    decide(approve, application, "2026-03-13")

    application.refresh_from_db()
    assert application.decision == Decision.APPROVED
    assert (application.resolution, application.decided_by.name) == ("2026年第3号", "会员部")
    assert list(MemberUnit.objects.members(day("2026-03-12"))) == []
    assert list(MemberUnit.objects.members(day("2026-03-13"))) == [application.unit]


def test_rejection_makes_no_member():
    application = pending()

    decide(reject, application, "2026-03-13")

    application.refresh_from_db()
    assert application.decision == Decision.REJECTED
    assert list(MemberUnit.objects.members(day("2026-03-13"))) == []


@pytest.mark.parametrize("verb", [approve, reject])
def test_an_application_is_decided_once(verb):
    application = pending()
    decide(approve, application, "2026-03-13")

    assert refused(decide, verb, application, "2026-03-14") == ["这份申请已经审批过了。"]

    application.refresh_from_db()
    assert application.decided_on == day("2026-03-13")


def test_the_decision_does_not_come_before_the_filing():
    application = pending(filed_on=day("2026-03-14"))

    assert refused(decide, approve, application, "2026-03-13") == ["审批日期早于申请日期。"]

    application.refresh_from_db()
    assert application.decision == Decision.PENDING


def test_a_member_is_not_admitted_again():
    known = ApplicationFactory(decided_on=day("2020-01-01"))
    application = pending(unit=known.unit)

    assert refused(decide, approve, application, "2026-03-13") == ["该单位在这段时间内已是会员。"]


def test_an_approval_names_the_minutes():
    application = pending()
    facts = {"decided_on": day("2026-03-13"), "resolution": " ", "by": clerk(), "at": AT}

    assert refused(approve, application=application, **facts) == ["请填写会议纪要编号。"]


def test_one_that_came_in_public_goes_to_the_council():
    assert refused(decide, approve, sent(), "2026-03-13") == [
        "请先办理初审、复审，再由理事会审议。"
    ]


def test_a_rejection_is_told_to_the_applicant_with_its_reason():
    application = sent()

    reject(
        application=application,
        decided_on=day("2026-03-13"),
        resolution="",
        note="不符合入会条件",
        by=clerk(),
        at=AT,
    )

    letter = Letter.objects.order_by("pk").last()
    step = application.steps.last()
    assert letter.subject == "新申铜业有限公司的入会申请未获批准"
    assert letter.text.count("不符合入会条件") == 1
    assert (step.kind, step.told_note, step.by.name) == ("rejected", "不符合入会条件", "会员部")


def test_an_entered_application_carries_the_units_name_and_code():
    unit = UnitFactory()

    application = file_for(
        application=MembershipApplication(unit=unit, filed_on=day("2026-03-01")), by=clerk()
    )

    assert (application.name, application.credit_code) == (unit.name, unit.credit_code)


def test_a_unit_has_one_application_under_way():
    known = pending()

    again = MembershipApplication(unit=known.unit, filed_on=day("2026-03-02"))

    assert refused(file_for, application=again, by=clerk()) == ["该单位已有一份申请在办理中。"]
