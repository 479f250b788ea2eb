"""An article's lines as Markdown, and its source.

Levels of sub-headings in the texts are not to be relied on (one article uses three for equals):
each becomes a second-level heading under the article's title. A short line without a mark between
paragraphs is one too, where the article marks others. What a page break tore apart is put
together again.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from publications.parsing.lines import Line

SENTENCE_ENDS = "。！？!?…；;：:"
CLOSERS = "”’》）)】」』"
COMMAS = "，、,"
# A line of the printed page holds about 28 characters: what is broken is at least nearly that long.
BROKEN_FROM = 24
SUBHEADING_UP_TO = 30

INSIDE = r"(?:[^（）()。！？]|[（(][^（）()]*[）)]){1,100}?"
SOURCE_BEHIND = re.compile(rf"\s*[（(](?P<source>{INSIDE})[）)]\s*$")
SOURCE_NAMED = re.compile(r"^(?:文章|稿件|信息)?来源\s*[:：]\s*(?P<source>.+)$")
NOT_A_SOURCE = re.compile(r"^(?:全文)?完$|未完|待续|^\d{4}\s*年|^[\d\W]+$|^[A-Za-z\d\W]{1,8}$")
LIST_OR_BRACKETS = re.compile(r"^(?:[-*+•]\s|\d{1,2}[.、．]\s|>\s|[（(].*[）)]$)")


@dataclass
class Block:
    """A paragraph, sub-heading, table row or rule, before it is written as Markdown."""

    kind: str  # "text", "heading", "row", "rule"
    text: str


def read_body(lines: list[Line]) -> tuple[str, str]:
    """The Markdown of an article's lines, and its source ("" where none is given)."""
    blocks = [block_of(line) for line in lines if not line.is_page_foot]
    while blocks and blocks[-1].kind == "rule":
        blocks.pop()
    source = take_source(blocks)
    return to_markdown(with_subheadings(mended(blocks))), source


def block_of(line: Line) -> Block:
    if line.is_dots:
        return Block("text", "……")
    if line.is_rule:
        return Block("rule", "---")
    if line.is_marked:
        return Block("heading", line.text)
    return Block("row" if "\t" in line.bare else "text", line.bare)


# --- The source ------------------------------------------------------------------------------


def take_source(blocks: list[Block]) -> str:
    """Take the source in brackets off the end; several are joined by 、."""
    found: list[str] = []
    while blocks and blocks[-1].kind == "text":
        last = blocks[-1]
        named = SOURCE_NAMED.match(last.text)
        match = named or SOURCE_BEHIND.search(last.text)
        if not match or (not named and NOT_A_SOURCE.search(match["source"].strip())):
            break
        found.insert(0, SOURCE_NAMED.sub(r"\g<source>", match["source"].strip()))
        last.text = last.text[: match.start()].rstrip()
        if not last.text:
            blocks.pop()
        elif not last.text.endswith(("）", ")")):
            break
    return "、".join(found)


# --- Page breaks -----------------------------------------------------------------------------


def mended(blocks: list[Block]) -> list[Block]:
    """Put paragraphs together that a page break tore apart in the middle of a sentence."""
    whole: list[Block] = []
    for block in blocks:
        if whole and is_torn(whole[-1], block):
            whole[-1] = Block("text", joined(whole[-1].text, block.text))
        else:
            whole.append(block)
    return whole


def is_torn(before: Block, after: Block) -> bool:
    if before.kind != "text" or after.kind != "text":
        return False
    if LIST_OR_BRACKETS.match(after.text) or after.text == "……":
        return False
    return ends_open(before.text)


def ends_open(text: str) -> bool:
    """Whether the sentence goes on behind the end of the text."""
    if text[-1] in COMMAS:
        return True
    if len(text) < BROKEN_FROM or text[-1] in SENTENCE_ENDS:
        return False
    if text[-1] in CLOSERS:
        return text.rstrip(CLOSERS)[-1:].isalnum() and not LIST_OR_BRACKETS.match(text)
    return not text.endswith(">")


def joined(before: str, after: str) -> str:
    is_latin = before[-1].isascii() and before[-1].isalnum() and after[0].isascii()
    return f"{before} {after}" if is_latin and after[0].isalpha() else before + after


# --- Sub-headings and Markdown ---------------------------------------------------------------


def with_subheadings(blocks: list[Block]) -> list[Block]:
    if not any(block.kind == "heading" for block in blocks):
        return blocks
    for block, following in pairwise(blocks):
        if is_subheading(block, following):
            block.kind = "heading"
    return blocks


def is_subheading(block: Block, following: Block) -> bool:
    """A short line that ends openly, with a paragraph of whole sentences under it."""
    return (
        block.kind == following.kind == "text"
        and len(block.text) <= SUBHEADING_UP_TO
        and block.text[-1].isalnum()
        and not LIST_OR_BRACKETS.match(block.text)
        and "://" not in block.text
        and len(following.text) > len(block.text)
        and following.text[-1] in SENTENCE_ENDS + CLOSERS
    )


def to_markdown(blocks: list[Block]) -> str:
    parts: list[str] = []
    for index, block in enumerate(blocks):
        if block.kind == "row":
            opens = index == 0 or blocks[index - 1].kind != "row"
            text = table_row(block.text, opens=opens)
            if opens:
                parts.append(text)
            else:
                parts[-1] += f"\n{text}"
        else:
            parts.append(f"## {block.text}" if block.kind == "heading" else block.text)
    return "\n\n".join(parts)


def table_row(text: str, *, opens: bool) -> str:
    """``a<tab>b`` as a row of a Markdown table; the first row is its head."""
    cells = [cell.strip().replace("|", "\\|") for cell in text.split("\t")]
    row = f"| {' | '.join(cells)} |"
    return f"{row}\n|{' --- |' * len(cells)}" if opens else row
