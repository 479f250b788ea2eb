"""The cover: which issue it is, its highlights and its masthead."""

import datetime as dt
import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from publications.parsing.lines import Line

DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
DIGITS |= {"零": 0, "○": 0, "Ｏ": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = r"[\d" + "".join(DIGITS) + "".join(UNITS) + "]+"

DATE = re.compile(rf"({NUMERAL})\s*年\s*({NUMERAL})\s*月\s*({NUMERAL})\s*日")
SERIAL = re.compile(rf"[（(]?\s*总\s*刊?\s*号?\s*[:：]?\s*第?\s*({NUMERAL})\s*期?\s*[）)]?")
NUMBER = re.compile(rf"第\s*({NUMERAL})\s*期")
HIGHLIGHT = re.compile(r"^(?P<title>.+?)\s*[（(]\s*[Pp]?[.．]?\s*(?P<page>\d{1,4})\s*[）)]$")
HIGHLIGHTS = {"本期要闻", "要闻", "本期导读"}
LIST_MARK = re.compile(r"^(?:[-*+•●◆■]\s+|\d{1,2}[.、．]\s*)")


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
    highlights: list[Highlight] = field(default_factory=list)
    masthead: list[str] = field(default_factory=list)


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
    """Raises ``ValidationError`` naming what the cover lacks."""
    cover = Cover()
    names_above = True
    in_highlights = False
    for line in lines:
        if line.is_rule:
            in_highlights = False
        elif line.key in HIGHLIGHTS:
            in_highlights, names_above = True, False
        elif in_highlights and not line.is_marked:
            cover.highlights.append(read_highlight(line.text))
        elif read_numbers(cover, line.text):
            in_highlights = names_above = False
        elif names_above and line.level:
            cover.names.append(line.text)
        else:
            in_highlights = False
            cover.masthead.append(line.text)
    return complete(cover)


def read_highlight(text: str) -> Highlight:
    text = LIST_MARK.sub("", text)
    found = HIGHLIGHT.match(text)
    return Highlight(found["title"], int(found["page"])) if found else Highlight(text, None)


def read_numbers(cover: Cover, text: str) -> bool:
    """Take the date and the numbers from a line like 2026年3月13日第七期（总刊第689期）."""
    rest = text
    if cover.issued_on is None and (found := DATE.search(rest)):
        cover.issued_on = read_date(found)
        rest = rest.replace(found[0], "", 1)
    if cover.serial_number is None and (found := SERIAL.search(rest)):
        cover.serial_number = numeral(found[1])
        rest = rest.replace(found[0], "", 1)
    if cover.number is None and (found := NUMBER.search(rest)):
        cover.number = numeral(found[1])
        rest = rest.replace(found[0], "", 1)
    return rest != text


def read_date(found: re.Match) -> dt.date:
    try:
        return dt.date(*(numeral(part) for part in found.groups()))
    except ValueError as error:
        raise ValidationError(
            _("The cover's date “%(date)s” is not in the calendar."),
            code="cover_date",
            params={"date": found[0]},
        ) from error


def no_cover() -> ValidationError:
    return ValidationError(
        _(
            "No cover recognised: before the contents there must be a line with the date and "
            "the number, such as “2026年3月13日第七期（总刊第689期）”."
        ),
        code="no_cover",
    )


def complete(cover: Cover) -> Cover:
    if cover.issued_on is None and cover.number is None:
        raise no_cover()
    if cover.issued_on is None:
        raise ValidationError(_("The cover gives no date (year, month, day)."), code="no_date")
    if cover.number is None:
        raise ValidationError(
            _("The cover gives no number in the year, such as “第七期”."), code="no_number"
        )
    return cover
