"""Pieces of a MIME message, encoded by hand so that most of the work is done once per issue.

Python's own `email` package builds a message in about a millisecond, most of it for parts
that are the same for everyone.
"""

import base64
from binascii import b2a_base64
from collections.abc import Mapping

# Bytes in a line of base64: 76 characters.
LINE = 57
# Bytes of text in one encoded word, so that a header's line stays below 78 characters.
WORD = 39


def one_line(text: str) -> str:
    """The text without line breaks and control characters: safe in a header."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def encoded(text: str) -> str:
    """The text as encoded words of RFC 2047, folded; plain ASCII words stay as they are."""
    text = one_line(text)
    if text.isascii() and text.replace(" ", "").isalnum():
        return text
    words = [b2a_base64(word, newline=False).decode() for word in pieces(text, WORD)]
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def pieces(text: str, size: int) -> list[bytes]:
    """UTF-8 in pieces of at most `size` bytes that never cut a character."""
    found = [b""]
    for character in text:
        code = character.encode()
        if len(found[-1]) + len(code) > size:
            found.append(b"")
        found[-1] += code
    return found


def mailbox(name: str, address: str) -> str:
    """`name <address>` for a header; the address alone where there is no name."""
    name = encoded(name)
    return f"{name} <{address}>" if name else address


def base64_lines(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


class SplicedText:
    """A text in base64 whose last lines differ from recipient to recipient.

    What comes before the first line with a mark is encoded once. Its last line is filled with
    spaces up to a whole line of base64, so that the rest can be encoded by itself.
    """

    def __init__(self, text: str, marks: Mapping[str, str]):
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        first = min(text.index(mark) for mark in marks.values())
        cut = text.rindex("\r\n", 0, first)
        same = text[:cut].encode()
        self.head = base64_lines(same + b" " * (-len(same) % LINE))
        self.tail = text[cut:]
        self.marks = marks

    def tail_for(self, values: Mapping[str, str]) -> bytes:
        """The encoded last lines, with a value in the place of each mark."""
        tail = self.tail
        for name, mark in self.marks.items():
            tail = tail.replace(mark, values[name])
        return base64_lines(tail.encode())
