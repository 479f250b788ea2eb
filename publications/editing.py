"""Write an article: what two people save at once is shown to both, and nothing is lost."""

import difflib
import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from publications import arranging
from publications.models import Article, Section

WRITTEN = ["title", "source", "page", "is_highlight", "body"]


@dataclass(frozen=True)
class Line:
    """A line of one text; ``is_alone`` where the other text has no such line."""

    text: str
    is_alone: bool


def version(article: Article) -> str:
    """One word for what the article says: another word, another text."""
    said = repr([getattr(article, name) for name in WRITTEN])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def locked(article: Article, section: Section | None = None) -> Article:
    """The article as it is stored now, and its issue, held until this transaction ends.

    Raises ``ValidationError`` where the issue has gone out (``frozen``) or the article was deleted
    (``gone``).
    """
    arranging.lock(arranging.issue_ids(article, section))
    stored = Article.objects.select_for_update(of=["self"]).filter(pk=article.pk).first()
    if stored is None:
        raise ValidationError(
            _("Somebody deleted this article meanwhile. Copy your text, it is not saved."),
            code="gone",
        )
    return stored


def beside(theirs: str, mine: str) -> tuple[list[Line], list[Line]]:
    """The lines of both texts, each with whether the other has it too."""
    left, right = theirs.splitlines(), mine.splitlines()
    blocks = difflib.SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return marked(left, [(b.a, b.size) for b in blocks]), marked(
        right, [(b.b, b.size) for b in blocks]
    )


def marked(lines: list[str], shared: list[tuple[int, int]]) -> list[Line]:
    both = {number for start, size in shared for number in range(start, start + size)}
    return [
        Line(line, number not in both and bool(line.strip())) for number, line in enumerate(lines)
    ]
