"""期: an issue with its sections and articles."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Max, Q, Value
from django.db.models.functions import MD5
from django.utils.translation import gettext_lazy as _

from members.models.protected import unchanged
from news.models import NewsSubmission
from publications.models import guarded
from publications.models.publications import Publication

PDF_LIMIT = 50 * 1024 * 1024


def validate_pdf(file) -> None:
    """The file is a PDF (its first bytes say so) of at most 50 MB. Raises ``ValidationError``."""
    if getattr(file, "_committed", False):
        return  # stored and checked before; reading it again would leave it open
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if b"%PDF-" not in head:
        raise ValidationError(_("This file is not a PDF. Export it as PDF and try again."))
    if file.size > PDF_LIMIT:
        raise ValidationError(_("The PDF is larger than 50 MB."))


def pdf_path(issue: "Issue", filename: str) -> str:
    return f"issues/{issue.publication.code}/{issue.year}/{issue.number}.pdf"


def typeset_path(issue: "Issue", filename: str) -> str:
    return f"issues/{issue.publication.code}/{issue.year}/{issue.number}-typeset.pdf"


def single_line(value: str) -> None:
    """No line breaks: the text becomes an e-mail subject. Raises ``ValidationError``."""
    if any(character in value for character in "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"):
        raise ValidationError(_("A title is one line: remove the line break."))


class IssueQuerySet(models.QuerySet):
    def released(self):
        """Issues that have gone out."""
        return self.filter(state=Issue.State.RELEASED)

    def due(self, at: dt.datetime):
        """Scheduled issues whose time has come."""
        return self.filter(state=Issue.State.SCHEDULED, release_at__lte=at)


class Issue(models.Model):
    """One issue of a publication. ``issued_on`` is its service date: rights are judged at it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        # Given to the three reviewers; it stays so when all have signed.
        IN_REVIEW = "in_review", _("in review")
        SCHEDULED = "scheduled", _("scheduled")
        # The set time was missed (the machine was off): a person decides.
        HELD = "held", _("waiting for a person")
        RELEASED = "released", _("released")

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="issues", verbose_name=_("publication")
    )
    issued_on = models.DateField(_("date of issue"))
    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    number = models.PositiveIntegerField(_("number in the year"), validators=[MinValueValidator(1)])
    serial_number = models.PositiveIntegerField(
        _("serial number"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    title = models.CharField(_("title"), max_length=200, blank=True, validators=[single_line])
    # As printed below the highlights: address, editor, reviewers.
    masthead = models.TextField(_("masthead"), blank=True)
    pdf = models.FileField(
        _("PDF"), upload_to=pdf_path, blank=True, validators=[validate_pdf], max_length=200
    )
    # Ours, made at the release from the articles where staff gave no PDF.
    typeset = models.FileField(
        _("typeset PDF"), upload_to=typeset_path, blank=True, editable=False, max_length=200
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.DRAFT, editable=False
    )
    release_at = models.DateTimeField(_("goes out at"), null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("time set by"),
    )
    # Why the clock did not release the issue and a person must; a sentence, stored as it was.
    held_because = models.CharField(_("why it waits"), max_length=300, blank=True, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("released by"),
    )
    # 责任编辑, named in the masthead.
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible editor"),
    )
    # It appeared before this system kept the reviews, and came in from the archive.
    is_back_issue = models.BooleanField(_("back issue"), default=False, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["-issued_on", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "year", "number"],
                name="issue_number_once_per_year",
                violation_error_message=_("The year already has an issue with this number."),
            ),
            models.UniqueConstraint(
                fields=["publication", "serial_number"],
                name="issue_serial_number_once",
                violation_error_message=_("Another issue already has this serial number."),
            ),
            models.CheckConstraint(
                name="issue_year_of_its_date",
                condition=Q(year=F("issued_on__year")),
                violation_error_message=_("The year is that of the date of issue."),
            ),
            models.CheckConstraint(
                name="issue_scheduled_has_time",
                condition=~Q(state__in=["scheduled", "held"]) | Q(release_at__isnull=False),
                violation_error_message=_("Set the time at which the issue goes out."),
            ),
            models.CheckConstraint(
                name="issue_released_has_time",
                condition=(Q(state="released") & Q(released_at__isnull=False))
                | (~Q(state="released") & Q(released_at__isnull=True)),
                violation_error_message=_("A released issue has the time of its release."),
            ),
        ]
        permissions = [
            ("release_issue", _("Can release an issue")),
            ("import_issue", _("Can import an issue")),
            ("submit_issue", _("Can submit an issue for review")),
            ("first_review_issue", _("Can sign the first review")),
            ("second_review_issue", _("Can sign the second review")),
            ("final_review_issue", _("Can sign the final review")),
        ]
        triggers = [
            unchanged("issue_back_from_the_start", "is_back_issue"),
            *guarded.ISSUE_TRIGGERS,
        ]

    def __str__(self) -> str:
        return str(
            _("%(publication)s %(year)s no. %(number)s")
            % {"publication": self.publication.label, "year": self.year, "number": self.number}
        )

    @property
    def edition(self):
        """The PDF that people get: the one that staff gave, else ours; falsy where none is."""
        return self.pdf or self.typeset

    @property
    def is_frozen(self) -> bool:
        """What members have read is never changed."""
        return self.state == self.State.RELEASED


class Section(models.Model):
    """栏目."""

    issue = models.ForeignKey(
        Issue, models.CASCADE, related_name="sections", verbose_name=_("issue")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=60)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["issue", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "position"],
                name="section_position",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]
        triggers = guarded.SECTION_TRIGGERS

    def __str__(self) -> str:
        return self.title

    def next_position(self) -> int:
        """The place behind the section's last article."""
        return (self.articles.aggregate(last=Max("position"))["last"] or 0) + 1


def text_key() -> MD5:
    """What two copies of one text have in common, however their lines are broken."""
    return MD5(
        Func(
            F("body"),
            Value(r"\s+"),
            Value(""),
            Value("g"),
            function="regexp_replace",
            output_field=models.TextField(),
        ),
    )


class ArticleQuerySet(models.QuerySet):
    def in_stock(self):
        """Articles that stand in no issue yet."""
        return self.filter(section__isnull=True)


class Article(models.Model):
    """文章. The body is Markdown; ``page`` is that of the printed edition.

    It stands in a section of an issue, or waits in the stock of a publication.
    """

    section = models.ForeignKey(
        Section,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="articles",
        verbose_name=_("section"),
    )
    stock_of = models.ForeignKey(
        Publication,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stock",
        verbose_name=_("in stock for"),
    )
    # In stock, 0.
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=200, validators=[single_line])
    source = models.CharField(_("source"), max_length=100, blank=True)
    body = models.TextField(_("text"))
    page = models.PositiveSmallIntegerField(_("page"), null=True, blank=True)
    is_highlight = models.BooleanField(_("highlight"), default=False)
    # Where the text came from a member unit: who put it here, and when.
    submission = models.OneToOneField(
        NewsSubmission,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="article",
        verbose_name=_("member news"),
    )
    placed_at = models.DateTimeField(_("placed at"), null=True, blank=True, editable=False)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("placed by"),
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["section__position", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "position"],
                name="article_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="article_in_issue_or_stock",
                condition=Q(section__isnull=False, stock_of__isnull=True)
                | Q(section__isnull=True, stock_of__isnull=False, position=0),
                violation_error_message=_(
                    "An article stands in a section of an issue, or in the stock of a publication."
                ),
            ),
            models.CheckConstraint(
                name="article_placed_by_someone",
                condition=Q(submission__isnull=True, placed_at__isnull=True, placed_by__isnull=True)
                | Q(submission__isnull=False, placed_at__isnull=False, placed_by__isnull=False),
                violation_error_message=_("A member's news names the person who placed it."),
            ),
        ]
        indexes = [
            models.Index(fields=["title"], name="article_title"),
            models.Index(text_key(), name="article_text_key"),
        ]
        triggers = [
            *guarded.ARTICLE_TRIGGERS,
            # What is found is what stands there: see `searching`.
            pgtrigger.Trigger(
                name="article_to_be_indexed",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("title", "source", "body", "section"),
                func="DELETE FROM publications_searchentry WHERE article_id = NEW.id; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.title
