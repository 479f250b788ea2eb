"""How far an issue has come through its three reviews, and who may sign next."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import template_localtime
from django.utils.translation import gettext as _

from accounts.models import User
from publications.content import content_of, digest_of
from publications.models import Issue, ReviewComment, ReviewRound, ReviewStep

Stage = ReviewStep.Stage
Decision = ReviewStep.Decision
PERMISSIONS = {
    Stage.FIRST: "publications.first_review_issue",
    Stage.SECOND: "publications.second_review_issue",
    Stage.FINAL: "publications.final_review_issue",
}


@dataclass(frozen=True)
class Place:
    """One of the three reviews: who signed it, or the sign-off that became void last."""

    stage: Stage
    signed: ReviewStep | None
    voided: ReviewStep | None
    is_next: bool


class Course:
    """The reviews of one issue as they are recorded; asked anew for each page."""

    def __init__(self, issue: Issue):
        self.issue = issue

    @cached_property
    def rounds(self) -> list[ReviewRound]:
        return list(self.issue.rounds.select_related("submitted_by", "version").order_by("number"))

    @property
    def round(self) -> ReviewRound | None:
        """The round that is open; none while the editor has the issue."""
        return self.rounds[-1] if self.rounds and self.rounds[-1].ended_at is None else None

    @cached_property
    def steps(self) -> list[ReviewStep]:
        rows = self.issue.steps.select_related("by", "voided_by", "version", "round")
        return list(rows.prefetch_related("comments").order_by("at", "pk"))

    @cached_property
    def standing(self) -> dict[str, ReviewStep]:
        """By stage, the approvals that hold."""
        return {
            step.stage: step
            for step in self.steps
            if step.decision == Decision.APPROVED and step.voided_at is None
        }

    @cached_property
    def next_stage(self) -> Stage | None:
        """The review whose turn it is; none where nothing is under review, or all have signed."""
        if self.round is None or self.issue.is_frozen:
            return None
        return next((stage for stage in Stage if stage not in self.standing), None)

    @property
    def is_signed_off(self) -> bool:
        return len(self.standing) == len(Stage)

    @cached_property
    def places(self) -> list[Place]:
        return [
            Place(
                stage, self.standing.get(stage), self.last_voided(stage), stage == self.next_stage
            )
            for stage in Stage
        ]

    def last_voided(self, stage: Stage) -> ReviewStep | None:
        """The stage's sign-off of the open round that became void last."""
        void = [
            step
            for step in self.steps
            if step.stage == stage
            and step.voided_at
            and self.round
            and step.round_id == self.round.pk
        ]
        return void[-1] if void and stage not in self.standing else None

    @cached_property
    def voided(self) -> list[ReviewStep]:
        """What was signed in the open round, must be signed again, and why."""
        return [place.voided for place in self.places if place.voided]

    @property
    def changed_titles(self) -> list[str]:
        """Of articles that differ from what was submitted or decided on last."""
        seen = [(each.submitted_at, each.version) for each in self.rounds[-1:]]
        seen += [(each.at, each.version) for each in self.steps[-1:]]
        if not seen:
            return []
        _at, latest = max(seen, key=lambda pair: pair[0])
        before, now = by_id(latest.content), by_id(content_of(self.issue))
        return [each["title"] for pk, each in now.items() if before.get(pk) != each]

    @property
    def returned(self) -> ReviewStep | None:
        """The return that the editor has to answer."""
        if self.round or not self.steps or self.steps[-1].decision != Decision.RETURNED:
            return None
        return self.steps[-1]

    def why_not(self, by: User, stage: Stage | None = None) -> list[str]:
        """Why this person cannot sign the review whose turn it is, in sentences."""
        turn = self.next_stage
        if turn is None:
            return [_("No review waits for a signature.")]
        if stage and stage != turn:
            return [_("It is the turn of the %(stage)s.") % {"stage": turn.label}]
        if not by.has_perm(PERMISSIONS[turn]):
            return [_("Your role does not sign the %(stage)s.") % {"stage": turn.label}]
        if any(step.by_id == by.pk for step in self.standing.values()):
            return [_("You have signed another review of this issue; three people sign.")]
        if turn != Stage.FIRST and by.pk in (self.issue.editor_id, self.round.submitted_by_id):
            return [_("Who edited or submitted the issue can sign the first review only.")]
        return []


def by_id(content: dict) -> dict[int, dict]:
    return {each["id"]: each for part in content["sections"] for each in part["articles"]}


def open_comments(issue: Issue) -> QuerySet[ReviewComment]:
    """Remarks of reviewers that the editor has not settled."""
    return issue.comments.filter(settled_at__isnull=True)


def missing(issue: Issue) -> list[str]:
    """What the issue lacks to go out, in sentences; empty when three people signed what it says.

    A back issue appeared before the reviews were kept here: it needs none.
    """
    if issue.is_back_issue:
        return []
    course = Course(issue)
    if course.returned:
        return [_("The issue was returned by the %(stage)s.") % stage_of(course.returned)]
    if course.round is None:
        return [_("The issue has not been submitted for review.")]
    if not course.is_signed_off:
        return [*(voided_sentence(step) for step in course.voided), *waiting(course)]
    digest = digest_of(content_of(issue))
    if any(step.version.digest != digest for step in course.standing.values()):
        return [_("What was signed is not what the issue holds now. Change and sign it again.")]
    return []


def told_to_editors(issue: Issue) -> list[str]:
    """What whoever changes the issue is to know: whose signatures a change makes void, and whose
    are void already. Empty while it is a draft."""
    if issue.is_frozen or issue.state == Issue.State.DRAFT:
        return []
    course = Course(issue)
    if course.round is None:
        return []
    told = [voided_sentence(step) for step in course.voided]
    if course.standing:
        signed = _(", ").join(
            _("%(name)s (%(stage)s)") % {"name": step.name, "stage": step.get_stage_display()}
            for step in course.standing.values()
        )
        told.append(_("Signed by %(people)s. Any change makes this void.") % {"people": signed})
    return told


def waiting(course: Course) -> list[str]:
    stages = [str(stage.label) for stage in Stage if stage not in course.standing]
    return [_("Not signed yet: %(stages)s.") % {"stages": _(", ").join(stages)}]


def stage_of(step: ReviewStep) -> dict[str, str]:
    return {"stage": step.get_stage_display()}


def voided_sentence(step: ReviewStep) -> str:
    """Whose sign-off is void, and what was changed by whom and when."""
    return _("The %(stage)s by %(name)s is void: %(change)s.") % {
        "stage": step.get_stage_display(),
        "name": step.name,
        "change": void_reason(step),
    }


def void_reason(step: ReviewStep) -> str:
    """“Article changed: “…” (who, when)”."""
    change = step.get_void_change_display()
    if step.void_title:
        change = _("%(change)s, “%(title)s”") % {"change": change, "title": step.void_title}
    return _("%(change)s (%(who)s, %(at)s)") % {
        "change": change,
        "who": step.voided_by or _("somebody unknown"),
        "at": date_format(template_localtime(step.voided_at), "DATETIME_FORMAT"),
    }
