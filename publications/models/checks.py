"""What the check before review found: what an editor let stand, and which links answer."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.models.issues import Issue


class SettledFinding(models.Model):
    """An editor looked at a finding and let it stand: it is so on purpose.

    The fingerprint is that of what was found; a changed text gives another.
    """

    issue = models.ForeignKey(
        Issue, models.CASCADE, related_name="settled_findings", verbose_name=_("issue")
    )
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    # The finding as it was read.
    said = models.CharField(_("finding"), max_length=500)
    why = models.CharField(_("why it stands"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("settled by")
    )
    at = models.DateTimeField(_("settled at"))

    class Meta:
        verbose_name = _("settled finding")
        verbose_name_plural = _("settled findings")
        ordering = ["issue", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "fingerprint"], name="finding_settled_once")
        ]

    def __str__(self) -> str:
        return self.said


class LinkCheck(models.Model):
    """Whether an address answered when it was last asked."""

    class Outcome(models.TextChoices):
        ALIVE = "alive", _("answers")
        DEAD = "dead", _("page not found")
        NO_ANSWER = "no_answer", _("not answered")
        NOT_PUBLIC = "not_public", _("not a public address")

    url = models.CharField(_("address"), max_length=1000, unique=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    # The server's answer, or 0.
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    checked_at = models.DateTimeField(_("asked at"))

    class Meta:
        verbose_name = _("link check")
        verbose_name_plural = _("link checks")
        ordering = ["url"]

    def __str__(self) -> str:
        return self.url
