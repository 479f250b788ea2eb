"""How a text is set: whether its lines are broken at a width, and which of them belong together.

A broken line goes on in the next; a line clearly shorter than the others ends its paragraph. So
do empty lines and indents, in texts that use them for this. A sentence torn by a page break is
put together again whatever stands between.
"""

import re
from collections import Counter
from dataclasses import dataclass

from publications.parsing.blocks import joined
from publications.parsing.lines import LINK, Line, width_of_text

SENTENCE_ENDS = "。！？!?…；;：:"
CLOSERS = "”’》）)】」』"
COMMAS = "，、,"
# No line of print begins with these.
NEVER_FIRST = "。，、；：！？）》”’」』】,;:!?)%％"
# A line of the printed page holds about 28 characters: what is broken is at least nearly that long.
BROKEN_FROM = 24
SUBHEADING_UP_TO = 30

INSIDE = r"(?:[^（）()。！？]|[（(][^（）()]*[）)]){1,100}?"
SOURCE_BEHIND = re.compile(rf"\s*[（(](?P<source>{INSIDE})[）)]\s*$")
SOURCE_NAMED = re.compile(r"^(?:文章|稿件|信息)?来源\s*[:：]\s*(?P<source>.+)$")
NOT_A_SOURCE = re.compile(
    r"^(?:全文)?完$|未完|待续|^\d{4}\s*年|^[\d\W]+$|^[A-Za-z\d\W]{1,8}$"
    r"|^(?:以下|下同|简称|见|详见|如|附|含|包括|不含|即|单位|注|其中|原|第|[一二三四五六七八九十]+$)"
)
LIST_OR_BRACKETS = re.compile(r"^(?:[-*+•]\s|\d{1,2}[.、．]\s|>\s|[（(].*[）)]$)")
# What opens a paragraph after a sentence that filled its line.
ENUMERATED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[是要、]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)"
    r"|第[一二三四五六七八九十]+[，、条章]|[①-⑳])"
)
IN_BRACKETS = re.compile(r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[①-⑳])")
NUMBERED_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]+[章节部])"
)
OPENER = re.compile(
    r"^(?:近日|日前|近期|今年|去年|据|为|从|随着|截至|当前|目前|本报|记者|[“\"]|摘\s*要|\d{1,4}\s*[年月])"
)

# Columns by which a full line may fall short: marks that may not begin a line, Latin words.
RAGGED = 8
# A paragraph's first line is two characters shorter.
INDENT = 4
NARROWEST, WIDEST = 16, 110
FEWEST_LINES = 6


# What cannot be parted: a Latin word or number, or one character; with the marks behind it.
FIRST_WORD = re.compile(
    rf"[“‘《（(]*(?:[A-Za-z0-9.%]+|.)[{re.escape(SENTENCE_ENDS + CLOSERS + COMMAS)}]*"
)


@dataclass(frozen=True)
class Shape:
    # Of a broken line, in columns; 0 where lines are not broken.
    width: int = 0
    blanks_part: bool = False
    indents_part: bool = False

    def is_full(self, line: Line) -> bool:
        return bool(self.width) and line.width >= self.width - RAGGED

    def is_filled(
        self, line: Line, following: Line | None, *, may_be_indented: bool = False
    ) -> bool:
        """Full, and what begins the next line would not have fitted any more.

        ``may_be_indented``: a paragraph's first line, whose indent the text may not show.
        """
        if not self.is_full(line) or following is None:
            return self.is_full(line)
        word = FIRST_WORD.match(following.bare)[0]
        indent = INDENT if line.is_indented or may_be_indented else 0
        return line.width + indent + width_of_text(word) > self.width - INDENT // 2

    def is_first(self, line: Line) -> bool:
        """Whether the line looks like the first of a paragraph."""
        if self.indents_part:
            return line.is_indented
        return line.width <= self.width - INDENT + 1 or bool(OPENER.match(line.bare))


def shape_of(lines: list[Line]) -> Shape:
    """Measured over the lines that are neither headings nor rows of tables."""
    measured = [line for line in lines if not (line.is_marked or line.is_row or line.is_link)]
    pairs = max(len(measured) - 1, 1)
    parted = sum(line.blanks > 0 for line in measured[1:]) / pairs
    indented = sum(line.is_indented for line in measured) / max(len(measured), 1)
    return Shape(
        width=width_of(measured),
        blanks_part=0.03 < parted < 0.8,
        indents_part=0.08 < indented < 0.85,
    )


def width_of(lines: list[Line]) -> int:
    """The width at which lines are broken, or 0: then most wide ones end in mid-sentence."""
    widths = Counter(line.width for line in lines if line.width >= NARROWEST)
    total = sum(widths.values())
    if total < FEWEST_LINES:
        return 0

    def near(width: int) -> int:
        return sum(widths[each] for each in range(width - RAGGED, width + 3))

    candidates = [width for width in widths if width <= WIDEST]
    if not candidates:
        return 0
    width = max(candidates, key=lambda each: (near(each) + widths[each], each))
    wider = sum(count for each, count in widths.items() if each > width + 6)
    full = [line for line in lines if width - RAGGED <= line.width <= width + 3]
    open_ends = sum(line.bare[-1] not in SENTENCE_ENDS + CLOSERS for line in full)
    is_broken = (
        len(full) * 5 >= total * 2 and wider * 10 <= total and open_ends * 5 >= len(full) * 2
    )
    return width if is_broken else 0


# --- Which lines belong together -------------------------------------------------------------


def gather(lines: list[Line], start: int, shape: Shape, *, stop=None) -> list[Line]:
    """The lines of the paragraph that begins at ``start``; it ends before where ``stop`` says."""
    group = [lines[start]]
    text = group[0].bare
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if (stop and stop(index)) or not continues(text, group, lines, index, shape):
            break
        group.append(line)
        text = joined(text, line.bare)
    return group


def continues(text: str, group: list[Line], lines: list[Line], index: int, shape: Shape) -> bool:
    """Whether the paragraph that reads ``text`` so far goes on in the next line."""
    last, line = group[-1], lines[index]
    if LINK.match(text):
        return bool(re.fullmatch(r"[!-~]+", line.bare)) and not line.is_link
    if is_apart(last) or is_apart(line):
        return False
    if line.bare[0] in NEVER_FIRST:
        return True
    if (
        line.bare.isdigit()
        and lines[index + 1 : index + 2]
        and (lines[index + 1].bare[0] in NEVER_FIRST)
    ):
        return True
    if is_strong_source(text) or SOURCE_NAMED.match(text):
        return False
    if is_bracket_open(text, len(group)) and closes_more(line.bare):
        return True
    if text[-1] in COMMAS or is_bracket_open(text, len(group)):
        return not LIST_OR_BRACKETS.match(line.bare)
    if not shape.width:
        return ends_open(text) and not LIST_OR_BRACKETS.match(line.bare)
    return continues_broken(text, group, line, shape)


def continues_broken(text: str, group: list[Line], line: Line, shape: Shape) -> bool:
    """In a text whose lines are broken at a width."""
    ended = text[-1] in SENTENCE_ENDS or (
        text[-1] in CLOSERS and text.rstrip(CLOSERS)[-1:] in tuple(SENTENCE_ENDS)
    )
    last = group[-1]
    if not shape.is_full(last):
        return not ended and len(last.bare) >= BROKEN_FROM and last.bare[-1] not in CLOSERS
    if ended and not shape.is_filled(last, line, may_be_indented=len(group) == 1):
        return False
    if not ended or (text[-1] in "；：;:" and not IN_BRACKETS.match(line.bare)):
        return True
    if shape.indents_part:
        return not line.is_indented
    if shape.blanks_part:
        return not line.blanks
    return not (ENUMERATED.match(line.bare) or opens_beside(line, shape))


def opens_beside(line: Line, shape: Shape) -> bool:
    """A full line that is short by just the indent, which the text does not show."""
    return shape.width - INDENT - 1 <= line.width <= shape.width - INDENT + 1


def is_apart(line: Line) -> bool:
    """Neither goes on nor is gone on with."""
    return line.is_marked or line.is_rule or line.is_dots or line.is_row or line.is_link


def is_bracket_open(text: str, lines: int) -> bool:
    """A bracket opened shortly before the end of the text that is not closed yet."""
    opened = max(text.rfind("（"), text.rfind("("))
    return (
        lines < 40
        and opened >= 0
        and len(text) - opened < 60
        and not re.search(r"[）)]", text[opened:])
    )


def closes_more(text: str) -> bool:
    """Whether it closes a bracket that it does not open."""
    return len(re.findall(r"[）)]", text)) > len(re.findall(r"[（(]", text))


def ends_open(text: str) -> bool:
    """Whether the sentence goes on behind the end of the text."""
    if text[-1] in COMMAS:
        return True
    if len(text) < BROKEN_FROM or text[-1] in SENTENCE_ENDS:
        return False
    if text[-1] in CLOSERS:
        return text.rstrip(CLOSERS)[-1:].isalnum() and not LIST_OR_BRACKETS.match(text)
    return not text.endswith(">")


# --- Sources ---------------------------------------------------------------------------------


def source_at_end(text: str) -> re.Match | None:
    """A source in brackets at the end of the text, or the whole of it as 来源：…"""
    named = SOURCE_NAMED.match(text)
    found = named or SOURCE_BEHIND.search(text)
    if not found or (not named and NOT_A_SOURCE.search(found["source"].strip())):
        return None
    return found


def is_strong_source(text: str) -> bool:
    """Brackets behind a whole sentence, or alone: nothing else is written so."""
    found = source_at_end(text)
    if not found:
        return False
    before = text[: found.start()].rstrip()
    if not before:
        return not ENUMERATED.match(text)
    return before[-1] in "。！？!?…" or (
        before[-1] in "”’」』）)" and before.rstrip("”’」』）)")[-1:] in tuple("。！？!?…")
    )


def source_text(text: str) -> str:
    """（来源：样本社） → 样本社"""
    found = source_at_end(text)
    inner = found["source"].strip() if found else text.strip().strip("（）()").strip()
    return SOURCE_NAMED.sub(r"\g<source>", inner)
