"""A text as the search sees it: what is read on the page, one form for each character."""

import re
import unicodedata

from publications.markup import Node, tree
from publications.plain import Plain

HAN = "〇々㐀-䶿一-鿿\U00020000-\U000323af"
# Chinese characters in a row, or a word or number in another script.
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]+")


class Folding(dict):
    """For `str.translate`: full-width and half-width, upper and lower case are one; what has no
    width is nothing."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = unicodedata.normalize("NFKC", character).casefold()
        # What folding made may have a simpler form yet, as with the letters of units: ㎎.
        folded = unicodedata.normalize("NFKC", folded)
        if unicodedata.category(character) in ("Cf", "Mn", "Cs") or not folded:
            folded = ""
        elif folded.isspace() or unicodedata.category(character) == "Cc":
            folded = " "
        self[code] = folded
        return folded


FOLDING = Folding()


def folded(text: str) -> str:
    """The text with one form for each character, each folded by itself: see `with_places`."""
    return text.translate(FOLDING)


def with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in ``text`` that it comes from."""
    places = [place for place, character in enumerate(text) for _each in FOLDING[ord(character)]]
    return folded(text), places


def plain(markdown: str) -> str:
    """What a reader sees of a Markdown text, a line for each paragraph, its footnotes last."""
    writer = Seen()
    text = "\n".join([*writer.blocks(tree(markdown)), *(text for _n, text in writer.notes)])
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class Seen(Plain):
    """Only words: no dash before an item, no address behind a link, no number of a footnote in the
    middle of a sentence."""

    def block(self, block: Node) -> str:
        match block["k"]:
            case "quote":
                return "\n".join(self.blocks(block["b"]))
            case "rule":
                return ""
        return super().block(block)

    def items(self, block: Node) -> list[str]:
        return ["\n".join(self.blocks(item)) for item in block["items"]]

    def link(self, inline: Node) -> str:
        return self.inlines(inline["c"])

    def note(self, inline: Node) -> str:
        super().note(inline)
        return ""
