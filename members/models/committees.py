"""Special committees and the units that sit on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models.dated import Dated, DatedQuerySet, in_order, no_overlap
from members.models.recorded import recorded
from members.models.tiers import Labelled
from members.models.units import MemberUnit


class SpecialCommittee(Labelled):
    """专委会."""

    code = models.SlugField(_("code"), unique=True)

    class Meta:
        verbose_name = _("special committee")
        verbose_name_plural = _("special committees")
        ordering = ["code"]


@recorded
class CommitteeSeat(Dated):
    """委员席位: a unit belongs to a committee from ``starts_on`` to ``ends_on``, both included."""

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="seats", verbose_name=_("member unit")
    )
    committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, related_name="seats", verbose_name=_("special committee")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("committee seat")
        verbose_name_plural = _("committee seats")
        ordering = ["unit", "committee", "-starts_on"]
        constraints = [
            no_overlap(
                "unit_id",
                "committee_id",
                name="seat_no_overlap",
                message=_("The unit already sits on this committee in this period."),
            ),
            in_order("seat_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.committee}"
