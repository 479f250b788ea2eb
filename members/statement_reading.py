"""From the rows of a bank's export to its incoming lines: where the titles are, what each column
holds, and what each cell says. Errors name the row and the column."""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import StatementLine
from members.statement_texts import WORDS, any_of, plain, skeleton

SEARCHED = 40  # rows in which the titles are looked for
LONGEST = 20_000  # lines of one file
TOLD = 20  # errors told at once
MOST = Decimal(10) ** 10
EXCEL_EPOCH = dt.date(1899, 12, 30)


class Column(models.TextChoices):
    """What a column of a bank's export holds."""

    PAID_ON = "paid_on", gettext_lazy("date")
    AMOUNT = "amount", gettext_lazy("amount received")
    OUTGOING = "outgoing", gettext_lazy("amount paid out")
    DIRECTION = "direction", gettext_lazy("in or out")
    PAYER = "payer", gettext_lazy("payer")
    ACCOUNT = "account", gettext_lazy("payer's account")
    REMARK = "remark", gettext_lazy("remark")
    REFERENCE = "reference", gettext_lazy("transaction number")

    @property
    def is_repeatable(self) -> bool:
        """Banks spread the remark over several columns."""
        return self is Column.REMARK


# Titles as banks write them, without marks, by what the column holds.
TITLES = {column: WORDS["titles"][column.value] for column in Column}
OTHERS = re.compile(any_of(WORDS["titles"]["nothing"]))

DATE = re.compile(r"\s*(20\d{2})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})(?!\d)")
COMPACT = re.compile(r"\s*(20\d{2})(\d{2})(\d{2})(?:\d{6})?(?!\d)")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
INCOMING = frozenset(["贷", "贷方", "收", "收入", "入", "转入", "入账", "C", "CR", "CREDIT", "+"])
OUTGOING = frozenset(["借", "借方", "支", "支出", "付", "出", "转出", "D", "DR", "DEBIT", "-"])
SUMS = re.compile("合计|总计|小计|累计|总额|余额|笔数|以下空白")


@dataclass(frozen=True)
class Table:
    """The rows of a file as texts, from its titles on; ``first`` is the titles' row number."""

    first: int
    titles: list[str]
    rows: list[list[str]]

    @property
    def signature(self) -> str:
        """The same for each file with the same titles."""
        return digest("|".join(map(skeleton, self.titles)))


@dataclass
class Incoming:
    """What a file holds: lines not saved yet, and how many rows were money going out."""

    lines: list[StatementLine]
    outgoing: int


# --- Titles ------------------------------------------------------------------------------------


def table_of(rows: Iterable[list]) -> Table:
    """The table in the rows of a file. Raises ``ValidationError`` where there is none."""
    texts = [[as_text(cell) for cell in row] for row in limited(rows)]
    head = max(range(min(len(texts), SEARCHED)), key=lambda row: likeness(texts[row]), default=None)
    if head is None or sum(map(bool, texts[head])) < 3:
        raise ValidationError(
            _("No table was found in the file. It needs a row of titles: date, amount, payer.")
        )
    titles = trimmed(texts[head])
    return Table(head + 1, titles, [padded(row, len(titles)) for row in texts[head + 1 :]])


def limited(rows: Iterable[list]) -> Iterator[list]:
    for number, row in enumerate(rows):
        if number > LONGEST:
            raise ValidationError(
                _("The file has more than %(limit)s rows. Export a shorter period.")
                % {"limit": LONGEST}
            )
        yield row


def likeness(row: list[str]) -> tuple[int, int]:
    """How much a row looks like titles: known ones first, then cells without a digit."""
    known = sum(guess(cell) is not None for cell in row)
    return known, sum(bool(cell) and not re.search(r"\d", cell) for cell in row)


def guess(title: str) -> Column | None:
    """What a column with this title most likely holds."""
    text = skeleton(title)
    if not text or len(text) > 20 or OTHERS.search(text):
        return None
    exact = (column for column, words in TITLES.items() if text in words)
    within = (
        column
        for column, words in TITLES.items()
        if any(word in text for word in words if len(word) > 1)
    )
    return next(exact, None) or next(within, None)


def guessed(titles: list[str]) -> list[str]:
    """What each column most likely holds; the first of several that fit."""
    found, columns = set(), []
    for title in titles:
        column = guess(title)
        is_free = column and (column.is_repeatable or column not in found)
        columns.append(column.value if is_free else "")
        found.add(column)
    return columns


def check_columns(columns: list[str], titles: list[str]) -> None:
    """Raises ``ValidationError`` unless the columns say when, how much, and from whom or why."""
    if len(columns) != len(titles) or not set(columns) <= {"", *Column.values}:
        raise ValidationError(_("Choose for each column what it holds."))
    named = Counter(columns)
    for column in (Column.PAID_ON, Column.AMOUNT):
        if column not in named:
            raise ValidationError(
                _("Say which column holds this: %(column)s.") % {"column": column.label}
            )
    if not named.keys() & {Column.PAYER, Column.REMARK}:
        raise ValidationError(_("Say which column holds the payer or the remark."))
    for column in Column:
        if named[column] > 1 and not column.is_repeatable:
            raise ValidationError(
                _("Only one column can hold this: %(column)s.") % {"column": column.label}
            )


# --- Lines -------------------------------------------------------------------------------------


def read_lines(table: Table, columns: list[str], on: dt.date) -> Incoming:
    """The incoming lines of the table, in its order, with their fingerprints.

    Rows without a date and an amount (blanks, sums, remarks of the bank) are passed over. Raises
    ``ValidationError`` with a sentence for each cell that cannot be understood.
    """
    check_columns(columns, table.titles)
    lines, outgoing, errors = [], 0, []
    for number, cells in enumerate(table.rows, start=table.first + 1):
        row = Row(number, cells, table.titles, columns)
        try:
            line = row.line(on) if row.is_filled else None
        except ValidationError as error:
            errors += error.messages
            continue
        if line:
            lines.append(line)
        outgoing += row.is_filled and line is None
    if errors:
        raise ValidationError(errors[:TOLD])
    if not lines:
        raise ValidationError(_("No incoming payment was found in the file."))
    give_fingerprints(lines)
    return Incoming(lines, outgoing)


@dataclass
class Row:
    """One row below the titles."""

    number: int
    cells: list[str]
    titles: list[str]
    columns: list[str]

    def get(self, column: Column) -> str:
        held = (cell for cell, each in zip(self.cells, self.columns, strict=True) if each == column)
        return " ".join(filter(None, held))

    @property
    def is_filled(self) -> bool:
        """Whether it is a line of the account and no blank, sum or remark of the bank."""
        has_money = bool(self.get(Column.AMOUNT) or self.get(Column.OUTGOING))
        if self.get(Column.PAID_ON) and has_money:
            return not SUMS.search(self.get(Column.PAID_ON))
        return has_money and not any(SUMS.search(cell) for cell in self.cells)

    def line(self, on: dt.date) -> StatementLine | None:
        """The line, or ``None`` for money going out."""
        amount = self.amount(Column.AMOUNT)
        paid_on = self.date(on)
        if amount is None or amount <= 0 or not self.is_incoming():
            return None
        return StatementLine(
            row=self.number,
            cells=self.cells,
            paid_on=paid_on,
            amount=amount,
            payer=self.text(Column.PAYER, "payer"),
            payer_account=self.text(Column.ACCOUNT, "payer_account"),
            remark=self.text(Column.REMARK, "remark"),
            reference=self.text(Column.REFERENCE, "reference"),
        )

    def date(self, on: dt.date) -> dt.date:
        text = self.get(Column.PAID_ON)
        day = date_of(text)
        if day is None:
            raise self.error(Column.PAID_ON, _("“%(text)s” is not a date"), text)
        if day > on:
            raise self.error(Column.PAID_ON, _("%(text)s lies in the future"), text)
        return day

    def amount(self, column: Column) -> Decimal | None:
        text = self.get(column)
        amount = amount_of(text)
        if text and amount is None:
            raise self.error(column, _("“%(text)s” is not an amount"), text)
        return amount

    def is_incoming(self) -> bool:
        if Column.DIRECTION not in self.columns:
            return True
        text = self.get(Column.DIRECTION)
        word = plain(text).strip()
        if word in INCOMING or word in OUTGOING:
            return word in INCOMING
        raise self.error(Column.DIRECTION, _("“%(text)s” says neither in nor out"), text)

    def text(self, column: Column, name: str) -> str:
        text = self.get(column)
        longest = StatementLine._meta.get_field(name).max_length
        if len(text) > longest:
            raise self.error(column, _("“%(text)s…” is too long"), text[:20])
        return text

    def error(self, column: Column, sentence: str, text: str) -> ValidationError:
        title = next(
            title for title, each in zip(self.titles, self.columns, strict=True) if each == column
        )
        said = sentence % {"text": text[:40]}
        return ValidationError(
            _("Row %(row)s, column “%(title)s”: %(said)s.")
            % {"row": self.number, "title": title, "said": said}
        )


def give_fingerprints(lines: list[StatementLine]) -> None:
    """By the bank's number where there is one, else by all that the line says; lines of one file
    that say the same are counted."""
    seen = Counter()
    for line in lines:
        said = [line.paid_on.isoformat(), f"{line.amount:.2f}"]
        if line.reference:
            said += ["number", skeleton(line.reference), skeleton(line.payer)]
        else:
            said += ["text", *map(skeleton, (line.payer, line.payer_account, line.remark))]
        key = "|".join(said)
        seen[key] += 1
        line.fingerprint = digest(f"{key}|{seen[key]}")


# --- Cells -------------------------------------------------------------------------------------


def as_text(cell) -> str:
    """A cell as a person would read it."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, dt.datetime):
        return (
            cell.strftime("%Y-%m-%d %H:%M:%S") if cell.time() != dt.time() else f"{cell:%Y-%m-%d}"
        )
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".")
    return " ".join("".join(c if c.isprintable() else " " for c in str(cell)).split())


def date_of(text: str) -> dt.date | None:
    """2026-03-02, 2026/3/2, 2026年3月2日, 20260302, with or without a time; Excel's day number."""
    text = plain(text)
    if SERIAL.fullmatch(text):
        return EXCEL_EPOCH + dt.timedelta(days=int(float(text)))
    found = COMPACT.match(text) or DATE.match(text)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def amount_of(text: str) -> Decimal | None:
    """1600, 1,600.00, ¥1,600.00, 1600元, (1,600.00) and -1600 for money going out."""
    bare = re.sub(r"[\s,¥$]|元|CNY|RMB|人民币", "", plain(text))
    if found := re.fullmatch(r"\((.+)\)", bare):
        bare = f"-{found[1]}"
    if not re.fullmatch(r"[+-]?\d+(?:\.\d+)?", bare):
        return None
    try:
        amount = Decimal(bare)
    except InvalidOperation:
        return None
    is_exact = amount == round(amount, 2) and abs(amount) < MOST
    return round(amount, 2) if is_exact else None


def trimmed(row: list[str]) -> list[str]:
    """Without the empty cells at its end."""
    filled = [place for place, cell in enumerate(row) if cell]
    return row[: filled[-1] + 1]


def padded(row: list[str], length: int) -> list[str]:
    return (row + [""] * length)[:length]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
