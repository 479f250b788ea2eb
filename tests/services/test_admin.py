"""The staff's pages: the queue, one request and its steps, the services, the studies."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from news.models import NewsSubmission
from services import handling, studies
from services.models import ServiceOffering, ServiceRequest, Study
from tests.portal.pages import queries_of
from tests.services.factories import (
    asked,
    delivered,
    good_today,
    in_hand,
    offering,
    paid_up,
    problems,
    staff,
    study,
    upload,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
QUEUE = "admin:services_servicerequest_changelist"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def colleague(db):
    """Somebody who may do everything with services. The roles: `tests/permissions`."""
    user = staff(name="赵服务")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="services"))
    return user


@pytest.fixture
def desk(client, colleague):
    client.force_login(colleague)
    return client


@pytest.fixture
def onlooker(db):
    """A client of somebody who may only look."""
    user = staff()
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(user)
    return client


def address(name: str, row) -> str:
    return reverse(f"admin:services_{row._meta.model_name}_{name}", args=[row.pk])


def titles(response) -> list[str]:
    return [row.title for row in response.context["cl"].result_list]


# --- The queue ----------------------------------------------------------------------------------


def test_the_queue_answers_the_usual_questions(desk, colleague, now):
    made = offering()
    in_hand(asked(made, title="我的", at=now - DAY), owner=colleague, at=now)
    asked(made, title="没人管", at=now)
    handling.ask_unit(
        request=asked(made, title="等单位", at=now), question="请补充", by=staff(), at=now
    )
    delivered(asked(made, title="已办完", at=now), at=now)
    late = asked(made, title="逾期", at=now)
    ServiceRequest.objects.filter(pk=late.pk).update(
        filed_on=timezone.localdate() - 9 * DAY, due_on=timezone.localdate() - DAY
    )

    def queue(**query) -> list[str]:
        return sorted(titles(desk.get(reverse(QUEUE), query)))

    assert queue(whose="mine") == ["我的"]
    assert queue(whose="nobody") == sorted(["没人管", "等单位", "逾期"])
    assert queue(turn="staff") == sorted(["我的", "没人管", "逾期"])
    assert queue(turn="unit") == ["等单位"]
    assert queue(turn="ended") == ["已办完"]
    assert queue(due="overdue") == ["逾期"]
    assert queue(q="没人") == ["没人管"]
    assert "已逾期：" in desk.get(reverse(QUEUE)).content.decode()


def test_lists_take_the_same_queries_for_three_rows(desk, now):
    asked(offering(), at=now)
    study(problems(), concerned=[good_today()])
    addresses = [
        reverse(f"admin:services_{name}_changelist")
        for name in ("servicerequest", "serviceoffering", "study")
    ]
    for each in addresses:
        desk.get(each)
    first = [queries_of(desk, each) for each in addresses]

    for code in ("second", "third"):
        in_hand(asked(offering(code, owner=staff()), at=now), at=now)
        study(concerned=[good_today()], title=code)

    assert [queries_of(desk, each) for each in addresses] == first


def test_one_request_shows_everything_to_staff(desk, now):
    request = in_hand(asked(offering(), at=now, title="选矿回收率", text="求指导"), at=now)
    handling.note(request=request, text="先问法务", by=staff(), at=now)

    page = desk.get(address("change", request)).content.decode()

    for words in ("选矿回收率", "求指导", "先问法务", "（仅内部可见）", "章程"):
        assert words in page
    assert "待单位" not in page
    assert "&#x27;accepted&#x27;" not in page


# --- Steps --------------------------------------------------------------------------------------


def test_a_request_goes_its_way(desk, colleague, now):
    request = asked(offering(), at=now)
    second = request.offering.stages.get(name="答复")

    def press(name: str, **data):
        assert desk.get(address(name, request)).status_code == 200
        response = desk.post(address(name, request), data)
        assert response.status_code == 302, response.context["form"].errors
        request.refresh_from_db()

    press("accept", owner=colleague.pk)
    assert (request.state, request.owner, request.stage.name) == ("accepted", colleague, "受理")
    press("move", stage=second.pk)
    assert request.stage == second
    press("note", text="先问法务")
    press("ask", question="请补充图纸")
    assert request.state == "waiting_for_unit"
    press("tell", text="不急")
    other = staff()
    press("assign", owner=other.pk)
    assert request.owner == other
    press("close", delivered="已出具意见书。", files=[upload("一.pdf"), upload("二.pdf")])
    assert request.state == "closed"
    assert [file.name for file in request.files.all()] == ["一.pdf", "二.pdf"]
    assert list(request.steps.values_list("by__name", flat=True)) == [
        request.asked_by.name,
        *["赵服务"] * 7,
    ]


def test_declining_needs_a_reason(desk, now):
    request = asked(offering(), at=now)

    response = desk.post(address("decline", request), {"reason": " "})

    assert response.context["form"].errors["reason"]
    request.refresh_from_db()
    assert request.state == "submitted"


def test_a_text_is_edited_and_accepted(desk, now):
    request = asked(offering("member-news", is_for_bulletin=True), at=now, title="新矿", text="文")
    form = desk.get(address("approve", request)).context["form"]
    assert (form["title"].value(), form["body"].value()) == ("新矿", "文")

    desk.post(address("approve", request), {"title": "新矿投产", "body": "三月投产。"})

    news = NewsSubmission.objects.get()
    assert (news.title, news.body, news.request) == ("新矿投产", "三月投产。", request)


def test_only_the_steps_that_come_next_are_offered(desk, now):
    made = offering()
    new, done = asked(made, at=now), delivered(asked(made, at=now), at=now)
    news = asked(offering("member-news", is_for_bulletin=True), at=now)

    def offered(request) -> set[str]:
        page = desk.get(address("change", request)).content.decode()
        names = ("accept", "approve", "move", "ask", "tell", "note", "close", "assign", "decline")
        return {name for name in names if address(name, request) in page}

    assert offered(new) == {"accept", "ask", "tell", "note", "assign", "decline"}
    assert offered(news) == offered(new) | {"approve"}
    assert offered(done) == {"tell", "note"}


def test_a_step_that_comes_too_late_says_so(desk, colleague, now):
    request = delivered(asked(offering(), at=now), at=now)

    shown = desk.get(address("accept", request))
    pressed = desk.post(address("accept", request), {"owner": colleague.pk})

    assert not shown.context["fits"]
    assert pressed.context["form"].non_field_errors() == [
        "现在不能这样做：申请目前的状态是“已办结”。请重新查看。"
    ]


def test_who_may_only_look_sees_all_and_presses_nothing(onlooker, now):
    request = in_hand(asked(offering(), at=now), at=now)
    request.files.create(name="图.pdf", kind="pdf", size=3, uploaded_by=staff(), uploaded_at=now)

    page = onlooker.get(address("change", request)).content.decode()

    assert "图.pdf" in page
    for name in ("accept", "approve", "move", "ask", "tell", "note", "close", "assign", "decline"):
        assert onlooker.post(address(name, request)).status_code == 403
        assert address(name, request) not in page


def test_files_are_handed_to_staff_who_may_see_the_request(desk, client, now):
    request = in_hand(asked(offering(), at=now), at=now)
    handling.close(
        request=request, delivered="已办。", files=[upload("意见书.pdf")], by=staff(), at=now
    )
    url = reverse("admin:services_servicerequest_file", args=[request.pk, request.files.get().pk])

    response = desk.get(url)
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    client.force_login(staff())
    assert client.get(url).status_code == 404


# --- Services -----------------------------------------------------------------------------------


def test_a_service_is_edited_with_its_form_and_stages(desk):
    made = offering()
    page = desk.get(address("change", made))
    data = {}
    for formset in page.context["inline_admin_formsets"]:
        for form in [formset.formset.management_form, *formset.formset.forms]:
            data |= {form.add_prefix(name): form[name].value() or "" for name in form.fields}
    data |= {
        name: page.context["adminform"].form[name].value() or ""
        for name in page.context["adminform"].form.fields
    }
    data |= {"target_working_days": 3, "is_open": "on"}
    prefix = "stages"
    data |= {
        f"{prefix}-TOTAL_FORMS": 3,
        f"{prefix}-2-name": "回访",
        f"{prefix}-2-position": 0,
        f"{prefix}-2-offering": made.pk,
    }

    response = desk.post(address("change", made), data)

    assert response.status_code == 302, response.context["errors"]
    made.refresh_from_db()
    assert made.target_working_days == 3
    assert [(stage.position, stage.name) for stage in made.stages.all()] == [
        (1, "受理"),
        (2, "答复"),
        (3, "回访"),
    ]


def test_the_code_of_a_service_stays(desk):
    page = desk.get(address("change", offering()))

    assert "code" not in page.context["adminform"].form.fields
    assert ServiceOffering.objects.get().code == "consulting"


# --- Studies ------------------------------------------------------------------------------------


def test_a_study_is_made_and_published(desk, colleague):
    made, unit = problems(), paid_up()
    today = timezone.localdate()
    data = {
        "title": "尾矿库整治专题",
        "offering": made.pk,
        "request": "",
        "issued_on": "2026-03-09",
        "report": upload("报告.pdf"),
        "common": upload("共性.pdf"),
        "copies-TOTAL_FORMS": 1,
        "copies-INITIAL_FORMS": 0,
        "copies-0-unit": unit.pk,
    }

    response = desk.post(reverse("admin:services_study_add"), data)

    assert response.status_code == 302, response.context["errors"]
    row = Study.objects.get()
    assert sorted(row.files.values_list("part", "name")) == [
        ("common", "共性.pdf"),
        ("report", "报告.pdf"),
    ]
    assert desk.get(address("publish", row)).status_code == 200
    desk.post(address("publish", row))
    row.refresh_from_db()
    assert row.published_by == colleague
    assert row.published_at.astimezone(timezone.get_default_timezone()).date() == today
    assert [access.study for access in studies.readable(unit)] == [row]


def test_a_file_chosen_anew_takes_the_place_of_the_earlier_one(desk):
    row = study(concerned=[paid_up()])
    copy = row.copies.get()
    data = {
        "title": row.title,
        "offering": row.offering_id,
        "issued_on": "2026-03-09",
        "report": upload("新版.pdf"),
        "copies-TOTAL_FORMS": 1,
        "copies-INITIAL_FORMS": 1,
        "copies-0-id": copy.pk,
        "copies-0-unit": copy.unit_id,
    }

    response = desk.post(address("change", row), data)

    assert response.status_code == 302, response.context["errors"]
    assert sorted(row.files.values_list("part", "name")) == [
        ("common", "common.pdf"),
        ("report", "新版.pdf"),
    ]


def test_a_published_study_is_not_changed(desk):
    row = study(concerned=[paid_up()])
    studies.publish(study=row, by=staff(), at=timezone.now())

    page = desk.get(address("change", row))
    again = desk.post(address("publish", row), follow=True)
    desk.post(address("delete", row), {"post": "yes"})

    assert page.context["has_change_permission"] is False
    assert "报告已经发布。" in again.content.decode()
    assert Study.objects.filter(pk=row.pk).exists()


def test_a_studys_file_is_handed_to_staff(desk, client):
    row = study(concerned=[paid_up()])
    url = reverse("admin:services_study_file", args=[row.pk, "common"])

    assert b"".join(desk.get(url).streaming_content) == b"%PDF-1.7 common"
    client.force_login(staff())
    assert client.get(url).status_code == 404


def test_who_may_only_look_does_not_publish(onlooker):
    row = study(concerned=[paid_up()])

    assert onlooker.get(address("change", row)).status_code == 200
    assert onlooker.post(address("publish", row)).status_code == 403
    row.refresh_from_db()
    assert row.published_at is None
