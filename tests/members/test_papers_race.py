"""Numbers under real concurrency: several people issue receipts or certificates at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from members import certificates, receipts
from members.models import DuesPayment, DuesReceipt, MemberCertificate
from tests.factories import PaymentFactory, UserFactory, member
from tests.members.papers import AT, ON, BookFactory

pytestmark = pytest.mark.django_db(transaction=True)

RUNS, PEOPLE = 4, 5


def together(act, arguments: list) -> list:
    """What each of the acts gave, all begun at the same moment; a refusal as its code."""
    gate = threading.Barrier(len(arguments))

    def one(argument):
        try:
            gate.wait(10)
            return act(argument)
        except (ValidationError, IntegrityError) as error:
            return getattr(error, "code", None) or "clash"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(one, arguments))


def issue_next(book, clerk):
    def act(payment: DuesPayment) -> int:
        made = receipts.issue(
            payment=payment, book=book, number=None, on=ON, by=clerk, at=AT, why="现场开具"
        )
        return made.number

    return act


def test_receipts_get_each_number_once_and_without_gaps():
    book, clerk = BookFactory(), UserFactory()

    for run in range(RUNS):
        payments = [PaymentFactory() for _ in range(PEOPLE)]
        numbers = together(issue_next(book, clerk), payments)

        first = 101 + run * PEOPLE
        assert sorted(numbers) == list(range(first, first + PEOPLE))


def test_one_payment_gets_one_receipt_however_often_it_is_sent():
    book, clerk, payment = BookFactory(), UserFactory(), PaymentFactory()

    said = together(issue_next(book, clerk), [payment] * PEOPLE)

    assert sorted(said, key=str) == [101] + ["given_back"] * (PEOPLE - 1)
    assert DuesReceipt.objects.count() == 1


def test_the_same_payments_in_two_books_get_one_receipt_each():
    """The books' locks do not meet: the database refuses the second receipt."""
    clerk, payment = UserFactory(), PaymentFactory()
    books = [BookFactory() for _ in range(PEOPLE)]

    together(lambda book: issue_next(book, clerk)(payment), books)

    assert DuesReceipt.objects.valid().count() == 1


def test_two_people_issue_the_same_list_once():
    book, clerk = BookFactory(), UserFactory()
    payments = [PaymentFactory() for _ in range(3)]

    def act(_person) -> list[int]:
        made = receipts.issue_many(
            payments=payments, book=book, first=101, on=ON, by=clerk, at=AT, why="年度开票"
        )
        return [each.number for each in made]

    said = together(act, [1, 2])

    assert sorted(said, key=str) == [[101, 102, 103], "moved_on"]


def test_certificates_get_each_number_once_and_without_gaps():
    clerk = UserFactory()

    def act(unit) -> int:
        [made] = certificates.issue(units=[unit], on=ON, by=clerk, at=AT, why="颁发")
        return made.serial

    for run in range(RUNS):
        serials = together(act, [member() for _ in range(PEOPLE)])

        first = 1 + run * PEOPLE
        assert sorted(serials) == list(range(first, first + PEOPLE))


def test_a_unit_gets_one_certificate_however_often_it_is_sent():
    unit, clerk = member(), UserFactory()

    made = together(
        lambda _n: len(certificates.issue(units=[unit], on=ON, by=clerk, at=AT, why="颁发")),
        list(range(PEOPLE)),
    )

    assert sorted(made) == [0] * (PEOPLE - 1) + [1]
    assert MemberCertificate.objects.count() == 1


def test_the_race_is_real(monkeypatch):
    """Without the locks the same runs want a number twice."""
    monkeypatch.setattr(receipts, "lock", lambda book: book)
    monkeypatch.setattr(certificates, "_lock", lambda: None)
    book, clerk = BookFactory(), UserFactory()
    clashes = 0

    def certify(unit) -> int:
        return len(certificates.issue(units=[unit], on=ON, by=clerk, at=AT, why="颁发"))

    for _run in range(RUNS):
        payments = [PaymentFactory() for _ in range(PEOPLE)]
        said = together(issue_next(book, clerk), payments)
        said += together(certify, [member() for _ in range(PEOPLE)])
        clashes += any(not isinstance(each, int) for each in said)

    assert clashes >= RUNS // 2
