"""Write a tree in order (``parsing.html_tree``) as Markdown.

What looks like Markdown in the text stays text, and gets a backslash only where it would else be
read as a mark. Between two Chinese characters no blank is made.
"""

import re
import unicodedata
from collections.abc import Iterable

from bs4 import NavigableString, Tag

from publications.parsing.html_tree import HEADINGS, LEAVES

# Chinese characters, kana, full-width forms and their punctuation.
WIDE = "\u2e80-\u2fff\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef“”‘’…—《》"
LINE_END_IN_CHINESE = re.compile(rf"(?<=[{WIDE}])[ \t\r\f]*\n\s*(?=[{WIDE}])")
BLANKS = re.compile(r"[ \t\r\n\f\v\xa0\u2000-\u200a\u202f\u205f\u2028\u2029\x85]+")
HARD_BREAK = "\x01"
MARKS = {"strong": "**", "s": "~~"}
# Signs above and below the line that the fonts hold; others are written as they are.
RAISED = str.maketrans("123", "¹²³")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def written(root: Tag, notes: list[Tag]) -> str:
    blocks = [*blocks_of(root)]
    for number, note in enumerate(notes, start=1):
        text = "\n\n".join(blocks_of(note)) or " "
        blocks.append(f"[^{number}]: " + indented(text, "    "))
    return "\n\n".join(blocks)


# --- Blocks ---------------------------------------------------------------------------------


def blocks_of(element: Tag) -> Iterable[str]:
    for child in element.children:
        if not isinstance(child, Tag):
            if text := str(child).strip():
                yield from paragraphs(escaped(text))
            continue
        yield from block(child)


def block(element: Tag) -> Iterable[str]:
    name = element.name
    if name in HEADINGS:
        yield from heading(element)
    elif name == "pre":
        yield from preformatted(element)
    elif name in LEAVES and not element.find(["p", "ul", "ol", "table", "div"]):
        yield from paragraphs(inline(element))
    elif name in {"ul", "ol"}:
        yield from listing(element)
    elif name == "table":
        yield from table(element)
    elif name == "blockquote":
        if inner := "\n\n".join(blocks_of(element)):
            yield "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
    elif name == "hr":
        yield "---"
    elif name in {"strong", "s", "a", "img", "note-mark", "sup", "sub"}:
        yield from paragraphs(inline_of(element))
    else:
        yield from blocks_of(element)


def heading(element: Tag) -> Iterable[str]:
    text = one_line(inline(element).replace(HARD_BREAK, " "))
    if text:
        # A row of # at the end would be read as part of the mark.
        text = re.sub(r"(#+)$", r"\\\1", text)
        yield f"{'#' * int(element.name[1])} {text}"


def preformatted(element: Tag) -> Iterable[str]:
    for line in element.get_text().splitlines():
        yield from paragraphs(escaped(line))


def paragraphs(text: str) -> Iterable[str]:
    """A line break in a paragraph begins a new one: so it is typed in Chinese texts."""
    for part in text.split(HARD_BREAK):
        if line := one_line(part):
            yield at_line_start(line)


def one_line(text: str) -> str:
    """On one line, without blanks and full-width blanks at both ends."""
    text = LINE_END_IN_CHINESE.sub("", text)
    return BLANKS.sub(" ", text).strip(" \u3000\x1c\x1d\x1e\x1f")


def listing(element: Tag) -> Iterable[str]:
    number = int(element.get("start") or 1) if str(element.get("start", 1)).isdecimal() else 1
    items, is_loose = [], False
    for item in element.children:
        if not isinstance(item, Tag):
            if text := one_line(escaped(str(item))):
                items.append(("", text))
            continue
        inner = [*(blocks_of(item) if item.name == "li" else block(item))]
        if not inner:
            continue
        mark = f"{number}. " if element.name == "ol" else "- "
        number += 1
        is_loose = is_loose or not all(can_follow_tightly(part) for part in inner[1:])
        items.append((mark, inner))
    if not items:
        return
    between = "\n\n" if is_loose else "\n"
    lines = []
    for mark, inner in items:
        body = inner if isinstance(inner, str) else between.join(inner)
        mark = mark or ("- " if element.name == "ul" else f"{number}. ")
        lines.append(mark + indented(body, " " * len(mark)))
    yield between.join(lines)


def can_follow_tightly(text: str) -> bool:
    """A list may follow a line without an empty one between, if its count begins at 1."""
    return text.startswith(("- ", "1. "))


def indented(text: str, by: str) -> str:
    """All lines but the first moved to the right."""
    return re.sub(r"\n(?=[^\n])", "\n" + by, text)


# --- Tables ---------------------------------------------------------------------------------


def table(element: Tag) -> Iterable[str]:
    """The first row is the head. A cell over several columns or rows stands in the first of
    them, the others stay empty."""
    for caption in element.find_all("caption"):
        yield from paragraphs(inline(caption))
    rows = [row for row in grid(element) if any(row)]
    if not rows:
        return
    width = max(len(row) for row in rows)
    lines = [[*row, *[""] * (width - len(row))] for row in rows]
    lines.insert(1, ["---"] * width)
    yield "\n".join("| " + " | ".join(line) + " |" for line in lines)


def grid(element: Tag) -> list[list[str]]:
    taken: dict[tuple[int, int], str] = {}
    rows = element.find_all("tr")
    for down, row in enumerate(rows):
        across = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (down, across) in taken:
                across += 1
            wide, high = span(cell, "colspan", 50), span(cell, "rowspan", len(rows) - down)
            for y in range(high):
                for x in range(wide):
                    taken[down + y, across + x] = ""
            taken[down, across] = cell_text(cell)
            across += wide
    return [
        [taken.get((down, across), "") for across in range(last_column(taken, down) + 1)]
        for down in range(len(rows))
    ]


def last_column(taken: dict, down: int) -> int:
    return max((x for y, x in taken if y == down), default=-1)


def span(cell: Tag, name: str, most: int) -> int:
    value = str(cell.get(name, "1")).strip()
    return max(1, min(most, int(value))) if value.isdecimal() else 1


def cell_text(cell: Tag) -> str:
    """What the cell holds on one line; a bar in it is no border."""
    text = one_line(inline(cell).replace(HARD_BREAK, " "))
    return re.sub(r"(?<!\\)((?:\\\\)*)\|", r"\1\\|", text)


# --- Inside a line --------------------------------------------------------------------------


def inline(element: Tag) -> str:
    parts = []
    for child in element.children:
        if isinstance(child, NavigableString):
            text = escaped(str(child), ends=True)
            parts.append(without_brackets(text) if is_in_link(element) else text)
        elif child.name in LEAVES | {"div", "li", "ul", "ol", "blockquote", "section"}:
            parts += [HARD_BREAK, inline(child), HARD_BREAK]
        else:
            parts.append(inline_of(child))
    return "".join(parts)


def inline_of(element: Tag) -> str:
    name = element.name
    if name == "br":
        return HARD_BREAK
    if name == "note-mark":
        return f"[^{element['number']}]"
    if name == "img":
        return f"![{bracketed(str(element.get('alt', '')))}]({element['src']})"
    if name in {"sup", "sub"}:
        return shifted(element)
    text = inline(element)
    if name in MARKS:
        return emphasised(text, MARKS[name])
    if name == "a":
        return link(text, str(element["href"]))
    return text


def is_in_link(element: Tag) -> bool:
    return element.name == "a" or element.find_parent("a") is not None


def without_brackets(text: str) -> str:
    """Each bracket with its backslash: inside a link's text it would end the link."""
    return re.sub(r"(?<!\\)((?:\\\\)*)([\[\]])", r"\1\\\2", text)


def shifted(element: Tag) -> str:
    """m², CO₂: a figure above or below the line as a character of its own."""
    text = inline(element)
    figures = element.get_text().strip()
    table = RAISED if element.name == "sup" else LOWERED
    return figures.translate(table) if all(ord(sign) in table for sign in figures) else text


def bracketed(text: str) -> str:
    return re.sub(r"([\\\[\]`*<])", r"\\\1", one_line(re.sub("[\x00-\x08]", "", text)))


def link(text: str, address: str) -> str:
    before, inner, after = trimmed(text.replace(HARD_BREAK, " "))
    if not inner:
        return text
    if re.search(r"[\s()<>\\]", address):
        address = "<" + re.sub(r"\s", "%20", re.sub(r"([<>\\])", r"\\\1", address)) + ">"
    return f"{before}[{inner}]({address}){after}"


def emphasised(text: str, mark: str) -> str:
    """Marks around ``text``. Punctuation at its ends stays outside: beside a Chinese character
    a mark that follows a full stop is not read as a mark."""
    return HARD_BREAK.join(emphasised_line(part, mark) for part in text.split(HARD_BREAK))


def emphasised_line(text: str, mark: str) -> str:
    before, inner, after = trimmed(text)
    while inner and is_plain_punctuation(inner[0]):
        before, inner = before + inner[0], inner[1:]
    while inner and is_plain_punctuation(inner[-1]) and inner[-2:-1] != "\\":
        inner, after = inner[:-1], inner[-1] + after
    inner_before, inner, inner_after = trimmed(inner)
    before, after = before + inner_before, inner_after + after
    if not inner or is_punctuation(inner[0]) or is_punctuation(inner[-1]):
        return before + inner + after
    return f"{before}{mark}{inner}{mark}{after}"


def trimmed(text: str) -> tuple[str, str, str]:
    inner = text.strip()
    if not inner:
        return text, "", ""
    start = text.index(inner)
    return text[:start], inner, text[start + len(inner) :]


def is_punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS"


def is_plain_punctuation(sign: str) -> bool:
    """Punctuation that is never part of a mark we wrote."""
    return (is_punctuation(sign) and not sign.isascii()) or sign in ",.:;?\"'%"


# --- What would be read as a mark -----------------------------------------------------------


def escaped(text: str, ends: bool = False) -> str:
    """``text`` so that Markdown reads it as text. With ``ends``, a mark may stand beside it."""
    text = re.sub("[\x00-\x08\x0e-\x1b\x7f]", "", text)
    text = re.sub(r"\\(?=[!-/:-@\[-`{-~])" + (r"|\\$" if ends else ""), r"\\\\", text)
    text = re.sub(r"([*`])", r"\\\1", text)
    text = re.sub(r"(?<![^\W_])_|_(?![^\W_])", r"\\_", text)
    text = re.sub(r"\](?=[(\[:])" + (r"|\]$" if ends else ""), r"\\]", text)
    text = re.sub(r"\[(?=\^)" + (r"|\[$" if ends else ""), r"\\[", text)
    text = re.sub(r"~(?=~)|(?<=~)~" + ("|^~|~$" if ends else ""), r"\\~", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", r"\\<", text)
    text = re.sub(r"&(?=#?[0-9A-Za-z]+;)", r"\\&", text)
    # A picture's mark, and that of a footnote in the line.
    return re.sub(r"([!^])(?=\[)" + (r"|([!^])$" if ends else ""), r"\\\g<0>", text)


def at_line_start(line: str) -> str:
    """What opens a heading, a list, a quotation or a rule only at the start of a line."""
    line = re.sub(r"^(#{1,6}|[-+])(?=\s|$)", r"\\\1", line)
    line = re.sub(r"^(\d{1,9})([.)])(?=\s|$)", r"\1\\\2", line)
    return re.sub(r"^(>|=+$|-(?:\s*-)+\s*$|~~~|:(?=\s))", r"\\\1", line)
