"""The whole way of an application on a phone: begun, returned, corrected, approved."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from members.admitting import admit
from members.models import MembershipApplication, MemberUnit
from members.reviewing import pass_on, send_back
from tests.factories import (
    CommitteeFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UserFactory,
)
from tests.files.making import PDF
from tests.members.applicants import CODE, EMAIL, NAME

pytestmark = pytest.mark.django_db(transaction=True)


def upload(name: str) -> dict:
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def test_a_unit_applies_corrects_and_is_approved(phone, live_server):
    cache.clear()
    tier, committee = TierFactory(code="council"), CommitteeFactory(code="fluorite")
    clerk, at = UserFactory(name="会员部"), timezone.now()
    StandardFactory(tier=tier, year=timezone.localdate(at).year)
    TermFactory()

    phone.goto(live_server.url + reverse("account_login"))
    phone.click("text=申请入会")
    for name, value in {
        "name": NAME,
        "credit_code": CODE,
        "liaison": "李联络",
        "email": EMAIL,
    }.items():
        phone.fill(f"[name={name}]", value)
    phone.click("button:has-text('开始填写')")
    phone.wait_for_selector("text=已开始填写")

    phone.select_option("[name=kind]", "enterprise")
    phone.select_option("[name=province]", "江西")
    phone.fill("[name=address]", "江西省某市铜都路8号")
    phone.fill("[name=phone]", "0791-5550001")
    phone.select_option("[name=tier]", str(tier.pk))
    phone.check(f"[name=committees][value='{committee.pk}']")
    phone.set_input_files("[name=licence]", upload("执照.pdf"))
    phone.set_input_files("[name=stamped_form]", upload("申请表.pdf"))
    phone.click("button:has-text('提交申请')")
    phone.wait_for_selector("a:has-text('手机')")  # what is missing leads to its field
    phone.fill("[name=liaison_mobile]", "13900000001")
    phone.click("button:has-text('提交申请')")
    phone.wait_for_selector(".joining-state:has-text('初审中')")

    application = MembershipApplication.objects.get()
    send_back(application=application, note="执照不清楚，请重新上传", by=clerk, at=timezone.now())
    phone.reload()
    phone.wait_for_selector(".notice:has-text('执照不清楚，请重新上传')")
    phone.click("button:has-text('移除') >> nth=0")
    phone.set_input_files("[name=licence]", upload("执照-清晰.pdf"))
    phone.click("button:has-text('重新提交申请')")
    phone.wait_for_selector(".joining-state:has-text('初审中')")

    for stage in ("preliminary", "review"):
        pass_on(application=application, stage=stage, note="", by=clerk, at=timezone.now())
    admit(
        application=application,
        decided_on=timezone.localdate(),
        resolution="理事会纪要3号",
        tier=tier,
        committees=[committee],
        by=clerk,
        at=timezone.now(),
    )
    phone.reload()
    phone.wait_for_selector(".joining-state:has-text('已批准')")

    unit = MemberUnit.objects.get()
    files = sorted(application.files.values_list("name", flat=True))
    assert files == ["执照-清晰.pdf", "申请表.pdf"]
    assert unit.notices.get().amount == 20_000
    assert Letter.objects.filter(to=EMAIL, text__contains="/invitation/").count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
