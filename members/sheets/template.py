"""The sheet to begin with: headings that explain themselves, lists to choose from, the rules."""

import io
from collections.abc import Iterator

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from members.models import SheetImport
from members.sheets.base import Sheet, readable
from members.sheets.columns import CLEARED, Choices, Column

PREPARED = 1000  # so many rows are formatted and offer their choices
GREEN, GREY = PatternFill("solid", fgColor="0E5E4F"), PatternFill("solid", fgColor="6B7780")
WHITE = Font(bold=True, color="FFFFFF")
WRAPPED = Alignment(wrap_text=True, vertical="top")


def template(sheet: type[Sheet]) -> io.BytesIO:
    """An .xlsx with three sheets: to fill in, the rules, the values to choose from."""
    book = Workbook()
    columns = readable(sheet.columns)
    page = book.active
    page.title = sheet_title(str(SheetImport.Subject(sheet.subject).label))
    rules = book.create_sheet(_("Explanation"))
    lists = book.create_sheet(_("Choices"))
    page.freeze_panes = "A2"
    for number, column in enumerate(columns, start=1):
        add_column(page, number, column)
        add_choices(page, lists, number, column)
    explain(rules, columns)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def sheet_title(title: str) -> str:
    return title[:31].replace("/", " ")


def add_column(page, number: int, column: Column) -> None:
    letter = get_column_letter(number)
    head = page.cell(1, number, f"{column.title}*" if column.needed else str(column.title))
    head.font, head.fill = WHITE, GREEN if column.needed else GREY
    head.comment = Comment("\n".join(said(column)), "", width=260, height=110)
    page.column_dimensions[letter].width = column.width
    for row in range(2, PREPARED + 2):
        page.cell(row, number).number_format = column.number_format


def said(column: Column) -> Iterator[str]:
    yield _("Needed.") if column.needed else _("May stay empty.")
    if column.hint:
        yield str(column.hint)
    if column.example:
        yield _("Example: %(example)s") % {"example": column.example}


def add_choices(page, lists, number: int, column: Column) -> None:
    choices = column.choices()
    if not choices:
        return
    letter = get_column_letter(number)
    for row, choice in enumerate([str(column.title), *choices], start=1):
        lists.cell(row, number, choice).font = Font(bold=row == 1)
    lists.column_dimensions[letter].width = 20
    if isinstance(column, Choices):
        return  # several may be written; Excel's list allows one
    rule = DataValidation(
        type="list",
        formula1=f"'{lists.title}'!${letter}$2:${letter}${len(choices) + 1}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=str(column.title),
        error=_("Choose a value from the list."),
    )
    rule.add(f"{letter}2:{letter}{PREPARED + 1}")
    page.add_data_validation(rule)


def explain(rules, columns: list[Column]) -> None:
    rules.append([_("Column"), _("Needed?"), _("What to write"), _("Example"), _("Choices")])
    for cell in rules[1]:
        cell.font, cell.fill = WHITE, GREEN
    for column in columns:
        rules.append(
            [
                str(column.title),
                _("yes") if column.needed else "",
                str(column.hint),
                column.example,
                "、".join(column.choices()),
            ]
        )
    rules.append([])
    for sentence in sentences():
        rules.append([sentence])
        rules.merge_cells(
            start_row=rules.max_row, end_row=rules.max_row, end_column=5, start_column=1
        )
    for row in rules.iter_rows():
        for cell in row:
            cell.alignment = WRAPPED
    for letter, width in zip("ABCDE", (26, 10, 44, 26, 44), strict=True):
        rules.column_dimensions[letter].width = width


def sentences() -> list[str]:
    return [
        _("Only the first sheet is read. Headings may stand in any order, in Chinese or English."),
        _("A row about something that is there changes it; any other row makes something new."),
        _("An empty cell leaves what is there. To empty a field, write %(word)s.")
        % {"word": CLEARED},
        _("The whole file is checked first and nothing is saved before you say so."),
    ]
