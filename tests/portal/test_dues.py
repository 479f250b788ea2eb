"""A unit's notice of dues: what to pay and how, and the slip it sends in."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from members.models import DuesNotice, TransferSlip
from tests.factories import (
    PaymentFactory,
    RepresentativeFactory,
    StandardFactory,
    UserFactory,
    member,
    waived,
)
from tests.files.making import PDF, upload
from tests.members.dues import account_in_use, notice_of, slip_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return member(name="青山矿业有限公司")


@pytest.fixture
def notice(unit) -> DuesNotice:
    year = timezone.localdate().year
    StandardFactory(year=year)
    due_on = timezone.localdate() + dt.timedelta(days=30)
    return notice_of(unit, by=UserFactory(), at=timezone.now(), year=year, due_on=due_on)


@pytest.fixture
def liaison(client, unit):
    client.force_login(RepresentativeFactory(unit=unit).user)
    return client


def page(client, notice) -> str:
    return client.get(f"/unit/dues/{notice.pk}/").content.decode()


def send(client, notice, **changed):
    data = {"amount": "5000", "paid_on": timezone.localdate().isoformat(), "slip": upload()}
    return client.post(f"/unit/dues/{notice.pk}/", data | changed)


def test_the_notice_has_the_account_the_remark_and_what_is_missing(liaison, notice):
    account_in_use()
    PaymentFactory(unit=notice.unit, year=notice.year, amount=2_000, paid_on=timezone.localdate())

    text = page(liaison, notice)

    assert f"青山矿业有限公司 {notice.year}年度会费" in text
    assert "110012345678901234" in text
    assert "前缴纳¥3,000。" in text


def test_it_is_calm_once_it_is_paid(liaison, notice):
    PaymentFactory(unit=notice.unit, year=notice.year, paid_on=timezone.localdate())

    text = page(liaison, notice)

    assert ("这份通知无须再缴费。" in text, "提交凭证" in text) == (True, False)


def test_a_slip_is_kept_and_counts_for_nothing_yet(liaison, notice):
    response = send(liaison, notice, amount="4999.50")

    assert response.status_code == 302
    slip = notice.slips.get()
    assert (slip.amount, slip.year, slip.state) == (Decimal("4999.50"), notice.year, "waiting")
    text = page(liaison, notice)
    assert ("核对中" in text, "¥5,000" in text) == (True, True)
    assert liaison.get(f"/unit/slips/{slip.pk}/").getvalue() == PDF


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "0"),
        ("amount", "-5"),
        ("amount", "1e400"),
        ("amount", "多"),
        ("amount", "9" * 40),
        ("paid_on", "2026-02-30"),
        ("paid_on", "0001-01-01"),
        ("paid_on", "9999-12-31"),
        ("paid_on", "\x00"),
        ("slip", ""),
        ("slip", upload(b"MZ not a picture", "a.pdf")),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_kept(liaison, notice, field, value):
    response = send(liaison, notice, **{field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert TransferSlip.objects.count() == 0


def test_another_unit_s_notice_and_slip_are_not_found(client, notice):
    slip = slip_of(notice, by=UserFactory(), at=timezone.now())
    client.force_login(RepresentativeFactory().user)

    found = [client.get(f"/unit/dues/{notice.pk}/"), client.get(f"/unit/slips/{slip.pk}/")]
    found.append(send(client, notice))

    assert [response.status_code for response in found] == [404] * 3


def test_a_withdrawn_notice_says_so_and_takes_no_slip(liaison, notice):
    DuesNotice.objects.filter(pk=notice.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=notice.raised_by, withdrawn_because="级别有误"
    )

    send(liaison, notice)

    assert "撤回，无须缴费。" in page(liaison, notice)
    assert TransferSlip.objects.count() == 0


def test_home_says_until_when_to_pay_and_leads_there(liaison, notice):
    text = liaison.get("/rights/").content.decode()

    assert f"前缴纳{notice.year}年度会费¥5,000。" in text
    assert f"/unit/dues/{notice.pk}/" in text


def test_home_is_silent_once_it_is_paid(liaison, notice):
    PaymentFactory(unit=notice.unit, year=notice.year, paid_on=timezone.localdate())

    assert f"/unit/dues/{notice.pk}/" not in liaison.get("/rights/").content.decode()


def test_the_unit_s_page_shows_notices_and_waivers(liaison, notice):
    waived(notice.unit, notice.year, 5_000, timezone.localdate())

    text = liaison.get("/unit/").content.decode()

    assert f"/unit/dues/{notice.pk}/" in text
    assert ("已减免" in text, "−¥5,000" in text) == (True, True)


def test_a_slip_is_sent_in_on_a_phone(transactional_db, phone, client, live_server):
    unit = member(name="青山矿业有限公司")
    year = timezone.localdate().year
    StandardFactory(year=year)
    account_in_use()
    due_on = timezone.localdate() + dt.timedelta(days=30)
    notice = notice_of(unit, by=UserFactory(), at=timezone.now(), year=year, due_on=due_on)
    client.force_login(RepresentativeFactory(unit=unit).user)
    session = client.cookies["sessionid"].value
    phone.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    phone.goto(f"{live_server.url}/rights/")
    phone.click("text=查看收款账户和汇款附言")
    phone.set_input_files(
        "input[type=file]",
        {"name": "凭证.pdf", "mimeType": "application/pdf", "buffer": upload().read()},
    )
    phone.click("button:has-text('提交凭证')")
    phone.wait_for_selector("text=核对中")

    assert notice.slips.get().amount == 5_000
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
