"""Reading a page as a visitor does: the words on it, and those of one kind of element."""

import re
from html.parser import HTMLParser

from django.db import connection
from django.test.utils import CaptureQueriesContext

VOID = {"img", "input", "meta", "link", "br", "hr", "path", "source"}
UNSEEN = {"script", "style", "head"}


class Page(HTMLParser):
    """The visible text of a page, as a whole (``words``) and by class or tag (``each``)."""

    def __init__(self, response):
        super().__init__()
        self.open: list[tuple[str, set[str]]] = []
        self.pieces: list[tuple[list[tuple[str, set[str]]], str]] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attributes):
        names = set((dict(attributes).get("class") or "").split()) | {tag}
        if tag not in VOID:
            self.open.append((tag, names))

    def handle_endtag(self, tag):
        if tag not in VOID:
            while self.open and self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        if data.strip() and not any(tag in UNSEEN for tag, _names in self.open):
            self.pieces.append((list(self.open), " ".join(data.split())))

    @property
    def words(self) -> str:
        return " ".join(text for _open, text in self.pieces)

    def each(self, name: str) -> list[str]:
        """The text of each element with this class or tag, outermost first."""
        found: dict[int, list[str]] = {}
        for opened, text in self.pieces:
            element = next((names for _tag, names in opened if name in names), None)
            if element is not None:
                found.setdefault(id(element), []).append(text)
        return [joined(texts) for texts in found.values()]


def joined(texts: list[str]) -> str:
    """As read: no blank beside a Chinese character."""
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", " ".join(texts))


def queries_of(client, address: str) -> int:
    """How many queries the page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)
