"""Where units pay their dues to, and the transfer slips that they send in."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from files.models import StoredFile
from members.models.dues import YEAR_RANGE, DuesNotice, DuesPayment
from members.models.units import MemberUnit


class BankAccount(models.Model):
    """收款账户 of the association. Notices show the one in use."""

    holder = models.CharField(_("account holder"), max_length=120)
    bank = models.CharField(_("bank and branch"), max_length=120)
    number = models.CharField(
        _("account number"),
        max_length=34,
        validators=[RegexValidator(r"^[0-9]{8,34}$", _("Only digits, without spaces."))],
    )
    cnaps = models.CharField(
        _("bank code (CNAPS)"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{12}$", _("The bank code has 12 digits."))],
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        ordering = ["-is_active", "holder", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"],
                condition=Q(is_active=True),
                name="bank_account_one_in_use",
                violation_error_message=_(
                    "Another account is in use. Take that one out of use first."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"

    @property
    def spaced_number(self) -> str:
        """In groups of four, to be read and compared."""
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


class TransferSlipQuerySet(models.QuerySet):
    def waiting(self):
        """Those that finance has not looked at."""
        return self.filter(payment__isnull=True, returned_at__isnull=True)


class TransferSlip(StoredFile):
    """汇款凭证: what a unit says it has paid. It counts for nothing until finance books it."""

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="transfer_slips", verbose_name=_("member unit")
    )
    notice = models.ForeignKey(
        DuesNotice, models.PROTECT, related_name="slips", verbose_name=_("dues notice")
    )
    year = models.PositiveSmallIntegerField(_("dues of the year"), validators=YEAR_RANGE)
    amount = models.DecimalField(_("amount (yuan)"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("paid on"))
    payment = models.OneToOneField(
        DuesPayment,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="slip",
        verbose_name=_("booked as"),
    )
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True, editable=False)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("returned by"),
    )
    returned_because = models.CharField(
        _("why it was returned"), max_length=200, blank=True, editable=False
    )

    objects = TransferSlipQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer slip")
        verbose_name_plural = _("transfer slips")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="slip_amount_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("Enter an amount above zero."),
            ),
            models.CheckConstraint(
                name="slip_booked_or_returned",
                condition=Q(payment__isnull=True) | Q(returned_at__isnull=True),
                violation_error_message=_("A slip is booked or returned, not both."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.year} · ¥{self.amount:,}"

    @property
    def state(self) -> str:
        """``booked``, ``returned`` or ``waiting``."""
        if self.payment_id:
            return "booked"
        return "returned" if self.returned_at else "waiting"
