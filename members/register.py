"""The register of a receipt book: every number of it in order, and those that are missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import Lag, TruncMonth
from django.utils.translation import gettext as _

from members.models import DuesReceipt, ReceiptBook


@dataclass(frozen=True)
class Gap:
    """Numbers from ``first`` to ``last`` that stand for nothing, before the next one used."""

    book: ReceiptBook
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    @property
    def written(self) -> str:
        first = self.book.written(self.first)
        return first if self.count == 1 else f"{first}–{self.book.written(self.last)}"


def receipts_of(book: ReceiptBook) -> QuerySet[DuesReceipt]:
    """The receipts of the book by number, each with ``before``, the number used before it."""
    before = Window(Lag("number"), order_by="number")
    rows = DuesReceipt.objects.filter(book=book).annotate(before=before).order_by("number")
    return rows.select_related("issued_by", "voided_by", "replaced_by__book")


def with_gaps(book: ReceiptBook, receipts: Iterable[DuesReceipt]) -> Iterator[DuesReceipt | Gap]:
    """The receipts (of `receipts_of`, in their order), a gap before each that does not follow."""
    for receipt in receipts:
        expected = book.first_number if receipt.before is None else receipt.before + 1
        if expected < receipt.number:
            yield Gap(book, expected, receipt.number - 1)
        receipt.book = book
        yield receipt


def gaps(book: ReceiptBook) -> list[Gap]:
    """Every gap of the book; what is left after the last number used is none."""
    behind = receipts_of(book).filter(
        Q(before__lt=F("number") - 1) | Q(before__isnull=True, number__gt=book.first_number)
    )
    return [each for each in with_gaps(book, behind) if isinstance(each, Gap)]


def unused(book: ReceiptBook) -> Gap | None:
    """The numbers after the last one used; ``None`` where the book is used up."""
    last = book.receipts.order_by("number").values_list("number", flat=True).last()
    first = book.first_number if last is None else last + 1
    return Gap(book, first, book.last_number) if first <= book.last_number else None


def months(book: ReceiptBook) -> QuerySet:
    """By month of issue: ``issued`` numbers, ``void`` ones of them, and the valid ``amount``."""
    is_void = Q(voided_at__isnull=False)
    rows = DuesReceipt.objects.filter(book=book).order_by()
    return (
        rows.values(month=TruncMonth("issued_on"))
        .annotate(
            issued=Count("pk"),
            void=Count("pk", filter=is_void),
            amount=Sum("amount", filter=~is_void, default=Decimal(0)),
        )
        .order_by("month")
    )


def table(book: ReceiptBook) -> Iterator[list]:
    """The whole register as rows of a sheet, the names of its columns first."""
    yield [
        _("receipt code"),
        _("receipt number"),
        _("state"),
        _("payer as printed"),
        _("dues of the year"),
        _("amount (yuan)"),
        _("issued on"),
        _("issued by"),
        _("voided on"),
        _("why it is void"),
        _("in its place"),
    ]
    for row in with_gaps(book, receipts_of(book).iterator(chunk_size=2000)):
        yield _missing(row) if isinstance(row, Gap) else _line(row)
    if rest := unused(book):
        yield [book.code, rest.written, _("not used yet"), *[None] * 8]


def _missing(gap: Gap) -> list:
    return [gap.book.code, gap.written, _("missing"), *[None] * 8]


def _line(receipt: DuesReceipt) -> list:
    later = getattr(receipt, "replaced_by", None)
    return [
        receipt.book.code,
        receipt.written,
        str(DuesReceipt.State(receipt.state).label),
        receipt.title,
        receipt.year,
        receipt.amount,
        receipt.issued_on,
        str(receipt.issued_by),
        receipt.voided_on,
        receipt.void_reason,
        later and later.written,
    ]
