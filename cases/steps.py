"""The trail of a case: who did what and when, with what words."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.Model):
    """One entry of a trail. Subclasses say whose, and what it may have been."""

    at = models.DateTimeField(_("when"))
    # Empty where the clock did it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    comment = models.TextField(_("comment"), blank=True)
    # Notes among staff; the unit never sees them.
    is_internal = models.BooleanField(_("for staff only"), default=False)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]
