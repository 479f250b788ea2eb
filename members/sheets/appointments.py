"""任期内级别 as a sheet. An appointment is known by its unit and its first day."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Term, Tier, TierAppointment
from members.sheets.base import NEW, OfUnits, Row
from members.sheets.columns import Column, Day, Named
from members.sheets.contacts import UNIT_COLUMNS


class AppointmentSheet(OfUnits):
    """Rows are taken from top to bottom: one that ends a tier stands above the one that follows."""

    subject = "appointments"
    model = TierAppointment
    columns = (
        *UNIT_COLUMNS,
        Named("tier", gettext_lazy("tier"), Tier, needed=True, also=("级别",), width=16),
        Named("term", gettext_lazy("term"), Term, needed=True, width=14),
        Day(
            "starts_on",
            gettext_lazy("first day"),
            needed=True,
            hint=gettext_lazy("With the unit, it tells which appointment a row is about."),
            example="2026-01-01",
            width=13,
        ),
        Day(
            "ends_on",
            gettext_lazy("last day"),
            hint=gettext_lazy("Empty while it is open."),
            example="2030-12-31",
            width=13,
        ),
        Column("resolution", gettext_lazy("resolution"), example="会字〔2026〕1号", width=24),
    )
    changeable = frozenset({"ends_on", "resolution"})
    fixed_message = gettext_lazy(
        "An appointment with this first day says otherwise. It is corrected on its own page."
    )

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.periods: dict[int, list[TierAppointment]] = {}

    @classmethod
    def rows(cls):
        return (
            super()
            .rows()
            .select_related("unit", "tier", "term")
            .order_by("unit__name", "unit_id", "starts_on")
        )

    def find(self, rows: list[Row]) -> None:
        """What a unit held is asked once; rows above have changed it since."""
        unknown = [row for row in rows if row.values["unit"].pk not in self.periods]
        held = TierAppointment.objects.select_related("tier", "term")
        found = self.of_the_units(unknown, held) if unknown else {}
        for row in rows:
            unit = row.values["unit"].pk
            first = row.values.get("starts_on")
            self.periods.setdefault(unit, found.get(unit, []))
            if first and self.meet(row, "starts_on", "appointment", unit, first):
                row.instance = next(
                    (each for each in self.periods[unit] if each.starts_on == first), None
                )

    def compare(self, rows: list[Row]) -> None:
        for row in rows:
            others = [
                each for each in self.periods[row.instance.unit_id] if each is not row.instance
            ]
            clash = next((each for each in others if shares_a_day(each, row.instance)), None)
            if clash:
                row.refuse("starts_on", overlap(clash))
                self.put_back(row)
            elif row.outcome == NEW:
                self.periods[row.instance.unit_id].append(row.instance)


def shares_a_day(one: TierAppointment, other: TierAppointment) -> bool:
    return one.starts_on <= (other.ends_on or dt.date.max) and other.starts_on <= (
        one.ends_on or dt.date.max
    )


def overlap(clash: TierAppointment) -> str:
    return _(
        "The unit holds a tier in this period: “%(tier)s” since %(day)s. "
        "End that one in a row above."
    ) % {"tier": clash.tier.label, "day": date_format(clash.starts_on)}
