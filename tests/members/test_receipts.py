import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from letters.models import Letter
from members import receipts
from members.history import history_of
from members.models import Contact, DuesPayment, DuesReceipt
from tests.factories import ContactFactory, PaymentFactory, UnitFactory, UserFactory
from tests.members.papers import AT, ON, BookFactory, issued

pytestmark = pytest.mark.django_db

REFUND = DuesPayment.Kind.REFUND
DESK = {"on": ON, "at": AT, "why": "现场开具"}


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def clerk(db):
    return UserFactory(name="出纳")


@pytest.fixture
def book(db):
    return BookFactory()


def refused(act, **arguments) -> list[str]:
    """What the activity says where it refuses; nothing may have been saved."""
    before = set(DuesReceipt.objects.values_list("pk", "voided_at"))
    with pytest.raises(ValidationError) as caught, transaction.atomic():
        act(**arguments)
    assert set(DuesReceipt.objects.values_list("pk", "voided_at")) == before
    return caught.value.messages


# --- Issuing -----------------------------------------------------------------------------------


def test_a_receipt_says_what_was_paid_and_by_whom(book, clerk):
    payment = PaymentFactory(amount=Decimal("5000.50"), year=2026)

    receipt = receipts.issue(payment=payment, book=book, number=None, by=clerk, **DESK)

    said = (receipt.written, receipt.title, receipt.year, receipt.amount, receipt.issued_on)
    assert said == ("00000101", payment.unit.name, 2026, Decimal("5000.50"), ON)
    assert (receipt.state, receipt.issued_by) == ("valid", clerk)


def test_the_next_number_follows_the_last_one_used(book):
    issued(book=book, number=150)

    assert [issued(book=book).number, receipts.next_number(book)] == [151, 152]


def test_a_number_on_the_form_can_be_typed_while_it_is_free(book):
    issued(book=book, number=150)

    assert issued(book=book, number=120).number == 120
    assert refused(issued, book=book, number=150) == ["这个号码已经用过了。"]


@pytest.mark.parametrize("number", [100, 201])
def test_a_number_outside_the_book_is_refused(book, number):
    assert refused(issued, book=book, number=number) == ["这一批次只有号码 00000101 至 00000200。"]


def test_a_book_that_is_used_up_or_closed_gives_no_number(book):
    issued(book=book, number=200)
    closed = BookFactory(is_open=False)

    assert refused(issued, book=book) == ["这一批次只有号码 00000101 至 00000200。"]
    assert refused(issued, book=closed) == ["这一批次的票据已停用。"]


@pytest.mark.parametrize(
    "payment", [{"confirmed_at": None, "confirmed_by": None}, {"kind": REFUND}]
)
def test_only_a_confirmed_payment_has_a_receipt(book, payment):
    payment = PaymentFactory(unit__name="青禾铜业", year=2026, **payment)

    said = refused(issued, payment=payment, book=book)

    assert said == ["青禾铜业 · 2026 · ¥5,000.00：只有已确认的缴费才能开票据。"]


def test_a_payment_has_one_valid_receipt(book):
    payment = PaymentFactory()
    issued(payment, book=book)

    # The sum that was kept is receipted: nothing is left for a second one.
    assert len(refused(issued, payment=payment, book=book)) == 1
    with pytest.raises(IntegrityError, match="receipt_valid_once"), transaction.atomic():
        DuesReceipt.objects.create(
            book=book, number=180, payment=payment, title="甲", year=payment.year,
            amount=payment.amount, issued_on=ON, issued_by=payment.confirmed_by,
        )  # fmt: skip


def test_what_was_given_back_has_no_receipt(book):
    payment = PaymentFactory(unit__name="青禾铜业", amount=5000)
    PaymentFactory(unit=payment.unit, year=payment.year, kind=REFUND, amount=1)

    said = refused(issued, payment=payment, book=book)

    assert said == ["青禾铜业 · 2026 · ¥5,000.00：该年度会费有退款，留存金额不足这笔缴费。"]


def test_a_receipt_whose_money_was_given_back_is_pointed_out(book):
    kept, given_back = issued(book=book), issued(book=book)
    PaymentFactory(unit=given_back.payment.unit, year=given_back.year, kind=REFUND, amount=1)

    rows = DuesReceipt.objects.with_refunds()

    assert dict(rows.values_list("pk", "is_refunded")) == {kept.pk: False, given_back.pk: True}
    receipts.void(receipt=given_back, by=UserFactory(), at=AT, reason="退款")
    assert not rows.filter(is_refunded=True).exists()


# --- Many at once ------------------------------------------------------------------------------


def test_all_waiting_payments_get_numbers_by_the_day_of_payment(book, clerk):
    late = PaymentFactory(paid_on=dt.date(2026, 3, 9))
    early = PaymentFactory(paid_on=dt.date(2026, 3, 8))
    waiting = receipts.waiting(DuesPayment.objects)

    plan = receipts.plan(payments=waiting, book=book)
    made = receipts.issue_many(payments=waiting, book=book, first=101, by=clerk, **DESK)

    assert (plan.count, plan.total, plan.first, plan.last, plan.lacking) == (2, 10_000, 101, 102, 0)
    assert [(each.payment, each.number) for each in made] == [(early, 101), (late, 102)]
    assert list(waiting.all()) == []


def test_who_waits_for_a_receipt(book):
    waits = PaymentFactory()
    issued(book=book)
    PaymentFactory(confirmed_at=None, confirmed_by=None)
    given_back = PaymentFactory()
    PaymentFactory(unit=given_back.unit, year=given_back.year, kind=REFUND)
    void = issued(book=book)
    receipts.void(receipt=void, by=UserFactory(), at=AT, reason="抬头有误")

    waiting = receipts.waiting(DuesPayment.objects)

    assert set(waiting) == {waits, void.payment}
    assert set(receipts.without_receipt(DuesPayment.objects)) == {
        *waiting,
        given_back,
    }


def test_of_two_payments_of_a_year_the_one_that_was_kept_has_a_receipt(book):
    first = PaymentFactory()
    second = PaymentFactory(unit=first.unit, year=first.year)
    PaymentFactory(unit=first.unit, year=first.year, kind=REFUND)

    assert issued(second, book=book).payment == second
    assert len(refused(issued, payment=first, book=book)) == 1


def test_many_are_issued_all_or_none(book, clerk):
    payments = [PaymentFactory(), PaymentFactory(confirmed_at=None, confirmed_by=None)]

    refused(receipts.issue_many, payments=payments, book=book, first=101, by=clerk, **DESK)

    assert DuesReceipt.objects.count() == 0


def test_too_few_numbers_are_said_before_and_refused(clerk):
    small = BookFactory(first_number=1, last_number=1, digits=4)
    payments = [PaymentFactory(), PaymentFactory()]

    plan = receipts.plan(payments=payments, book=small)

    assert (plan.first, plan.last, plan.lacking, plan.is_possible) == (1, 1, 1, False)
    said = refused(receipts.issue_many, payments=payments, book=small, first=1, by=clerk, **DESK)
    assert said == ["这一批次只有号码 0001 至 0001。"]


def test_what_was_shown_must_still_hold(book, clerk):
    issued(book=book)

    said = refused(
        receipts.issue_many, payments=[PaymentFactory()], book=book, first=101, by=clerk, **DESK
    )

    assert said == ["其间这一批次又开出了别的号码，请重新核对号码。"]


def test_a_letter_goes_to_whom_the_unit_has_for_dues(book, clerk):
    unit = UnitFactory(name="青禾铜业")
    ContactFactory(unit=unit, roles=[Contact.Role.LIAISON], email="liaison@unit.example")
    ContactFactory(
        unit=unit, roles=[Contact.Role.FINANCE], email="dues@unit.example", name="钱会计"
    )

    issued(PaymentFactory(unit=unit), book=book, tell=True)
    issued(PaymentFactory(unit=unit, year=2025), book=book)

    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == ("dues@unit.example", "青禾铜业2026年度会费票据已开具")
    assert "金额：¥5,000" in letter.text
    assert "号码 00000101" in letter.text


def test_without_a_contact_for_dues_the_liaison_is_told(book):
    unit = UnitFactory()
    ContactFactory(unit=unit, roles=[Contact.Role.LIAISON], email="liaison@unit.example")

    issued(PaymentFactory(unit=unit), book=book, tell=True)

    assert Letter.objects.get().to == "liaison@unit.example"


# --- Voiding and reissuing ---------------------------------------------------------------------


def test_a_void_receipt_keeps_its_number(book, clerk):
    receipt = issued(book=book)

    void = receipts.void(receipt=receipt, by=clerk, at=AT, reason="抬头有误")

    assert (void.state, void.voided_at, void.voided_by, void.number) == ("void", AT, clerk, 101)
    assert refused(receipts.void, receipt=void, by=clerk, at=AT, reason="再次") == [
        "这张票据已经作废了。"
    ]
    assert refused(issued, book=book, number=101) == ["这个号码已经用过了。"]


def test_voiding_asks_for_a_reason(book, clerk):
    assert refused(receipts.void, receipt=issued(book=book), by=clerk, at=AT, reason=" ") == [
        "请写明作废原因。"
    ]


def test_a_reissued_receipt_names_the_one_it_replaces_and_todays_name(book, clerk):
    old = issued(book=book)
    old.payment.unit.name = "改名后的矿业公司"
    old.payment.unit.save()

    new = receipts.reissue(
        receipt=old, book=book, number=None, on=ON, by=clerk, at=AT, reason="单位更名"
    )

    old.refresh_from_db()
    assert (new.replaces, new.payment, new.number) == (old, old.payment, 102)
    assert (old.state, new.state, new.title) == ("void", "valid", "改名后的矿业公司")


def test_a_receipt_stays_valid_where_no_new_one_can_be_issued(book, clerk):
    old = issued(book=book, number=200)

    refused(
        receipts.reissue, receipt=old, book=book, number=None, on=ON, by=clerk, at=AT, reason="重开"
    )

    old.refresh_from_db()
    assert old.is_valid


def test_a_spoilt_form_is_recorded_without_a_payment(book, clerk):
    spoilt = receipts.spoil(book=book, number=101, on=ON, by=clerk, at=AT, reason="打印错位")

    assert (spoilt.state, spoilt.payment, spoilt.amount) == ("spoilt", None, None)
    assert issued(book=book).number == 102


def test_who_did_what_and_why_is_recorded(book, clerk):
    receipt = issued(book=book, by=clerk, why="现场开具")
    receipts.void(receipt=receipt, by=clerk, at=AT, reason="抬头有误")

    entries, _more = history_of(receipt)

    assert [(each.label, each.who, each.why) for each in entries] == [
        ("update", "出纳", "抬头有误"),
        ("insert", "出纳", "现场开具"),
    ]


# --- What the database itself holds ------------------------------------------------------------


def row(book, payment, **more) -> DuesReceipt:
    fields = {
        "book": book,
        "number": 190,
        "payment": payment,
        "title": "甲",
        "year": payment.year,
        "amount": payment.amount,
        "issued_on": ON,
        "issued_by": payment.confirmed_by or UserFactory(),
    }
    return DuesReceipt(**fields | more)


@pytest.mark.parametrize(
    ("payment", "receipt", "constraint"),
    [
        ({}, {"amount": Decimal("5000.01")}, "receipt_as_paid"),
        ({}, {"year": 2025}, "receipt_as_paid"),
        ({}, {"number": 201}, "receipt_number_of_book"),
        ({}, {"title": ""}, "receipt_for_payment_or_spoilt"),
        ({"kind": REFUND}, {}, "receipt_as_paid"),
        ({"confirmed_at": None, "confirmed_by": None}, {}, "receipt_as_paid"),
        ({}, {"voided_at": AT}, "receipt_void_with_reason"),
    ],
)
def test_the_database_refuses_a_receipt_that_is_not_true(book, payment, receipt, constraint):
    payment = PaymentFactory(**payment)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        row(book, payment, **receipt).save()

    assert caught.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize("change", [{"amount": 1}, {"year": 2025}])
def test_a_payment_is_not_changed_under_its_receipt(book, change):
    receipt = issued(book=book)

    with pytest.raises(IntegrityError, match="confirmed_payment_unchanged"), transaction.atomic():
        DuesPayment.objects.filter(pk=receipt.payment_id).update(**change)


@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(amount=None, year=None),
        lambda rows: rows.update(number=199),
        lambda rows: rows.update(title="乙"),
        lambda rows: rows.delete(),
    ],
)
def test_a_receipt_is_neither_edited_nor_deleted(book, act):
    receipt = issued(book=book)

    with pytest.raises(DatabaseError, match="receipt_"), transaction.atomic():
        act(DuesReceipt.objects.filter(pk=receipt.pk))


def test_a_void_receipt_does_not_come_back(book, clerk):
    receipt = receipts.void(receipt=issued(book=book), by=clerk, at=AT, reason="抬头有误")

    with pytest.raises(DatabaseError, match="receipt_"), transaction.atomic():
        DuesReceipt.objects.filter(pk=receipt.pk).update(
            voided_at=None, voided_by=None, void_reason=""
        )


def test_a_book_stays_as_it_is_once_a_number_is_used(book):
    book.last_number = 300
    book.save()
    issued(book=book)

    book.last_number = 250
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        book.save()


@pytest.mark.parametrize(
    ("code", "first", "last", "overlaps"),
    [
        ("00012026", 200, 300, True),
        ("00012026", 1, 101, True),
        ("00012026", 201, 300, False),
        ("00012027", 101, 200, False),
    ],
)
def test_books_of_one_code_share_no_number(code, first, last, overlaps):
    BookFactory(code="00012026")
    other = BookFactory.build(code=code, first_number=first, last_number=last)

    said = []
    try:
        other.full_clean()
    except ValidationError as error:
        said = error.messages

    assert said == (["同一票据代码的另一批次已包含其中的号码。"] if overlaps else [])


@pytest.mark.parametrize("code", ["", "12a4", "1234567890123", "１２３", "12 3", "12\n"])
def test_a_receipt_code_is_digits(code):
    with pytest.raises(ValidationError):
        BookFactory.build(code=code).full_clean()
