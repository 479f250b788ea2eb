"""A cycle of an award: when applications are taken, what is asked, what is to be handed in."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _

from awards.models.awards import Award
from cases.questions import Question
from members.days import day_of
from members.models.tiers import Labelled, english


def to_the_second(at: dt.datetime) -> dt.datetime:
    """A deadline of 23:59:59 includes all of that second."""
    return at.replace(microsecond=0)


class AwardCycleQuerySet(models.QuerySet):
    def announced(self):
        """Cycles that member units may see."""
        return self.filter(is_announced=True)

    def not_closed(self, at: dt.datetime):
        """Cycles whose deadline has not passed at ``at``."""
        return self.filter(closes_at__gte=to_the_second(at))

    def open(self, at: dt.datetime):
        """Cycles that take applications at ``at``."""
        return self.announced().not_closed(at).filter(opens_on__lte=day_of(at))


class AwardCycle(Labelled):
    """申报周期: one round of applications for an award.

    Applications are taken from the first second of ``opens_on`` to the second of ``closes_at``,
    both included, in Asia/Shanghai.
    """

    class Stage(models.TextChoices):
        """Where a cycle is at a moment; worked out, never stored."""

        HIDDEN = "hidden", _("not announced")
        AHEAD = "ahead", _("not yet open")
        OPEN = "open", _("taking applications")
        CLOSED = "closed", _("closed")

    award = models.ForeignKey(Award, models.PROTECT, related_name="cycles", verbose_name=_("award"))
    year = models.PositiveSmallIntegerField(_("year"))
    # An irregular award may be applied for several times a year.
    round = models.PositiveSmallIntegerField(
        _("round in the year"),
        default=1,
        help_text=_("More than 1 only for an award whose period is irregular."),
    )
    opens_on = models.DateField(_("opens on"))
    closes_at = models.DateTimeField(
        _("deadline"),
        help_text=_("The last second that counts, such as 23:59:59."),
    )
    guidance = models.TextField(
        _("guidance"), help_text=_("Leave an empty line between paragraphs.")
    )
    per_unit_limit = models.PositiveSmallIntegerField(
        _("applications per unit"),
        null=True,
        blank=True,
        help_text=_("How many a unit may hand in; leave empty for any number."),
    )
    result_expected_on = models.DateField(_("result expected on"), null=True, blank=True)
    is_announced = models.BooleanField(_("shown to member units"), default=False)
    # Who opened it from the one before; empty where it was added by hand.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("opened by"),
    )

    objects = AwardCycleQuerySet.as_manager()

    class Meta:
        verbose_name = _("award cycle")
        verbose_name_plural = _("award cycles")
        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="award_cycle_days_in_order",
                condition=Q(opens_on__lte=TruncDate("closes_at")),
                violation_error_message=_("The deadline lies before the opening day."),
            ),
            models.CheckConstraint(
                name="award_cycle_result_after_deadline",
                condition=Q(result_expected_on__isnull=True)
                | Q(result_expected_on__gte=TruncDate("closes_at")),
                violation_error_message=_("The result lies before the deadline."),
            ),
            models.CheckConstraint(
                name="award_cycle_limit_positive",
                condition=Q(per_unit_limit__isnull=True) | Q(per_unit_limit__gt=0),
                violation_error_message=_("A unit may hand in at least one; or leave it empty."),
            ),
            models.CheckConstraint(
                name="award_cycle_round_positive",
                condition=Q(round__gt=0),
                violation_error_message=_("Rounds are counted from 1."),
            ),
            models.UniqueConstraint(
                fields=["award", "year", "round"],
                name="award_cycle_once",
                violation_error_message=_("The award already has a cycle of this year."),
            ),
        ]

    def clean(self) -> None:
        """Raises ``ValidationError`` for a second round of an award that has a period."""
        super().clean()
        if self.award_id and self.round != 1 and self.award.years_between:
            message = _("Only an irregular award has several rounds in a year.")
            raise ValidationError({"round": message})

    def stage(self, at: dt.datetime) -> "AwardCycle.Stage":
        if not self.is_announced:
            return self.Stage.HIDDEN
        if day_of(at) < self.opens_on:
            return self.Stage.AHEAD
        return self.Stage.OPEN if to_the_second(at) <= self.closes_at else self.Stage.CLOSED

    @property
    def last_day(self) -> dt.date:
        """The day of the deadline in Asia/Shanghai."""
        return day_of(self.closes_at)


class CycleQuestion(Question):
    """A question that every application of the cycle answers."""

    cycle = models.ForeignKey(
        AwardCycle, models.CASCADE, related_name="questions", verbose_name=_("award cycle")
    )

    class Meta(Question.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")


class MaterialRequirement(models.Model):
    """A file that an application hands in, or may hand in."""

    cycle = models.ForeignKey(
        AwardCycle, models.CASCADE, related_name="requirements", verbose_name=_("award cycle")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    name = models.CharField(_("material"), max_length=120)
    name_en = models.CharField(_("material in English"), max_length=160, blank=True)
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    hint_en = models.CharField(_("hint in English"), max_length=200, blank=True)
    is_required = models.BooleanField(_("must be handed in"), default=True)

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if english() and self.name_en else self.name

    @property
    def hint_in_words(self) -> str:
        return self.hint_en if english() and self.hint_en else self.hint
