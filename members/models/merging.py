"""合并: one unit is absorbed by another; and rows of one unit that was entered twice."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.recorded import recorded
from members.models.units import MemberUnit


@recorded
class UnitMerger(models.Model):
    """单位合并: ``absorbed`` was a member of its own until the day ``on``, and is part of ``into``.

    Two organisations became one. The absorbed unit keeps its own history, dues included.
    """

    absorbed = models.OneToOneField(
        MemberUnit, models.PROTECT, related_name="merger", verbose_name=_("absorbed unit")
    )
    into = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="mergers", verbose_name=_("merged into")
    )
    on = models.DateField(_("last day of its own membership"))
    resolution = models.CharField(_("resolution"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("unit merger")
        verbose_name_plural = _("unit mergers")
        ordering = ["-on", "-pk"]
        permissions = [("merge_units", _("Can merge units and fold duplicates"))]
        constraints = [
            models.CheckConstraint(
                name="merger_of_two_units",
                condition=~Q(absorbed=F("into")),
                violation_error_message=_("A unit cannot be merged into itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.into}"


@recorded
class FoldedDuplicate(models.Model):
    """重复登记: one organisation was entered twice; all that ``duplicate`` had went to ``kept``.

    ``name`` and ``credit_code`` are those the duplicate had. ``set_aside`` keeps in full each row
    that would have been double and was not moved.
    """

    duplicate = models.OneToOneField(
        MemberUnit, models.PROTECT, related_name="folding", verbose_name=_("duplicate")
    )
    kept = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="foldings", verbose_name=_("kept unit")
    )
    name = models.CharField(_("name of the duplicate"), max_length=120)
    credit_code = models.CharField(_("credit code of the duplicate"), max_length=18)
    why = models.CharField(_("why"), max_length=200)
    moved = models.JSONField(_("rows moved"), default=dict)
    set_aside = models.JSONField(_("rows set aside"), default=list, encoder=DjangoJSONEncoder)
    folded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    folded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("folded duplicate")
        verbose_name_plural = _("folded duplicates")
        ordering = ["-folded_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="folding_of_two_rows", condition=~Q(duplicate=F("kept"))),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.kept}"
