"""Columns that a list of units has wherever it stands: the tier and the standing of today."""

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from members.models import MemberUnit, Tier
from members.standing import GOOD, Basis, with_standing

COLOURS = {
    **dict.fromkeys(GOOD, "success"),
    Basis.NOT_A_MEMBER: "default",
    Basis.THIS_YEAR_UNPAID: "warning",
    Basis.LAST_YEAR_UNPAID: "warning",
    Basis.NO_TIER: "danger",
    Basis.NO_STANDARD: "danger",
}


def judged_today(units: QuerySet[MemberUnit]) -> QuerySet[MemberUnit]:
    """The units with what the two columns show, in one query."""
    return with_standing(units, timezone.localdate()).annotate(
        tier_name=F("appointment_on_day__tier__name"),
        tier_name_en=F("appointment_on_day__tier__name_en"),
    )


class StandingToday:
    """The columns ``tier_today`` and ``standing_today`` for units that are `judged_today`."""

    @display(description=_("tier today"), ordering="appointment_on_day__tier__rank")
    def tier_today(self, unit) -> str:
        return Tier(name=unit.tier_name, name_en=unit.tier_name_en).label if unit.tier_name else "—"

    @display(description=_("standing today"), label=COLOURS)
    def standing_today(self, unit) -> tuple[str, str]:
        return unit.standing_basis, Basis(unit.standing_basis).label
