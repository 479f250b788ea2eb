"""A unit fetches its receipts and its certificate; anybody checks a certificate."""

import datetime as dt

import pytest
from django.utils import timezone

from members import certificates, receipts
from members.certificates import address
from tests.factories import ContactFactory, PaymentFactory, TierFactory, UserFactory, member
from tests.members.papers import BookFactory, certified, issued
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(db):
    return BookFactory(code="00012026")


# --- Receipts ----------------------------------------------------------------------------------


def test_a_unit_sees_its_receipts_and_their_state(reader, unit, book):
    payment = unit.payments.latest("year")
    void = issued(payment, book=book)
    receipts.reissue(
        receipt=void,
        book=book,
        number=None,
        on=timezone.localdate(),
        by=UserFactory(),
        at=timezone.now(),
        reason="抬头有误",
    )
    receipts.spoil(
        book=book,
        number=150,
        on=timezone.localdate(),
        by=UserFactory(),
        at=timezone.now(),
        reason="错位",
    )

    lines = Page(reader.get("/unit/")).each("papers")

    assert [line.count("代码00012026") for line in lines] == [2]
    assert lines[0].count("已作废") == 1


def test_a_receipt_is_saved_as_pdf_by_its_unit_alone(reader, client, unit, book):
    own = issued(unit.payments.latest("year"), book=book)
    other = issued(book=book)

    found = reader.get(f"/unit/receipts/{own.pk}/")

    assert found.content[:5] == b"%PDF-"
    assert found["Cache-Control"] == "private, no-cache"
    assert reader.get(f"/unit/receipts/{other.pk}/").status_code == 404


def test_our_unit_takes_the_same_queries_for_more_receipts(reader, unit, book):
    issued(unit.payments.latest("year"), book=book)
    queries_of(reader, "/unit/")
    one = queries_of(reader, "/unit/")

    for year in (2001, 2002):
        issued(PaymentFactory(unit=unit, year=year), book=book)

    assert queries_of(reader, "/unit/") == one


# --- The unit's own certificate ----------------------------------------------------------------


def test_a_unit_saves_its_certificate(reader, unit):
    assert reader.get("/unit/certificate/").status_code == 404
    certified(unit, on=timezone.localdate())

    found = reader.get("/unit/certificate/")

    assert found.content[:5] == b"%PDF-"


def test_a_unit_reads_that_its_certificate_no_longer_holds(reader, unit):
    certified(unit, on=timezone.localdate())
    unit.name = "改名后的公司"
    unit.save()

    said = Page(reader.get("/unit/")).each("notice")

    assert said == ["证书所载内容已有变更，请联系会员服务部门换发。"]


# --- The public check --------------------------------------------------------------------------


@pytest.fixture
def certificate(unit):
    return certified(unit, on=timezone.localdate())


def check(client, certificate) -> Page:
    return Page(client.get(f"/certificate/{certificate.key}/"))


def test_anybody_reads_what_holds_today(client, certificate):
    page = check(client, certificate)

    assert page.each("notice") == ["证书有效，所载内容与今日登记一致。"]
    assert page.each("dd")[:4] == [certificate.number, "青禾铜业有限公司", "是", "会员单位"]


def test_it_says_no_more_than_is_needed(client, unit, certificate):
    ContactFactory(unit=unit, name="某联络员")

    words = check(client, certificate).words

    known = ("某联络员", unit.credit_code, "会费", "¥", "资格", "票据", "2019")
    assert [word for word in known if word in words] == []


def test_a_void_certificate_says_so_and_still_what_holds(client, certificate):
    certificates.void(
        certificate=certificate, by=UserFactory(), at=timezone.now(), reason="内部原因"
    )

    page = check(client, certificate)

    assert page.each("notice") == ["该证书已作废。"]
    assert page.each("dd")[2] == "是"
    assert "内部原因" not in page.words


def test_of_a_unit_that_left_no_tier_is_told(client, unit, certificate):
    unit.applications.update(ended_on=timezone.localdate() - dt.timedelta(days=1))

    page = check(client, certificate)

    assert page.each("notice") == ["该单位现已不是会员，证书不再有效。"]
    assert page.each("dt")[:4] == ["证书编号", "单位", "今日是否会员", "查验日期"]


def test_a_unit_is_a_member_on_its_last_day(client, unit, certificate):
    unit.applications.update(ended_on=timezone.localdate())

    assert check(client, certificate).each("dd")[2] == "是"


def test_what_changed_is_told_as_it_is_today(client, unit, certificate):
    unit.appointments.update(tier=TierFactory(code="council"))
    type(unit).objects.filter(pk=unit.pk).update(name="改名后的公司")

    page = check(client, certificate)

    assert page.each("notice") == ["证书所载内容已有变更，今日的登记情况如下。"]
    assert page.each("dd")[1:4] == ["改名后的公司证书所载名称：青禾铜业有限公司", "是", "理事单位"]


@pytest.mark.parametrize("key", ["x", "%00", "' or 1=1", "密钥", "x" * 500])
def test_an_unknown_key_meets_a_calm_page(client, certificate, key):
    response = client.get(f"/certificate/{key}/")

    assert response.status_code == 404
    assert Page(response).each("h1") == ["查无此证书"]


def test_the_page_is_kept_by_nobody(client, certificate):
    response = client.get(f"/certificate/{certificate.key}/")

    headers = ("X-Robots-Tag", "Referrer-Policy", "Cache-Control")
    assert [response[name] for name in headers] == ["noindex", "no-referrer", "no-store"]


def test_the_code_leads_here_on_a_phone(phone, live_server, settings, transactional_db):
    settings.SITE_URL = live_server.url
    unit = member(tier="council", name="青禾铜业（集团）有限公司")
    made = certified(unit, on=timezone.localdate())

    phone.goto(address(made))

    assert phone.locator("h1").inner_text() == "会员证书查验"
    assert phone.locator(".notice").inner_text() == "证书有效，所载内容与今日登记一致。"
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert phone.evaluate(wide) is False
