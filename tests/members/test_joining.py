import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members.joining import approve, end_membership, reject
from members.models import MembershipApplication, MemberUnit
from tests.factories import ApplicationFactory, UserFactory
from tests.members.factories import PENDING, day

pytestmark = pytest.mark.django_db

Decision = MembershipApplication.Decision


def pending(**fields) -> MembershipApplication:
    values = {"filed_on": day("2026-03-01"), "decision": PENDING, "decided_on": None}
    return ApplicationFactory(**values | fields)


def decide(verb, application, decided_on: str):
    return verb(
        application=application, decided_on=day(decided_on), resolution="2026年第3号", by=clerk()
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


def test_membership_ends_after_its_last_day():
    application = ApplicationFactory(decided_on=day("2020-01-01"))

    end_membership(
        application=application, ended_on=day("2026-03-13"), because="申请退会", by=clerk()
    )

    application.refresh_from_db()
    assert (application.ended_because, application.ended_by.name) == ("申请退会", "会员部")
    assert list(MemberUnit.objects.members(day("2026-03-13"))) == [application.unit]
    assert list(MemberUnit.objects.members(day("2026-03-14"))) == []


ENDINGS = {
    "pending": ({"decision": PENDING, "decided_on": None}, "只有已批准的会员资格才能终止。"),
    "ended": ({"ended_on": day("2025-12-31")}, "这段会员资格已经终止。"),
    "not begun": ({"decided_on": day("2026-03-14")}, "最后一天早于第一天。"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_what_cannot_end(name):
    fields, message = ENDINGS[name]
    application = ApplicationFactory(
        **{"filed_on": day("2020-01-01"), "decided_on": day("2020-01-01")} | fields
    )

    messages = refused(
        end_membership,
        application=application,
        ended_on=day("2026-03-13"),
        because="申请退会",
        by=clerk(),
    )

    assert messages == [message]
