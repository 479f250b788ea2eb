"""What staff may change of the charter's rows and of grants: never an answer for a day gone by."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from benefits.models import Allowance, ExceptionalGrant

DAY = dt.timedelta(days=1)


def check_allowance(row: Allowance, changed: Iterable[str], *, today: dt.date) -> None:
    """Refuse what would change an answer for a day before ``today``. ``changed``: field names.

    A row that has begun can only get another last day, yesterday at the earliest; a new one begins
    today at the earliest. Raises ``ValidationError`` by field.
    """
    changed = set(changed)
    before = Allowance.objects.filter(pk=row.pk).first() if row.pk else None
    if before is None or before.starts_on >= today:
        if "starts_on" in changed and row.starts_on < today:
            message = _("This day has passed. Choose today or later: earlier answers stay.")
            raise ValidationError({"starts_on": message})
        return
    for name in changed - {"ends_on"}:
        message = _(
            "This already holds and is the answer for days gone by. "
            "Give it a last day and add a new row from the day after."
        )
        raise ValidationError({name: message})
    if "ends_on" in changed:
        check_new_end(before.ends_on, row.ends_on, today=today)


def check_grant(row: ExceptionalGrant, changed: Iterable[str], *, today: dt.date) -> None:
    """An approved grant can only be ended early; anything else is a new grant.

    Raises ``ValidationError`` by field.
    """
    before = ExceptionalGrant.objects.filter(pk=row.pk).first() if row.pk else None
    if before is None:
        return
    for name in set(changed) - {"ends_on"}:
        raise ValidationError({name: _("An approved grant stays as it is. Add another one.")})
    if row.ends_on > before.ends_on:
        raise ValidationError({"ends_on": _("A longer period needs a new grant.")})
    if before.starts_on < today:
        check_new_end(before.ends_on, row.ends_on, today=today)


def check_new_end(before: dt.date | None, after: dt.date | None, *, today: dt.date) -> None:
    """Neither the old nor the new last day may lie before yesterday. Raises ``ValidationError``."""
    earliest = today - DAY
    if any(day is not None and day < earliest for day in (before, after)):
        message = _("Choose %(day)s or later: earlier answers stay.")
        raise ValidationError({"ends_on": message % {"day": earliest}})
