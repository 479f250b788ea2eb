"""What is there, as the sheet that an import would read without changing anything."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from django.db.models import QuerySet

from files.sheets import write_xlsx
from members.models import SheetImport
from members.sheets.base import Sheet

CHUNK = 2000


def exported(sheet: type[Sheet], chosen: QuerySet | None = None) -> IO[bytes]:
    """The chosen rows, or all, as an .xlsx on the disk that is gone when it is closed."""
    rows = sheet.rows()
    if chosen is not None:
        rows = rows.filter(pk__in=chosen.order_by().values("pk"))
    return write_xlsx(
        lines(sheet, rows),
        str(SheetImport.Subject(sheet.subject).label),
        widths=[column.width for column in sheet.columns],
        out=TemporaryFile(),  # closed by who hands it out
    )


def lines(sheet: type[Sheet], rows: QuerySet) -> Iterator[list]:
    """The headings, then a line for each row, read from the database in chunks."""
    yield [str(column.title) for column in sheet.columns]
    for instance in rows.iterator(chunk_size=CHUNK):
        yield [cell(sheet, instance, column) for column in sheet.columns]


def cell(sheet: type[Sheet], instance, column):
    value = sheet.value(instance, column)
    return None if value is None or value == "" else column.write(value)
