"""Units as staff list them here (the table is that of the members), and letters they were sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from letters.models import Letter
from members.models import MemberUnit


class UnitStatement(MemberUnit):
    """权益账单 of a unit: what was promised, used and left in a year."""

    class Meta:
        proxy = True
        verbose_name = _("benefit statement")
        verbose_name_plural = _("benefit statements")


class CliffUnit(MemberUnit):
    """A unit as the list of those lists it that lose their standing at the turn of a half-year."""

    class Meta:
        proxy = True
        verbose_name = _("standing about to end")
        verbose_name_plural = _("standing about to end")


class CliffLetter(models.Model):
    """A unit was told what ends after ``last_day``, and until when it is still its own."""

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="cliff_letters", verbose_name=_("member unit")
    )
    last_day = models.DateField(_("last day in good standing"))
    letters = models.ManyToManyField(Letter, related_name="+", verbose_name=_("letters"))
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )

    class Meta:
        verbose_name = _("letter about the end of a standing")
        verbose_name_plural = _("letters about the end of a standing")
        ordering = ["-last_day", "unit"]
        permissions = [("write_cliff_letters", _("Can write to units about to lose standing"))]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "last_day"],
                name="cliff_letter_once",
                violation_error_message=_("The unit was written to about this day already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.last_day}"
