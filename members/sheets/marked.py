"""The uploaded sheet with the findings: wrong cells in colour, and two columns more."""

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from files.sheets import Marked
from members.sheets.base import CHANGED, NEW, UNCHANGED, WRONG, Row, Sheet
from members.sheets.table import PROBLEMS, RESULT, Line, Table

RED, GREEN, BLUE = "F6C9C4", "D3EBDD", "DCE6F5"
COLOURS = {NEW: GREEN, CHANGED: BLUE, WRONG: RED}


class MarkedSheet:
    """Collects nothing: each chunk becomes rows as it comes."""

    def __init__(self, table: Table, sheet: Sheet):
        self.table, self.sheet = table, sheet
        english = int((get_language() or "").startswith("en"))
        self.added = [RESULT[english], PROBLEMS[english]]
        known = {*RESULT, *PROBLEMS}
        self.kept = [at for at, cell in enumerate(table.headings) if cell not in known]
        self.words = {
            NEW: _("new"),
            CHANGED: _("changed"),
            UNCHANGED: _("already there"),
            WRONG: _("wrong"),
        }

    def head(self) -> Iterator[list]:
        """What stood above, and the headings."""
        for _number, cells in self.table.titles[:-1]:
            yield cells
        yield [*self.of(self.table.headings), *self.added]

    def line(self, line: Line) -> list:
        if line.row is None:
            return line.cells
        return [*self.of(self.coloured(line)), *self.findings(line.row)]

    def of(self, cells: list) -> list:
        return [cells[at] if at < len(cells) else None for at in self.kept]

    def coloured(self, line: Line) -> list:
        cells = [*line.cells, *[None] * (len(self.table.headings) - len(line.cells))]
        for name, _message in line.row.problems:
            if name in self.table.places:
                at = self.table.places[name]
                cells[at] = Marked("" if cells[at] is None else as_typed(cells[at]), RED)
        return cells

    def findings(self, row: Row) -> list:
        word = self.words[row.outcome]
        colour = COLOURS.get(row.outcome)
        return [Marked(word, colour) if colour else word, self.remarks(row)]

    def remarks(self, row: Row) -> str | None:
        """What is wrong; of a changed row: what it was before."""
        if row.is_wrong:
            return "\n".join(self.said(name, message) for name, message in row.problems)
        return "\n".join(self.said(name, self.change(row, name)) for name in row.before) or None

    def said(self, name: str, what: str) -> str:
        column = self.sheet.column_of(name)
        return (
            _("%(column)s: %(what)s") % {"column": column.title, "what": what} if column else what
        )

    def change(self, row: Row, name: str) -> str:
        column = self.sheet.column_of(name)
        old, new = (
            column.write(value) if value not in (None, "") else _("empty")
            for value in (row.before[name], getattr(row.instance, name))
        )
        return f"{old} → {new}"


def as_typed(cell) -> str:
    """A cell that is coloured is written as a text; a day without its midnight."""
    return str(cell).removesuffix(" 00:00:00")
