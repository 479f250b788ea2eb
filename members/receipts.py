"""会费票据: issuing, voiding and reissuing receipts. A number is used once, for good or for void.

Numbers are drawn while the book is locked, so two people at once get neither one number nor a gap.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from letters.writing import write
from members.addressees import finance_addresses
from members.models import DuesPayment, DuesReceipt, ReceiptBook
from members.record import acting
from members.standing_words import yuan


def without_receipt(payments: QuerySet[DuesPayment]) -> QuerySet[DuesPayment]:
    """Those of ``payments`` that can have a receipt and have none, by the day of payment."""
    valid = DuesReceipt.objects.valid().filter(payment=OuterRef("pk"))
    confirmed = payments.filter(kind=DuesPayment.Kind.PAYMENT, confirmed_at__isnull=False)
    return confirmed.exclude(Exists(valid)).order_by("paid_on", "pk")


def waiting(payments: QuerySet[DuesPayment]) -> QuerySet[DuesPayment]:
    """Those that get a receipt as a matter of course.

    Where some of a year's money was given back, a person chooses which payment has one.
    """
    confirmed = DuesPayment.objects.filter(confirmed_at__isnull=False)
    refunds = confirmed.filter(
        kind=DuesPayment.Kind.REFUND, unit=OuterRef("unit"), year=OuterRef("year")
    )
    return without_receipt(payments).exclude(Exists(refunds))


def next_number(book: ReceiptBook) -> int | None:
    """The number after the last one used; ``None`` where the book is used up."""
    last = book.receipts.aggregate(last=Max("number"))["last"]
    number = book.first_number if last is None else last + 1
    return number if number <= book.last_number else None


@dataclass(frozen=True)
class Plan:
    """What `issue_many` would do: how many receipts, for how much, from which number to which."""

    count: int
    total: Decimal
    first: int | None
    last: int | None
    lacking: int

    @property
    def is_possible(self) -> bool:
        return self.count > 0 and not self.lacking


def plan(*, payments: Iterable[DuesPayment], book: ReceiptBook) -> Plan:
    """What issuing receipts for the payments from the book would do now. Changes nothing."""
    amounts = [payment.amount for payment in payments]
    count, first = len(amounts), next_number(book)
    left = 0 if first is None else book.last_number - first + 1
    return Plan(
        count=count,
        total=sum(amounts, Decimal(0)),
        first=first,
        last=None if first is None else first + min(count, left) - 1,
        lacking=max(count - left, 0),
    )


@transaction.atomic
def issue(
    *,
    payment: DuesPayment,
    book: ReceiptBook,
    number: int | None,
    on: dt.date,
    by: User,
    at: dt.datetime,
    why: str,
    tell: bool = False,
) -> DuesReceipt:
    """Issue the receipt for a confirmed payment, under the next number or the one on the form.

    ``tell``: a letter to the unit's finance contacts. Raises ``ValidationError`` where the payment
    has no right to one, and where the number is used, not the book's, or the book is used up.
    """
    book = lock(book)
    payment = DuesPayment.objects.select_related("unit").get(pk=payment.pk)
    with acting(by=by, why=why):
        receipt = _issue(payment, book, _drawn(book, number), on, by)
    if tell:
        _tell([receipt], at)
    return receipt


@transaction.atomic
def issue_many(
    *,
    payments: Iterable[DuesPayment],
    book: ReceiptBook,
    first: int,
    on: dt.date,
    by: User,
    at: dt.datetime,
    why: str,
    tell: bool = False,
) -> list[DuesReceipt]:
    """Issue a receipt for each of the payments, oldest first, all or none.

    ``first`` is the number that was shown before. Raises ``ValidationError`` if it is no longer the
    next one, if the book has too few numbers, and as `issue` does.
    """
    book = lock(book)
    if next_number(book) != first:
        raise ValidationError(
            _("Meanwhile other receipts were issued from this book. Look at the numbers again."),
            code="moved_on",
        )
    ids = [payment.pk for payment in payments]
    rows = DuesPayment.objects.select_related("unit").filter(pk__in=ids).order_by("paid_on", "pk")
    with acting(by=by, why=why):
        receipts = [
            _issue(payment, book, _drawn(book, number), on, by)
            for number, payment in enumerate(rows, first)
        ]
    if tell:
        _tell(receipts, at)
    return receipts


@transaction.atomic
def void(*, receipt: DuesReceipt, by: User, at: dt.datetime, reason: str) -> DuesReceipt:
    """Let the receipt stand for nothing; its number stays used.

    Raises ``ValidationError`` if it is void already, or without a reason.
    """
    receipt = DuesReceipt.objects.select_for_update().get(pk=receipt.pk)
    if not receipt.is_valid:
        raise ValidationError(_("This receipt is void already."))
    receipt.voided_at, receipt.voided_by, receipt.void_reason = at, by, reason.strip()
    receipt.full_clean()
    with acting(by=by, why=reason):
        receipt.save()
    return receipt


@transaction.atomic
def reissue(
    *,
    receipt: DuesReceipt,
    book: ReceiptBook,
    number: int | None,
    on: dt.date,
    by: User,
    at: dt.datetime,
    reason: str,
) -> DuesReceipt:
    """Void the receipt and issue another in its place, to the unit's name of today.

    Raises ``ValidationError`` as `void` and `issue` do.
    """
    book = lock(book)
    old = void(receipt=receipt, by=by, at=at, reason=reason)
    payment = DuesPayment.objects.select_related("unit").get(pk=old.payment_id)
    with acting(by=by, why=reason):
        return _issue(payment, book, _drawn(book, number), on, by, replaces=old)


@transaction.atomic
def spoil(
    *, book: ReceiptBook, number: int, on: dt.date, by: User, at: dt.datetime, reason: str
) -> DuesReceipt:
    """Record a form that was spoilt or lost before it stood for anything.

    Raises ``ValidationError`` where the number is used or not the book's.
    """
    book = lock(book)
    receipt = DuesReceipt(
        book=book,
        number=_drawn(book, number),
        issued_on=on,
        issued_by=by,
        voided_at=at,
        voided_by=by,
        void_reason=reason.strip(),
    )
    receipt.full_clean()
    with acting(by=by, why=reason):
        receipt.save()
    return receipt


def lock(book: ReceiptBook) -> ReceiptBook:
    """One person at a time draws numbers from a book."""
    return ReceiptBook.objects.select_for_update(no_key=True).get(pk=book.pk)


def _drawn(book: ReceiptBook, number: int | None) -> int:
    """The number asked for, or the next one. Raises ``ValidationError`` where there is none."""
    if not book.is_open:
        raise ValidationError(_("This receipt book is no longer in use."), code="closed")
    number = next_number(book) if number is None else number
    if number is None or not book.first_number <= number <= book.last_number:
        raise ValidationError(
            _("The book holds the numbers %(first)s to %(last)s only.")
            % {
                "first": book.written(book.first_number),
                "last": book.written(book.last_number),
            },
            code="not_in_book",
        )
    return number


def _issue(
    payment: DuesPayment,
    book: ReceiptBook,
    number: int,
    on: dt.date,
    by: User,
    replaces: DuesReceipt | None = None,
) -> DuesReceipt:
    if payment.is_refund or payment.confirmed_at is None:
        raise ValidationError(
            _("%(payment)s: only a confirmed payment has a receipt.") % {"payment": payment},
            code="not_confirmed",
        )
    _refuse_what_was_given_back(payment)
    receipt = DuesReceipt(
        book=book,
        number=number,
        payment=payment,
        title=payment.unit.name,
        year=payment.year,
        amount=payment.amount,
        issued_on=on,
        issued_by=by,
        replaces=replaces,
    )
    receipt.full_clean()
    receipt.save()
    return receipt


def _refuse_what_was_given_back(payment: DuesPayment) -> None:
    """The receipts of a unit and year never stand for more than was kept."""
    of_year = {"unit": payment.unit_id, "year": payment.year}
    kept = DuesPayment.objects.filter(confirmed_at__isnull=False, **of_year)
    receipted = DuesReceipt.objects.valid().filter(payment__in=kept)
    if _sum(receipted, F("amount")) + payment.amount > _sum(kept, DuesPayment.SIGNED):
        raise ValidationError(
            _("%(payment)s: money of this year was given back; less is left than the payment.")
            % {"payment": payment},
            code="given_back",
        )


def _sum(rows: QuerySet, amount) -> Decimal:
    return rows.aggregate(sum=Sum(amount, default=Decimal(0)))["sum"]


def _tell(receipts: Iterable[DuesReceipt], at: dt.datetime) -> None:
    """A letter to whom each unit has for dues, or else to its liaisons."""
    addresses = finance_addresses(receipt.payment.unit_id for receipt in receipts)
    for receipt in receipts:
        for email in addresses.get(receipt.payment.unit_id, []):
            write(
                to=email,
                subject=_("Receipt for the dues of %(year)s of %(unit)s")
                % {"year": receipt.year, "unit": receipt.title},
                text=_(
                    "The receipt for your dues of %(year)s is issued:\n\n"
                    "Payer: %(unit)s\n"
                    "Amount: %(amount)s\n"
                    "Receipt: code %(code)s, number %(number)s\n\n"
                    "See it in the portal: %(link)s\n"
                )
                % {
                    "year": receipt.year,
                    "unit": receipt.title,
                    "amount": yuan(receipt.amount),
                    "code": receipt.book.code,
                    "number": receipt.written,
                    "link": f"{settings.SITE_URL}/unit/#receipts",
                },
                at=at,
            )
