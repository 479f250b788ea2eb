"""在线阅读: that a unit opened an issue. Of the unit only: never who read it, or from where."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from benefits.models import Medium
from members.models import MemberUnit, Tier
from publications.models.issues import Issue


class Reading(models.Model):
    """A unit has opened an issue, or its PDF, so many times; on what right, as first decided."""

    # `reading_once` serves for the issue.
    issue = models.ForeignKey(
        Issue, models.PROTECT, db_index=False, related_name="readings", verbose_name=_("issue")
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="readings", verbose_name=_("member unit")
    )
    first_at = models.DateTimeField(_("first opened at"))
    last_at = models.DateTimeField(_("last opened at"))
    times = models.PositiveIntegerField(_("times opened"), default=1)
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("tier")
    )
    basis = models.CharField(_("basis"), max_length=40)
    # Of the right on the day of issue. Whoever gets paper may read online besides.
    medium = models.CharField(_("medium"), max_length=12, choices=Medium)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "unit"], name="reading_once"),
            models.CheckConstraint(
                name="reading_times_in_order",
                condition=Q(last_at__gte=F("first_at")) & Q(times__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.issue}"
