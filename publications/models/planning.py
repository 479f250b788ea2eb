"""What is planned of issues to come: templates of sections, and issues left out on purpose."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.models.issues import Section
from publications.models.publications import Publication

TITLE_LENGTH = Section._meta.get_field("title").max_length


def section_titles(text: str) -> list[str]:
    """One title a line; blank lines are nothing."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def validate_titles(text: str) -> None:
    """Each title fits a section, and none stands twice. Raises ``ValidationError``."""
    titles = section_titles(text)
    for title in titles:
        if len(title) > TITLE_LENGTH:
            raise ValidationError(
                _("“%(title)s” is longer than %(limit)s characters."),
                params={"title": title, "limit": TITLE_LENGTH},
            )
        if titles.count(title) > 1:
            raise ValidationError(_("“%(title)s” stands twice."), params={"title": title})


class SectionTemplate(models.Model):
    """栏目模板: the sections an issue may start with."""

    publication = models.ForeignKey(
        Publication,
        models.CASCADE,
        related_name="section_templates",
        verbose_name=_("publication"),
    )
    name = models.CharField(_("name"), max_length=40)
    titles = models.TextField(
        _("titles of the sections"),
        validators=[validate_titles],
        help_text=_("One a line, in their order."),
    )

    class Meta:
        verbose_name = _("template of sections")
        verbose_name_plural = _("templates of sections")
        ordering = ["publication", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "name"],
                name="section_template_name_once",
                violation_error_message=_("The publication has a template of this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SkippedIssue(models.Model):
    """停刊: no issue appears where one was due, and why; a week of holidays, for instance."""

    publication = models.ForeignKey(
        Publication, models.CASCADE, related_name="skipped", verbose_name=_("publication")
    )
    due_on = models.DateField(_("was due on"))
    reason = models.CharField(_("reason"), max_length=200)
    skipped_at = models.DateTimeField(_("decided at"), editable=False)
    skipped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("issue left out")
        verbose_name_plural = _("issues left out")
        ordering = ["-due_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "due_on"],
                name="skipped_issue_once",
                violation_error_message=_("This issue is marked as left out already."),
            ),
            models.CheckConstraint(
                name="skipped_issue_reason",
                condition=~models.Q(reason=""),
                violation_error_message=_("Say why no issue appears."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication.label} {self.due_on}"
