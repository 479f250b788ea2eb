"""Page numbers and the lines printed on every page: found before anything else is read.

They stand in the middle of sentences; taken out of the flow, the sentence closes over them. A
number alone counts as a page number only in a row of rising ones or beside a page break. A line
repeated on every page counts where it names the publication, a number of an issue or a page, or
stands at the edges of pages. What repeats a web address of the text is the note of a link.
"""

import re
import unicodedata
from collections import defaultdict
from itertools import pairwise

from publications.parsing.blocks import Block, Doubt, Kind, block
from publications.parsing.lines import Line, key

# "— 3 —", "- 12 -", "第 3 页", "第 3 页 共 40 页", "3 / 40", "P12", "Page 3 of 40".
PAGE_MARK = re.compile(
    r"^(?:[-—–－―·•~～|]+\s*\d{1,4}\s*[-—–－―·•~～|]+"
    r"|第\s*[\d一二三四五六七八九十百]{1,5}\s*页(?:.{0,3}共\s*[\d一二三四五六七八九十百]{1,5}\s*页)?"
    r"|共\s*\d{1,4}\s*页.{0,3}第\s*\d{1,4}\s*页"
    r"|\d{1,4}\s*/\s*\d{1,4}"
    r"|page\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?"
    r"|p\.?\s*\d{1,4})$",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^\d{1,4}$")
CLOSING = "。，、；：！？）》〉”’」』】)],.;:!?%％"
LONGEST = 45
# A page holds at least so many lines.
PAGE_LINES = 3
# Numbers in so long a row need no page break beside them.
SURE_ROW = 3
BREAK_BLANKS = 2
NUMBERED_ISSUE = re.compile(r"第\s*[\d一二三四五六七八九十百零〇]+\s*期|总\s*刊?\s*第|页")
# What may stand beside the publication's name in a running line.
BESIDE_NAME = re.compile(
    r"(?:第?[\d一二三四五六七八九十百零〇]+[年月日期页]?|总刊?号?|共|内部资料|内部刊物|注意保存)*"
)


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def take_out(lines: list[Line], names: set[str], behind: int) -> tuple[list[Line], list[Block]]:
    """The lines of the text, and blocks of what was printed on each page.

    ``names`` are keys of the publication's names; ``behind`` is the index of the first line
    that is not on the cover, where such lines are what they say.
    """
    marks = {
        index: Block(Kind.PAGE_MARK, [(line.number, line.bare)])
        for index, line in enumerate(lines)
        if PAGE_MARK.match(plain(line.bare))
    }
    marks |= page_numbers(lines, marks)
    # A header is known by the footer above it, so look again until nothing is added.
    while found := running_lines(lines, marks, names, behind):
        marks |= found
    marks |= repeated_links(lines)
    flow = [line for index, line in enumerate(lines) if index not in marks]
    return flow, list(marks.values())


# --- Numbers alone ---------------------------------------------------------------------------


def page_numbers(lines: list[Line], marks: dict) -> dict[int, Block]:
    numbers = [
        (index, int(plain(line.bare)))
        for index, line in enumerate(lines)
        if NUMBER.match(plain(line.bare)) and index not in marks
    ]
    candidates = [each for each in numbers if not is_in_sentence(lines, each[0])]
    row = longest_row(candidates)
    if len(row) >= SURE_ROW:
        row = sorted([*row, *between(row, [each for each in numbers if each not in candidates])])
    if row and candidates[-1] == (len(lines) - 1, row[-1][1] + 1):
        # A last page may hold a line only.
        row.append(candidates[-1])
    found = {}
    for index, _number in row:
        is_sure = len(row) >= SURE_ROW or at_edge(lines, index, marks)
        doubt = "" if is_sure else Doubt.LONE_NUMBER
        found[index] = block(Kind.PAGE_MARK, lines[index], doubt=doubt)
    return found


def between(row: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Numbers in a sentence that a page break tore just before a closing mark: each alone could
    be the page that the row lacks."""
    place = {number: index for index, number in row}
    lacking = {*range(row[0][1] - 1, row[-1][1] + 2)} - {*place}
    fits = defaultdict(list)
    for index, number in others:
        before = max((at for each, at in place.items() if each < number), default=-PAGE_LINES)
        after = min((at for each, at in place.items() if each > number), default=None)
        is_inside = before + PAGE_LINES <= index and (after is None or index + PAGE_LINES <= after)
        if number in lacking and is_inside:
            fits[number].append((index, number))
    return [found for [found] in (each for each in fits.values() if len(each) == 1)]


def is_in_sentence(lines: list[Line], index: int) -> bool:
    """A raised figure that slid onto its own line (m³): the text around it goes on."""
    before = lines[index - 1].bare if index else ""
    after = lines[index + 1].bare if index + 1 < len(lines) else ""
    return after[:1] in tuple(CLOSING) or bool(re.search(r"[A-Za-z]$", before))


def longest_row(candidates: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of rising numbers with room for the pages between them."""
    best: list[list[tuple[int, int]]] = []
    for index, number in candidates:
        rows = [
            row
            for row in best
            if number > row[-1][1] and index - row[-1][0] >= PAGE_LINES * (number - row[-1][1])
        ]
        best.append([*max(rows, key=len, default=[]), (index, number)])
    return max(best, key=len, default=[])


def at_edge(lines: list[Line], index: int, marks) -> bool:
    """Whether a page ends or begins here, by a form feed, a gap or another mark."""
    line = lines[index]
    after = lines[index + 1] if index + 1 < len(lines) else None
    return (
        after is None
        or index == 0
        or line.opens_page
        or after.opens_page
        or line.blanks > BREAK_BLANKS
        or after.blanks > BREAK_BLANKS
        or index - 1 in marks
        or index + 1 in marks
    )


# --- Lines on every page ---------------------------------------------------------------------


def running_lines(lines: list[Line], marks, names: set[str], behind: int) -> dict[int, Block]:
    alike: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines[behind:], start=behind):
        if index not in marks and may_run(line):
            alike[re.sub(r"\d+", "#", plain(line.bare).replace(" ", ""))].append(index)
    found = {}
    for pattern, places in alike.items():
        for index in places:
            verdict = is_running(lines, pattern, places, index, marks, names)
            if verdict is not None:
                found[index] = block(Kind.PAGE_MARK, lines[index], doubt=verdict)
    return found


def may_run(line: Line) -> bool:
    text = line.bare
    return (
        len(text) <= LONGEST
        and not line.is_marked
        and not line.is_row
        and text[-1] not in "。，；：、！？"
        and not (text[0] in "（(" and text[-1] in "）)")
        and not NUMBER.match(plain(text))
    )


def is_running(lines, pattern, places, index, marks, names) -> str | None:
    """ "" where the line surely runs, a doubt where it may, ``None`` where it is text."""
    text = key(lines[index].bare)
    name = next((name for name in names if name and name in text), "")
    if name and BESIDE_NAME.fullmatch(text.replace(name, "", 1)):
        if any(c.isdigit() for c in text) or len(places) > 1:
            return ""
        return Doubt.REPEATED
    if len(places) < SURE_ROW:
        return None
    edges = sum(at_edge(lines, place, marks) for place in places)
    if edges * 2 > len(places) and is_spread(places):
        return ""
    if NUMBERED_ISSUE.search(pattern) and "#" in pattern and is_spread(places):
        return Doubt.REPEATED if edges == 0 and "页" not in pattern else ""
    return None


def is_spread(places: list[int]) -> bool:
    return all(after - before >= PAGE_LINES for before, after in pairwise(places))


# --- Notes of links --------------------------------------------------------------------------


def repeated_links(lines: list[Line]) -> dict[int, Block]:
    """A web address in the middle of the text that stands in it a second time."""
    addresses: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.is_link:
            addresses[line.bare.strip("<>")].append(index)
            following = lines[index + 1].bare if index + 1 < len(lines) else ""
            if re.fullmatch(r"[!-~]+", following) and not lines[index + 1].is_link:
                addresses[line.bare + following].append(index)
    return {
        index: block(Kind.PAGE_MARK, lines[index])
        for places in addresses.values()
        for index in places[1:]
        if index + 1 == len(lines)
        or not re.fullmatch(r"[!-~]+", lines[index + 1].bare)
        or lines[index + 1].is_link
    }
