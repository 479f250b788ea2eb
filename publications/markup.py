"""An article's Markdown as a tree: the one source of the page, the PDF and the e-mail.

CommonMark with tables, strikethrough, footnotes and pictures of ours (``picture:<digest>``); HTML
in the text is text. A tree is made of plain dictionaries, so that it can be given on as JSON:

blocks   ``p`` ``h`` ``quote`` ``list`` ``code`` ``rule`` ``table`` ``figure``
inlines  ``t`` ``em`` ``strong`` ``s`` ``c`` ``link`` ``br`` ``note``

Each writer (`reading`, `plain`, ``typst/issue.typ``) knows these and nothing of Markdown.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

Node = dict
PICTURE = re.compile(r"^picture:([0-9a-f]{64})$")
WITH_CHILDREN = {"em": "em", "strong": "strong", "s": "s"}
# East Asian wide: no space belongs between two of them where a line was broken.
WIDE = {"W", "F"}


@cache
def parser() -> MarkdownIt:
    """HTML in the text is shown as text; addresses other than web and mail are no links."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return markdown.use(footnote_plugin)


def tree(markdown: str) -> list[Node]:
    """The blocks of a text. Footnotes stand where they are called, numbered in that order."""
    root = SyntaxTreeNode(parser().parse(markdown))
    return Reader(root).blocks(root.children)


class Reader:
    """One text: its footnotes are met before they are known, and may call each other."""

    def __init__(self, root: SyntaxTreeNode):
        self.notes = {
            note.meta["id"]: note
            for child in root.children
            if child.type == "footnote_block"
            for note in child.children
        }
        self.numbers: dict[int, int] = {}

    def blocks(self, nodes: list[SyntaxTreeNode]) -> list[Node]:
        return [block for node in nodes if (block := self.block(node))]

    def block(self, node: SyntaxTreeNode) -> Node | None:
        match node.type:
            case "paragraph":
                return self.paragraph(node.children[0])
            case "heading":
                # The page's own title is the first heading.
                return {"k": "h", "level": max(2, int(node.tag[1])), "c": self.inlines(node)}
            case "blockquote":
                return {"k": "quote", "b": self.blocks(node.children)}
            case "bullet_list" | "ordered_list":
                return self.items(node)
            case "fence" | "code_block":
                return {"k": "code", "text": node.content.rstrip("\n")}
            case "hr":
                return {"k": "rule"}
            case "table":
                return self.table(node)
            case "footnote_block":
                return None
            case _:  # what CommonMark may learn one day is shown as its source
                return {"k": "p", "c": [{"k": "t", "text": node.content}]}

    def paragraph(self, inline: SyntaxTreeNode) -> Node | None:
        children = [child for child in inline.children if child.type != "footnote_anchor"]
        if len(children) == 1 and (digest := digest_of(children[0])):
            return {"k": "figure", "digest": digest, "caption": words(children[0])}
        return {"k": "p", "c": self.inlines_of(children)} if children else None

    def items(self, node: SyntaxTreeNode) -> Node:
        ordered = node.type == "ordered_list"
        return {
            "k": "list",
            "ordered": ordered,
            "start": int(node.attrs.get("start", 1)) if ordered else 1,
            "items": [self.blocks(item.children) for item in node.children],
        }

    def table(self, node: SyntaxTreeNode) -> Node:
        rows = [list(row.children) for part in node.children for row in part.children]
        return {
            "k": "table",
            "align": [alignment(cell) for cell in rows[0]],
            "head": [self.inlines(cell) for cell in rows[0]],
            "rows": [[self.inlines(cell) for cell in row] for row in rows[1:]],
        }

    # --- Within a line ---

    def inlines(self, node: SyntaxTreeNode) -> list[Node]:
        """The inlines of a block that holds one line of them."""
        return self.inlines_of(node.children[0].children) if node.children else []

    def inlines_of(self, nodes: list[SyntaxTreeNode]) -> list[Node]:
        found: list[Node] = []
        for node in nodes:
            if node.type == "softbreak":
                add_text(found, "\n")
            elif node.type == "text":
                add_text(found, node.content)
            elif inline := self.inline(node):
                found.append(inline)
        return without_gaps(found)

    def inline(self, node: SyntaxTreeNode) -> Node | None:
        match node.type:
            case "em" | "strong" | "s":
                return {"k": WITH_CHILDREN[node.type], "c": self.inlines_of(node.children)}
            case "code_inline":
                return {"k": "c", "text": node.content}
            case "hardbreak":
                return {"k": "br"}
            case "link":
                return self.link(node)
            case "image":
                return picture_in_line(node)
            case "footnote_ref":
                return self.note(node)
            case "footnote_anchor":
                return None
            case _:
                return {"k": "t", "text": node.content}

    def link(self, node: SyntaxTreeNode) -> Node:
        inside = self.inlines_of(node.children)
        return {"k": "link", "href": node.attrs["href"], "c": inside}

    def note(self, node: SyntaxTreeNode) -> Node:
        """The note's text where it is called first, later only its number."""
        key = node.meta["id"]
        if key in self.numbers:
            return {"k": "note", "n": self.numbers[key], "b": []}
        self.numbers[key] = len(self.numbers) + 1
        number = self.numbers[key]
        return {"k": "note", "n": number, "b": self.blocks(self.notes[key].children)}


def digest_of(node: SyntaxTreeNode) -> str:
    """The digest that a picture of ours names; empty for anything else."""
    found = node.type == "image" and PICTURE.match(node.attrs.get("src", ""))
    return found[1] if found else ""


def words(node: SyntaxTreeNode) -> str:
    """The text of a picture's caption, or of whatever stands below the node."""
    if node.type in ("text", "code_inline"):
        return node.content
    return "".join(" " if child.type == "softbreak" else words(child) for child in node.children)


def picture_in_line(node: SyntaxTreeNode) -> Node:
    """A picture within a sentence is its caption; one from elsewhere a link, never loaded."""
    caption = words(node)
    if digest_of(node):
        return {"k": "t", "text": caption}
    address = node.attrs.get("src", "")
    return {"k": "link", "href": address, "c": [{"k": "t", "text": caption or address}]}


def alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrs.get("style", "")).removeprefix("text-align:") or "left"


def add_text(found: list[Node], text: str) -> None:
    if found and found[-1]["k"] == "t":
        found[-1]["text"] += text
    else:
        found.append({"k": "t", "text": text})


def without_gaps(inlines: list[Node]) -> list[Node]:
    """A broken line goes on: with a space, but between two Chinese characters without."""
    for node in inlines:
        if node["k"] == "t" and "\n" in node["text"]:
            parts = node["text"].split("\n")
            text = parts[0]
            for part in parts[1:]:
                text += ("" if is_wide(text[-1:]) and is_wide(part[:1]) else " ") + part
            node["text"] = text
    return inlines


def is_wide(character: str) -> bool:
    return bool(character) and unicodedata.east_asian_width(character) in WIDE


# --- What a tree holds -----------------------------------------------------------------------


def nodes(blocks: list[Node]) -> Iterator[Node]:
    """Every node of a tree, in the order of reading."""
    for node in blocks:
        yield node
        cells = [*node.get("head", []), *(cell for row in node.get("rows", []) for cell in row)]
        for inside in (node.get("c", []), node.get("b", []), *cells, *node.get("items", [])):
            yield from nodes(inside)


def digests(markdown: str) -> list[str]:
    """The pictures that a text shows, each once."""
    found = (node["digest"] for node in nodes(tree(markdown)) if node["k"] == "figure")
    return list(dict.fromkeys(found))
