"""三审: the editor submits an issue; three people sign it in turn, or one of them returns it.

Each signature is bound to the contents that were read. Any later change makes those that stand
void: the database sees to that, whoever changes and however (`models/guarded.py`).
"""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.record import acting
from publications import checking
from publications.content import content_of, digest_of, is_empty, locked, version_of
from publications.course import Course, open_comments
from publications.models import Article, Issue, ReviewComment, ReviewRound, ReviewStep

State = Issue.State
Decision = ReviewStep.Decision


@transaction.atomic
def submit(*, issue: Issue, by: User, at: dt.datetime, note: str = "") -> ReviewRound:
    """Give the issue to the first reviewer. Who submits it is its editor where none is named.

    Raises ``ValidationError`` where it is under review already or has gone out, is empty, where
    remarks of reviewers or personal data are not settled, or other findings are neither settled
    nor explained by ``note``.
    """
    current = locked(issue)
    refuse_shut(current)
    refuse_empty(current)
    refuse_open_comments(current)
    refuse_findings(current, note)
    with acting(by=by, why=_("submitted for review")):
        current.state = State.IN_REVIEW
        current.editor = current.editor or by
        current.save(update_fields=["state", "editor"])
        opened = ReviewRound.objects.create(
            issue=current,
            number=current.rounds.count() + 1,
            version=version_of(current, at),
            submitted_by=by,
            submitted_at=at,
            note=note.strip()[:300],
        )
    issue.refresh_from_db(fields=["state", "editor"])
    return opened


@transaction.atomic
def approve(
    *, issue: Issue, stage: str, digest: str, by: User, at: dt.datetime, comment: str = ""
) -> ReviewStep:
    """Sign the review ``stage`` of the contents with this ``digest``.

    Raises ``PermissionDenied`` for who cannot sign it, ``ValidationError`` where the contents
    are no longer those that were read (code ``changed``), or hold unsettled personal data.
    """
    current = locked(issue)
    course = may_decide(current, stage, by)
    if digest_of(content_of(current)) != digest:
        raise ValidationError(
            _("The issue was changed while you read it. Look at what changed, then sign."),
            code="changed",
        )
    refuse_personal(checking.unsettled(current))
    return decided(course, stage, Decision.APPROVED, by=by, at=at, comment=comment)


@transaction.atomic
def send_back(
    *,
    issue: Issue,
    stage: str,
    by: User,
    at: dt.datetime,
    comment: str = "",
    remarks: dict[int, str] | None = None,
) -> ReviewStep:
    """Return the issue to its editor, with remarks by the articles' ids. A set time is taken back.

    Raises ``PermissionDenied``, and ``ValidationError`` where nothing is said.
    """
    current = locked(issue)
    course = may_decide(current, stage, by)
    said = {pk: text.strip() for pk, text in (remarks or {}).items() if text.strip()}
    if not said and not comment.strip():
        raise ValidationError(
            _("Say what is to be corrected: in a remark or in a comment."), code="nothing_said"
        )
    step = decided(course, stage, Decision.RETURNED, by=by, at=at, comment=comment)
    articles = Article.objects.filter(pk__in=said, section__issue=current)
    ReviewComment.objects.bulk_create(
        ReviewComment(issue=current, step=step, article=each, title=each.title, text=said[each.pk])
        for each in articles.order_by("section__position", "position")
    )
    current.steps.filter(decision=Decision.APPROVED, voided_at__isnull=True).update(
        voided_at=at, voided_by=by, void_change=ReviewStep.Change.RETURNED
    )
    current.rounds.filter(ended_at__isnull=True).update(ended_at=at)
    current.state, current.release_at, current.held_because = State.DRAFT, None, ""
    current.save(update_fields=["state", "release_at", "held_because"])
    issue.refresh_from_db(fields=["state", "release_at", "held_because"])
    return step


@transaction.atomic
def settle(*, comment: ReviewComment, reply: str, by: User, at: dt.datetime) -> ReviewComment:
    """The editor has dealt with a remark. Raises ``ValidationError`` where that was done before."""
    row = ReviewComment.objects.select_for_update(of=["self"]).get(pk=comment.pk)
    if row.settled_at:
        raise ValidationError(_("This remark is settled already."))
    row.settled_by, row.settled_at, row.reply = by, at, reply.strip()[:300]
    row.save(update_fields=["settled_by", "settled_at", "reply"])
    return row


def may_decide(issue: Issue, stage: str, by: User) -> Course:
    course = Course(issue)
    if reasons := course.why_not(by, ReviewStep.Stage(stage)):
        raise PermissionDenied(" ".join(reasons))
    return course


def decided(course: Course, stage: str, decision: str, *, by, at, comment: str) -> ReviewStep:
    return ReviewStep.objects.create(
        issue=course.issue,
        round=course.round,
        stage=stage,
        decision=decision,
        by=by,
        name=str(by),
        at=at,
        comment=comment.strip(),
        version=version_of(course.issue, at),
    )


def refuse_shut(issue: Issue) -> None:
    if issue.state != State.DRAFT:
        raise ValidationError(
            _("Only a draft is submitted; this issue is: %(state)s.")
            % {"state": issue.get_state_display()},
            code="not_draft",
        )


def refuse_empty(issue: Issue) -> None:
    if is_empty(issue):
        raise ValidationError(
            _("The issue has neither articles nor a PDF: there is nothing to review."),
            code="empty",
        )


def refuse_open_comments(issue: Issue) -> None:
    if count := open_comments(issue).count():
        raise ValidationError(
            _("Remarks of reviewers to be settled first: %(count)s.") % {"count": count},
            code="open_comments",
        )


def refuse_personal(found: list[checking.Finding]) -> None:
    if any(finding.is_personal for finding in found):
        raise ValidationError(
            _("The issue shows personal data. Take it out, or settle it under “Checks”."),
            code="personal",
        )


def refuse_findings(issue: Issue, note: str) -> None:
    found = checking.unsettled(issue)
    refuse_personal(found)
    if found and not note.strip():
        raise ValidationError(
            _("Findings to be settled under “Checks”, or explained here: %(count)s.")
            % {"count": len(found)},
            code="findings",
        )
