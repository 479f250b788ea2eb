"""When units are reminded of their dues, and what became of each reminder."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from letters.models import Letter
from members.models.dues import DuesNotice


class ReminderRule(models.Model):
    """催缴规则: a reminder so many days before or after a notice is to be paid."""

    days = models.SmallIntegerField(
        _("days after the notice is to be paid"),
        unique=True,
        help_text=_("Below zero: so many days before. 30: a month after the day has passed."),
        error_messages={"unique": _("There is a reminder for this day already.")},
    )
    opening = models.TextField(
        _("opening of the letter"),
        max_length=500,
        help_text=_("The amount, the account and the remark follow by themselves."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["days"]
        constraints = [
            models.CheckConstraint(
                name="reminder_within_a_year",
                condition=Q(days__gte=-366, days__lte=366),
                violation_error_message=_("Choose at most a year before or after."),
            )
        ]

    def __str__(self) -> str:
        return self.when

    @property
    def when(self) -> str:
        """七天前, 当天, 三十天后."""
        if not self.days:
            return str(_("on the day"))
        text = (
            ngettext("%(count)s day before", "%(count)s days before", -self.days)
            if self.days < 0
            else ngettext("%(count)s day after", "%(count)s days after", self.days)
        )
        return text % {"count": abs(self.days)}

    @property
    def is_before(self) -> bool:
        return self.days <= 0


class DuesReminder(models.Model):
    """催缴记录: one rule applied to one notice, once; sent, or the reason why not."""

    class Outcome(models.TextChoices):
        SENT = "sent", _("sent")
        PAID = "paid", _("not sent: nothing is missing")
        ENDED = "ended", _("not sent: no longer a member")
        IN_HAND = "in_hand", _("not sent: a payment is being checked")
        NO_ADDRESS = "no_address", _("not sent: no address")
        OVERTAKEN = "overtaken", _("not sent: a later reminder took its place")

    notice = models.ForeignKey(
        DuesNotice, models.PROTECT, related_name="reminders", verbose_name=_("dues notice")
    )
    rule = models.ForeignKey(
        ReminderRule, models.PROTECT, related_name="reminders", verbose_name=_("reminder rule")
    )
    due_on = models.DateField(_("was due on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    missing = models.DecimalField(_("missing (yuan)"), max_digits=12, decimal_places=2)
    decided_at = models.DateTimeField(_("decided at"))
    letters = models.ManyToManyField(
        Letter, related_name="+", blank=True, verbose_name=_("letters")
    )

    class Meta:
        verbose_name = _("dues reminder")
        verbose_name_plural = _("dues reminders")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "rule"], name="reminder_once_per_rule")
        ]

    def __str__(self) -> str:
        return f"{self.notice} · {self.rule}"
