"""任免批次: what a general assembly decides on tiers and seats, prepared and then applied."""

import datetime as dt
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models.committees import SpecialCommittee
from members.models.recorded import recorded
from members.models.tiers import Term, Tier
from members.models.units import MemberUnit

# A violated check, so that Django raises ``IntegrityError``.
LINE_OF_APPLIED = """
    IF EXISTS (SELECT 1 FROM members_appointmentbatch
                WHERE id = {row}.batch_id AND applied_at IS NOT NULL) THEN
        RAISE EXCEPTION 'The batch has been applied: its lines are history.'
              USING ERRCODE = 'check_violation';
    END IF;
    RETURN {result};
"""


def frozen(*fields: str) -> list[pgtrigger.Trigger]:
    """No line of an applied batch is added or taken away, and its ``fields`` stay as they are.

    A line may still move to another unit where two records of one unit are merged.
    """
    changed = reduce(
        or_, (pgtrigger.Q(**{f"old__{each}__df": pgtrigger.F(f"new__{each}")}) for each in fields)
    )
    return [
        pgtrigger.Trigger(
            name=f"frozen_{name}",
            when=pgtrigger.Before,
            operation=operation,
            condition=condition,
            func=LINE_OF_APPLIED.format(row=row, result=result),
        )
        for name, operation, condition, row, result in (
            ("insert", pgtrigger.Insert, None, "NEW", "NEW"),
            ("update", pgtrigger.Update, changed, "OLD", "NEW"),
            ("delete", pgtrigger.Delete, None, "OLD", "OLD"),
        )
    ]


@recorded
class AppointmentBatch(models.Model):
    """A draft can be filled and changed; once applied it is history, and another batch corrects it.

    ``effective_on`` is the day the assembly decided; ``begins_on`` the first day of the new tiers.
    """

    class Policy(models.TextChoices):
        """What a change of tier in mid-year does to the dues (docs/decisions/0011)."""

        UNCHANGED = "unchanged", _("this year's dues stay as they are")
        DIFFERENCE = "difference", _("the difference is asked for this year")
        NEXT_YEAR = "next_year", _("the new tier begins next year")

    name = models.CharField(_("name"), max_length=120)
    term = models.ForeignKey(Term, models.PROTECT, related_name="batches", verbose_name=_("term"))
    effective_on = models.DateField(_("effective on"))
    resolution = models.CharField(_("resolution"), max_length=120)
    policy = models.CharField(
        _("dues of this year"), max_length=12, choices=Policy, default=Policy.UNCHANGED
    )
    due_on = models.DateField(
        _("difference to be paid by"),
        null=True,
        blank=True,
        help_text=_("Only where the difference is asked for; it is owed from the next day on."),
    )
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reversals",
        verbose_name=_("takes back"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True, editable=False)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("applied by"),
    )

    class Meta:
        verbose_name = _("appointment batch")
        verbose_name_plural = _("appointment batches")
        ordering = ["-effective_on", "-pk"]
        permissions = [("apply_batch", _("Can apply an appointment batch"))]
        triggers = [
            pgtrigger.Protect(
                name="applied_is_history",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__applied_at__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="batch_applied_by_someone",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                violation_error_message=_("Applying a batch names the person who applied it."),
            ),
            models.CheckConstraint(
                name="batch_difference_has_its_day",
                condition=(Q(policy="difference") & Q(due_on__isnull=False))
                | (~Q(policy="difference") & Q(due_on__isnull=True)),
                violation_error_message=_(
                    "Give the day by which the difference is to be paid, "
                    "and only where it is asked for."
                ),
            ),
            models.CheckConstraint(
                name="batch_difference_due_later",
                condition=Q(due_on__isnull=True) | Q(due_on__gte=models.F("effective_on")),
                violation_error_message=_(
                    "The difference cannot be due before the change takes effect."
                ),
            ),
            models.CheckConstraint(
                name="batch_has_resolution",
                condition=~Q(resolution=""),
                violation_error_message=_("Name the resolution."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_applied(self) -> bool:
        return self.applied_at is not None

    @property
    def begins_on(self) -> dt.date:
        """The first day of the new tiers; seats change on ``effective_on`` in any case."""
        is_new_year = (self.effective_on.month, self.effective_on.day) == (1, 1)
        if self.policy == self.Policy.NEXT_YEAR and not is_new_year:
            return dt.date(self.effective_on.year + 1, 1, 1)
        return self.effective_on


class TierChange(models.Model):
    """A unit's new tier; the one it holds goes on, where a new term renews it."""

    batch = models.ForeignKey(
        AppointmentBatch, models.CASCADE, related_name="tier_changes", verbose_name=_("batch")
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="tier_changes", verbose_name=_("member unit")
    )
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("new tier"))

    class Meta:
        verbose_name = _("change of tier")
        verbose_name_plural = _("changes of tier")
        ordering = ["tier__rank", "unit__name"]
        triggers = frozen("batch", "tier")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "unit"],
                name="tier_change_once_a_unit",
                violation_error_message=_("The batch already says which tier the unit gets."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.tier}"


class SeatChange(models.Model):
    """A unit takes its seat on a committee, or leaves it."""

    class Step(models.TextChoices):
        TAKE = "take", _("takes its seat")
        LEAVE = "leave", _("leaves")

    batch = models.ForeignKey(
        AppointmentBatch, models.CASCADE, related_name="seat_changes", verbose_name=_("batch")
    )
    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="seat_changes", verbose_name=_("member unit")
    )
    committee = models.ForeignKey(
        SpecialCommittee, models.PROTECT, related_name="+", verbose_name=_("special committee")
    )
    step = models.CharField(_("takes or leaves"), max_length=5, choices=Step, default=Step.TAKE)

    class Meta:
        verbose_name = _("change of a seat")
        verbose_name_plural = _("changes of seats")
        ordering = ["committee", "unit__name"]
        triggers = frozen("batch", "committee", "step")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "unit", "committee"],
                name="seat_change_once_a_unit",
                violation_error_message=_("The batch already names the unit for this committee."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} · {self.committee}"
