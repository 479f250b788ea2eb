"""A letter: one e-mail to one person about a case of theirs, written down before it is sent."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LetterQuerySet(models.QuerySet):
    def due(self, at: dt.datetime):
        """Letters to be sent now: those that wait, and those whose sender died meanwhile."""
        waiting = Q(state=Letter.State.WAITING, due_at__lte=at)
        abandoned = Q(state=Letter.State.CLAIMED, lease_until__lte=at)
        return self.filter(waiting | abandoned)


class Letter(models.Model):
    """The row is the truth and the broker a hint: what is written here goes out, once at least.

    A repeat, after a conversation that broke, carries the same Message-ID.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CLAIMED = "claimed", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    to = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    # One small attachment, such as a calendar entry; empty for none.
    attachment = models.TextField(_("attachment"), blank=True)
    attachment_name = models.CharField(_("name of the attachment"), max_length=80, blank=True)
    attachment_type = models.CharField(_("type of the attachment"), max_length=80, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    written_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due at"))
    token = models.UUIDField(_("claim token"), null=True, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    reply = models.CharField(_("what went wrong"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="letter_claimed_has_claim",
                condition=~Q(state="claimed") | Q(token__isnull=False, lease_until__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_sent_has_time",
                condition=(Q(state="sent") & Q(sent_at__isnull=False))
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_unsent",
                condition=Q(state__in=["waiting", "claimed"]),
            )
        ]

    def __str__(self) -> str:
        return self.subject
