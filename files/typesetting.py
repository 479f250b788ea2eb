"""Typeset a PDF from a template of ours (.typ) and data that stays data.

The data reaches the template as one JSON text and never as source: what people wrote in it is
printed as it stands. The fonts come from a package, so that every machine prints the same.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

FONTS = Path(find_spec("pylopdf_fonts_zh_cn").origin).parent
FULL_UNICODE = (3, 10)  # the table of a font that knows characters beyond 65,535
BLANKS = frozenset(map(ord, "\n\r\t"))


class TypesettingFailed(RuntimeError):
    """The compiler warned, or the fonts lack a character: the page would not be as meant."""


def typeset(template: Path, *, files: Mapping[str, bytes] | None = None, **data) -> bytes:
    """The template as a PDF; it reads ``data`` with ``json(bytes(sys.inputs.data))``.

    ``files`` (pictures) lie beside the template under their names; nothing else can be read.

    Raises `TypesettingFailed` for any warning, such as a font that is missing, and for characters
    that would be printed as empty boxes; ``typst.TypstError`` for a mistake in the template.
    """
    if lost := unprintable("".join(texts(data))):
        raise TypesettingFailed(f"{template.name}: no font has {lost}")
    with TemporaryDirectory() as folder:
        alone = Path(folder) / template.name
        alone.write_bytes(template.read_bytes())
        for name, content in (files or {}).items():
            (Path(folder) / name).write_bytes(content)
        pdf, warnings = typst.compile_with_warnings(
            alone,
            root=alone.parent,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    if warnings:
        raise TypesettingFailed(f"{template.name}: {'; '.join(map(str, warnings))}")
    return pdf


def unprintable(text: str) -> str:
    """The characters of the text that the fonts lack, each once."""
    known = printable()
    return "".join(dict.fromkeys(c for c in text if ord(c) not in known))


def texts(data) -> Iterator[str]:
    """Every text in the data, however deep."""
    if isinstance(data, dict):
        data = list(data.values())
    if isinstance(data, list | tuple):
        for each in data:
            yield from texts(each)
    elif isinstance(data, str):
        yield data


@cache
def printable() -> frozenset[int]:
    """What every one of the fonts can draw."""
    return frozenset.intersection(*map(characters, FONTS.glob("*.otf"))) | BLANKS


def characters(font: Path) -> frozenset[int]:
    """What an OpenType font can draw: the groups of its ``cmap`` in format 12."""
    content = font.read_bytes()
    cmap = next(offset for name, offset in tables(content) if name == b"cmap")
    (count,) = struct.unpack_from(">H", content, cmap + 2)
    records = (struct.unpack_from(">HHI", content, cmap + 4 + 8 * n) for n in range(count))
    start = next(cmap + offset for *kind, offset in records if tuple(kind) == FULL_UNICODE)
    (groups,) = struct.unpack_from(">I", content, start + 12)
    found = set()
    for first, last, _glyph in struct.iter_unpack(
        ">III", content[start + 16 : start + 16 + 12 * groups]
    ):
        found.update(range(first, last + 1))
    return frozenset(found)


def tables(content: bytes) -> Iterator[tuple[bytes, int]]:
    """The tables of an OpenType font: name and place."""
    (count,) = struct.unpack_from(">H", content, 4)
    for n in range(count):
        name, _checksum, offset, _length = struct.unpack_from(">4sIII", content, 12 + 16 * n)
        yield name, offset
