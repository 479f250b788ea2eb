"""What a tier owes for a year, what is added or waived for a unit, and what units have paid."""

import datetime as dt
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from letters.models import Letter
from members.models.protected import kept, unchanged
from members.models.recorded import recorded
from members.models.tiers import Tier
from members.models.units import MemberUnit

YEAR_RANGE = [MinValueValidator(1990), MaxValueValidator(2100)]
CONFIRMED = pgtrigger.Q(old__confirmed_at__isnull=False)


@recorded
class DuesStandard(models.Model):
    """会费标准: what a tier owes for a year, in yuan."""

    tier = models.ForeignKey(
        Tier, models.PROTECT, related_name="dues_standards", verbose_name=_("tier")
    )
    year = models.PositiveSmallIntegerField(_("year"), validators=YEAR_RANGE)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2)
    resolution = models.CharField(_("resolution"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("dues standard")
        verbose_name_plural = _("dues standards")
        ordering = ["-year", "tier__rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "year"],
                name="dues_standard_once",
                violation_error_message=_("This tier already has a standard for this year."),
            ),
            models.CheckConstraint(
                name="dues_standard_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("Dues are more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.tier} · ¥{self.amount:,}"


class DuesAdjustmentQuerySet(models.QuerySet):
    def applied(self, on: dt.date):
        """Adjustments that change what is due on the day ``on``."""
        return self.filter(applies_from__lte=on)


@recorded
class DuesAdjustment(models.Model):
    """会费调整: what a unit owes for a year, more or less than its standard, from a day on.

    A row is never edited: a mistake is corrected by a row of the opposite amount.
    """

    class Kind(models.TextChoices):
        WAIVER = "waiver", _("waiver")
        DIFFERENCE = "difference", _("difference after a change of tier")
        CORRECTION = "correction", _("correction")

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="adjustments", verbose_name=_("member unit")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    year = models.PositiveSmallIntegerField(_("dues of the year"), validators=YEAR_RANGE)
    amount = models.DecimalField(_("added to what is due (yuan)"), max_digits=12, decimal_places=2)
    applies_from = models.DateField(_("applies from"))
    reason = models.CharField(_("reason"), max_length=200)
    resolution = models.CharField(_("resolution"), max_length=120, blank=True)
    # The row that this one takes back; each can be taken back once.
    corrects = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="corrected_by",
        verbose_name=_("corrects"),
    )
    decided_at = models.DateTimeField(_("decided at"), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = DuesAdjustmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("dues adjustment")
        verbose_name_plural = _("dues adjustments")
        ordering = ["-decided_at", "-pk"]
        permissions = [("waive_dues", _("Can waive dues"))]
        indexes = [models.Index(fields=["year", "unit"], name="adjustment_of_year")]
        triggers = [
            kept("adjustment_stays"),
            unchanged("adjustment_unchanged", "kind", "year", "amount", "applies_from", "corrects"),
        ]
        constraints = [
            models.CheckConstraint(
                name="adjustment_changes_something",
                condition=~Q(amount=0),
                violation_error_message=_("An adjustment adds or takes away something."),
            ),
            models.CheckConstraint(
                name="adjustment_waiver_takes_away",
                condition=~Q(kind="waiver") | Q(amount__lt=0),
                violation_error_message=_("A waiver takes away from what is due."),
            ),
            models.CheckConstraint(
                name="adjustment_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.year} · {self.amount:+,}"


class DuesNoticeQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


@recorded
class DuesNotice(models.Model):
    """缴费通知: what a unit was asked to pay for a year, as it stood when it was asked.

    Whether it is paid is counted from the payments; nothing of that is stored here. One that was
    wrong is withdrawn, never deleted.
    """

    class Kind(models.TextChoices):
        ANNUAL = "annual", pgettext_lazy("notice", "dues of the year")
        DIFFERENCE = "difference", _("difference after a change of tier")

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="notices", verbose_name=_("member unit")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ANNUAL)
    year = models.PositiveSmallIntegerField(_("dues of the year"), validators=YEAR_RANGE)
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("tier"))
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2)
    due_on = models.DateField(_("to be paid by"))
    raised_at = models.DateTimeField(_("raised at"), editable=False)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("raised by"),
    )
    letters = models.ManyToManyField(
        Letter, related_name="+", blank=True, editable=False, verbose_name=_("letters")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_because = models.CharField(
        _("why it was withdrawn"), max_length=200, blank=True, editable=False
    )

    objects = DuesNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dues notice")
        verbose_name_plural = _("dues notices")
        ordering = ["-year", "-raised_at", "-pk"]
        permissions = [("raise_notices", _("Can raise dues notices"))]
        triggers = [
            kept("notice_stays"),
            unchanged("notice_unchanged", "kind", "year", "amount", "tier", "raised_at"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"],
                condition=Q(kind="annual", withdrawn_at__isnull=True),
                name="notice_once_a_year",
                violation_error_message=_("The unit already has its notice for this year."),
            ),
            models.CheckConstraint(
                name="notice_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("A notice asks for more than zero."),
            ),
            models.CheckConstraint(
                name="notice_withdrawn_for_a_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_because="")
                ),
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.year} · ¥{self.amount:,}"

    @property
    def is_difference(self) -> bool:
        return self.kind == self.Kind.DIFFERENCE


class DuesPaymentQuerySet(models.QuerySet):
    def counted(self, on: dt.date):
        """Confirmed payments and refunds dated on or before ``on``."""
        return self.filter(confirmed_at__isnull=False, paid_on__lte=on)


@recorded
class DuesPayment(models.Model):
    """缴费: money for one year's dues, received or given back on a day."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment")
        REFUND = "refund", _("refund")

    # What a row adds to the year's sum.
    SIGNED = Case(When(kind=Kind.REFUND, then=-F("amount")), default=F("amount"))

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="payments", verbose_name=_("member unit")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PAYMENT)
    year = models.PositiveSmallIntegerField(_("dues of the year"), validators=YEAR_RANGE)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("paid on"))
    reference = models.CharField(_("bank reference"), max_length=120, blank=True)
    reason = models.CharField(_("reason of a refund"), max_length=200, blank=True)
    # The part of a bank statement's line that it came from; one payment for each part.
    share = models.OneToOneField(
        "members.LineShare",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="payment",
        verbose_name=_("part of a line"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    objects = DuesPaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("dues payment")
        verbose_name_plural = _("dues payments")
        ordering = ["-paid_on", "-pk"]
        permissions = [("confirm_payment", _("Can confirm a dues payment"))]
        triggers = [
            kept("confirmed_payment_stays", where=CONFIRMED),
            unchanged(
                "confirmed_payment_unchanged",
                *("kind", "year", "amount", "paid_on", "confirmed_at", "confirmed_by"),
                where=CONFIRMED,
            ),
        ]
        indexes = [
            models.Index(
                "year",
                "unit",
                name="payment_counted",
                condition=Q(confirmed_at__isnull=False),
                include=["paid_on", "amount", "kind"],
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="payment_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("Enter an amount above zero; a refund is a kind."),
            ),
            models.CheckConstraint(
                name="payment_confirmed_by_someone",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                violation_error_message=_("A confirmation names the person who confirmed."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.year} · ¥{self.amount:,}"

    @property
    def is_refund(self) -> bool:
        return self.kind == self.Kind.REFUND

    @property
    def signed_amount(self) -> Decimal:
        """What the row adds to the year's sum."""
        return -self.amount if self.is_refund else self.amount
