"""What a unit has used of its rights to apply: its applications that were handed in."""

import datetime as dt

from awards.models import AwardApplication
from benefits.models import Medium
from benefits.usage import Use
from members.models import MemberUnit


def uses(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Use]:
    """Applications filed from ``first`` to ``last`` and not withdrawn, newest first; one query."""
    rows = AwardApplication.objects.counted().filter(unit=unit, filed_on__range=(first, last))
    rows = rows.select_related("cycle__award").order_by("-filed_on", "-pk")
    return [use(application) for application in rows]


def use(application: AwardApplication) -> Use:
    return Use(
        item_id=application.cycle.award.benefit_item_id,
        on=application.filed_on,
        quantity=1,
        medium=Medium.RIGHT,
        what=f"{application.title} · {application.cycle.label}",
        source=application,
    )
