"""An uploaded file as a table: where its headings are, and its rows in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from files.sheets import rows_of
from members.sheets.base import Row, Sheet
from members.sheets.columns import Told, heading

CHUNK = 1000
MOST = 100_000
TITLES = 10  # so many rows may stand above the headings
# What the marked-up sheet adds; brought in again, they are passed over.
RESULT, PROBLEMS = ("核对结果", "Result"), ("问题", "What to correct")


@dataclass
class Line:
    """A row of the file as it was: with the rows above the headings, and blank ones."""

    number: int
    cells: list
    row: Row | None = None


class Table:
    """Reading begins when it is made. Raises ``ValidationError`` for what is no such sheet."""

    def __init__(self, upload: File, sheet: type[Sheet]):
        self.lines = enumerate(rows_of(upload), start=1)
        self.above = list(islice(self.lines, TITLES))
        self.columns = {title: column for column in sheet.columns for title in column.headings()}
        at = self.find_headings(sheet)
        self.headings = self.above[at][1]
        self.titles, self.first = self.above[: at + 1], self.above[at + 1 :]
        self.place_columns()

    def find_headings(self, sheet: type[Sheet]) -> int:
        """The row that names the most columns."""
        known = [
            sum(heading(cell) in self.columns for cell in cells if cell)
            for _number, cells in self.above
        ]
        best = max(range(len(known)), key=known.__getitem__, default=0)
        if not known or known[best] < 2:
            raise ValidationError(
                _("The headings are not found. They are: %(all)s. Begin with the template.")
                % {"all": "、".join(str(each.title) for each in sheet.columns)}
            )
        return best

    def place_columns(self) -> None:
        """Which column of the file is which; twice the same is refused."""
        self.places: dict[str, int] = {}
        self.ignored: list[str] = []
        passed_over = {heading(title) for title in (*RESULT, *PROBLEMS)}
        for place, cell in enumerate(self.headings):
            title = heading(cell)
            column = self.columns.get(title)
            if column is None:
                if title and title not in passed_over:
                    self.ignored.append(str(cell))
            elif column.field in self.places:
                raise ValidationError(_("The column “%(title)s” is there twice.") % {"title": cell})
            elif not isinstance(column, Told):
                self.places[column.field] = place

    def chunks(self) -> Iterator[list[Line]]:
        """All that stands below the headings. Raises ``ValidationError`` as `rows_of` does."""
        lines = chain(self.first, self.lines)
        count = 0
        while chunk := [self.line(number, cells) for number, cells in islice(lines, CHUNK)]:
            count += sum(line.row is not None for line in chunk)
            if count > MOST:
                raise ValidationError(
                    _("The sheet has more than %(most)s rows. Split it.") % {"most": MOST}
                )
            yield chunk

    def line(self, number: int, cells: list) -> Line:
        found = {
            name: cells[place]
            for name, place in self.places.items()
            if place < len(cells) and not is_blank(cells[place])
        }
        return Line(number, cells, Row(number, found) if found else None)

    def where(self, name: str) -> tuple[str, str]:
        """The letter and the heading of a column; nothing for the row as a whole."""
        if name not in self.places:
            return "", ""
        place = self.places[name]
        return get_column_letter(place + 1), str(self.headings[place])


def is_blank(cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
