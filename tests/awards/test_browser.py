"""An application from the first click to its number, in a real browser."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.models import AwardApplication
from cases.questions import Kind
from letters.models import Letter
from tests.awards.factories import (
    PDF,
    CycleFactory,
    QuestionFactory,
    RequirementFactory,
    applicant,
    person_of,
    promise,
)
from tests.factories import redated

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)


@pytest.fixture
def cycle():
    today = timezone.localdate()
    found = CycleFactory(
        name=f"{today.year}年中国专利奖申报",
        year=today.year,
        opens_on=today - DAY,
        closes_at=timezone.now() + 9 * DAY,
        guidance="申报的专利须已授权。\n\n每个单位择优申报。",
    )
    promise(found.award.benefit_item)
    QuestionFactory(cycle=found, label="授权日期", kind=Kind.DATE)
    QuestionFactory(cycle=found, label="主要创新点", kind=Kind.LONG, hint="500 字以内")
    QuestionFactory(cycle=found, label="备注", is_required=False)
    RequirementFactory(cycle=found, name="专利证书", hint="扫描件")
    RequirementFactory(cycle=found, name="效益证明", is_required=False)
    return found


@pytest.fixture
def signed_in(phone, live_server, client):
    today = timezone.localdate()
    unit = applicant(paid=(today.year - 1, today.year), name="青禾铜业有限公司")
    redated(unit.payments, dt.date(today.year - 1, 1, 1))
    client.force_login(person_of(unit))
    session = client.cookies["sessionid"].value
    phone.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return phone


def width_beyond(page) -> int:
    page.set_viewport_size({"width": 360, "height": 740})
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def test_an_application_with_a_file_is_submitted(signed_in, live_server, cycle, tmp_path):
    page, wider = signed_in, {}
    certificate = tmp_path / "专利证书.pdf"
    certificate.write_bytes(PDF)

    page.goto(live_server.url + reverse("award_cycle", args=[cycle.pk]))
    wider["cycle"] = width_beyond(page)
    page.click("button:has-text('开始申报')")
    page.fill("#id_title", "一种低能耗破碎机")
    page.fill("textarea", "辊面结构")
    page.click("button:has-text('保存并核对')")
    assert page.locator(".award-missing a").all_inner_texts() == [
        "请填写“授权日期”。",
        "请上传“专利证书”。",
    ]
    page.click(".award-missing a >> nth=1")
    page.set_input_files("input[type=file] >> nth=0", certificate)
    page.fill("input[type=date]", "2020-03-02")
    page.click("button:has-text('上传') >> nth=0")
    assert page.locator(".award-held a").all_inner_texts() == ["专利证书.pdf"]
    assert page.input_value("textarea") == "辊面结构"
    wider["draft"] = width_beyond(page)
    page.click("button:has-text('保存并核对')")
    wider["check"] = width_beyond(page)
    page.click("button:has-text('提交申报')")

    assert page.inner_text(".award-state") == "已提交，待审查"
    wider["application"] = width_beyond(page)
    application = AwardApplication.objects.get()
    assert (application.state, application.number) == ("submitted", f"{cycle.year}-001")
    assert [file.name for file in application.materials.all()] == ["专利证书.pdf"]
    assert Letter.objects.get().subject.endswith("一种低能耗破碎机")
    assert wider == dict.fromkeys(wider, 0)
