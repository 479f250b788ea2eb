"""The text of a file: plain text or Markdown, Word (.docx), PDF with text in it.

A PDF's lines come in the order of the page, pages parted by form feeds, the indent of a paragraph
kept: ``parsing`` tells page numbers and broken lines from it. Raises ``ValidationError`` with what
to do instead. Sizes are bounded before anything is unpacked or laid out.
"""

import io
import re
import zipfile
from dataclasses import dataclass

import mammoth
import pypdfium2
import pypdfium2.raw as pdfium
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from publications.from_html import markdown_of

MEGABYTE = 1024 * 1024
# Text of a whole issue: ten times the longest so far.
TEXT_LIMIT = 1 * MEGABYTE
# With pictures.
FILE_LIMIT = 30 * MEGABYTE
UNPACKED_LIMIT = 150 * MEGABYTE
# The parts of a .docx that are read as XML.
XML_LIMIT = 30 * MEGABYTE
PAGE_LIMIT = 400
CHARACTERS_PER_PAGE = 20_000

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ZIP, OLE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-"
# An entry of Word's own table of contents: the page stands behind a tab.
TAB_TO_PAGE = re.compile(r"\t(?=(?:<[^>]+>)*\d{1,4}(?:<[^>]+>)*</p>)")


def text_of(data: bytes) -> str:
    """The text of a file, whatever its kind: the first bytes say which it is."""
    if data.startswith(ZIP):
        text = docx_text(data)
    elif PDF in data[:1024]:
        text = pdf_text(data)
    elif data.startswith(OLE):
        raise ValidationError(
            _("This is an old Word or WPS file (.doc). Save it as .docx and try again."),
            code="file_format",
        )
    else:
        text = decode(data)
    if len(text) > TEXT_LIMIT:
        raise ValidationError(_("The file holds more than a million characters."), code="file_size")
    return text


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GBK (read as GB18030)."""
    if len(data) > TEXT_LIMIT:
        raise ValidationError(_("The file is larger than 1 MB."), code="file_size")
    encodings = ["utf-16"] if data.startswith(UTF16_MARKS) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(
        _("The file cannot be read as text, neither as UTF-8 nor as GBK. Save it as UTF-8."),
        code="file_encoding",
    )


def refuse_large(size: int) -> None:
    if size > FILE_LIMIT:
        raise ValidationError(
            _("The file is larger than %(limit)s MB."),
            code="file_size",
            params={"limit": FILE_LIMIT // MEGABYTE},
        )


# --- Word ------------------------------------------------------------------------------------


def docx_text(data: bytes) -> str:
    refuse_large(len(data))
    try:
        refuse_bomb(data)
        html = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=mammoth.images.img_element(lambda _image: {})
        ).value
    except ValidationError:
        raise
    except Exception as error:  # mammoth lets through whatever its parts raise on a broken file
        raise ValidationError(
            _("The Word file cannot be read. Open it, save it anew as .docx, and try again."),
            code="file_broken",
        ) from error
    return markdown_of(TAB_TO_PAGE.sub(" ..... ", html))


def refuse_bomb(data: bytes) -> None:
    """Sizes as the archive states them (``zipfile`` reads no more), and no own XML entities."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if "word/document.xml" not in {part.filename for part in parts}:
            raise ValidationError(
                _("This is not a Word file. Use .docx, .pdf, .txt or .md."), code="file_format"
            )
        texts = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
        if (
            sum(part.file_size for part in parts) > UNPACKED_LIMIT
            or sum(part.file_size for part in texts) > XML_LIMIT
        ):
            raise ValidationError(
                _("The Word file is too large when unpacked. Take out its pictures and try again."),
                code="file_size",
            )
        if any(declares_entities(archive.read(part)) for part in texts):
            raise ValidationError(
                _("The Word file declares XML entities of its own; no Word program writes those."),
                code="file_broken",
            )


def declares_entities(xml: bytes) -> bool:
    """In any encoding: XML in UTF-16 has a zero beside each letter."""
    return b"<!DOCTYPE" in xml.replace(b"\0", b"") or b"<!ENTITY" in xml.replace(b"\0", b"")


# --- PDF -------------------------------------------------------------------------------------


@dataclass
class PrintedLine:
    """A line of a page: where it stands, in points from the left and the bottom."""

    left: float
    right: float
    bottom: float
    top: float
    text: str = ""

    @property
    def height(self) -> float:
        return max(self.top - self.bottom, 1.0)


def pdf_text(data: bytes) -> str:
    refuse_large(len(data))
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise ValidationError(
            _("The PDF cannot be opened: it is broken, or protected with a password."),
            code="file_broken",
        ) from error
    try:
        pages = pages_of(document)
    finally:
        document.close()
    if not any(line.text.strip() for page in pages for line in page):
        raise ValidationError(
            _(
                "The PDF holds pictures of pages and no text (a scan). Export it anew from Word or "
                "WPS, or have its text recognised (OCR) first, then try again."
            ),
            code="no_text",
        )
    return "\f".join(page_text(page) for page in pages)


def pages_of(document) -> list[list[PrintedLine]]:
    if len(document) > PAGE_LIMIT:
        raise ValidationError(
            _("The PDF has more than %(limit)s pages."),
            code="file_size",
            params={"limit": PAGE_LIMIT},
        )
    pages = []
    for page in document:
        text = page.get_textpage()
        try:
            pages.append(lines_on(text))
        finally:
            text.close()
            page.close()
    return pages


def lines_on(page) -> list[PrintedLine]:
    """The characters of a page put into lines by where they stand, from the top down."""
    count = page.count_chars()
    if count > CHARACTERS_PER_PAGE:
        raise ValidationError(
            _("A page of the PDF holds more text than a page can."), code="file_size"
        )
    lines: list[PrintedLine] = []
    for index in range(count):
        character = chr(pdfium.FPDFText_GetUnicode(page.raw, index))
        if character.isspace() or character in "\0\ufffe\ufeff":
            if lines and lines[-1].text and character not in "\r\n":
                lines[-1].text += " "
            continue
        left, bottom, right, top = page.get_charbox(index, loose=True)
        add_character(lines, character, left, bottom, right, top)
    return sorted(lines, key=lambda line: -round(line.bottom + line.height / 2))


def add_character(lines: list[PrintedLine], character, left, bottom, right, top) -> None:
    line = lines[-1] if lines else None
    middle = (bottom + top) / 2
    is_same = line is not None and line.bottom < middle < line.top and left > line.left - 1
    if not is_same:
        lines.append(PrintedLine(left, right, bottom, top, character))
        return
    gap = left - line.right
    if gap > line.height * 1.5:
        line.text = line.text.rstrip() + "   "
    line.text += character
    line.right = max(line.right, right)


def page_text(lines: list[PrintedLine]) -> str:
    """A line that begins two characters to the right of the others opens a paragraph."""
    if not lines:
        return ""
    margin = min(line.left for line in lines)
    return "\n".join(
        ("\u3000\u3000" if is_indent(line, margin) else "") + line.text.strip() for line in lines
    )


def is_indent(line: PrintedLine, margin: float) -> bool:
    return 1.3 < (line.left - margin) / line.height < 2.6
