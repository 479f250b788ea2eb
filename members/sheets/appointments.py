"""任期内级别 as a sheet. An appointment is known by its unit and its first day."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Term, Tier, TierAppointment
from members.sheets.columns import Column, Day, Named
from members.sheets.contacts import UNIT_COLUMNS
from members.sheets.periods import OfPeriods


class AppointmentSheet(OfPeriods):
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

    @classmethod
    def rows(cls):
        return super().rows().select_related("unit", "tier", "term")

    def overlap(self, clash: TierAppointment, day: str) -> str:
        return _(
            "The unit holds a tier in this period: “%(tier)s” since %(day)s. "
            "End that one in a row above."
        ) % {"tier": clash.tier.label, "day": day}
