"""What every sheet does with its rows: read the cells, find what is there, judge what is new.

A sheet is asked chunk by chunk and takes a bounded number of queries for each. It writes nothing.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import FormerName, MemberUnit
from members.sheets.columns import CLEARED, Column, Named, Told, text

NEW, CHANGED, UNCHANGED, WRONG = "new", "changed", "unchanged", "wrong"


@dataclass
class Row:
    """One row of the file, what its cells say, and what is to become of it."""

    number: int
    cells: dict[str, object]
    values: dict[str, object] = field(default_factory=dict)
    # (field or "" for the whole row, message)
    problems: list[tuple[str, str]] = field(default_factory=list)
    # What the row is about: found in the database, or made anew.
    instance: models.Model | None = None
    outcome: str = ""
    before: dict[str, object] = field(default_factory=dict)

    def refuse(self, name: str, message) -> None:
        self.problems.append((name, str(message)))
        self.outcome = WRONG

    @property
    def is_wrong(self) -> bool:
        return bool(self.problems)

    @property
    def is_to_save(self) -> bool:
        return self.outcome in (NEW, CHANGED)


class Sheet:
    """A kind of sheet. One instance reads one file: it remembers the keys it has met.

    ``by`` and ``on``: who brings it in, and the day.
    """

    subject: str
    model: type[models.Model]
    columns: tuple[Column, ...]
    # What a person needs beside the right to add and change such rows.
    permissions: tuple[str, ...] = ()
    # The fields in which a row may change what is there.
    changeable: frozenset[str] = frozenset()
    fixed_message = ""

    def __init__(self, *, by: User, on: dt.date, lock: bool = False) -> None:
        self.by, self.on, self.lock = by, on, lock
        self.met: dict[tuple, int] = {}
        for column in self.columns:
            if isinstance(column, Named):
                column.load()

    # --- What an export holds ---

    @classmethod
    def rows(cls) -> models.QuerySet:
        """All that can be exported, with what the cells need."""
        return cls.model.objects.all()

    @classmethod
    def value(cls, instance, column: Column):
        return getattr(instance, column.field)

    # --- Judging ---

    def held(self, found: models.QuerySet) -> models.QuerySet:
        """Where rows are to be saved: held until the transaction ends, so that none is lost."""
        found = found.order_by("pk")
        return found.select_for_update(no_key=True, of=("self",)) if self.lock else found

    def judge(self, rows: list[Row]) -> None:
        """Set each row's outcome, instance and problems."""
        for row in rows:
            self.read(row)
        self.look_up(rows)
        for row in rows:
            if not row.is_wrong:
                self.compose(row)
        self.compare([row for row in rows if not row.is_wrong])
        for row in rows:
            if row.is_wrong:
                self.put_back(row)

    def read(self, row: Row) -> None:
        for column in self.columns:
            cell = row.cells.get(column.field)
            if cell is None:
                continue
            try:
                value = column.emptied() if cell == CLEARED else column.read(cell)
            except ValidationError as error:
                row.refuse(column.field, error.messages[0])
            else:
                if value is not None or cell == CLEARED:
                    row.values[column.field] = value

    def look_up(self, rows: list[Row]) -> None:
        """Find what the rows refer to and what they are about."""
        raise NotImplementedError

    def compose(self, row: Row) -> None:
        if row.instance is None:
            self.make(row)
        else:
            self.change(row)

    def make(self, row: Row) -> None:
        row.outcome = NEW
        for column in self.columns:
            if column.needed and row.values.get(column.field) in (None, "", []):
                row.refuse(column.field, _("This is needed."))
        if not row.is_wrong:
            row.instance = self.model(**self.fields_of(row))
            self.clean(row, exclude=self.foreign())

    def change(self, row: Row) -> None:
        row.outcome = UNCHANGED
        for name, value in self.fields_of(row).items():
            stored = getattr(row.instance, name)
            if self.is_same(name, stored, value):
                continue
            if name not in self.changeable:
                row.refuse(self.column_for(name), self.fixed_message)
                continue
            row.before[name] = stored
            setattr(row.instance, name, value)
            row.outcome = CHANGED if not row.is_wrong else WRONG
        if row.outcome == CHANGED:
            untouched = {each.name for each in self.model._meta.fields} - row.before.keys()
            self.clean(row, exclude=untouched | self.foreign())

    def fields_of(self, row: Row) -> dict[str, object]:
        """The values that go into the object."""
        names = {each.name for each in self.model._meta.fields}
        return {name: value for name, value in row.values.items() if name in names}

    def column_for(self, name: str) -> str:
        """The column in which a field of the object is written."""
        return name

    def is_same(self, name: str, stored, value) -> bool:
        column = self.column_of(name)
        return stored == value if column is None else column.is_same(stored, value)

    @classmethod
    def column_of(cls, name: str) -> Column | None:
        return next((each for each in cls.columns if each.field == name), None)

    def foreign(self) -> set[str]:
        return {each.name for each in self.model._meta.fields if each.is_relation}

    def clean(self, row: Row, exclude: set[str]) -> None:
        """The rules of a form, without its questions to the database."""
        for rule in (lambda: row.instance.clean_fields(exclude=exclude), row.instance.clean):
            try:
                rule()
            except ValidationError as error:
                self.refuse(row, error)

    def refuse(self, row: Row, error: ValidationError) -> None:
        """Put each message into the column of its field."""
        by_field = {NON_FIELD_ERRORS: error.messages}
        if hasattr(error, "error_dict"):
            by_field = error.message_dict
        for name, messages in by_field.items():
            column = self.column_of(self.column_for(name))
            row.refuse(column.field if column else "", messages[0])

    def compare(self, rows: list[Row]) -> None:
        """Rules between rows, and with what is there."""

    def put_back(self, row: Row) -> None:
        """A row that is not saved changes nothing for those below it."""
        for name, value in row.before.items():
            setattr(row.instance, name, value)
        row.outcome = WRONG

    def meet(self, row: Row, name: str, *key) -> bool:
        """Whether the key is met for the first time in the file; refuses the row if not."""
        first = self.met.setdefault(key, row.number)
        if first != row.number:
            row.refuse(name, _("Row %(row)s of this file says so already.") % {"row": first})
        return first == row.number


class OfUnits(Sheet):
    """A sheet whose rows belong to units, each named by its credit code, its name, or both."""

    UNIT, CODE = "unit_name", "credit_code"

    @classmethod
    def rows(cls) -> models.QuerySet:
        return super().rows().select_related("unit").order_by("unit__name", "unit_id", "pk")

    @classmethod
    def value(cls, instance, column: Column):
        if column.field == cls.UNIT:
            return instance.unit.name
        if column.field == cls.CODE:
            return instance.unit.credit_code
        return super().value(instance, column)

    def column_for(self, name: str) -> str:
        return self.UNIT if name == "unit" else name

    def fields_of(self, row: Row) -> dict[str, object]:
        """Name and code are the unit's, whatever fields the object has of these names."""
        fields = super().fields_of(row)
        return {name: value for name, value in fields.items() if name not in (self.UNIT, self.CODE)}

    def look_up(self, rows: list[Row]) -> None:
        units = Units(rows, self.UNIT, self.CODE, self.held(MemberUnit.objects.genuine()))
        for row in rows:
            try:
                row.values["unit"] = units.of(row)
            except ValidationError as error:
                row.refuse(error.code, error.messages[0])
        self.find([row for row in rows if "unit" in row.values])

    def find(self, rows: list[Row]) -> None:
        """Set the instance of each row that is about something there; their units are known."""
        raise NotImplementedError

    def of_the_units(self, rows: list[Row], queryset: models.QuerySet) -> dict[int, list]:
        """What there is of the rows' units, by unit."""
        found: dict[int, list] = {}
        units = {row.values["unit"].pk for row in rows}
        for instance in self.held(queryset.filter(unit__in=units)):
            found.setdefault(instance.unit_id, []).append(instance)
        return found


class Units:
    """The units that a chunk of rows names: two questions at most."""

    def __init__(self, rows: Iterable[Row], name: str, code: str, among: models.QuerySet):
        self.name, self.code = name, code
        codes = {row.values[code] for row in rows if code in row.values}
        names = {row.values[name] for row in rows if name in row.values}
        known = Q(credit_code__in=codes) | Q(name__in=names)
        units = list(among.filter(known))
        self.by_code = {unit.credit_code: unit for unit in units}
        self.by_name = {unit.name: unit for unit in units}
        unknown = names - self.by_name.keys()
        former = FormerName.objects.filter(name__in=unknown).select_related("unit")
        self.by_former_name = {each.name: each.unit for each in former} if unknown else {}

    def of(self, row: Row) -> MemberUnit:
        """Raises ``ValidationError`` whose code is the field that is wrong."""
        name, code = row.values.get(self.name), row.values.get(self.code)
        if code:
            return self._by_code(code, name)
        if not name:
            raise ValidationError(_("Name the unit, by its name or its credit code."), self.name)
        if unit := self.by_name.get(name):
            return unit
        if unit := self.by_former_name.get(name):
            raise ValidationError(
                _("This is a former name; the unit is now called “%(name)s”.")
                % {"name": unit.name},
                self.name,
            )
        raise ValidationError(_("There is no unit of this name."), self.name)

    def _by_code(self, code: str, name: str | None) -> MemberUnit:
        unit = self.by_code.get(code)
        if unit is None:
            raise ValidationError(_("There is no unit with this credit code."), self.code)
        if name and text(unit.name) != name:
            raise ValidationError(
                _("This credit code is that of “%(name)s”.") % {"name": unit.name}, self.code
            )
        return unit


def readable(columns: Iterable[Column]) -> list[Column]:
    """Those that an import reads."""
    return [column for column in columns if not isinstance(column, Told)]
