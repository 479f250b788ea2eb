"""An article's blocks as Markdown.

Levels of sub-headings in the texts are not to be relied on (one article uses three for equals):
each becomes a second-level heading under the article's title.
"""

import re

from publications.parsing.blocks import Block, Kind

RULE = re.compile(r"[-*_=](?:\s*[-*_=]){2,}")
DOTS = re.compile(r"[.．…。·⋯\s]{3,}|…+")


def to_markdown(blocks: list[Block]) -> str:
    parts: list[str] = []
    for index, each in enumerate(blocks):
        if each.kind == Kind.ROW:
            opens = index == 0 or blocks[index - 1].kind != Kind.ROW
            text = table_row(each.text, opens=opens)
            if opens:
                parts.append(text)
            else:
                parts[-1] += f"\n{text}"
        else:
            parts.append(written(each))
    while parts and parts[-1] == "---":
        parts.pop()
    return "\n\n".join(parts)


def written(each: Block) -> str:
    if each.kind == Kind.SUBHEADING:
        return f"## {each.says}"
    if RULE.fullmatch(each.text):
        return "---"
    return "……" if DOTS.fullmatch(each.text) else each.says


def table_row(text: str, *, opens: bool) -> str:
    """``a<tab>b`` as a row of a Markdown table; the first row is its head."""
    if text.startswith("|"):
        return text
    cells = [cell.strip().replace("|", "\\|") for cell in text.split("\t")]
    row = f"| {' | '.join(cells)} |"
    return f"{row}\n|{' --- |' * len(cells)}" if opens else row
