"""The three invented reviewers, and what they signed."""

import datetime as dt

from accounts.models import User
from publications import review
from publications.content import content_of, digest_of
from publications.models import Issue, ReviewStep

ROLES = ("first_reviewer", "second_reviewer", "final_reviewer")
HOUR = dt.timedelta(hours=1)
DEMO = "@demo.example"
NOTE = "示例内容，已逐条看过。"


def reviewers() -> list[User]:
    """One for each review, in their order."""
    return [User.objects.get(groups__name=role, email__endswith=DEMO) for role in ROLES]


def sign_off(issue: Issue, *, editor: User, at: dt.datetime) -> None:
    """Submitted and signed by all three, an hour apart."""
    sign(issue, editor=editor, at=at, by=reviewers())


def submit_to_final(issue: Issue, *, editor: User, at: dt.datetime) -> None:
    """Signed twice; the final review waits."""
    sign(issue, editor=editor, at=at, by=reviewers()[:2])


def sign(issue: Issue, *, editor: User, at: dt.datetime, by: list[User]) -> None:
    review.submit(issue=issue, by=editor, at=at, note=NOTE)
    for number, (stage, person) in enumerate(zip(ReviewStep.Stage, by, strict=False), 1):
        review.approve(
            issue=issue,
            stage=stage,
            digest=digest_of(content_of(issue)),
            by=person,
            at=at + number * HOUR,
        )
