"""The staff's pages of applications: the work list, one application, and its steps."""

import pytest
from django.urls import reverse

from members.models import MembershipApplication, MemberUnit
from tests.factories import ApplicationFactory, UnitFactory, member
from tests.members.applicants import NAME, before_the_council, complete, sent
from tests.members.factories import PENDING, day
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

LIST = "/admin/members/membershipapplication/"


def address(application: MembershipApplication, page: str = "change") -> str:
    return f"{LIST}{application.pk}/{page}/"


def titles(page) -> list[str]:
    return [each["title"] for each in page.context["actions_detail"]]


def found(client, where: str) -> list[MembershipApplication]:
    return list(client.get(f"{LIST}?where={where}").context["cl"].result_list)


def test_the_work_list_goes_by_stage_and_leaves_drafts_out(as_role):
    clerk = as_role("member_services")
    complete(name="草稿公司")
    filed = sent()
    entered = ApplicationFactory(filed_on=day("2026-03-01"), decision=PENDING, decided_on=None)
    decided = ApplicationFactory()
    ended = ApplicationFactory(ended_on=day("2025-12-31"))

    assert found(clerk, "staff") == [filed, entered]
    assert found(clerk, "preliminary") == [filed, entered]
    assert found(clerk, "council") == []
    assert found(clerk, "approved") == [ended, decided]
    assert found(clerk, "ended") == [ended]
    assert len(found(clerk, "nonsense")) == 4


def test_the_list_takes_the_same_queries_for_one_and_three(as_role):
    clerk = as_role("member_services")
    sent()
    clerk.get(LIST)
    few = queries_of(clerk, LIST)

    for number in (1, 2):
        ApplicationFactory(filed_on=day("2026-03-01"), decision=PENDING, decided_on=None)
        sent(name=f"公司{number}", code=UnitFactory.build().credit_code)

    assert queries_of(clerk, LIST) == few


def test_one_application_shows_what_was_sent_and_who_it_may_be(as_role):
    reader = as_role("read_only")
    application = sent()
    alike = member(name="新申铜业有限责任公司")

    response = reader.get(address(application))
    page = Page(response)

    assert [each.unit for each in response.context["lookalikes"]] == [alike]
    assert page.words.count("licence.pdf") == 1
    assert page.words.count("提交申请") == 1
    assert page.words.count("李联络") == 1


def test_its_files_are_for_those_who_may_see_it(as_role, client):
    application = sent()
    file = application.files.first()
    place = reverse("admin:members_membershipapplication_file", args=[application.pk, file.pk])

    signed_out = client.get(place)
    response = as_role("read_only").get(place)

    assert (signed_out.status_code, response.status_code) == (302, 200)
    assert response["Content-Disposition"] == 'attachment; filename="licence.pdf"'
    other = ApplicationFactory()
    place = reverse("admin:members_membershipapplication_file", args=[other.pk, file.pk])
    assert client.get(place).status_code == 404
    response.close()


def test_only_the_steps_that_come_next_are_offered(as_role):
    clerk = as_role("member_services")
    application = sent()

    at_first = titles(clerk.get(address(application)))
    clerk.post(address(application, "pass-preliminary"), {"note": "齐全"})
    then = titles(clerk.get(address(application)))
    clerk.post(address(application, "pass-review"), {"note": ""})

    assert at_first == ["初审通过", "退回补正", "不批准"]
    assert then == ["复审通过", "退回补正", "不批准"]
    assert titles(clerk.get(address(application))) == ["理事会批准", "退回补正", "不批准"]


def test_a_step_that_does_not_come_next_is_not_done(as_role):
    clerk = as_role("member_services")
    application = sent()

    response = clerk.post(address(application, "pass-review"), {"note": ""}, follow=True)

    application.refresh_from_db()
    assert application.stage == "preliminary"
    assert [str(each) for each in response.context["messages"]] == ["这份申请目前不能办理这一步。"]


def test_the_council_decides_after_a_preview(as_role):
    clerk = as_role("member_services")
    application = before_the_council()
    form = clerk.get(address(application, "admit")).context["form"]
    facts = {
        "decided_on": "2026-03-13",
        "resolution": "理事会纪要〔2026〕3号",
        "tier": form["tier"].value(),
        "committees": form["committees"].value(),
    }

    preview = clerk.post(address(application, "admit"), facts)
    units_before = MemberUnit.objects.count()
    again = clerk.post(address(application, "admit"), facts | {"again": "1"})
    done = clerk.post(address(application, "admit"), facts | {"sure": "1"})

    page = Page(preview)
    assert page.words.count("发出2026年度会费缴费通知：20,000元") == 1
    assert (units_before, again.context["outcome"]) == (0, None)
    assert done.url == address(application)
    assert MemberUnit.objects.get().name == NAME
    assert titles(clerk.get(address(application))) == ["终止会员资格"]


def test_a_refusal_stands_at_its_field(as_role):
    clerk = as_role("member_services")
    application = before_the_council()
    facts = {"decided_on": "2199-03-13", "resolution": "1", "tier": application.form.tier_id}

    page = clerk.post(address(application, "admit"), facts)

    assert page.context["form"].errors == {"decided_on": ["审批日期不能晚于今天。"]}


def test_a_mistaken_end_is_corrected_after_a_preview(as_role):
    clerk = as_role("member_services")
    application = member(committee="fluorite").applications.get()
    facts = {"ended_on": "2026-03-31", "because": "申请退会", "sure": "1"}
    clerk.post(address(application, "end"), facts)
    offered = titles(clerk.get(address(application)))

    preview = clerk.post(address(application, "reinstate"), {"because": "误录"})
    clerk.post(address(application, "reinstate"), {"because": "误录", "sure": "1"})

    application.refresh_from_db()
    assert offered == ["更正误终止"]
    assert len(preview.context["outcome"]["rows"]) == 2
    assert application.ended_on is None


def test_staff_enter_an_application_once_for_a_unit(as_role):
    clerk = as_role("member_services")
    unit = UnitFactory()
    facts = {"unit": unit.pk, "filed_on": "2026-03-01"}

    first = clerk.post(f"{LIST}add/", facts)
    second = clerk.post(f"{LIST}add/", facts)
    empty = clerk.post(f"{LIST}add/", {})

    assert first.status_code == 302
    assert second.context["adminform"].form.errors == {"unit": ["该单位已有一份申请在办理中。"]}
    assert list(empty.context["adminform"].form.errors) == ["unit", "filed_on"]
    assert unit.applications.get().credit_code == unit.credit_code


def test_what_an_applicant_wrote_is_neither_edited_nor_deleted(as_superuser):
    application = sent()

    change = as_superuser.post(address(application), {"filed_on": "2026-01-01"})
    delete = as_superuser.post(address(application, "delete"), {"post": "yes"})

    assert (change.status_code, delete.status_code) == (403, 403)
