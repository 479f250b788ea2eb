"""Explicit factories for receipts and certificates."""

import datetime as dt
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from members import certificates, receipts
from members.models import DuesPayment, DuesReceipt, MemberCertificate, MemberUnit, ReceiptBook
from tests.factories import PaymentFactory, UserFactory

AT = dt.datetime(2026, 4, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
ON = AT.date()


class BookFactory(DjangoModelFactory):
    """Numbers 00000101 to 00000200."""

    class Meta:
        model = ReceiptBook

    code = factory.Sequence(lambda n: f"{n:08}")
    first_number = 101
    last_number = 200


def issued(payment: DuesPayment | None = None, *, book: ReceiptBook, **more) -> DuesReceipt:
    """A receipt of today's desk, for a payment of its own where none is given."""
    return receipts.issue(
        payment=payment or PaymentFactory(),
        book=book,
        **{"number": None, "on": ON, "by": UserFactory(), "at": AT, "why": "现场开具"} | more,
    )


def certified(unit: MemberUnit, *, on: dt.date = ON, by: User | None = None) -> MemberCertificate:
    """The unit's certificate, issued on the day."""
    [made] = certificates.issue(
        units=[unit], on=on, by=by or UserFactory(), at=AT, why="颁发会员证书"
    )
    return made


def one_of_each_paper(unit: MemberUnit, *, by: User, at: dt.datetime) -> list:
    """For the permission table: a book, a receipt for the unit's payment, and its certificate."""
    book = BookFactory()
    payment = unit.payments.filter(confirmed_at__isnull=False).latest("year")
    on = at.date()
    receipt = issued(payment, book=book, by=by, at=at, on=on)
    return [book, receipt, certified(unit, on=on, by=by)]
