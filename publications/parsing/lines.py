"""A line of the text, and what its marks say about it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

HEADING = re.compile(r"^(#{1,6}(?=\s)|#{2,6}(?=[^#]))\s*")
BOLD = re.compile(r"^(?:\*\*|__)(?P<text>.+?)(?:\*\*|__)$")
RULE = re.compile(r"^[-*_=](?:\s*[-*_=]){2,}$")
# "— 3 —", "- 12 -", "第 3 页": the foot of a printed page.
PAGE_FOOT = re.compile(r"^(?:[-—–－·]+\s*\d{1,4}\s*[-—–－·]+|第\s*\d{1,4}\s*页(?:.{0,8}页)?)$")
# An ellipsis on a line of its own comes out of a PDF as a row of dots.
DOTS = re.compile(r"^[.．…。·⋯\s]{3,}$|^…+$")


def key(text: str) -> str:
    """What two spellings of one title have in common: letters, digits and Chinese characters."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@dataclass(frozen=True)
class Line:
    """One line; ``number`` counts from 1 as an editor does."""

    number: int
    raw: str

    @cached_property
    def text(self) -> str:
        """The line without heading marks and bold marks around the whole of it."""
        text = HEADING.sub("", self.raw.strip()).rstrip("#").strip() if self.level else self.bare
        bold = BOLD.match(text)
        return bold["text"].strip() if bold else text

    @property
    def bare(self) -> str:
        return self.raw.strip()

    @cached_property
    def level(self) -> int:
        """The heading's level, 0 for a line without heading marks."""
        found = HEADING.match(self.bare)
        return len(found[1]) if found else 0

    @property
    def is_marked(self) -> bool:
        """Whether the line calls itself a heading, by ``#`` or by bold over all of it."""
        return bool(self.level or BOLD.match(self.bare))

    @cached_property
    def key(self) -> str:
        return key(self.text)

    @property
    def is_blank(self) -> bool:
        return not self.bare

    @property
    def is_rule(self) -> bool:
        return bool(RULE.match(self.bare))

    @property
    def is_page_foot(self) -> bool:
        return bool(PAGE_FOOT.match(self.bare))

    @property
    def is_dots(self) -> bool:
        return bool(DOTS.match(self.bare))


def lines_of(text: str) -> list[Line]:
    """The lines that say something; blank lines only part them and keep their numbers."""
    every = (Line(number, raw) for number, raw in enumerate(text.splitlines(), start=1))
    return [line for line in every if not line.is_blank]
