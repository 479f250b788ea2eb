"""An article's text as safe HTML: for the portal, the admin's preview and the e-mail."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from publications.markup import Node, tree

TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "strong", "em", "s", "a", "sup", "section"),
    *("table", "thead", "tbody", "tr", "th", "td", "div", "figure", "figcaption", "img"),
}
ATTRIBUTES = {
    "a": {"href", "id", "class"},
    "ol": {"start", "class"},
    "li": {"id"},
    "section": {"class"},
    "div": {"class"},
    "th": {"class"},
    "td": {"class"},
    "img": {"src", "alt", "loading"},
}
SCHEMES = {"http", "https", "mailto", "cid"}
ALLOWED_LINK = re.compile(r"^(?:https?://|mailto:)", re.IGNORECASE)

# From a picture's digest to the address it is shown from; "" where it cannot be shown.
Address = Callable[[str], str]


def nowhere(digest: str) -> str:
    return ""


def rendered(markdown: str, *, pictures: Address = nowhere, within: str = "") -> SafeString:
    """HTML of a text. ``within`` tells the footnotes of several texts on one page apart.

    A picture that has no address is shown as its caption.
    """
    return cleaned(Writer(pictures, within).whole(tree(markdown)))


def cleaned(html: str) -> SafeString:
    """Only what an article may hold; nothing that runs, loads or positions itself."""
    return mark_safe(
        nh3.clean(
            html,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )


@dataclass
class Writer:
    """Writes one tree; its footnotes follow at the end."""

    pictures: Address
    within: str
    notes: list[tuple[int, str]] = field(default_factory=list)

    def whole(self, blocks: list[Node]) -> str:
        body = self.blocks(blocks)
        if not self.notes:
            return body
        items = "".join(
            f'<li id="{self.anchor("note", number)}">{text}'
            f'<a class="back" href="#{self.anchor("call", number)}">↩</a></li>'
            for number, text in sorted(self.notes)
        )
        return f'{body}<section class="notes"><ol>{items}</ol></section>'

    def anchor(self, kind: str, number: int) -> str:
        return "-".join(part for part in (kind, self.within, str(number)) if part)

    def blocks(self, blocks: list[Node]) -> str:
        return "".join(getattr(self, f"write_{block['k']}")(block) for block in blocks)

    inlines = blocks

    # --- Blocks ---

    def write_p(self, block: Node) -> str:
        return f"<p>{self.inlines(block['c'])}</p>\n"

    def write_h(self, block: Node) -> str:
        level = block["level"]
        return f"<h{level}>{self.inlines(block['c'])}</h{level}>\n"

    def write_quote(self, block: Node) -> str:
        return f"<blockquote>\n{self.blocks(block['b'])}</blockquote>\n"

    def write_list(self, block: Node) -> str:
        items = "".join(f"<li>{self.item(item)}</li>\n" for item in block["items"])
        if not block["ordered"]:
            return f"<ul>\n{items}</ul>\n"
        start = f' start="{block["start"]}"' if block["start"] != 1 else ""
        return f"<ol{start}>\n{items}</ol>\n"

    def item(self, blocks: list[Node]) -> str:
        """An item of one paragraph is only its line."""
        if len(blocks) == 1 and blocks[0]["k"] == "p":
            return self.inlines(blocks[0]["c"])
        return self.blocks(blocks)

    def write_code(self, block: Node) -> str:
        return f"<pre><code>{escape(block['text'])}\n</code></pre>\n"

    def write_rule(self, block: Node) -> str:
        return "<hr>\n"

    def write_table(self, block: Node) -> str:
        head = self.row("th", block["head"], block["align"])
        rows = "".join(self.row("td", row, block["align"]) for row in block["rows"])
        body = f"<tbody>\n{rows}</tbody>\n" if rows else ""
        return f'<div class="wide"><table>\n<thead>\n{head}</thead>\n{body}</table></div>\n'

    def row(self, tag: str, cells: list[list[Node]], align: list[str]) -> str:
        sides = ("" if side == "left" else f' class="{side}"' for side in align)
        written = "".join(
            f"<{tag}{side}>{self.inlines(cell)}</{tag}>\n"
            for cell, side in zip(cells, sides, strict=True)
        )
        return f"<tr>\n{written}</tr>\n"

    def write_figure(self, block: Node) -> str:
        caption, address = escape(block["caption"]), self.pictures(block["digest"])
        if not address:
            return f"<p>{caption}</p>\n"
        image = f'<img src="{escape(address)}" alt="{caption}" loading="lazy">'
        under = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f"<figure>{image}{under}</figure>\n"

    # --- Within a line ---

    def write_t(self, inline: Node) -> str:
        return escape(inline["text"])

    def write_em(self, inline: Node) -> str:
        return f"<em>{self.inlines(inline['c'])}</em>"

    def write_strong(self, inline: Node) -> str:
        return f"<strong>{self.inlines(inline['c'])}</strong>"

    def write_s(self, inline: Node) -> str:
        return f"<s>{self.inlines(inline['c'])}</s>"

    def write_c(self, inline: Node) -> str:
        return f"<code>{escape(inline['text'])}</code>"

    def write_br(self, inline: Node) -> str:
        return "<br>\n"

    def write_link(self, inline: Node) -> str:
        text = self.inlines(inline["c"])
        if not ALLOWED_LINK.match(inline["href"]):
            return text
        return f'<a href="{escape(inline["href"])}">{text}</a>'

    def write_note(self, inline: Node) -> str:
        number = inline["n"]
        call = f'<a class="call" href="#{self.anchor("note", number)}">[{number}]</a>'
        if inline["b"]:
            self.notes.append((number, self.blocks(inline["b"])))
            here = f' id="{self.anchor("call", number)}"'
            call = call.replace(' class="call"', f' class="call"{here}')
        return f"<sup>{call}</sup>"
