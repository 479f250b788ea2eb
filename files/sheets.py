"""Spreadsheets in and out: rows of cells, read and written one at a time, safe on both sides.

Reading takes .xlsx and .csv (UTF-8, with or without BOM, or GBK). Writing never lets a text become
a formula: in .xlsx it is stored as text and stays one when it is edited in Excel, in .csv it gets
an apostrophe, which reading takes away.
"""

import codecs
import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from files.kinds import CSV, Kind, checked, checked_size, kind_of

UNPACKED = 512 * 1024 * 1024  # what an .xlsx may hold; beyond it is no register but a bomb
ENCODINGS = ("utf-8-sig", "gb18030")
CHUNK = 64 * 1024
RISKY = ("=", "+", "-", "@", "\t", "\r")
XLSX = "xlsx"
# What XML cannot hold is written as Excel writes it: _x000B_; and so is what looks like that.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
WRITTEN = re.compile(r"_x([0-9A-Fa-f]{4})_")
FORMATS = {dt.date: "yyyy-mm-dd", dt.datetime: "yyyy-mm-dd hh:mm", Decimal: "#,##0.00"}
QUOTED = re.compile(r"'+[=+\-@\t\r]")


def checked_sheet(upload: File) -> Kind:
    """The kind of an uploaded spreadsheet.

    Raises ``ValidationError`` for anything but .xlsx and .csv, and as `files.kinds.checked` does.
    """
    if is_csv(upload):
        checked_size(upload)
        encoding_of(upload)
        return CSV
    kind = kind_of(upload) if upload.size else None
    if upload.size and (kind is None or kind.code != XLSX):
        raise not_a_sheet()
    return checked(upload)


def is_csv(upload: File) -> bool:
    return PurePath(upload.name or "").suffix.lower() == CSV.extension


def not_a_sheet() -> ValidationError:
    return ValidationError(
        _("Only Excel (.xlsx) and .csv files are accepted. Save an old .xls file as .xlsx first."),
        code="kind",
    )


def rows_of(upload: File) -> Iterator[list]:
    """The rows of the first sheet, as lists of cells: text, numbers, dates, truths or ``None``.

    Rows may be of different lengths. In a .csv every cell is text, an empty one ``None``. Raises
    ``ValidationError`` before the first row for anything that is neither .xlsx nor .csv, and for a
    file that cannot be read.
    """
    if is_csv(upload):
        return csv_rows(upload)
    kind = kind_of(upload)
    if kind is None or kind.code != XLSX:
        raise not_a_sheet()
    return xlsx_rows(upload)


def number_of_rows(upload: File) -> int:
    """How many rows the sheet has, blank ones too, without reading them: for a progress bar."""
    upload.seek(0)
    if is_csv(upload):
        return sum(chunk.count(b"\n") for chunk in iter(lambda: upload.read(CHUNK), b""))
    with zipfile.ZipFile(upload) as archive:
        names = sorted(
            (name for name in archive.namelist() if re.fullmatch(r"xl/worksheets/[^/]+", name)),
            key=lambda name: (len(name), name),
        )
        if not names:
            return 0
        with archive.open(names[0]) as sheet:
            return _count(sheet, b"<row ")


def _count(stream: IO[bytes], word: bytes) -> int:
    found, rest = 0, b""
    while chunk := stream.read(CHUNK):
        chunk = rest + chunk
        found += chunk.count(word)
        rest = chunk[-len(word) + 1 :]
    return found


# --- .xlsx -------------------------------------------------------------------------------------


def xlsx_rows(upload: File) -> Iterator[list]:
    upload.seek(0)
    with zipfile.ZipFile(upload) as archive:
        if sum(part.file_size for part in archive.infolist()) > UNPACKED:
            raise ValidationError(_("The file holds too much. Split it."), code="too_large")
    upload.seek(0)
    try:
        book = load_workbook(upload, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # other programs write them wrong
    except Exception as error:  # openpyxl raises whatever a broken part leads to
        raise unreadable() from error
    return cells(sheet)


def cells(sheet) -> Iterator[list]:
    try:
        for row in sheet.iter_rows(values_only=True):
            yield [read_text(cell) if isinstance(cell, str) else cell for cell in row]
    except Exception as error:  # as above: the sheet is parsed while it is read
        raise unreadable() from error


def unreadable() -> ValidationError:
    return ValidationError(
        _("The file cannot be read. Open it in Excel, save it again as .xlsx and try once more."),
        code="unreadable",
    )


@dataclass(frozen=True)
class Marked:
    """A text on a coloured ground."""

    text: str
    colour: str


def read_text(cell: str) -> str | None:
    return WRITTEN.sub(lambda found: chr(int(found[1], 16)), cell) if cell else None


def write_xlsx(
    rows: Iterable[Iterable],
    title: str = "Sheet1",
    *,
    widths: Iterable[int] = (),
    out: IO[bytes] | None = None,
) -> IO[bytes]:
    """A workbook of one sheet, its first row frozen; the rows are taken one at a time.

    A value may be `Marked`. Written into ``out``: a file on the disk for what may become large.
    """
    out = io.BytesIO() if out is None else out
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    try:
        for row in rows:
            sheet.append([safe_cell(sheet, value) for value in row])
    finally:
        sheet.close()
    book.save(out)
    out.seek(0)
    return out


def safe_cell(sheet, value):
    """The value as a cell: texts stay texts, whatever they begin with; dates and money look so."""
    if isinstance(value, str):
        return text_cell(sheet, value)
    if isinstance(value, Marked):
        cell = text_cell(sheet, value.text)
        cell.fill = PatternFill("solid", fgColor=value.colour)
        return cell
    number_format = FORMATS.get(type(value))
    if number_format is None:
        return value
    cell = WriteOnlyCell(sheet, naive(value))
    is_day = isinstance(value, dt.datetime) and cell.value.time() == dt.time()
    cell.number_format = FORMATS[dt.date] if is_day else number_format
    return cell


def text_cell(sheet, text: str):
    """Typed as text, so that Excel makes of it neither a formula nor a number, nor an error."""
    cell = WriteOnlyCell(sheet, UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    cell.data_type = "s"
    cell.number_format = "@"
    if text.startswith(RISKY):
        cell.quotePrefix = True
    return cell


def naive(value):
    """Excel knows no zones: a moment is written as the clock on the wall shows it."""
    if isinstance(value, dt.datetime) and value.tzinfo:
        return value.astimezone(get_default_timezone()).replace(tzinfo=None)
    return value


# --- .csv --------------------------------------------------------------------------------------


def csv_rows(upload: File) -> Iterator[list]:
    encoding = encoding_of(upload)
    return parsed(upload, encoding)


def parsed(upload: File, encoding: str) -> Iterator[list]:
    upload.seek(0)
    text = io.TextIOWrapper(upload, encoding, newline="")
    try:
        for row in csv.reader(text):
            yield [unquoted(cell) or None for cell in row]
    except csv.Error as error:
        raise unreadable() from error
    finally:
        text.detach()  # the upload is its owner's to close


def unquoted(cell: str) -> str:
    """Without the apostrophe that writing put before a risky text."""
    return cell[1:] if QUOTED.match(cell) else cell


def encoding_of(upload: File) -> str:
    """The first of ``ENCODINGS`` that reads the whole file. Raises ``ValidationError``."""
    for encoding in ENCODINGS:
        if is_readable(upload, encoding):
            return encoding
    raise ValidationError(
        _("The characters of the file cannot be read. Save it as “CSV UTF-8” or as .xlsx."),
        code="encoding",
    )


def is_readable(upload: File, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    upload.seek(0)
    try:
        for chunk in iter(lambda: upload.read(CHUNK), b""):
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def csv_lines(rows: Iterable[Iterable]) -> Iterator[bytes]:
    """Lines of a .csv that Excel opens with its Chinese intact; for a streaming response."""
    yield codecs.BOM_UTF8
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([quoted(value) for value in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def quoted(value):
    if not isinstance(value, str):
        return naive(value)
    # With its own apostrophes before it, too: reading takes one away.
    return f"'{value}" if value.lstrip("'").startswith(RISKY) else value
