"""The form between a file and an issue: blocks, each some of the file's text and what it is.

Every character of the file that is not white space stands in exactly one block. What is left out
of the issue (page numbers, the contents) stands in a block that says so.
"""

import re
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.parsing.lines import BOLD, HEADING, Line, solid

LATIN = re.compile(r"[A-Za-z0-9,.;:)\]%]")


class Kind(TextChoices):
    SECTION = "section", _("section")
    TITLE = "title", _("title of an article")
    SUBHEADING = "subheading", _("subheading")
    PARAGRAPH = "paragraph", _("paragraph")
    ROW = "row", _("row of a table")
    SOURCE = "source", _("source")
    COVER = "cover", _("cover")
    HIGHLIGHT = "highlight", _("highlight on the cover")
    MASTHEAD = "masthead", _("masthead")
    CONTENTS = "contents", pgettext_lazy("of an issue", "table of contents")
    PAGE_MARK = "page_mark", _("page number or running line")
    LEFT_OUT = "left_out", _("left out")


# What stands in an article, below its title.
BODY = {Kind.SUBHEADING, Kind.PARAGRAPH, Kind.ROW, Kind.SOURCE}
# What may stand between articles and says nothing about where one ends.
ASIDE = {Kind.PAGE_MARK, Kind.LEFT_OUT}


class Doubt(TextChoices):
    """Why a person should look. A sentence may name something: ``%(about)s``."""

    BAD_DATE = "bad_date", _("The cover's date “%(about)s” is not in the calendar.")
    NO_ARTICLE = "no_article", _("This stands before the first article and is in none.")
    NO_TITLE = "no_title", _("No title was found behind the source above: text goes on.")
    TITLE_OR_TEXT = "title_or_text", _("Title or the first line of a paragraph?")
    TWO_LINE_TITLE = "two_line_title", _("Are these lines one title?")
    NEW_SECTION = "new_section", _("A section that no issue has had so far?")
    MAYBE_TITLE = "maybe_title", _("A subheading, or the title of an article?")
    MAYBE_SUBHEADING = "maybe_subheading", _("The title of an article, or a subheading?")
    WEAK_SOURCE = "weak_source", _("Is this the source, or part of the sentence?")
    OTHER_SPELLING = "other_spelling", _("The contents spell this title “%(about)s”.")
    NOT_IN_TEXT = "not_in_text", _("The text has no title “%(about)s”.")
    NO_TEXT = "no_text", _("This title has no text under it.")
    NOT_IN_CONTENTS = "not_in_contents", _("The contents do not name this section.")
    LONE_NUMBER = "lone_number", _("A page number, or part of the text?")
    REPEATED = "repeated", _("A line printed on every page, or part of the text?")
    NO_MATCH = "no_match", _("No article has this title.")


# With these an issue is not taken into the archive unseen: text could stand in a wrong place.
GRAVE = {
    Doubt.BAD_DATE,
    Doubt.NO_ARTICLE,
    Doubt.NO_TITLE,
    Doubt.TITLE_OR_TEXT,
    Doubt.MAYBE_TITLE,
    Doubt.NOT_IN_TEXT,
    Doubt.NO_TEXT,
    Doubt.LONE_NUMBER,
    Doubt.REPEATED,
}


@dataclass
class Block:
    """Some of the file's text: ``pieces`` are numbers of lines with the text taken from each."""

    kind: str
    pieces: list[tuple[int, str]]
    doubt: str = ""
    # What the doubt speaks of.
    about: str = ""
    # A spelling to be used instead of the text's own, from the contents.
    reads: str = ""
    page: int | None = None
    is_highlight: bool = False
    # On a title: the name of a section that the contents begin here and the text does not repeat.
    opens_section: str = ""
    # What the row is called on the page; stays when others are merged or split.
    number: int = field(default=0, compare=False)

    @property
    def first(self) -> int:
        return self.pieces[0][0]

    @property
    def last(self) -> int:
        return self.pieces[-1][0]

    @property
    def text(self) -> str:
        """The lines put together as one."""
        whole = ""
        for _number, piece in self.pieces:
            whole = joined(whole, unmarked(piece) if self.is_heading else piece.strip())
        return whole

    @property
    def is_heading(self) -> bool:
        return self.kind in (Kind.SECTION, Kind.TITLE, Kind.SUBHEADING)

    @property
    def says(self) -> str:
        """What the issue will have: the contents' spelling, else the text's."""
        return self.reads or self.text

    @property
    def doubt_sentence(self) -> str:
        return str(Doubt(self.doubt).label) % {"about": self.about} if self.doubt else ""

    @property
    def is_grave(self) -> bool:
        return self.doubt in GRAVE

    @property
    def solid(self) -> str:
        return "".join(solid(piece) for _number, piece in self.pieces)


def block(kind: str, *lines: Line, **fields) -> Block:
    return Block(kind, [(line.number, line.raw.strip()) for line in lines], **fields)


def unmarked(text: str) -> str:
    """Without heading marks, and without bold marks around the whole."""
    text = text.strip()
    if HEADING.match(text):
        text = HEADING.sub("", text).rstrip("#").strip()
    bold = BOLD.match(text)
    return bold["text"].strip() if bold else text


def joined(before: str, after: str) -> str:
    """Two lines as one: Chinese without a gap, two Latin words with one."""
    if not before or not after:
        return before + after
    is_address = before.rsplit(maxsplit=1)[-1].startswith(("http://", "https://", "www."))
    is_latin = LATIN.match(before[-1]) and after[0].isascii() and after[0].isalpha()
    return f"{before} {after}" if is_latin and not is_address else before + after


def cut(pieces: list[tuple[int, str]], length: int) -> tuple[list, list]:
    """Cut the pieces so that the second part holds the last ``length`` solid characters."""
    behind: list[tuple[int, str]] = []
    front = list(pieces)
    while length and front:
        number, text = front.pop()
        has = len(solid(text))
        if has <= length:
            behind.insert(0, (number, text))
            length -= has
            continue
        at = len(text)
        while length:
            at -= 1
            length -= not text[at].isspace()
        front.append((number, text[:at].rstrip()))
        behind.insert(0, (number, text[at:]))
    return front, behind


def as_rows(blocks: list[Block]) -> list[dict]:
    """For JSON. What is empty is left out."""
    return [
        {name: value for name, value in vars(each).items() if value or name in ("kind", "number")}
        for each in blocks
    ]


def from_rows(rows: list[dict]) -> list[Block]:
    return [
        Block(**{**row, "pieces": [(number, text) for number, text in row["pieces"]]})
        for row in rows
    ]


def numbered(blocks: list[Block]) -> list[Block]:
    """Each with its own number, in the order of the file."""
    ordered = sorted(blocks, key=lambda each: each.first)
    for number, each in enumerate(ordered, start=1):
        each.number = number
    return ordered
