"""缴费通知: asking units for their dues."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import DuesNotice, MemberUnit
from members.record import acting
from members.standing import histories

TIME_TO_PAY = dt.timedelta(days=60)


@transaction.atomic
def raise_notice(
    *,
    unit: MemberUnit,
    year: int,
    on: dt.date,
    due_on: dt.date,
    by: User,
    at: dt.datetime,
    why: str,
) -> DuesNotice:
    """Ask one unit for the dues of ``year``, as they are due on the day ``on``.

    Raises ``ValidationError`` where no standard is recorded for its tier, where nothing is due,
    or where the unit has its notice of the year already.
    """
    history = next(histories([unit], dt.date(year, 1, 1)))
    amount, tier = history.amount_due(year, on), history.dues_tier(year)
    if amount is None:
        raise ValidationError(
            _("No dues standard of %(year)s is recorded for the tier of %(unit)s.")
            % {"year": year, "unit": unit}
        )
    notice = DuesNotice(
        unit=unit,
        year=year,
        tier=tier,
        amount=amount,
        due_on=due_on,
        raised_at=at,
        raised_by=by,
    )
    notice.full_clean()
    with acting(by=by, why=why):
        notice.save()
    return notice
