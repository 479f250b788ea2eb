"""一审、二审、三审: who signed an issue, on which contents, and what became of it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models.protected import kept, unchanged
from publications.models.issues import Article, Issue

VOID = pgtrigger.Q(old__voided_at__isnull=False)
VOIDING = ("voided_at", "voided_by", "void_change", "void_title")


def person(verbose_name, **options) -> models.ForeignKey:
    """Who did it."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=verbose_name,
        **options,
    )


class IssueVersion(models.Model):
    """The contents of an issue as somebody submitted or signed them (`content.content_of`)."""

    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="versions", verbose_name=_("issue")
    )
    # SHA-256 of the contents, in hexadecimal.
    digest = models.CharField(_("digest"), max_length=64)
    content = models.JSONField(_("contents"))
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("version of an issue")
        verbose_name_plural = _("versions of issues")
        ordering = ["issue", "made_at"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "digest"], name="issue_version_once")
        ]
        triggers = [
            unchanged("issue_version_unchanged", "issue", "digest", "content", "made_at"),
            kept("issue_version_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.issue} · {self.digest[:12]}"


class ReviewRound(models.Model):
    """送审: an issue was given to the reviewers; it ends when one of them returns it."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="rounds", verbose_name=_("issue"))
    number = models.PositiveSmallIntegerField(_("round"))
    version = models.ForeignKey(
        IssueVersion, models.PROTECT, related_name="+", verbose_name=_("version submitted")
    )
    submitted_by = person(_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"))
    # Why findings of the check stay as they are; empty where each was settled.
    note = models.CharField(_("why findings stay open"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("review round")
        verbose_name_plural = _("review rounds")
        ordering = ["issue", "number"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="review_round_number_once"),
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(ended_at__isnull=True),
                name="review_round_open_once",
                violation_error_message=_("The issue is under review already."),
            ),
        ]
        triggers = [kept("review_round_kept")]

    def __str__(self) -> str:
        return f"{self.issue} · {self.number}"


class ReviewStep(models.Model):
    """One decision of a reviewer. An approval stands until the contents change; then it is void
    for ever, with the reason. The database sees to that (`models/guarded.py`)."""

    class Stage(models.TextChoices):
        FIRST = "first", _("first review")
        SECOND = "second", _("second review")
        FINAL = "final", _("final review")

    class Decision(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("review", "approved")
        RETURNED = "returned", pgettext_lazy("review", "returned")

    class Change(models.TextChoices):
        """What made an approval void."""

        ISSUE_CHANGED = "issue_changed", _("date, numbers, title, masthead, editor or PDF changed")
        SECTION_ADDED = "section_added", _("section added")
        SECTION_CHANGED = "section_changed", _("section renamed")
        SECTION_MOVED = "section_moved", _("section moved")
        SECTION_REMOVED = "section_removed", _("section removed")
        ARTICLE_ADDED = "article_added", _("article added")
        ARTICLE_CHANGED = "article_changed", _("article changed")
        ARTICLE_MOVED = "article_moved", _("article moved")
        ARTICLE_PLACED = "article_placed", _("article put elsewhere")
        ARTICLE_REMOVED = "article_removed", _("article removed")
        RETURNED = "returned", _("returned to the editor")

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="steps", verbose_name=_("issue"))
    round = models.ForeignKey(
        ReviewRound, models.PROTECT, related_name="steps", verbose_name=_("round")
    )
    stage = models.CharField(_("stage"), max_length=6, choices=Stage)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision)
    by = person(_("reviewer"))
    # As it is printed in the masthead: the name on the day of signing.
    name = models.CharField(_("name as printed"), max_length=150)
    at = models.DateTimeField(_("decided at"))
    comment = models.TextField(_("comment"), blank=True)
    version = models.ForeignKey(
        IssueVersion, models.PROTECT, related_name="+", verbose_name=_("version signed")
    )
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)
    # Empty where nobody said who acts: a statement typed by hand.
    voided_by = person(_("changed by"), null=True, blank=True)
    void_change = models.CharField(_("what was changed"), max_length=20, choices=Change, blank=True)
    # The changed article's or section's title.
    void_title = models.CharField(_("where"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")
        ordering = ["issue", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "stage"],
                condition=Q(decision="approved", voided_at__isnull=True),
                name="review_stage_signed_once",
                violation_error_message=_("This review is signed already."),
            ),
            models.UniqueConstraint(
                fields=["issue", "by"],
                condition=Q(decision="approved", voided_at__isnull=True),
                name="review_three_people",
                violation_error_message=_("One person signs one of the three reviews."),
            ),
            models.CheckConstraint(
                name="review_void_has_reason",
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_change="")
                | (Q(decision="approved", voided_at__isnull=False) & ~Q(void_change="")),
            ),
        ]
        triggers = [
            unchanged(
                "review_step_unchanged",
                *("issue", "round", "stage", "decision", "by", "name", "at", "comment", "version"),
            ),
            unchanged("review_step_stays_void", *VOIDING, where=VOID),
            kept("review_step_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} · {self.name}"


class ReviewComment(models.Model):
    """What a reviewer remarked on one article; the editor settles it."""

    issue = models.ForeignKey(
        Issue, models.PROTECT, related_name="comments", verbose_name=_("issue")
    )
    step = models.ForeignKey(
        ReviewStep, models.PROTECT, related_name="comments", verbose_name=_("review step")
    )
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        related_name="comments",
        verbose_name=_("article"),
    )
    # As it was then: the article may have gone since.
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("comment"))
    settled_by = person(_("settled by"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    reply = models.CharField(_("reply"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("comment of a reviewer")
        verbose_name_plural = _("comments of reviewers")
        ordering = ["issue", "pk"]
        constraints = [
            models.CheckConstraint(
                name="review_comment_settled_by_someone",
                condition=Q(settled_by__isnull=True, settled_at__isnull=True)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
            )
        ]
        triggers = [
            unchanged("review_comment_unchanged", "issue", "step", "title", "text"),
            kept("review_comment_kept"),
        ]

    def __str__(self) -> str:
        return self.title
