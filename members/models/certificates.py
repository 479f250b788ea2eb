"""会员证书: what a unit can hang on its wall, and whether that still holds."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models.protected import kept, unchanged
from members.models.receipts import VOID, VOIDING
from members.models.recorded import recorded
from members.models.tiers import Tier
from members.models.units import MemberUnit


def random_key() -> str:
    """What the QR code's address ends in: 128 random bits."""
    return secrets.token_urlsafe(16)


class MemberCertificateQuerySet(models.QuerySet):
    def valid(self):
        """Those that were not voided. Whether one still says what holds: `members.certified`."""
        return self.filter(voided_at__isnull=True)


@recorded(exclude=("key",))
class MemberCertificate(models.Model):
    """A numbered certificate as it was printed. Of one year's, the numbers follow on each other.

    Whether the unit is a member is never read from here: the public page asks for today.
    """

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="certificates", verbose_name=_("member unit")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the year"))
    number = models.CharField(_("certificate number"), max_length=40, unique=True)
    key = models.CharField(max_length=32, unique=True, default=random_key, editable=False)
    unit_name = models.CharField(_("unit as printed"), max_length=120)
    tier = models.ForeignKey(
        Tier, models.PROTECT, related_name="+", verbose_name=_("tier as printed")
    )
    issued_on = models.DateField(pgettext_lazy("certificate", "issued on"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("certificate", "issued by"),
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

    objects = MemberCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("member certificate")
        verbose_name_plural = _("member certificates")
        ordering = ["-year", "-serial"]
        permissions = [("issue_certificate", _("Can issue and void member certificates"))]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "serial"],
                name="certificate_number_once",
                violation_error_message=_("This number is used already."),
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(voided_at__isnull=True),
                name="certificate_valid_once",
                violation_error_message=_("The unit has a certificate already."),
            ),
            models.CheckConstraint(
                name="certificate_valid_from_issue",
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("issued_on")),
                violation_error_message=_("The certificate would end before it begins."),
            ),
            models.CheckConstraint(
                name="certificate_void_with_reason",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason=""),
                violation_error_message=_("Say why it is void."),
            ),
        ]
        triggers = [
            # The unit changes where a duplicate of it is folded into another row.
            unchanged(
                "certificate_unchanged",
                *("year", "serial", "number", "key", "unit_name", "tier"),
                *("issued_on", "valid_until", "issued_by", "replaces"),
            ),
            unchanged("certificate_stays_void", *VOIDING, where=VOID),
            kept("certificate_kept"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None

    def has_expired(self, on: dt.date) -> bool:
        return self.valid_until is not None and self.valid_until < on
