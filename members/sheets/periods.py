"""Sheets whose rows are periods of a unit that share no day: what it held, from when to when.

A period is known by its unit and its first day. Rows are taken from top to bottom: one that ends a
period stands above the one that follows.
"""

import datetime as dt

from django.db import models
from django.utils.formats import date_format

from members.sheets.base import NEW, OfUnits, Row


class OfPeriods(OfUnits):
    # The fields with the first and the last day.
    first: str
    last: str

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.periods: dict[int, list[models.Model]] = {}

    @classmethod
    def rows(cls) -> models.QuerySet:
        return super().rows().order_by("unit__name", "unit_id", cls.first)

    def find(self, rows: list[Row]) -> None:
        """What a unit held is asked once; rows above have changed it since."""
        unknown = [row for row in rows if row.values["unit"].pk not in self.periods]
        found = self.of_the_units(unknown, self.rows()) if unknown else {}
        for row in rows:
            unit = row.values["unit"].pk
            first = row.values.get(self.first)
            self.periods.setdefault(unit, found.get(unit, []))
            if first and self.meet(row, self.first, self.subject, unit, first):
                row.instance = next(
                    (each for each in self.periods[unit] if self.begins(each) == first), None
                )

    def compare(self, rows: list[Row]) -> None:
        for row in rows:
            others = [
                each for each in self.periods[row.instance.unit_id] if each is not row.instance
            ]
            clash = next((each for each in others if self.share_a_day(each, row.instance)), None)
            if clash:
                row.refuse(self.first, self.overlap(clash, date_format(self.begins(clash))))
                self.put_back(row)
            elif row.outcome == NEW:
                self.periods[row.instance.unit_id].append(row.instance)

    def begins(self, period: models.Model) -> dt.date:
        return getattr(period, self.first)

    def ends(self, period: models.Model) -> dt.date:
        return getattr(period, self.last) or dt.date.max

    def share_a_day(self, one: models.Model, other: models.Model) -> bool:
        return self.begins(one) <= self.ends(other) and self.begins(other) <= self.ends(one)

    def overlap(self, clash: models.Model, day: str) -> str:
        """What is said of a row that shares a day with ``clash``, which began on ``day``."""
        raise NotImplementedError
