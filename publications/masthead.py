"""刊头信息: who answers for an issue, as it stands in print, on the page and in the mail."""

from publications.models import Issue


def lines_of(issue: Issue) -> list[str]:
    """The lines below the highlights: address and telephone, the editor, the three reviewers."""
    return [line for line in issue.masthead.splitlines() if line.strip()]
