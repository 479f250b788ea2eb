"""A line of the text, and what its marks say about it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

HEADING = re.compile(r"^(#{1,6}(?=\s)|#{2,6}(?=[^#]))\s*")
BOLD = re.compile(r"^(?:\*\*|__)(?P<text>.+?)(?:\*\*|__)$")
RULE = re.compile(r"^[-*_=](?:\s*[-*_=]){2,}$")
# An ellipsis on a line of its own comes out of a PDF as a row of dots.
DOTS = re.compile(r"^[.．…。·⋯\s]{3,}$|^…+$")
LINK = re.compile(r"^<?(?:https?://|www\.)[!-~]+$")
BREAKS = re.compile(r"\r\n|\n|\r")
# Form feeds and their like part lines (and pages), but no editor counts them as lines.
INNER_BREAKS = re.compile("[\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
PARAGRAPH_INDENT = re.compile(r"^(?:\u3000{1,2}|\t| {2,4}|\xa0{2,4})(?=\S)")


def key(text: str) -> str:
    """What two spellings of one title have in common: letters, digits and Chinese characters."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def solid(text: str) -> str:
    """The text without white space: what must not be lost."""
    return "".join(text.split())


def width_of_text(text: str) -> int:
    """In half-width columns, as a printer counts: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


@dataclass(frozen=True)
class Line:
    """One line; ``number`` counts from 1 as an editor does."""

    number: int
    raw: str
    # Empty lines in front of it.
    blanks: int = 0
    # The first line of a page, where the text marks its pages.
    opens_page: bool = False

    @cached_property
    def text(self) -> str:
        """The line without heading marks and bold marks around the whole of it."""
        text = HEADING.sub("", self.bare).rstrip("#").strip() if self.level else self.bare
        bold = BOLD.match(text)
        return bold["text"].strip() if bold else text

    @cached_property
    def bare(self) -> str:
        return self.raw.strip()

    @cached_property
    def level(self) -> int:
        """The heading's level, 0 for a line without heading marks."""
        found = HEADING.match(self.bare)
        return len(found[1]) if found else 0

    @cached_property
    def is_marked(self) -> bool:
        """Whether the line calls itself a heading, by ``#`` or by bold over all of it."""
        return bool(self.level or BOLD.match(self.bare))

    @cached_property
    def key(self) -> str:
        return key(self.text)

    @cached_property
    def width(self) -> int:
        return width_of_text(self.bare)

    @property
    def is_indented(self) -> bool:
        """Whether it begins as a paragraph does in print."""
        return bool(PARAGRAPH_INDENT.match(self.raw))

    @property
    def is_rule(self) -> bool:
        return bool(RULE.match(self.bare))

    @property
    def is_dots(self) -> bool:
        return bool(DOTS.match(self.bare))

    @property
    def is_link(self) -> bool:
        """A web address and nothing else."""
        return bool(LINK.match(self.bare))

    @property
    def is_row(self) -> bool:
        """A row of a table: cells parted by tabs, or Markdown's own."""
        return "\t" in self.bare or (self.bare.startswith("|") and self.bare.count("|") > 1)


def lines_of(text: str) -> list[Line]:
    """The lines that say something; blank lines only part them and keep their numbers."""
    found: list[Line] = []
    blanks, opens_page = 0, False
    for number, whole in enumerate(BREAKS.split(text.removeprefix("\ufeff")), start=1):
        for index, raw in enumerate(INNER_BREAKS.split(whole)):
            opens_page = opens_page or index > 0
            if raw.strip():
                found.append(Line(number, raw, blanks, opens_page))
                blanks, opens_page = 0, False
            else:
                blanks += 1
    return found
