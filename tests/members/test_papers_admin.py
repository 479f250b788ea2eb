"""The staff's pages for receipts and certificates: what they show, do, and refuse."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from letters.models import Letter
from members import certificates
from members.models import Contact, DuesPayment, DuesReceipt, MemberCertificate
from tests.factories import ContactFactory, PaymentFactory, TierFactory, UserFactory, member
from tests.members.papers import AT, BookFactory, certified, issued
from tests.portal.pages import queries_of

pytestmark = pytest.mark.django_db

RECEIPTS, CERTIFICATES = "/admin/members/duesreceipt/", "/admin/members/membercertificate/"
ISSUE = "/admin/members/duesreceipt/issue/"


@pytest.fixture
def finance(as_role):
    return as_role("finance")


@pytest.fixture
def book(db):
    return BookFactory(code="00012026")


def paid_today(**more) -> DuesPayment:
    return PaymentFactory(paid_on=timezone.localdate(), **more)


def pages(response) -> int:
    return len(PdfReader(io.BytesIO(response.content)).pages)


# --- Receipts ----------------------------------------------------------------------------------


def test_issuing_shows_numbers_and_sum_first_and_then_does_it(finance, book):
    payment = paid_today(unit__name="青禾铜业")
    ContactFactory(unit=payment.unit, roles=[Contact.Role.FINANCE])

    shown = finance.get(ISSUE)
    assert shown.context["plan"].count == 1
    assert (shown.context["first"], shown.context["total"]) == ("00000101", "¥5,000")
    assert DuesReceipt.objects.count() == 0

    data = {"book": book.pk, "first": 101, "payment": payment.pk, "tell": "on"}
    response = finance.post(ISSUE, data)

    assert response["Location"] == RECEIPTS
    assert DuesReceipt.objects.get().payment == payment
    assert Letter.objects.count() == 1


def test_numbers_that_moved_on_are_shown_again(finance, book):
    payment = paid_today()
    issued(book=book)

    response = finance.post(
        ISSUE, {"book": book.pk, "first": 101, "payment": payment.pk}, follow=True
    )

    said = [str(message) for message in response.context["messages"]]
    assert said == ["其间这一批次又开出了别的号码，请重新核对号码。"]
    assert response.context["form"]["first"].value() == 102


def test_a_number_on_the_form_is_typed_for_a_single_payment(finance, book):
    payment = paid_today()

    finance.post(
        f"{ISSUE}?payments={payment.pk}",
        {"book": book.pk, "first": 101, "payment": payment.pk, "number": 120},
    )

    assert DuesReceipt.objects.get().number == 120


def test_a_number_that_is_used_is_refused_at_the_form(finance, book):
    issued(book=book, number=120)
    payment = paid_today()

    response = finance.post(
        f"{ISSUE}?payments={payment.pk}",
        {"book": book.pk, "first": 121, "payment": payment.pk, "number": 120},
    )

    assert response.context["form"].non_field_errors() == ["这个号码已经用过了。"]
    assert DuesReceipt.objects.count() == 1


def test_selected_payments_lead_to_the_page_that_shows_the_numbers(finance, book):
    payments = [paid_today(), paid_today()]

    response = finance.post(
        "/admin/members/duespayment/",
        {"action": "issue_receipts", "_selected_action": [payments[0].pk]},
    )

    assert response["Location"] == f"{ISSUE}?payments={payments[0].pk}"
    shown = finance.get(response["Location"])
    assert [payment for payment, _amount in shown.context["payments"]] == [payments[0]]


@pytest.mark.parametrize(
    "query", ["book=x", "book=999", "since=x", "payments=a,1%00,%F0", "book=%00"]
)
def test_what_nobody_typed_is_no_server_error(finance, book, query):
    assert finance.get(f"{ISSUE}?{query}").status_code == 200


def test_without_a_book_the_page_says_what_to_do(finance):
    assert finance.get(ISSUE).context["book"] is None


@pytest.mark.parametrize("act", ["void", "reissue"])
def test_voiding_and_reissuing_ask_for_a_reason(finance, book, act):
    receipt = issued(book=book)
    path = f"{RECEIPTS}{receipt.pk}/{act}/"

    refused = finance.post(path, {"reason": " ", "book": book.pk})
    assert refused.context["form"].errors["reason"] == ["这个字段是必填项。"]
    finance.post(path, {"reason": "抬头有误", "book": book.pk})

    receipt.refresh_from_db()
    assert receipt.void_reason == "抬头有误"
    assert hasattr(receipt, "replaced_by") == (act == "reissue")


def test_a_spoilt_form_is_recorded(finance, book):
    finance.post(f"{RECEIPTS}spoil/", {"book": book.pk, "number": 101, "reason": "打印错位"})

    assert DuesReceipt.objects.get().state == "spoilt"


def test_the_steps_offered_are_those_that_can_be_done(finance, book):
    from members import receipts

    valid = issued(book=book)
    void = receipts.void(receipt=issued(book=book), by=UserFactory(), at=AT, reason="错")
    desk = {"on": AT.date(), "by": UserFactory(), "at": AT}
    spoilt = receipts.spoil(book=book, number=150, reason="错位", **desk)

    def offered(receipt) -> list[str]:
        response = finance.get(f"{RECEIPTS}{receipt.pk}/change/")
        return [each["title"] for each in response.context["actions_detail"]]

    with translation.override("zh-hans"):
        assert [[str(each) for each in offered(row)] for row in (valid, void, spoilt)] == [
            ["开具通知（PDF）", "作废重开", "作废"],
            ["开具通知（PDF）"],
            [],
        ]
    assert finance.get(f"{RECEIPTS}{spoilt.pk}/notice/").status_code == 404


def test_the_register_is_shown_printed_and_taken_away(finance, book):
    issued(book=book)
    issued(book=book, number=110)
    base = f"/admin/members/receiptbook/{book.pk}/"

    shown = finance.get(f"{base}register/")
    taken = {kind: finance.get(f"{base}{kind}/") for kind in ("pdf", "xlsx", "csv")}

    assert [each.written for each in shown.context["gaps"]] == ["00000102–00000109"]
    assert pages(taken["pdf"]) == 1
    assert b"".join(taken["xlsx"].streaming_content).startswith(b"PK")
    assert b"".join(taken["csv"].streaming_content).startswith(b"\xef\xbb\xbf")


def test_a_receipt_of_money_given_back_is_found_by_the_filter(finance, book):
    receipt = issued(book=book)
    issued(book=book)
    refund = DuesPayment.Kind.REFUND
    PaymentFactory(unit=receipt.payment.unit, year=receipt.year, kind=refund, amount=1)

    rows = finance.get(f"{RECEIPTS}?state=refunded").context["cl"].result_list

    assert list(rows) == [receipt]


def test_payments_are_found_by_whether_they_have_a_receipt(finance, book):
    receipt, waiting = issued(book=book), PaymentFactory()

    def rows(value: str) -> list:
        found = finance.get(f"/admin/members/duespayment/?receipt={value}")
        return list(found.context["cl"].result_list)

    assert (rows("waiting"), rows("issued")) == ([waiting], [receipt.payment])


@pytest.mark.parametrize("act", ["issue", "spoil"])
def test_only_finance_issues_receipts(as_role, book, act):
    assert as_role("member_services").get(f"{RECEIPTS}{act}/").status_code == 403


# --- Certificates ------------------------------------------------------------------------------


@pytest.fixture
def services(as_role):
    return as_role("member_services")


def test_issuing_certificates_shows_who_is_left_out_first(services):
    unit, left = member(), member()
    left.applications.update(ended_on=dt.date(2020, 1, 1))
    chosen = {"action": "issue_certificates", "_selected_action": [unit.pk, left.pk]}

    shown = services.post("/admin/members/memberunit/", chosen)
    assert [each.unit for each in shown.context["due"]] == [unit]
    assert [(each.unit, each.refusal) for each in shown.context["left_out"]] == [
        (left, "现不是会员")
    ]
    assert MemberCertificate.objects.count() == 0

    services.post("/admin/members/memberunit/", chosen | {"sure": "1"})

    assert MemberCertificate.objects.get().unit == unit


def test_certificates_are_printed_one_by_one_or_many_in_a_file(services):
    rows = [certified(member()) for _ in range(3)]
    void = rows[2]
    certificates.void(certificate=void, by=UserFactory(), at=AT, reason="误发")

    one = services.get(f"{CERTIFICATES}{rows[0].pk}/pdf/")
    many = services.post(
        CERTIFICATES,
        {"action": "print_selected", "_selected_action": [row.pk for row in rows]},
    )

    assert (pages(one), pages(many)) == (1, 2)
    assert services.get(f"{CERTIFICATES}{void.pk}/pdf/").status_code == 404


def test_a_certificate_that_no_longer_holds_is_found_and_reissued(services):
    unit = member()
    holds, outdated = certified(member()), certified(unit)
    unit.appointments.update(tier=TierFactory(code="council"))

    rows = services.get(f"{CERTIFICATES}?state=outdated").context["cl"].result_list
    services.post(f"{CERTIFICATES}{outdated.pk}/reissue/", {"reason": "级别调整"})

    assert [row.pk for row in rows] == [outdated.pk]
    assert unit.certificates.valid().get().tier.code == "council"
    assert not holds.is_void


def test_a_certificate_is_voided_with_a_reason(services):
    certificate = certified(member())

    services.post(f"{CERTIFICATES}{certificate.pk}/void/", {"reason": "误发"})

    certificate.refresh_from_db()
    assert certificate.void_reason == "误发"


def test_finance_issues_no_certificates(finance):
    unit = member()
    chosen = {"action": "issue_certificates", "_selected_action": [unit.pk], "sure": "1"}

    finance.post("/admin/members/memberunit/", chosen)

    assert MemberCertificate.objects.count() == 0
    certificate = certified(unit)
    assert finance.get(f"{CERTIFICATES}{certificate.pk}/void/").status_code == 403


# --- Lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "make"),
    [
        ("receiptbook", lambda: issued(book=BookFactory())),
        ("duesreceipt", lambda: issued(book=BookFactory())),
        ("membercertificate", lambda: certified(member())),
    ],
)
def test_list_takes_the_same_queries_for_one_row_and_three(as_superuser, model, make):
    path = reverse(f"admin:members_{model}_changelist")
    make()
    queries_of(as_superuser, path)
    one = queries_of(as_superuser, path)

    make()
    make()

    assert queries_of(as_superuser, path) == one
