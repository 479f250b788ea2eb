"""刊头信息: who answers for an issue, as it stands in print, on the page and in the mail."""

import re

from publications.models import Issue, ReviewStep

Stage = ReviewStep.Stage
# As they are printed, whatever the reader's language.
EDITOR = "责任编辑："
LABELS = {Stage.FIRST: "一审：", Stage.SECOND: "二审：", Stage.FINAL: "三审："}
# Lines that were typed and that fill themselves in; one with a number holds more than names.
TYPED = re.compile(r"^\s*(?:责任编辑|一审|二审|三审|初审|复审|终审)\s*[:：]\D*$")


def lines_of(issue: Issue) -> list[str]:
    """The lines below the highlights: address and telephone, the editor, the three reviewers.

    An issue that came in from the archive, or went out before the reviews were kept here, has
    the lines it was printed with.
    """
    own = [line for line in issue.masthead.splitlines() if line.strip()]
    filled = [*editor_line(issue), *reviewers_line(issue)]
    if issue.is_back_issue or not filled:
        return own
    return [*(line for line in own if not TYPED.match(line)), *filled]


def typed_lines(issue: Issue) -> list[str]:
    """Own lines that name an editor or reviewers by hand."""
    return [line.strip() for line in issue.masthead.splitlines() if TYPED.match(line)]


def editor_line(issue: Issue) -> list[str]:
    return [f"{EDITOR}{issue.editor}"] if issue.editor else []


def reviewers_line(issue: Issue) -> list[str]:
    """“一审：甲  二审：乙  三审：丙”, of those whose signatures stand."""
    steps = issue.steps.filter(decision=ReviewStep.Decision.APPROVED, voided_at__isnull=True)
    names = dict(steps.values_list("stage", "name"))
    signed = [f"{label}{names[stage]}" for stage, label in LABELS.items() if stage in names]
    return ["  ".join(signed)] if signed else []
