"""The cover: which issue it is, its highlights and its masthead.

What it lacks stays empty: the editor fills it in, or the command refuses.
"""

import datetime as dt
import re
from dataclasses import dataclass, field

from publications.parsing.blocks import Block, Doubt, Kind, block
from publications.parsing.lines import Line, key

DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
DIGITS |= {"零": 0, "○": 0, "Ｏ": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[\d" + "".join(DIGITS) + "".join(UNITS) + "]+"

DATE = re.compile(rf"({NUMERAL})\s*年\s*({NUMERAL})\s*月\s*({NUMERAL})\s*日")
SERIAL = re.compile(rf"[（(]?\s*总\s*刊?\s*号?\s*[:：]?\s*第?\s*({NUMERAL})\s*期?\s*[）)]?")
NUMBER = re.compile(rf"第\s*({NUMERAL})\s*期")
HIGHLIGHT = re.compile(r"^(?P<title>.+?)\s*[（(]\s*[Pp]?[.．]?\s*(?P<page>\d{1,4})\s*[）)]$")
HIGHLIGHTS = {"本期要闻", "要闻", "本期导读", "本期看点", "本期提要"}
LIST_MARK = re.compile(r"^(?:[-*+•●◆■]\s+|\d{1,2}[.、．]\s*)")
MASTHEAD = re.compile(
    r"主\s*办|承\s*办|协\s*办|主\s*编|编\s*辑|编\s*委|[一二三]\s*审|审\s*[核校稿][:：]|校\s*对|地\s*址|"
    r"电\s*话|传\s*真|邮\s*[箱编]|E-?mail|网\s*址|内部(?:资料|刊物)",
    re.IGNORECASE,
)
# Where a text has no contents, the line with the date is looked for in so many lines.
DATE_WITHIN = 12
NAME_LENGTH = 30
HIGHLIGHT_LINES = 3


@dataclass(frozen=True)
class Highlight:
    title: str
    page: int | None


@dataclass
class Cover:
    names: list[str] = field(default_factory=list)
    issued_on: dt.date | None = None
    number: int | None = None
    serial_number: int | None = None
    blocks: list[Block] = field(default_factory=list)


def numeral(text: str) -> int:
    """七 → 7, 十二 → 12, 六百八十九 → 689, 二〇二六 → 2026, 689 → 689."""
    if text.isdigit():
        return int(text)
    if not set(text) & set(UNITS):
        return int("".join(str(DIGITS.get(character, character)) for character in text))
    total, pending, digits = 0, 0, ""
    for character in text:
        if character in UNITS:
            total += (pending or 1) * UNITS[character]
            pending, digits = 0, ""
        else:
            digits += str(DIGITS.get(character, character))
            pending = int(digits)
    return total + pending


def read_cover(lines: list[Line]) -> Cover:
    """The lines of the cover as blocks, and the numbers they give."""
    cover = Cover()
    names_above = True
    in_highlights = False
    for line in lines:
        if line.is_rule:
            in_highlights = False
            cover.blocks.append(block(Kind.COVER, line))
        elif line.key in HIGHLIGHTS:
            in_highlights, names_above = True, False
            cover.blocks.append(block(Kind.COVER, line))
        elif in_highlights and not line.is_marked and not is_masthead(line):
            add_highlight(cover, line)
        elif read_numbers(cover, line):
            in_highlights = names_above = False
        elif (
            names_above and (line.level or len(line.text) <= NAME_LENGTH) and not is_masthead(line)
        ):
            cover.names.append(line.text)
            cover.blocks.append(block(Kind.COVER, line))
        else:
            in_highlights = False
            cover.blocks.append(block(Kind.MASTHEAD, line))
    return cover


def is_masthead(line: Line) -> bool:
    return bool(MASTHEAD.search(line.bare)) and not HIGHLIGHT.match(line.text)


def add_highlight(cover: Cover, line: Line) -> None:
    """A highlight ends with its page; one broken over lines goes on until there."""
    last = cover.blocks[-1]
    if (
        last.kind == Kind.HIGHLIGHT
        and line.blanks == 0
        and len(last.pieces) < HIGHLIGHT_LINES
        and not HIGHLIGHT.match(last.text)
        and HIGHLIGHT.match(line.text)
        and not LIST_MARK.match(line.text)
    ):
        last.pieces.append((line.number, line.bare))
    else:
        cover.blocks.append(block(Kind.HIGHLIGHT, line))


def highlights(blocks: list[Block]) -> list[Highlight]:
    return [read_highlight(each.text) for each in blocks if each.kind == Kind.HIGHLIGHT]


def read_highlight(text: str) -> Highlight:
    text = LIST_MARK.sub("", text)
    found = HIGHLIGHT.match(text)
    return Highlight(found["title"], int(found["page"])) if found else Highlight(text, None)


def read_numbers(cover: Cover, line: Line) -> bool:
    """Take the date and the numbers from a line like 2026年3月13日第七期（总刊第689期）."""
    rest, doubt, about = line.text, "", ""
    if cover.issued_on is None and (found := DATE.search(rest)):
        cover.issued_on = read_date(found)
        if cover.issued_on is None:
            doubt, about = Doubt.BAD_DATE, found[0]
        rest = rest.replace(found[0], "", 1)
    if cover.serial_number is None and (found := SERIAL.search(rest)):
        cover.serial_number = numeral(found[1])
        rest = rest.replace(found[0], "", 1)
    if cover.number is None and (found := NUMBER.search(rest)):
        cover.number = numeral(found[1])
        rest = rest.replace(found[0], "", 1)
    if rest == line.text:
        return False
    cover.blocks.append(block(Kind.COVER, line, doubt=doubt, about=about))
    return True


def read_date(found: re.Match) -> dt.date | None:
    try:
        return dt.date(*(numeral(part) for part in found.groups()))
    except ValueError:
        return None


def end_of_cover(lines: list[Line], names: set[str]) -> int:
    """Where the cover of a text without contents ends; 0 where it has none.

    It begins the text, has a line with a number and a date, and ends before the first line that
    is neither a highlight nor part of the masthead.
    """
    dated = next(
        (index for index, line in enumerate(lines[:DATE_WITHIN]) if is_number_line(line)), None
    )
    if dated is None or any(len(line.text) > NAME_LENGTH * 2 for line in lines[:dated]):
        return 0
    in_highlights, end = False, dated + 1
    for index, line in enumerate(lines[dated + 1 :], start=dated + 1):
        ahead = lines[index : index + HIGHLIGHT_LINES]
        if line.key in HIGHLIGHTS:
            in_highlights = True
        elif in_highlights and any(HIGHLIGHT.match(each.text) for each in ahead):
            pass
        elif not (line.is_rule or is_masthead(line) or is_number_line(line) or line.key in names):
            break
        end = index + 1
    return end


def is_number_line(line: Line) -> bool:
    """A line that gives the issue's number, or its date and nothing else."""
    found = NUMBER.search(line.text) or SERIAL.search(line.text)
    dated = DATE.search(line.text)
    rest = line.text.replace(dated[0], "", 1) if dated else line.text
    if found:
        return len(key(rest)) <= NAME_LENGTH and not line.text.endswith("。")
    return bool(dated) and not key(rest)
