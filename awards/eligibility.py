"""May the unit apply in this cycle, and how many applications may it hand in?

The right is that of the award's benefit item on the day of filing. Two limits may hold beside it,
and the smaller counts: the cycle's own, and a number that the charter or a grant gives.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import AwardApplication, AwardCycle
from benefits.entitlement import Entitlement, entitlement
from benefits.models import BenefitItem
from members.days import day_of
from members.models import MemberUnit

Stage = AwardCycle.Stage
State = AwardApplication.State


def right(unit: MemberUnit, cycle: AwardCycle, on: dt.date) -> Entitlement:
    """The unit's right to apply on the day ``on``."""
    return entitlement(unit, cycle.award.benefit_item, on)


def refuse_closed(cycle: AwardCycle, at: dt.datetime) -> None:
    """Raises ``ValidationError`` where the cycle takes no applications at ``at``."""
    stage = cycle.stage(at)
    if stage == Stage.AHEAD:
        raise ValidationError(
            _("Applications are taken from %(day)s. Come back then."),
            code="not_open",
            params={"day": date_format(cycle.opens_on)},
        )
    if stage == Stage.CLOSED:
        raise ValidationError(
            _("Applications closed on %(day)s. Nothing can be handed in any more."),
            code="closed",
            params={"day": date_format(day_of(cycle.closes_at))},
        )
    if stage == Stage.HIDDEN:
        raise ValidationError(_("This cycle takes no applications at present."), code="not_open")


def refuse_full(cycle: AwardCycle, answer: Entitlement, rows: QuerySet) -> None:
    """Raises ``ValidationError`` where ``rows``, other applications of the unit, leave no room."""
    left = room(cycle, answer, rows)
    if left is not None and left <= 0:
        limit = limits(cycle, answer)
        raise ValidationError(
            ngettext(
                "Your unit may hand in %(limit)s application and has done so. "
                "Withdraw it first if another is to take its place.",
                "Your unit may hand in %(limit)s applications and has done so. "
                "Withdraw one first if another is to take its place.",
                limit,
            ),
            code="full",
            params={"limit": limit},
        )


def limits(cycle: AwardCycle, answer: Entitlement) -> int | None:
    """The smaller of the two limits; ``None`` for none."""
    return min(
        (limit for limit in (cycle.per_unit_limit, answer.quantity) if limit is not None),
        default=None,
    )


def room(cycle: AwardCycle, answer: Entitlement, rows: QuerySet) -> int | None:
    """How many more may be handed in beside ``rows``; ``None``: any number."""
    found = []
    if cycle.per_unit_limit is not None:
        found.append(cycle.per_unit_limit - rows.filter(cycle=cycle).count())
    if answer.quantity is not None:
        found.append(answer.quantity - rows.filter(beside(cycle, answer)).count())
    return min(found, default=None)


def beside(cycle: AwardCycle, answer: Entitlement) -> Q:
    """What shares a promised number: the award's applications of the year, of the cycle where the
    item is counted each time, or of all times where it is counted once per unit."""
    counted = BenefitItem.CountedPer
    if answer.item.counted_per == counted.UNIT:
        return Q(cycle__award=cycle.award)
    if answer.item.counted_per in (counted.EVENT, counted.ISSUE):
        return Q(cycle=cycle)
    in_year = Q(filed_on__year=answer.on.year) | Q(state=State.DRAFT)
    return Q(cycle__award=cycle.award) & in_year
