"""A unit asks for a service, and sends in its news, in a real browser on a phone and a desk."""

import pytest
from django.urls import reverse
from django.utils import timezone

from services import handling, moderation
from services.models import ServiceRequest
from tests.services.factories import good_today, offering, person, staff, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(client, live_server):
    """Sign a page in as somebody of a unit in good standing."""

    def sign_in(page):
        client.force_login(person(good_today(name="青禾铜业有限公司")))
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return sign_in


def test_a_service_is_asked_for_on_a_phone_and_answered(phone, signed_in, live_server):
    offering(name="咨询服务", summary="请专家解答。")
    page = signed_in(phone)
    page.goto(live_server.url + reverse("matters"))
    page.click("text=咨询服务")
    page.fill("label:has-text('题目') + input", "选矿回收率偏低")
    page.fill("textarea", "近三个月回收率下降，请专家指导。")
    page.set_input_files(
        "input[type=file]",
        {"name": "化验单.pdf", "mimeType": "application/pdf", "buffer": upload().read()},
    )
    page.click("button:has-text('提交申请')")
    page.wait_for_selector("h1:has-text('选矿回收率偏低')")
    request = ServiceRequest.objects.get()
    assert [file.name for file in request.files.all()] == ["化验单.pdf"]

    owner, at = staff(), timezone.now()
    handling.accept(request=request, owner=owner, by=owner, at=at)
    handling.ask_unit(request=request, question="请告知矿石类型", by=owner, at=at)
    page.reload()
    page.fill(".service-question textarea >> nth=0", "硫化铜矿")
    page.click("button:has-text('提交答复')")
    page.wait_for_selector("text=留言已送达协会。")
    handling.close(request=request, delivered="建议调整药剂制度。", by=owner, at=timezone.now())
    page.reload()
    page.select_option("select[name=rating]", "5")
    page.click("button:has-text('提交评分')")
    page.wait_for_selector("text=您评了 5 分")

    request.refresh_from_db()
    assert (request.state, request.rating) == ("closed", 5)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_news_is_sent_in_and_seen_to_be_accepted(page, signed_in, live_server):
    offering("member-news", name="会员动态与成果发布", is_for_bulletin=True)
    page = signed_in(page)
    page.goto(live_server.url + reverse("matters"))
    page.click("text=会员动态与成果发布")
    page.fill("label:has-text('题目') + input", "新矿投产")
    page.fill("textarea", "三月九日，新矿投产。")
    page.click("button:has-text('投送稿件')")
    page.wait_for_selector("h1:has-text('新矿投产')")

    moderation.approve(
        request=ServiceRequest.objects.get(),
        title="某矿投产",
        body="三月九日投产。",
        by=staff(),
        at=timezone.now(),
    )
    page.reload()

    assert page.locator(".notice").all_inner_texts() == ["已采用，等待编入某一期。"]
