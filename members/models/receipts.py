"""会费票据: books of numbered forms, and which number stands for which payment."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import BigIntegerField, F, Func, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from members.days import day_of
from members.models.dues import YEAR_RANGE, DuesPayment
from members.models.protected import kept, unchanged
from members.models.recorded import recorded


class Numbers(Func):
    """``int8range(first, last, '[]')``, both included."""

    function = "int8range"
    output_field = models.Field()

    def __init__(self, first, last):
        super().__init__(first, last, Value("[]"))


VOIDING = ("voided_at", "voided_by", "void_reason")
VOID = pgtrigger.Q(old__voided_at__isnull=False)
CODE = Cast("code", BigIntegerField())


@recorded
class ReceiptBook(models.Model):
    """A batch of receipt forms: its 票据代码, and the numbers that were printed or assigned.

    What a book holds is fixed once a number of it is used.
    """

    code = models.CharField(
        _("receipt code"),
        max_length=12,
        validators=[RegexValidator(r"^[0-9]+\Z", _("A receipt code has digits only."))],
    )
    first_number = models.BigIntegerField(_("first number"), validators=[MinValueValidator(1)])
    last_number = models.BigIntegerField(
        _("last number"), validators=[MaxValueValidator(999_999_999_999)]
    )
    digits = models.PositiveSmallIntegerField(
        _("digits of a number"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("As printed on the form, with leading zeros: 8 for 00000127."),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_open = models.BooleanField(
        _("in use"), default=True, help_text=_("Receipts are issued from books in use only.")
    )

    class Meta:
        verbose_name = _("receipt book")
        verbose_name_plural = _("receipt books")
        ordering = ["-is_open", "code", "first_number"]
        constraints = [
            models.CheckConstraint(
                name="receipt_book_code_digits",
                condition=Q(code__regex=r"^[0-9]{1,12}$"),
                violation_error_message=_("A receipt code has digits only."),
            ),
            models.CheckConstraint(
                name="receipt_book_in_order",
                condition=Q(first_number__gte=1, last_number__gte=F("first_number")),
                violation_error_message=_("The last number comes before the first."),
            ),
            ExclusionConstraint(
                name="receipt_book_no_overlap",
                expressions=[
                    (Numbers(CODE, CODE), RangeOperators.OVERLAPS),
                    (Numbers(F("first_number"), F("last_number")), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another book with this code has some of the numbers."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="book_of_receipts_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("code", "first_number", "last_number"),
                func="""
                    IF EXISTS (SELECT FROM members_duesreceipt WHERE book_id = OLD.id) THEN
                        RAISE check_violation USING
                            CONSTRAINT = 'receipt_book_stays',
                            MESSAGE = 'Numbers of this book are used: it stays as it is.';
                    END IF;
                    RETURN NEW;
                    """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.written(self.first_number)}–{self.written(self.last_number)}"

    def written(self, number: int) -> str:
        """The number as on the form, with leading zeros."""
        return f"{number:0{self.digits}}"


class DuesReceiptQuerySet(models.QuerySet):
    def valid(self):
        """Receipts that stand for money."""
        return self.filter(voided_at__isnull=True)

    def with_refunds(self):
        """Each with ``is_refunded``: whether for its unit and year more is receipted than kept."""
        of_year = {"unit": OuterRef("payment__unit"), "year": OuterRef("year")}
        payments = DuesPayment.objects.filter(confirmed_at__isnull=False, **of_year).order_by()
        kept = payments.values("unit").annotate(sum=Sum(DuesPayment.SIGNED)).values("sum")
        receipts = DuesReceipt.objects.valid().order_by()
        of_unit = receipts.filter(payment__unit=of_year["unit"], year=of_year["year"])
        receipted = of_unit.values("payment__unit").annotate(sum=Sum("amount")).values("sum")
        return self.alias(
            kept=Coalesce(Subquery(kept), Value(0), output_field=models.DecimalField()),
            receipted=Subquery(receipted, output_field=models.DecimalField()),
        ).annotate(
            is_refunded=models.Case(
                models.When(voided_at__isnull=True, receipted__gt=F("kept"), then=Value(True)),
                default=Value(False),
            )
        )


@recorded
class DuesReceipt(models.Model):
    """会费票据: a number of a book, used once: for a confirmed payment, or spoilt on paper.

    It is issued for exactly what was paid: the database looks when it is, and neither a confirmed
    payment nor a receipt is changed afterwards. Only voiding changes a row, and none is deleted.
    """

    class State(models.TextChoices):
        VALID = "valid", _("valid")
        VOID = "void", _("void")
        SPOILT = "spoilt", _("form spoilt")

    book = models.ForeignKey(
        ReceiptBook, models.PROTECT, related_name="receipts", verbose_name=_("receipt book")
    )
    number = models.BigIntegerField(_("receipt number"))
    # Without a payment: the form was spoilt before it stood for anything.
    payment = models.ForeignKey(
        DuesPayment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receipts",
        verbose_name=_("dues payment"),
    )
    title = models.CharField(_("payer as printed"), max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(
        _("dues of the year"), null=True, blank=True, validators=YEAR_RANGE
    )
    amount = models.DecimalField(
        _("amount (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    issued_on = models.DateField(_("issued on"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voided by"),
    )
    void_reason = models.CharField(_("why it is void"), max_length=200, blank=True)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("in place of"),
    )

    objects = DuesReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("dues receipt")
        verbose_name_plural = _("dues receipts")
        ordering = ["-issued_on", "-book", "-number"]
        permissions = [("issue_receipt", _("Can issue and void dues receipts"))]
        constraints = [
            models.UniqueConstraint(
                fields=["book", "number"],
                name="receipt_number_once",
                violation_error_message=_("This number is used already."),
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(voided_at__isnull=True),
                name="receipt_valid_once",
                violation_error_message=_("The payment has a valid receipt already."),
            ),
            models.CheckConstraint(
                name="receipt_for_payment_or_spoilt",
                condition=Q(payment__isnull=False, amount__gt=0, year__isnull=False) & ~Q(title="")
                | Q(payment__isnull=True, amount__isnull=True, year__isnull=True, title="")
                & Q(voided_at__isnull=False),
                violation_error_message=_("A receipt names payer, year and amount."),
            ),
            models.CheckConstraint(
                name="receipt_void_with_reason",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason=""),
                violation_error_message=_("Say why it is void."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="receipt_fits",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM members_receiptbook WHERE id = NEW.book_id
                        AND NEW.number BETWEEN first_number AND last_number
                    ) THEN
                        RAISE check_violation USING
                            CONSTRAINT = 'receipt_number_of_book',
                            MESSAGE = 'The book has no such number.';
                    END IF;
                    IF NEW.payment_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM members_duespayment WHERE id = NEW.payment_id
                        AND kind = 'payment' AND confirmed_at IS NOT NULL
                        AND amount = NEW.amount AND year = NEW.year
                    ) THEN
                        RAISE check_violation USING
                            CONSTRAINT = 'receipt_as_paid',
                            MESSAGE = 'A receipt is for what a confirmed payment paid.';
                    END IF;
                    RETURN NEW;
                    """,
            ),
            unchanged(
                "receipt_unchanged",
                *("book", "number", "payment", "title", "year", "amount"),
                *("issued_on", "issued_by", "replaces"),
            ),
            unchanged("receipt_stays_void", *VOIDING, where=VOID),
            kept("receipt_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.book.code} · {self.written}"

    @property
    def written(self) -> str:
        """The number as on the form."""
        return self.book.written(self.number)

    @property
    def voided_on(self) -> dt.date | None:
        return self.voided_at and day_of(self.voided_at)

    @property
    def is_valid(self) -> bool:
        return self.voided_at is None

    @property
    def state(self) -> str:
        if self.payment_id is None:
            return self.State.SPOILT
        return self.State.VALID if self.is_valid else self.State.VOID
