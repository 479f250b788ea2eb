"""退会: ending a membership with all that rests on it, and correcting an end that was a mistake.

People keep their sign-in, to read what was; rights end with the last day.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import (
    ApplicationStep,
    CommitteeSeat,
    MembershipApplication,
    MemberUnit,
    TierAppointment,
)
from members.record import acting
from members.standing import Standing, standing
from members.trail import entered, locked

Decision = MembershipApplication.Decision
Kind = ApplicationStep.Kind
Rows = tuple[TierAppointment | CommitteeSeat, ...]


@dataclass(frozen=True)
class End:
    """What a unit loses after its last day; ``last`` is its standing on that day."""

    last: Standing
    rows: Rows


@transaction.atomic
def end_membership(
    *,
    application: MembershipApplication,
    ended_on: dt.date,
    because: str,
    by: User,
    at: dt.datetime,
    resolution: str = "",
) -> End:
    """End the membership, and the unit's tier and seats with it, after its last day ``ended_on``.

    Raises ``ValidationError`` without a reason, if there is no open membership, if it began after
    that day, or if a tier or seat begins later.
    """
    application = locked(application)
    if application.decision != Decision.APPROVED:
        raise ValidationError(_("Only an approved membership can end."))
    if application.ended_on is not None:
        raise ValidationError(_("This membership has ended already."))
    if not because.strip():
        raise ValidationError({"because": _("Say why.")})
    application.ended_on = ended_on
    application.ended_because = because
    application.end_resolution = resolution
    application.ended_by = by
    application.full_clean()
    unit = application.unit
    _refuse_later(unit, ended_on)
    last = standing(unit, ended_on)
    with acting(by=by, why=_reason(because, resolution)):
        application.save()
        rows = _close(outliving(unit, ended_on), ended_on)
        entered(application, Kind.ENDED, by=by, at=at, note=_reason(because, resolution))
    return End(last=last, rows=rows)


def foreseen(**facts) -> End:
    """What `end_membership` would end with the same arguments: it is done and undone."""
    with transaction.atomic():
        end = end_membership(**facts)
        transaction.set_rollback(True)
    return end


@transaction.atomic
def reinstate(
    *, application: MembershipApplication, because: str, by: User, at: dt.datetime
) -> Rows:
    """Take back an end that was recorded by mistake, with the tier and the seats it ended.

    Raises ``ValidationError`` without a reason, where nothing has ended, or where the unit has
    become a member again or has been given another tier since.
    """
    application = locked(application)
    if application.ended_on is None:
        raise ValidationError(_("This membership has not ended."))
    if not because.strip():
        raise ValidationError({"because": _("Say why.")})
    rows = ended_with(application)
    application.ended_on = application.ended_by = None
    application.ended_because = application.end_resolution = ""
    application.full_clean()
    with acting(by=by, why=because):
        application.save()
        for row in rows:
            row.ends_on = _end_before(row)
            row.full_clean()
            row.save()
        entered(application, Kind.REINSTATED, by=by, at=at, note=because)
    return rows


def ended_with(application: MembershipApplication) -> Rows:
    """The tier and the seats whose last day was set by the end of this membership."""
    ended = application.events.filter(ended_on=application.ended_on).order_by("-pgh_id").first()
    if ended is None or ended.pgh_context_id is None:
        return ()
    return tuple(
        row
        for row in _dated_rows(application.unit, Q(ends_on=application.ended_on))
        if row.events.filter(
            pgh_context_id=ended.pgh_context_id, ends_on=application.ended_on
        ).exists()
    )


def close_what_outlived(unit: MemberUnit) -> Rows:
    """Give what outlived the unit's last membership that membership's last day.

    Memberships ended before their tier and seats did, in rows older than this rule.
    """
    spells = unit.applications.filter(decision=Decision.APPROVED).order_by("-decided_on")
    spell = spells.first()
    if spell is None or spell.ended_on is None:
        return ()
    rows = outliving(unit, spell.ended_on)
    return _close([row for row in rows if row.starts_on <= spell.ended_on], spell.ended_on)


def outliving(unit: MemberUnit, ended_on: dt.date) -> Rows:
    """The tier and the seats that go on after the day."""
    return _dated_rows(unit, Q(ends_on__isnull=True) | Q(ends_on__gt=ended_on))


def _refuse_later(unit: MemberUnit, ended_on: dt.date) -> None:
    if later := _dated_rows(unit, Q(starts_on__gt=ended_on)):
        raise ValidationError(
            _("“%(what)s” begins on %(day)s, after the last day. Remove it first.")
            % {"what": later[0], "day": date_format(later[0].starts_on)}
        )


def _dated_rows(unit: MemberUnit, condition: Q) -> Rows:
    appointments = unit.appointments.select_related("unit", "tier").filter(condition)
    seats = unit.seats.select_related("unit", "committee").filter(condition)
    return tuple(chain(appointments, seats))


def _close(rows: Iterable[TierAppointment | CommitteeSeat], ended_on: dt.date) -> Rows:
    for row in rows:
        row.ends_on = ended_on
        row.save()
    return tuple(rows)


def _end_before(row: TierAppointment | CommitteeSeat) -> dt.date | None:
    """The last day that the row had before it was given its present one."""
    before = row.events.exclude(ends_on=row.ends_on) | row.events.filter(ends_on__isnull=True)
    last = before.order_by("-pgh_id").first()
    return last.ends_on if last else None


def _reason(because: str, resolution: str) -> str:
    return f"{because} · {resolution}" if resolution else because
