"""办事 as a unit sees it: what it may ask for, its own requests, studies; and nothing else."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from benefits.models import BenefitItem
from letters.models import Letter
from members.models import MemberUnit
from publications import placing
from services import handling, moderation, studies
from services.models import ServiceRequest
from services.working_days import working_day_after
from tests.factories import member
from tests.portal.pages import Page, queries_of
from tests.publications.factories import IssueFactory, gone_out
from tests.services.factories import (
    answers_to,
    asked,
    delivered,
    good_today,
    in_hand,
    offering,
    person,
    staff,
    study,
    upload,
)

pytestmark = pytest.mark.django_db

FORM = 'enctype="multipart/form-data"'
ONCE = {"counted_per": BenefitItem.CountedPer.UNIT}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def unit(db):
    return good_today(name="青禾铜业有限公司")


@pytest.fixture
def user(unit):
    return person(unit, name="林一")


@pytest.fixture
def reader(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def stranger(db):
    """Somebody of another unit, with a client of their own."""
    client = Client()
    client.force_login(person(good_today()))
    return client


def form_of(made, **texts) -> dict:
    return {f"question_{pk}": text for pk, text in answers_to(made, **texts).items()}


def page_of(request) -> str:
    return reverse("service_request", args=[request.pk])


# --- 办事 ---------------------------------------------------------------------------------------


def test_every_open_service_is_offered_with_its_target(reader):
    offering(target_working_days=7)
    offering("closed-one", is_open=False)

    page = Page(reader.get("/matters/"))

    assert page.each("service-offers") == ["服务consulting请专家解答。7个工作日内答复"]


def test_a_service_for_others_is_grey_with_the_reason(reader):
    made = offering()
    made.benefit_item.allowances.filter(tier__code="ordinary").delete()

    page = Page(reader.get("/matters/"))

    [card] = page.each("card")
    assert card.startswith("服务consulting请专家解答。贵单位目前不能申请为什么？")


def test_what_was_asked_for_once_says_so(reader, unit, user, now):
    made = offering("showcase", item=ONCE)
    request = asked(made, unit, user, at=now)

    facts = Page(reader.get("/matters/")).each("service-offers")

    assert facts == [f"服务showcase请专家解答。已申请，{request.number}每个单位一次"]


def test_own_requests_say_whose_turn_it_is_and_the_units_turn_comes_first(reader, unit, user, now):
    made = offering()
    waiting = in_hand(asked(made, unit, user, at=now, title="等单位"), at=now)
    handling.ask_unit(request=waiting, question="请补充", by=staff(), at=now)
    asked(made, unit, user, at=now, title="新提交")
    delivered(asked(made, unit, user, at=now, title="办完的"), at=now)
    asked(made, good_today(), at=now, title="别家的")

    page = Page(reader.get("/matters/"))

    due = date_format(working_day_after(timezone.localdate(), 10))
    assert [line for line in page.each("go") if "S20" in line] == [
        f"服务consulting等单位待单位补充受理等贵单位答复{waiting.number}",
        f"服务consulting新提交已提交协会办理中{due}前答复S{now.year}-0002",
        f"服务consulting办完的已办结待评分S{now.year}-0003",
    ]


def test_many_requests_get_a_search_field(reader, unit, user, now):
    made = offering()
    for n in range(8):
        asked(made, unit, user, at=now, title=f"第{n}件")
    assert "搜索编号" not in Page(reader.get("/matters/")).words
    asked(made, unit, user, at=now, title="浮选药剂")

    found = reader.get("/matters/", {"q": "浮选"})

    assert "搜索编号" in Page(reader.get("/matters/")).words
    assert [row.title for row in found.context["requests"]] == ["浮选药剂"]
    nothing = Page(reader.get("/matters/", {"q": "没有的"}))
    assert nothing.each("none") == ["本单位没有与“没有的”相符的申请。显示全部"]


def test_a_unit_without_requests_is_told_what_to_do(reader):
    offering()

    assert Page(reader.get("/matters/")).each("none") == [
        "贵单位还没有提出申请。请在下面选择服务项目，办理进展会显示在这里。"
    ]


def test_the_page_asks_as_often_for_three_services_and_requests(reader, unit, user, now):
    made = offering()
    asked(made, unit, user, at=now)
    first = queries_of(reader, "/matters/")
    for code in ("second", "third"):
        asked(offering(code), unit, user, at=now)

    assert queries_of(reader, "/matters/") == first


def test_the_place_is_current_on_all_its_pages(reader, unit, user, now):
    made = offering()
    request = asked(made, unit, user, at=now)

    for address in ("/matters/", "/matters/services/consulting/", page_of(request)):
        assert 'href="/matters/" aria-current="page"' in reader.get(address).content.decode()


# --- Asking -------------------------------------------------------------------------------------


def test_a_unit_asks_with_a_file_and_follows(reader, unit, user):
    made = offering()

    response = reader.post(
        "/matters/services/consulting/",
        form_of(made, title="选矿回收率偏低", text="求指导") | {"files": [upload("化验单.pdf")]},
        follow=True,
    )

    request = ServiceRequest.objects.get()
    assert response.redirect_chain == [(page_of(request), 302)]
    page = Page(response)
    assert page.each("notices") == [f"已提交，编号{request.number}。我们也给您发了邮件。"]
    assert page.each("timeline")[0].startswith("提交申请")
    assert page.each("service-answers") == ["题目选矿回收率偏低内容求指导"]
    assert page.each("service-files")[0].startswith("化验单.pdf")
    assert (request.unit, request.asked_by) == (unit, user)
    assert Letter.objects.get().to == user.email


def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(reader):
    made = offering()

    response = reader.post("/matters/services/consulting/", form_of(made, title="题", text=""))

    page = Page(response)
    [error] = page.each("error")
    assert error.startswith("内容：")
    assert 'value="题"' in response.content.decode()
    assert not ServiceRequest.objects.exists()


def test_a_file_of_another_kind_is_refused_at_its_field(reader):
    made = offering()

    response = reader.post(
        "/matters/services/consulting/", form_of(made) | {"files": [upload("a.exe", b"MZ")]}
    )

    assert response.context["form"].errors["files"].as_data()[0].code == "kind"
    assert not ServiceRequest.objects.exists()


def test_a_refused_unit_sees_reasons_and_no_form_and_cannot_post(client):
    made = offering()
    client.force_login(person(member(joined_on=dt.date(2019, 5, 1))))

    got = client.get("/matters/services/consulting/")
    posted = client.post("/matters/services/consulting/", form_of(made))

    assert (got.status_code, posted.status_code) == (200, 403)
    for response in (got, posted):
        page = Page(response)
        assert page.each("off")[0].startswith("贵单位目前不能申请这项服务原因")
        assert FORM not in response.content.decode()
    assert not ServiceRequest.objects.exists()


def test_what_was_used_once_shows_the_request_instead_of_a_form(reader, unit, user, now):
    made = offering("showcase", item=ONCE)
    request = asked(made, unit, user, at=now)

    got = reader.get("/matters/services/showcase/").content.decode()
    reader.post("/matters/services/showcase/", form_of(made))

    assert FORM not in got
    assert page_of(request) in got
    assert ServiceRequest.objects.count() == 1


def test_a_service_closed_meanwhile_takes_nothing(reader):
    made = offering(is_open=False)

    reader.post("/matters/services/consulting/", form_of(made))

    page = Page(reader.get("/matters/services/consulting/"))
    assert page.each("attention") == ["这项服务目前暂停受理，请稍后再来。"]
    assert not ServiceRequest.objects.exists()


def test_an_unknown_service_is_not_found(reader):
    assert reader.get("/matters/services/nothing/").status_code == 404


# --- One request --------------------------------------------------------------------------------


def test_a_question_is_answered_on_the_page(reader, unit, user, now):
    request = in_hand(asked(offering(), unit, user, at=now), at=now)
    handling.ask_unit(request=request, question="请补充图纸", by=request.owner, at=now)
    before = Page(reader.get(page_of(request)))

    response = reader.post(
        page_of(request),
        {"act": "write", "text": "见附件", "more_files": [upload("图纸.pdf")]},
        follow=True,
    )

    assert before.each("service-question")[0].startswith("协会需要您补充请补充图纸")
    request.refresh_from_db()
    assert request.state == "accepted"
    assert [file.name for file in request.files.all()] == ["图纸.pdf"]
    assert Page(response).each("service-question") == []


def test_the_form_is_corrected_on_the_page(reader, unit, user, now):
    made = offering("member-news", is_for_bulletin=True)
    request = asked(made, unit, user, at=now, title="旧题")
    handling.ask_unit(request=request, question="请改标题", by=staff(), at=now)
    assert 'value="旧题"' in reader.get(page_of(request)).content.decode()

    wrong = reader.post(page_of(request), {"act": "amend"} | form_of(made, title=""))
    reader.post(page_of(request), {"act": "amend"} | form_of(made, title="新题"))

    assert wrong.context["forms"]["amend"].errors
    request.refresh_from_db()
    assert (request.title, request.state) == ("新题", "submitted")


def test_files_are_added_and_handed_out_to_the_unit_alone(reader, stranger, unit, user, now):
    request = asked(offering(), unit, user, at=now)

    reader.post(page_of(request), {"act": "attach", "files": [upload("图.pdf", b"%PDF-1.7 x")]})

    file = request.files.get()
    address = reverse("request_file", args=[request.pk, file.pk])
    response = reader.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    assert response["Content-Disposition"].startswith("attachment")
    assert stranger.get(address).status_code == 404
    other = asked(request.offering, unit, user, at=now)
    assert reader.get(reverse("request_file", args=[other.pk, file.pk])).status_code == 404


def test_a_delivery_is_read_and_rated_once(reader, unit, user, now):
    request = in_hand(asked(offering(), unit, user, at=now), at=now)
    handling.close(
        request=request,
        delivered="已出具意见书。",
        files=[upload("意见书.pdf")],
        by=request.owner,
        at=now,
    )
    page = Page(reader.get(page_of(request)))
    assert page.each("service-files")[0].startswith("意见书.pdf")

    response = reader.post(
        page_of(request), {"act": "rate", "rating": "5", "words": "很好"}, follow=True
    )
    again = reader.post(page_of(request), {"act": "rate", "rating": "1"}, follow=True)

    request.refresh_from_db()
    assert (request.rating, request.rating_words) == (5, "很好")
    assert "您评了 5 分（满分 5 分）。" in Page(response).words
    assert Page(again).each("notices") == ["这件申请已经评过分。"]


def test_a_request_is_withdrawn(reader, unit, user, now):
    request = asked(offering(), unit, user, at=now)

    response = reader.post(page_of(request), {"act": "withdraw"}, follow=True)

    request.refresh_from_db()
    assert request.state == "withdrawn"
    assert Page(response).each("withdrawn") == ["已撤回"]


def test_a_step_that_comes_too_late_says_so(reader, unit, user, now):
    request = delivered(asked(offering(), unit, user, at=now), at=now)

    response = reader.post(page_of(request), {"act": "withdraw"}, follow=True)

    assert Page(response).each("notices") == [
        "现在不能这样做：申请目前的状态是“已办结”。请重新查看。"
    ]


def test_an_act_that_is_not_named_is_a_bad_request(reader, unit, user, now):
    request = asked(offering(), unit, user, at=now)

    assert reader.post(page_of(request), {"act": "close"}).status_code == 400


def test_another_units_request_is_not_found(stranger, unit, user, now):
    request = asked(offering(), unit, user, at=now)

    assert stranger.get(page_of(request)).status_code == 404
    assert stranger.post(page_of(request), {"act": "withdraw"}).status_code == 404
    request.refresh_from_db()
    assert request.state == "submitted"


def test_internal_notes_are_nowhere_on_the_units_pages(reader, unit, user, now):
    request = in_hand(asked(offering(), unit, user, at=now), at=now)
    handling.note(request=request, text="内部密语", by=request.owner, at=now)
    handling.assign(request=request, owner=staff(name="密语接手人"), by=staff(), at=now)
    handling.ask_unit(request=request, question="请补充", by=staff(), at=now)
    handling.note(request=request, text="内部密语二", by=request.owner, at=now)

    pages = reader.get(page_of(request)).content.decode() + reader.get("/matters/").content.decode()

    assert "内部密语" not in pages
    assert not Letter.objects.filter(text__contains="密语").exists()


def test_a_page_asks_as_often_for_a_longer_trail(reader, unit, user, now):
    request = in_hand(asked(offering(), unit, user, at=now), at=now)
    first = queries_of(reader, page_of(request))
    for n in range(3):
        handling.tell_unit(request=request, text=f"第{n}句", by=request.owner, at=now)

    assert queries_of(reader, page_of(request)) == first


# --- News ---------------------------------------------------------------------------------------


def accepted_news(unit: MemberUnit, user, at):
    request = asked(offering("member-news", is_for_bulletin=True), unit, user, at=at)
    return request, moderation.approve(
        request=request, title="新矿投产", body="三月投产。", by=staff(), at=at
    )


def test_an_accepted_text_says_where_it_appears(reader, unit, user, now):
    request, news = accepted_news(unit, user, now)
    assert Page(reader.get(page_of(request))).each("notice") == ["已采用，等待编入某一期。"]

    issue = IssueFactory(number=7)
    placing.place(submission=news, issue=issue, by=staff(), at=now)
    page = Page(reader.get(page_of(request)))
    assert page.each("notice") == ["将刊于《中国矿业信息》2026年第7期会员动态"]

    gone_out(issue, at=now)
    response = reader.get(page_of(request))
    assert Page(response).each("notice") == ["刊于《中国矿业信息》2026年第7期会员动态"]
    assert 'href="/publications/weekly-bulletin/2026/7/"' in response.content.decode()


# --- Studies ------------------------------------------------------------------------------------


def published(**fields):
    return studies.publish(
        study=study(issued_on=timezone.localdate(), **fields), by=staff(), at=timezone.now()
    )


def test_a_unit_concerned_reads_the_study_and_others_find_nothing(reader, stranger, unit):
    row = published(concerned=[unit], title="尾矿库整治")
    address = reverse("study_file", args=[row.pk, "report"])

    page = Page(reader.get("/matters/studies/"))

    assert page.each("service-files")[0].startswith("研究报告全文")
    assert b"".join(reader.get(address).streaming_content) == b"%PDF-1.7 report"
    assert reader.get(reverse("study_file", args=[row.pk, "common"])).status_code == 404
    assert stranger.get(address).status_code == 404
    assert Page(stranger.get("/matters/studies/")).each("empty") == [
        "目前没有贵单位可查阅的报告。有新报告时会发邮件告知。"
    ]


def test_a_lapsed_unit_concerned_learns_why_it_cannot_read(client):
    lapsed = member()
    row = published(concerned=[lapsed, good_today()], title="尾矿库整治")
    client.force_login(person(lapsed))

    page = Page(client.get("/matters/studies/"))

    assert page.each("off")[0].startswith("尾矿库整治")
    assert page.each("service-files") == []
    assert client.get(reverse("study_file", args=[row.pk, "report"])).status_code == 404


def test_a_vice_president_unit_reads_the_common_part(client):
    unit = good_today("vice_president")
    row = published(concerned=[good_today()])
    client.force_login(person(unit))

    response = client.get(reverse("study_file", args=[row.pk, "common"]))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 common"
    assert client.get(reverse("study_file", args=[row.pk, "report"])).status_code == 404
