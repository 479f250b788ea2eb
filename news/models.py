"""会员动态投稿: a text of a member unit that has been accepted for publication.

Services writes the row when it has moderated a unit's text; publications places it in an issue.
Neither knows the other: this row is where they meet.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from benefits.models import BenefitItem
from members.models import MemberUnit


class NewsSubmission(models.Model):
    """An accepted text. Where it was placed: ``submission.article`` (publications), if anywhere."""

    unit = models.ForeignKey(
        MemberUnit, models.PROTECT, related_name="news", verbose_name=_("member unit")
    )
    item = models.ForeignKey(
        BenefitItem, models.PROTECT, related_name="+", verbose_name=_("benefit item")
    )
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    filed_on = models.DateField(_("sent in on"))
    accepted_at = models.DateTimeField(_("accepted at"))
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("accepted by")
    )

    class Meta:
        verbose_name = _("member news")
        verbose_name_plural = _("member news")
        ordering = ["-accepted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="news_has_title_and_text",
                condition=~Q(title="") & ~Q(body=""),
                violation_error_message=_("A news item needs a title and a text."),
            )
        ]

    def __str__(self) -> str:
        return self.title
