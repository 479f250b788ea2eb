"""Units that owe dues, as staff list them, and what the council decided about one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.protected import kept
from members.models.recorded import recorded
from members.models.units import MemberUnit


class DuesAccount(MemberUnit):
    """会费账户 of a unit: what is due, waived, paid and missing for a year."""

    class Meta:
        proxy = True
        verbose_name = _("dues account")
        verbose_name_plural = _("dues accounts")


class UnitInArrears(MemberUnit):
    """欠费单位: a member whose dues of several years in a row are not covered."""

    class Meta:
        proxy = True
        verbose_name = _("unit in arrears")
        verbose_name_plural = _("units in arrears")


@recorded
class ArrearsDecision(models.Model):
    """What the council decided about a unit in arrears: wait until a day, or end the membership."""

    class Outcome(models.TextChoices):
        WAIT = "wait", _("wait")
        END = "end", _("end the membership")

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="arrears_decisions", verbose_name=_("member unit")
    )
    outcome = models.CharField(_("decision"), max_length=10, choices=Outcome)
    decided_on = models.DateField(_("decided on"))
    resolution = models.CharField(_("resolution"), max_length=120)
    wait_until = models.DateField(_("wait until"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("decision on arrears")
        verbose_name_plural = _("decisions on arrears")
        ordering = ["-decided_on", "-pk"]
        triggers = [kept("arrears_decision_stays")]
        constraints = [
            models.CheckConstraint(
                name="arrears_wait_has_its_day",
                condition=Q(
                    outcome="wait",
                    wait_until__isnull=False,
                    wait_until__gt=models.F("decided_on"),
                )
                | (~Q(outcome="wait") & Q(wait_until__isnull=True)),
                violation_error_message=_("Waiting needs a day after the decision."),
            ),
            models.CheckConstraint(
                name="arrears_decided_by_resolution",
                condition=~Q(resolution=""),
                violation_error_message=_("Name the resolution."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.get_outcome_display()}"
