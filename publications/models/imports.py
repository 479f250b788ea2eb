"""导入: a file on its way to an issue, so that a half-corrected import can be come back to."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.models.issues import Issue, single_line
from publications.models.publications import Publication


class IssueImportQuerySet(models.QuerySet):
    def open(self):
        """Not saved and not given up."""
        return self.filter(state=IssueImport.State.OPEN)

    def saved_from(self, digest: str):
        """Those that made an issue of this very file, where the issue is still there."""
        return self.filter(digest=digest, state=IssueImport.State.SAVED, issue__isnull=False)


class IssueImport(models.Model):
    """What was read from a file, as far as it has been corrected."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("import", "being corrected")
        SAVED = "saved", pgettext_lazy("import", "saved")
        DISCARDED = "discarded", pgettext_lazy("import", "given up")

    file_name = models.CharField(_("file"), max_length=200)
    # SHA-256 of the file, in hexadecimal.
    digest = models.CharField(_("digest"), max_length=64, db_index=True, editable=False)
    # How many characters other than white space the file has.
    characters = models.PositiveIntegerField(_("characters"))
    publication = models.ForeignKey(
        Publication,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("publication"),
    )
    issued_on = models.DateField(_("date of issue"), null=True, blank=True)
    number = models.PositiveIntegerField(
        _("number in the year"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    serial_number = models.PositiveIntegerField(
        _("serial number"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    title = models.CharField(_("title"), max_length=200, blank=True, validators=[single_line])
    masthead = models.TextField(_("masthead"), blank=True)
    # Rows as ``parsing.blocks.as_rows`` writes them.
    blocks = models.JSONField(_("contents"), default=list)
    # From a folder of the archive: saved, it is released as of its own date.
    is_back_issue = models.BooleanField(_("back issue"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    # Emptied when a draft is deleted: then the file may be imported again.
    issue = models.OneToOneField(
        Issue,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="imported_from",
        verbose_name=_("issue"),
    )

    objects = IssueImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of an issue")
        verbose_name_plural = _("imports of issues")
        ordering = ["-created_at", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=Q(state="open"),
                name="import_open_once_per_file",
                violation_error_message=_("This file is being imported already."),
            ),
            models.CheckConstraint(
                name="import_closed_has_time",
                condition=(Q(state="open") & Q(closed_at__isnull=True, issue__isnull=True))
                | (~Q(state="open") & Q(closed_at__isnull=False)),
                violation_error_message=_("A closed import has the time at which it was closed."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
