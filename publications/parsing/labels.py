"""Which lines are sections, titles, paragraphs and sources.

Two readers. ``read_article`` labels the lines between two titles, where the contents say what is
a title. ``ShapeReader`` works without contents: an article ends with its source, what follows
before the next paragraph is a section's name and a title. Where it guesses, it says so.
"""

import re
from functools import cached_property
from itertools import pairwise

from publications.parsing.blocks import Block, Doubt, Kind, block, cut, joined
from publications.parsing.lines import Line, solid
from publications.parsing.shape import (
    CLOSERS,
    COMMAS,
    LIST_OR_BRACKETS,
    NUMBERED_HEADING,
    SENTENCE_ENDS,
    SUBHEADING_UP_TO,
    Shape,
    gather,
    is_strong_source,
    source_at_end,
)

# A title is broken over so many lines at most, and so long.
TITLE_LINES = 3
TITLE_LENGTH = 80
SECTION_LENGTH = 8
# An unnumbered subheading is shorter.
LONG_FOR_A_SUBHEADING = 16
# What a line that may be a title for its length alone does not hold.
NO_TITLE_MARKS = re.compile(r"[，,；;。！？!?]|://|@|[）)”]$")
CLOSING_MARKS = SENTENCE_ENDS + COMMAS + "”’》）)】」』"


def plain_block(lines: list[Line]) -> Block:
    """One paragraph, row, rule or marked heading."""
    line = lines[0]
    if len(lines) == 1 and line.is_marked:
        return block(Kind.SUBHEADING, line)
    if len(lines) == 1 and line.is_row:
        return block(Kind.ROW, line)
    return block(Kind.PARAGRAPH, *lines)


def with_source(paragraph: Block) -> list[Block]:
    """The paragraph, and behind it the sources that stood at its end."""
    if paragraph.kind != Kind.PARAGRAPH:
        return [paragraph]
    sources: list[Block] = []
    pieces = paragraph.pieces
    while pieces:
        text = Block(Kind.PARAGRAPH, pieces).text
        found = source_at_end(text)
        if not found:
            break
        pieces, behind = cut(pieces, len(solid(text[found.start() :])))
        sources.insert(0, Block(Kind.SOURCE, behind))
        if not pieces or pieces[-1][1].rstrip()[-1] not in "）)":
            break
    if not sources:
        return [paragraph]
    return [Block(Kind.PARAGRAPH, pieces), *sources] if pieces else sources


# --- With contents ---------------------------------------------------------------------------


def read_article(lines: list[Line], shape: Shape) -> list[Block]:
    """The lines below a title. The source stands at the end, or before a last link."""
    blocks, index = [], 0
    while index < len(lines):
        group = gather(lines, index, shape)
        blocks.append(plain_block(group))
        index += len(group)
    return with_subheadings(take_source(blocks))


def take_source(blocks: list[Block]) -> list[Block]:
    """Cut the sources off the end. Behind them there may be where the text was found: a link."""
    blocks, found, tail = list(blocks), [], []
    while blocks and (is_rule(blocks[-1]) or is_postscript(blocks[-1].text)):
        tail.insert(0, blocks.pop())
    while blocks:
        parts = with_source(blocks[-1])
        if parts[-1].kind != Kind.SOURCE:
            break
        blocks.pop()
        found = [*parts, *found]
        if parts[0].kind != Kind.SOURCE:
            break
    return [*blocks, *found, *tail]


def is_rule(each: Block) -> bool:
    return bool(re.fullmatch(r"[-*_=\s]+", each.text))


def is_postscript(text: str) -> bool:
    return bool(
        re.match(
            r"^(?:<?https?://|www\.)\S+$|^(?:原文|阅读|查看)?.{0,4}(?:地址|链接|原文)[:：]", text
        )
    )


def with_subheadings(blocks: list[Block]) -> list[Block]:
    """A short line above a paragraph is one too, where the article marks others."""
    if not any(each.kind == Kind.SUBHEADING for each in blocks):
        return blocks
    for each, following in pairwise(blocks):
        if is_subheading(each, following):
            each.kind = Kind.SUBHEADING
    return blocks


def is_subheading(each: Block, following: Block) -> bool:
    """A short line that ends openly, with a paragraph of whole sentences under it."""
    return (
        each.kind == following.kind == Kind.PARAGRAPH
        and len(each.text) <= SUBHEADING_UP_TO
        and each.text[-1].isalnum()
        and not LIST_OR_BRACKETS.match(each.text)
        and "://" not in each.text
        and len(following.text) > len(each.text)
        and following.text[-1] in CLOSING_MARKS
    )


# --- Without contents ------------------------------------------------------------------------


class ShapeReader:
    """Reads lines one after the other; ``expects_title`` behind a source and at the start."""

    def __init__(self, lines: list[Line], shape: Shape, sections: set[str]):
        self.lines = lines
        self.shape = shape
        self.sections = sections
        self.blocks: list[Block] = []
        self.expects_title = True
        self.has_article = False
        self.title_level = self.level_of_titles()
        self.has_sources = self.counts_sources()

    def read(self) -> list[Block]:
        index = 0
        while index < len(self.lines):
            index += self.step(index)
        return self.blocks

    def step(self, index: int) -> int:
        """Label what begins at the line; how many lines that was."""
        line = self.lines[index]
        if self.is_known_section(index):
            return self.add_section(line)
        if line.is_marked:
            return self.marked(index)
        if line.is_row or line.is_rule or line.is_dots:
            kind = Kind.ROW if line.is_row else Kind.PARAGRAPH
            if line.is_rule and self.expects_title:
                kind = Kind.LEFT_OUT
            return self.add(kind, line)
        if self.expects_title:
            return self.heading(index)
        return self.paragraph(index)

    def add(self, kind, *lines: Line, **fields) -> int:
        if kind in (Kind.PARAGRAPH, Kind.ROW, Kind.SUBHEADING) and not self.has_article:
            kind, fields = Kind.LEFT_OUT, {"doubt": Doubt.NO_ARTICLE}
        self.blocks.append(block(kind, *lines, **fields))
        return len(lines)

    # --- Sections and titles ---

    def is_known_section(self, index: int) -> bool:
        line = self.lines[index]
        if line.key not in self.sections or len(line.text) > 20 or line.bare[-1] in CLOSING_MARKS:
            return False
        return self.expects_title or line.is_marked or not self.is_in_sentence(index)

    def is_in_sentence(self, index: int) -> bool:
        before = self.lines[index - 1]
        return before.bare[-1] in COMMAS or (
            self.shape.is_full(before) and before.bare[-1] not in CLOSING_MARKS
        )

    def add_section(self, line: Line, doubt: str = "") -> int:
        self.expects_title = True
        return self.add(Kind.SECTION, line, doubt=doubt)

    def add_title(self, lines: list[Line], doubt: str = "") -> int:
        self.expects_title, self.has_article = False, True
        return self.add(Kind.TITLE, *lines, doubt=doubt)

    def heading(self, index: int) -> int:
        """What stands behind a source: a postscript to it, a section's name, or a title."""
        line = self.lines[index]
        if self.has_article and is_postscript(line.bare):
            return self.postscript(index)
        count, doubt = self.title_lines(index)
        if count and self.is_new_section(index):
            return self.add_section(line, doubt=Doubt.NEW_SECTION)
        if count:
            return self.add_title(self.lines[index : index + count], doubt)
        self.take_back_source()
        self.expects_title = False
        return self.paragraph(index, doubt=Doubt.NO_TITLE if self.has_article else "")

    def postscript(self, index: int) -> int:
        group = gather(self.lines, index, self.shape)
        return self.add(Kind.PARAGRAPH, *group)

    def take_back_source(self) -> None:
        """No title follows: the brackets were part of the text."""
        if not self.blocks or self.blocks[-1].kind != Kind.SOURCE or self.blocks[-1].doubt == "":
            return
        source = self.blocks.pop()
        if self.blocks and self.blocks[-1].last == source.first:
            before = self.blocks[-1]
            number, text = source.pieces[0]
            before.pieces[-1] = (number, before.pieces[-1][1] + text)
            before.pieces += source.pieces[1:]
        else:
            self.blocks.append(Block(Kind.PARAGRAPH, source.pieces))

    def is_new_section(self, index: int) -> bool:
        """A very short line with another title under it."""
        line = self.lines[index]
        is_short = len(line.text) <= SECTION_LENGTH and line.text[-1].isalnum()
        if not is_short or index + 1 >= len(self.lines) or self.is_known_section(index + 1):
            return False
        return self.lines[index + 1].is_marked or bool(self.title_lines(index + 1)[0])

    def title_lines(self, index: int) -> tuple[int, str]:
        """How many lines from here are one title (0: none), and what is doubtful about it."""
        lines = self.lines[index : index + TITLE_LINES + 1]
        if not lines or not may_be_title(lines[0].bare) or lines[0].is_row or lines[0].is_link:
            return 0, ""
        if not self.shape.is_full(lines[0]):
            return self.short_title(lines)
        return self.full_title(lines)

    def short_title(self, lines: list[Line]) -> tuple[int, str]:
        """It ends with its line, but for a second line that belongs to it by its marks."""
        if len(lines) > 1 and self.is_free(lines[1]):
            text, second = lines[0].bare, lines[1].bare
            if second.startswith(("——", "—")) and may_be_title(second):
                return 2, ""
            if is_unclosed(text) and may_be_title(text + second):
                return 2, ""
        return 1, ""

    def full_title(self, lines: list[Line]) -> tuple[int, str]:
        """A title as wide as the page may go on; so may a paragraph without a title."""
        first = lines[0].bare
        if len(lines) == 1 or not self.is_free(lines[1]):
            return 1, ""
        second = lines[1]
        whole = joined(first, second.bare)
        if self.ends_title(second, lines[2] if len(lines) > 2 else None, whole):
            if may_be_title(whole):
                return 2, ""
            is_sentence = second.bare[-1] in SENTENCE_ENDS
            return (0, "") if "，" in first and is_sentence else (1, Doubt.TITLE_OR_TEXT)
        if self.shape.blanks_part and second.blanks:
            return 1, ""
        if self.goes_on(lines, whole):
            return 3, Doubt.TWO_LINE_TITLE
        is_sure = self.shape.is_first(second) and "，" not in first
        if "，" in first and not self.shape.is_first(second):
            return 0, ""
        return 1, "" if is_sure else Doubt.TITLE_OR_TEXT

    def ends_title(self, line: Line, following: Line | None, whole: str) -> bool:
        """Whether the line is short, or of a title that might have gone on in it.

        A paragraph's first line may be short by an indent that the text does not show.
        """
        if not self.shape.is_full(line):
            return True
        return not self.shape.is_filled(line, following) and not NO_TITLE_MARKS.search(whole)

    def goes_on(self, lines: list[Line], whole: str) -> bool:
        """Whether a third line belongs to it: a mark is open, or all three have no comma."""
        if len(lines) < TITLE_LINES or not self.is_free(lines[2]):
            return False
        following = lines[TITLE_LINES] if len(lines) > TITLE_LINES else None
        if self.shape.is_filled(lines[2], following):
            return False
        all_three = joined(whole, lines[2].bare)
        is_one = is_unclosed(lines[0].bare) or not NO_TITLE_MARKS.search(all_three)
        return is_one and may_be_title(all_three)

    def is_free(self, line: Line) -> bool:
        """Neither marked nor a row nor a known section: it may be part of a title."""
        is_part = not (line.is_marked or line.is_row or line.is_link or line.is_rule)
        return is_part and line.key not in self.sections

    # --- Paragraphs ---

    def paragraph(self, index: int, doubt: str = "") -> int:
        if count := self.title_without_source_above(index):
            lines = self.lines[index : index + count]
            return self.add_title(lines, Doubt.MAYBE_SUBHEADING)
        group = gather(self.lines, index, self.shape, stop=self.is_known_section)
        if len(group) == 1 and self.has_article and self.is_subheading(index):
            is_numbered = NUMBERED_HEADING.match(group[0].bare)
            maybe = Doubt.MAYBE_TITLE if not is_numbered and not self.has_marks else ""
            return self.add(Kind.SUBHEADING, group[0], doubt=maybe)
        self.add(Kind.PARAGRAPH, *group, doubt=doubt)
        self.end_with_source(index + len(group))
        return len(group)

    def title_without_source_above(self, index: int) -> int:
        """How many lines are a title although the article above ended without a source.

        Longer than a subheading, without a comma, between whole paragraphs.
        """
        before = self.blocks[-1] if self.blocks else None
        if not self.has_article or self.has_marks or before is None:
            return 0
        if before.kind != Kind.PARAGRAPH or before.text[-1] not in SENTENCE_ENDS + CLOSERS:
            return 0
        count, doubt = self.title_lines(index)
        lines = self.lines[index : index + count]
        text = "".join(line.bare for line in lines)
        if not count or doubt or len(text) < LONG_FOR_A_SUBHEADING or NO_TITLE_MARKS.search(text):
            return 0
        following = index + count
        if following >= len(self.lines) or not self.is_free(self.lines[following]):
            return 0
        group = gather(self.lines, following, self.shape)
        below = "".join(line.bare for line in group)
        return count if "。" in below and len(below) > len(text) else 0

    @property
    def has_marks(self) -> bool:
        return self.title_level is not None

    def is_subheading(self, index: int) -> bool:
        """A short line between whole paragraphs, with a long one under it."""
        line = self.lines[index]
        if len(line.bare) > SUBHEADING_UP_TO or not line.bare[-1].isalnum():
            return False
        if LIST_OR_BRACKETS.match(line.bare) or "://" in line.bare or line.bare[0] in "（(":
            return False
        if index + 1 >= len(self.lines) or not self.is_free(self.lines[index + 1]):
            return False
        following = gather(self.lines, index + 1, self.shape)
        text = "".join(each.bare for each in following)
        return len(text) > len(line.bare) and "。" in text

    def end_with_source(self, following: int) -> None:
        """Cut the source off the last paragraph; with it the article ends."""
        last = self.blocks[-1]
        if last.kind != Kind.PARAGRAPH or not source_at_end(last.text):
            return
        is_strong = is_strong_source(last.text)
        if not is_strong and not self.title_follows(following):
            return
        parts = with_source(last)
        if not is_strong:
            parts[-1].doubt = Doubt.WEAK_SOURCE
        self.blocks[-1:] = parts
        self.expects_title = True

    def title_follows(self, index: int) -> bool:
        if index >= len(self.lines) or self.lines[index].is_marked or self.is_known_section(index):
            return True
        count, doubt = self.title_lines(index)
        return bool(count) and not doubt

    # --- Marked headings ---

    def level_of_titles(self) -> int | None:
        """The highest level with text under it; ``None`` where headings are not marked."""
        levels = [
            line.level
            for line, following in zip(self.lines, self.lines[1:], strict=False)
            if line.level and not following.is_marked and line.key not in self.sections
        ]
        return min(levels) if levels else None

    def counts_sources(self) -> bool:
        """Whether most titles stand behind a source, so that one that does not is odd."""
        marked = [
            index
            for index, line in enumerate(self.lines)
            if index and line.level and line.level == self.title_level
        ]
        behind = sum(self.is_behind_source(index) for index in marked)
        return behind * 2 >= len(marked)

    def is_behind_source(self, index: int) -> bool:
        before = self.lines[index - 1]
        return before.is_marked or before.key in self.sections or bool(source_at_end(before.bare))

    def marked(self, index: int) -> int:
        line = self.lines[index]
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        level = line.level or 6
        top = self.title_level or 6
        if following and following.is_marked and level < max(following.level, 1) and level < top:
            return self.add_section(line, doubt=Doubt.NEW_SECTION if line.level > 2 else "")
        if self.expects_title:
            return self.marked_title(index)
        if level > top or (not line.level and self.title_level):
            return self.add(Kind.SUBHEADING, line)
        if self.has_sources and not self.has_lower_marks:
            return self.add(Kind.SUBHEADING, line, doubt=Doubt.MAYBE_TITLE)
        return self.marked_title(index, Doubt.MAYBE_SUBHEADING if self.has_sources else "")

    @cached_property
    def has_lower_marks(self) -> bool:
        """Whether subheadings have a mark of their own: then the titles' is not theirs."""
        return any(line.level > (self.title_level or 6) for line in self.lines)

    def marked_title(self, index: int, doubt: str = "") -> int:
        """A title, over further lines with the same mark that have no text between them."""
        line = self.lines[index]
        following = self.lines[index + 1] if index + 1 < len(self.lines) else None
        is_broken = (
            following is not None
            and following.is_marked
            and following.level == line.level
            and following.blanks == 0
        )
        return self.add_title(self.lines[index : index + 2] if is_broken else [line], doubt)


def may_be_title(text: str) -> bool:
    return (
        len(text) <= TITLE_LENGTH
        and "。" not in text
        and text[-1] not in "；;：:，、,"
        and not LIST_OR_BRACKETS.match(text)
        and not NUMBERED_HEADING.match(text)
    )


def is_unclosed(text: str) -> bool:
    return any(text.count(opens) > text.count(closes) for opens, closes in ("“”", "《》", "（）"))
