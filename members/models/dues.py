"""What a tier owes for a year, and what units have paid."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from members.models.tiers import Tier
from members.models.units import MemberUnit

YEAR_RANGE = [MinValueValidator(1990), MaxValueValidator(2100)]


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


class DuesPaymentQuerySet(models.QuerySet):
    def counted(self, on: dt.date):
        """Confirmed payments and refunds dated on or before ``on``."""
        return self.filter(confirmed_at__isnull=False, paid_on__lte=on)


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
