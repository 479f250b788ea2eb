"""Tiers, the association's terms, and which unit holds which tier from when to when."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from members.models.dated import Dated, DatedQuerySet, in_order, no_overlap
from members.models.recorded import recorded
from members.models.units import MemberUnit


def english() -> bool:
    """Whether the reader reads English; everybody else reads Chinese."""
    return (get_language() or "").startswith("en")


class Labelled(models.Model):
    """A row whose Chinese name is the record and whose English name is a courtesy."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if english() and self.name_en else self.name


class Tier(Labelled):
    """会员级别. Rank 1 is the highest; 理事以上 means every rank up to that of 理事."""

    code = models.SlugField(_("code"), unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["rank"]


class Term(Dated, Labelled):
    """届: the period between two general assemblies."""

    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["-starts_on"]
        constraints = [in_order("term_days_in_order")]


@recorded
class TierAppointment(Dated):
    """任期内级别: a unit holds a tier from ``starts_on`` to ``ends_on``, both included."""

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="appointments", verbose_name=_("member unit")
    )
    tier = models.ForeignKey(
        Tier, models.PROTECT, related_name="appointments", verbose_name=_("tier")
    )
    term = models.ForeignKey(
        Term, models.PROTECT, related_name="appointments", verbose_name=_("term")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    resolution = models.CharField(_("resolution"), max_length=120, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier appointment")
        verbose_name_plural = _("tier appointments")
        ordering = ["unit", "-starts_on"]
        constraints = [
            no_overlap(
                "unit_id",
                name="appointment_no_overlap",
                message=_("The unit already holds a tier in this period. End that one first."),
            ),
            in_order("appointment_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.tier}"
