"""Spreadsheets in and out: rows of cells, read and written one at a time, safe on both sides.

Reading takes .xlsx and .csv (UTF-8, with or without BOM, or GBK). Writing never lets a text become
a formula: in .xlsx it is stored as text, in .csv it gets an apostrophe, which reading takes away.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from files.kinds import kind_of

UNPACKED = 512 * 1024 * 1024  # what an .xlsx may hold; beyond it is no register but a bomb
ENCODINGS = ("utf-8-sig", "gb18030")
CHUNK = 64 * 1024
RISKY = ("=", "+", "-", "@", "\t", "\r")
XLSX = "xlsx"


def rows_of(upload: File) -> Iterator[list]:
    """The rows of the first sheet, as lists of cells: text, numbers, dates, truths or ``None``.

    Rows may be of different lengths. In a .csv every cell is text, an empty one ``None``. Raises
    ``ValidationError`` before the first row for anything that is neither .xlsx nor .csv, and for a
    file that cannot be read.
    """
    if PurePath(upload.name or "").suffix.lower() == ".csv":
        return csv_rows(upload)
    kind = kind_of(upload)
    if kind is None or kind.code != XLSX:
        raise ValidationError(_("Only Excel (.xlsx) and .csv files are accepted."), code="kind")
    return xlsx_rows(upload)


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
            yield [None if cell == "" else cell for cell in row]
    except Exception as error:  # as above: the sheet is parsed while it is read
        raise unreadable() from error


def unreadable() -> ValidationError:
    return ValidationError(
        _("The file cannot be read. Open it in Excel, save it again as .xlsx and try once more."),
        code="unreadable",
    )


def write_xlsx(rows: Iterable[Iterable], title: str = "Sheet1") -> io.BytesIO:
    """A workbook of one sheet; the rows are taken one at a time."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([safe_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def safe_cell(sheet, value):
    """The value as a cell; a text that would be a formula stays a text."""
    if not isinstance(value, str) or not value.startswith(RISKY):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


# --- .csv --------------------------------------------------------------------------------------


def csv_rows(upload: File) -> Iterator[list]:
    encoding = encoding_of(upload)
    upload.seek(0)
    # Not closed with us: the upload belongs to the caller.
    text = codecs.getreader(encoding)(upload)
    return parsed(text)


def parsed(text) -> Iterator[list]:
    try:
        for row in csv.reader(text):
            yield [unquoted(cell) or None for cell in row]
    except csv.Error as error:
        raise unreadable() from error


def unquoted(cell: str) -> str:
    """Without the apostrophe that writing put before a risky text."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell


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
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
