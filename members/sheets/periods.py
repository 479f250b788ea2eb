"""Sheets whose rows are periods of a unit that share no day: what it held, from when to when.

A period is known by its unit and its first day. Rows are taken from top to bottom: one that ends a
period stands above the one that follows.
"""

from django.db import models
from django.utils.formats import date_format

from members.models.dated import Dated
from members.sheets.base import NEW, OfUnits, Row


class OfPeriods(OfUnits):
    """Its model is `Dated`."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.periods: dict[int, list[Dated]] = {}

    @classmethod
    def rows(cls) -> models.QuerySet:
        return super().rows().order_by("unit__name", "unit_id", cls.model.DAYS[0])

    def find(self, rows: list[Row]) -> None:
        """What a unit held is asked once; rows above have changed it since."""
        unknown = [row for row in rows if row.values["unit"].pk not in self.periods]
        found = self.of_the_units(unknown, self.rows()) if unknown else {}
        for row in rows:
            unit = row.values["unit"].pk
            first = row.values.get(self.first_day)
            self.periods.setdefault(unit, found.get(unit, []))
            if first and self.meet(row, self.first_day, self.subject, unit, first):
                row.instance = next(
                    (each for each in self.periods[unit] if each.begins == first), None
                )

    def compare(self, rows: list[Row]) -> None:
        for row in rows:
            others = [
                each for each in self.periods[row.instance.unit_id] if each is not row.instance
            ]
            clash = next((each for each in others if each.shares_a_day(row.instance)), None)
            if clash:
                row.refuse(self.first_day, self.overlap(clash, date_format(clash.begins)))
                self.put_back(row)
            elif row.outcome == NEW:
                self.periods[row.instance.unit_id].append(row.instance)

    @property
    def first_day(self) -> str:
        """The column with the first day."""
        return self.model.DAYS[0]

    def overlap(self, clash: Dated, day: str) -> str:
        """What is said of a row that shares a day with ``clash``, which began on ``day``."""
        raise NotImplementedError
