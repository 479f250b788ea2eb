"""The columns of a sheet: how a cell becomes a value, and a value a cell."""

import datetime as dt
import re
import unicodedata
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl.utils.datetime import from_excel

# What empties a field; an empty cell leaves it as it is.
CLEARED = "（清空）"
FORMULA_ERRORS = {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"}
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
EXACT = 10**15  # Excel keeps no more digits of a number
CENT = Decimal("0.01")
LANGUAGES = ("zh-hans", "en")


class Column:
    """A text. ``field`` is what it fills; ``title`` its heading, in the reader's language."""

    number_format = "@"

    def __init__(
        self,
        field: str,
        title,
        *,
        needed: bool = False,
        hint="",
        example: str = "",
        also: tuple[str, ...] = (),
        width: int = 18,
    ):
        self.field, self.title, self.needed = field, title, needed
        self.hint, self.example, self.also, self.width = hint, example, also, width

    def headings(self) -> set[str]:
        """What may stand above it, as `heading` writes it."""
        titles = {heading(title) for title in self.also}
        for language in LANGUAGES:
            with override(language):
                titles.add(heading(str(self.title)))
        return titles

    def read(self, cell):
        """The value, or ``None`` for a cell that says nothing. Raises ``ValidationError``."""
        return text(cell)

    def write(self, value):
        """The value as a cell; ``None`` where there is none."""
        return value or None

    def emptied(self):
        """The value of a field that is cleared."""
        return ""

    def is_same(self, stored, value) -> bool:
        """Whether what is stored would be read back as this value."""
        try:
            return self.read(self.write(stored)) == value
        except ValidationError:
            return False

    def choices(self) -> list[str]:
        """What may be chosen, in the reader's language; empty where anything may be written."""
        return []


class Code(Column):
    """Digits that are no number: telephone, postcode, credit code, reference."""

    def read(self, cell):
        value = text(cell)
        if isinstance(cell, int | float) and abs(cell) >= EXACT:
            raise ValidationError(shortened())
        if value and SHORTENED.fullmatch(value):
            raise ValidationError(shortened())
        return value


class CreditCode(Code):
    def read(self, cell):
        value = super().read(cell)
        return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", value)).upper() if value else None


class Postcode(Code):
    """Six digits; Excel drops the zeros in front of a number."""

    def read(self, cell):
        value = super().read(cell)
        return value.zfill(6) if isinstance(cell, int | float) and value else value


class Day(Column):
    number_format = "yyyy-mm-dd"

    def read(self, cell):
        if isinstance(cell, dt.datetime):
            return cell.date()
        if isinstance(cell, dt.date):
            return cell
        return day(text(cell))

    def emptied(self):
        return None


class Money(Column):
    number_format = "#,##0.00"

    def read(self, cell):
        if isinstance(cell, dt.date):
            raise ValidationError(_("Write an amount in yuan, such as 1600 or 1,600.00."))
        return money(text(round(cell, 4) if isinstance(cell, float) else cell))


class Year(Column):
    number_format = "0"

    def read(self, cell):
        value = text(cell)
        if value is None:
            return None
        found = re.fullmatch(r"(\d{4})\s*(年|年度)?", unicodedata.normalize("NFKC", value))
        if not found:
            raise ValidationError(_("Write a year with four digits, such as 2026."))
        return int(found[1])


class Choice(Column):
    """One of a few values, by its label in either language or by its code."""

    def __init__(self, field: str, title, choices, **kwargs):
        super().__init__(field, title, **kwargs)
        self.options = choices

    def read(self, cell):
        value = text(cell)
        return None if value is None else self.chosen(value)

    def chosen(self, value: str):
        found = self.known().get(value.casefold())
        if found is None:
            raise ValidationError(_("Choose one of: %(all)s.") % {"all": "、".join(self.choices())})
        return found

    def known(self) -> dict[str, str]:
        if not hasattr(self, "_known"):
            self._known = {str(value).casefold(): value for value, _label in self.options}
            for language in LANGUAGES:
                with override(language):
                    labels = {str(label).casefold(): value for value, label in self.options}
                self._known |= labels
        return self._known

    def write(self, value):
        return str(dict(self.options)[value]) if value in dict(self.options) else value

    def choices(self) -> list[str]:
        return [str(label) for _value, label in self.options]


class Choices(Choice):
    """Several of them, kept in the order in which they are declared."""

    def read(self, cell):
        value = text(cell)
        if value is None:
            return None
        found = {
            self.chosen(part.strip()) for part in re.split(r"[、,，;；/\n]", value) if part.strip()
        }
        return [value for value, _label in self.options if value in found]

    def write(self, value):
        return "、".join(str(super(Choices, self).write(each)) for each in value) or None

    def emptied(self):
        return []


class YesNo(Column):
    YES = ("是", "yes", "y", "true", "1", "√")
    NO = ("否", "no", "n", "false", "0", "×")

    def read(self, cell):
        if isinstance(cell, bool):
            return cell
        value = text(cell)
        if value is None:
            return None
        if value.casefold() in self.YES:
            return True
        if value.casefold() in self.NO:
            return False
        raise ValidationError(_("Write yes or no."))

    def write(self, value):
        return _("yes") if value else _("no")

    def choices(self) -> list[str]:
        return [_("yes"), _("no")]


class Named(Column):
    """A row of a short table (a tier, a term), by its Chinese or English name or its code."""

    def __init__(self, field: str, title, model, **kwargs):
        super().__init__(field, title, **kwargs)
        self.model = model

    def load(self) -> None:
        """Ask for the table once, before a file is read."""
        self.rows = list(self.model.objects.all())
        self.known = {
            str(name).casefold(): row
            for row in self.rows
            for name in (getattr(row, "code", ""), row.name_en, row.name)
            if name
        }

    def read(self, cell):
        value = text(cell)
        if value is None:
            return None
        if found := self.known.get(value.casefold()):
            return found
        raise ValidationError(
            _("Choose one of: %(all)s.") % {"all": "、".join(row.name for row in self.rows)}
        )

    def write(self, value):
        return value.label if value else None

    def choices(self) -> list[str]:
        return [row.label for row in self.model.objects.all()]


class Told(Column):
    """Written for the reader of an export, and not read."""

    def __init__(self, field: str, title, number_format: str = "@", **kwargs):
        super().__init__(field, title, **kwargs)
        self.number_format = number_format

    def read(self, cell):
        return None


# --- Cells -------------------------------------------------------------------------------------


def heading(cell) -> str:
    """A heading as it is compared: without stars, brackets' hints and spaces."""
    plain = unicodedata.normalize("NFKC", str(cell or ""))
    return re.sub(r"\((必填|选填|required|optional)\)|[*\s]", "", plain.casefold())


def text(cell) -> str | None:
    """The cell as a text without invisible characters, or ``None``.

    Raises ``ValidationError`` for the error of a formula.
    """
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    value = str(cell).replace("\r\n", "\n").replace("\r", "\n")
    value = UNPRINTABLE.sub("", value).strip()
    if value in FORMULA_ERRORS:
        raise ValidationError(_("The formula in this cell has an error. Write the value itself."))
    return value or None


def shortened() -> str:
    return _("Excel has shortened this number. Set the column to “Text” and type it anew.")


def day(value: str | None) -> dt.date | None:
    """2026-03-01, 2026/3/1, 2026.3.1, 20260301, 2026年3月1日, or Excel's count of days."""
    if value is None:
        return None
    plain = unicodedata.normalize("NFKC", value)
    found = re.fullmatch(
        r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?", plain
    ) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", plain)
    try:
        if found:
            return dt.date(*map(int, found.groups()))
        if re.fullmatch(r"\d{5}", plain):
            return from_excel(int(plain)).date()
    except ValueError:
        raise ValidationError(_("There is no such day in the calendar.")) from None
    raise ValidationError(_("Write a day such as 2026-03-01."))


def money(value: str | None) -> Decimal | None:
    if value is None:
        return None
    plain = re.sub(r"[¥￥,\s]|元$", "", unicodedata.normalize("NFKC", value))
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or "E" in plain.upper():
        raise ValidationError(_("Write an amount in yuan, such as 1600 or 1,600.00."))
    if abs(amount) >= EXACT:
        raise ValidationError(_("This amount is too large."))
    if amount != amount.quantize(CENT):
        raise ValidationError(_("An amount has at most two decimal places."))
    return amount.quantize(CENT)
