"""A text as the search sees it: what is read on the page, one form for each character."""

import re
import unicodedata

from publications.reading import parser

HAN = "〇々㐀-䶿一-鿿\U00020000-\U000323af"
# Chinese characters in a row, or a word or number in another script.
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
IS_HAN = re.compile(rf"[{HAN}]+")
BROKEN_LINE = re.compile(rf"(?<=[{HAN}])[ \t]*\n[ \t]*(?=[{HAN}])")


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
    places = [
        place
        for place, character in enumerate(text)
        for _each in FOLDING[ord(character)]
    ]
    return folded(text), places


def plain(markdown: str) -> str:
    """What a reader sees of a Markdown text, a line for each paragraph.

    A line broken between two Chinese characters goes on: there is no blank in the sentence.
    """
    lines = []
    for token in parser().parse(markdown):
        if token.type == "inline":
            words = "".join(map(seen, token.children))
            lines.append(" ".join(BROKEN_LINE.sub("", words).split()))
        elif token.type in ("fence", "code_block"):
            lines.append(" ".join(token.content.split()))
    return "\n".join(line for line in lines if line)


def seen(token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content
