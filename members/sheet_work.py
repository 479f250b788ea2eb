"""What a worker does with a sheet. The check is the save, taken back: it shows what then happens.

Everything of a file is one transaction. How far it has come is told on a second connection, so
that others see it meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, connections, transaction
from django.utils.translation import gettext as _

from files.sheets import number_of_rows, write_xlsx
from members.days import day_of
from members.models import ImportedRow, SheetImport, SheetProblem
from members.record import acting
from members.sheet_undo import obstacles, overwrite, take_back
from members.sheets import SHEETS
from members.sheets.base import CHANGED, NEW, UNCHANGED, WRONG, Row, Sheet
from members.sheets.marked import MarkedSheet
from members.sheets.table import Line, Table
from members.sheets.values import plain, snapshot

ONE_AT_A_TIME = 4217  # the advisory lock under which sheets are saved
State = SheetImport.State


class Changed(Exception):
    """The register is no longer what it was when the sheet was checked."""


# --- Checking ----------------------------------------------------------------------------------


def check(sheet: SheetImport) -> None:
    """Find out what saving would do, row by row, and take it back.

    Raises ``ValidationError`` where the file is no such sheet.
    """
    findings = Findings(sheet)
    with sheet.file.open("rb") as upload, TemporaryFile() as marked, progress(sheet) as tell:
        tell(rows=number_of_rows(upload), done=0)
        with transaction.atomic():
            kind = kind_of(sheet)
            table = Table(upload, type(kind))
            page = MarkedSheet(table, kind)
            write_xlsx(checked(sheet, table, kind, page, findings, tell), _("Result"), out=marked)
            transaction.set_rollback(True)
        findings.keep(table, marked)


def checked(
    sheet: SheetImport,
    table: Table,
    kind: Sheet,
    page: MarkedSheet,
    findings: "Findings",
    tell: Callable,
) -> Iterator[list]:
    """The rows of the marked-up sheet, each chunk saved on the way."""
    yield from page.head()
    for lines in applied(table, kind, sheet):
        findings.add(table, lines)
        tell(done=lines[-1].number)
        yield from map(page.line, lines)


class Findings:
    """What was found, gathered while the rows go by."""

    def __init__(self, sheet: SheetImport):
        self.sheet = sheet
        self.count: Counter[str] = Counter()
        self.problems: list[SheetProblem] = []

    def add(self, table: Table, lines: list[Line]) -> None:
        for row in (line.row for line in lines if line.row):
            self.count[row.outcome] += 1
            if len(self.problems) < SheetProblem.LISTED:
                self.problems += (self.problem(table, row, *each) for each in row.problems)

    def problem(self, table: Table, row: Row, name: str, message: str) -> SheetProblem:
        letter, title = table.where(name)
        return SheetProblem(
            sheet=self.sheet,
            row=row.number,
            column=letter,
            heading=title[:120],
            value=str(plain(row.cells.get(name)) or "").replace("\0", "")[:200],
            message=message,
        )

    def keep(self, table: Table, marked) -> None:
        """Write it into the import, which is then checked."""
        sheet, old = self.sheet, self.sheet.marked.name
        marked.seek(0)
        with transaction.atomic():
            sheet.problems.all().delete()
            SheetProblem.objects.bulk_create(self.problems)
            for name in (NEW, CHANGED, UNCHANGED, WRONG):
                setattr(sheet, name, self.count[name])
            sheet.rows = sheet.done = self.count.total()
            sheet.ignored = table.ignored
            sheet.state = State.CHECKED
            sheet.marked.save("result.xlsx", File(marked), save=False)
            sheet.save()
        if old:
            sheet.marked.storage.delete(old)


# --- Saving ------------------------------------------------------------------------------------


def save(sheet: SheetImport) -> None:
    """Save the rows as they were shown, all in one transaction.

    Raises `Changed` where the check would not find today what it found.
    """
    count: Counter[str] = Counter()
    with sheet.file.open("rb") as upload, progress(sheet) as tell, transaction.atomic():
        kind = kind_of(sheet, lock=True)
        table = Table(upload, type(kind))
        for lines in applied(table, kind, sheet):
            rows = [line.row for line in lines if line.row]
            count.update(row.outcome for row in rows)
            if count[WRONG] > (sheet.wrong if sheet.leave_out_wrong else 0):
                raise Changed
            ImportedRow.objects.bulk_create(
                ImportedRow(sheet=sheet, row=row.number, **snapshot(row))
                for row in rows
                if row.is_to_save
            )
            tell(done=count.total())
        if any(count[name] != number for name, number in sheet.found.items()):
            raise Changed
        finish(sheet, State.SAVED)


def applied(table: Table, kind: Sheet, sheet: SheetImport) -> Iterator[list[Line]]:
    """The chunks of the file, each judged against the register and written into it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    with acting(by=kind.by, why=sheet.name):
        for lines in table.chunks():
            rows = [line.row for line in lines if line.row]
            kind.judge(rows)
            write(kind, [row for row in rows if row.is_to_save])
            yield lines


def kind_of(sheet: SheetImport, *, lock: bool = False) -> Sheet:
    """The sheet as the person who saves it brings it in; while it is checked, who uploaded it."""
    return SHEETS[sheet.subject](
        by=sheet.saved_by or sheet.uploaded_by,
        on=day_of(sheet.saved_at or sheet.uploaded_at),
        lock=lock,
    )


def write(kind: Sheet, rows: list[Row]) -> None:
    """Write the rows; those that the database refuses are found by halves, and refused."""
    if not rows:
        return
    try:
        with transaction.atomic():
            changed = [row for row in rows if row.outcome == CHANGED]
            names = {name for row in changed for name in row.before}
            overwrite(kind.model.objects, (row.instance for row in changed), names)
            kind.model.objects.bulk_create(row.instance for row in rows if row.outcome == NEW)
    except IntegrityError as error:
        if len(rows) == 1:
            rows[0].refuse(*refusal(kind, error))
            kind.put_back(rows[0])
        else:
            half = len(rows) // 2
            write(kind, rows[:half])
            write(kind, rows[half:])


def refusal(kind: Sheet, error: IntegrityError) -> tuple[str, str]:
    """The column and the words of the constraint that the row breaks."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for constraint in kind.model._meta.constraints:
        if constraint.name == name:
            return "", str(constraint.get_violation_error_message())
    return "", _("Something there already stands against this row.")


# --- Undoing -----------------------------------------------------------------------------------


def undo(sheet: SheetImport) -> None:
    """Take back what the rows did. Raises ``ValidationError`` where something stands against it."""
    why = _("Undone: %(file)s") % {"file": sheet.name}
    with progress(sheet) as tell, transaction.atomic(), acting(by=sheet.undone_by, why=why):
        if next(obstacles(sheet, lock=True), None):
            raise stands_against_it()
        try:
            with transaction.atomic():
                take_back(sheet, tell)
        except IntegrityError as error:
            raise stands_against_it() from error
        finish(sheet, State.UNDONE)


def stands_against_it() -> ValidationError:
    return ValidationError(_("Something stands against it by now. Nothing was undone."))


def finish(sheet: SheetImport, state: State) -> None:
    sheet.state = state
    sheet.trouble = ""
    sheet.save(update_fields=["state", "trouble"])


# --- Telling -----------------------------------------------------------------------------------


@contextmanager
def progress(sheet: SheetImport) -> Iterator[Callable[..., None]]:
    """``tell(done=1000)``: written on a connection of its own, seen by everybody at once."""
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    table = SheetImport._meta.db_table

    def tell(**numbers: int) -> None:
        columns = ", ".join(f"{name} = %s" for name in numbers)
        with other.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {columns} WHERE id = %s", [*numbers.values(), sheet.pk]
            )

    try:
        yield tell
    finally:
        other.close()
