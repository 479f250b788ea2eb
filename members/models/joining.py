"""Membership applications: an approved one is a spell of membership."""

import datetime as dt

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from members.models.dated import Dated, in_order, no_overlap
from members.models.units import MemberUnit


class MembershipApplicationQuerySet(models.QuerySet):
    def in_force(self, on: dt.date):
        """Approved applications whose membership covers the day ``on``."""
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=on),
            decision=MembershipApplication.Decision.APPROVED,
            decided_on__lte=on,
        )


@pghistory.track()
class MembershipApplication(Dated):
    """入会申请. Approved, it makes the unit a member from ``decided_on`` to ``ended_on`` inclusive.

    When a unit joined is read from here and is stored nowhere else.
    """

    DAYS = ("decided_on", "ended_on")

    class Decision(models.TextChoices):
        PENDING = "pending", _("to be decided")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="applications", verbose_name=_("member unit")
    )
    filed_on = models.DateField(_("filed on"))
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision, default=Decision.PENDING
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    resolution = models.CharField(_("resolution"), max_length=120, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    ended_on = models.DateField(_("last day of membership"), null=True, blank=True)
    ended_because = models.CharField(_("why it ended"), max_length=200, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("end recorded by"),
    )

    objects = MembershipApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership application")
        verbose_name_plural = _("membership applications")
        ordering = ["-filed_on", "-pk"]
        permissions = [("decide_application", _("Can decide a membership application"))]
        constraints = [
            no_overlap(
                "unit_id",
                name="membership_no_overlap",
                first="decided_on",
                last="ended_on",
                condition=Q(decision="approved"),
                message=_("The unit is already a member in this period."),
            ),
            in_order("membership_days_in_order", "decided_on", "ended_on"),
            models.CheckConstraint(
                name="membership_decision_dated",
                condition=(Q(decision="pending") & Q(decided_on__isnull=True))
                | (~Q(decision="pending") & Q(decided_on__isnull=False)),
                violation_error_message=_("A decision needs its date, and a date its decision."),
            ),
            models.CheckConstraint(
                name="membership_decided_after_filing",
                condition=Q(decided_on__isnull=True) | Q(decided_on__gte=models.F("filed_on")),
                violation_error_message=_("The decision lies before the application was filed."),
            ),
            models.CheckConstraint(
                name="membership_end_only_if_approved",
                condition=Q(ended_on__isnull=True) | Q(decision="approved"),
                violation_error_message=_("Only an approved membership can end."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {date_format(self.filed_on)}"

    def is_in_force(self, on: dt.date) -> bool:
        """Whether it makes the unit a member on the day ``on``."""
        return (
            self.decision == self.Decision.APPROVED
            and self.decided_on <= on
            and (self.ended_on is None or self.ended_on >= on)
        )
