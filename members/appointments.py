"""任免: what a general assembly decides on tiers and committee seats, in one batch.

A batch ends what holds on the day before it begins and opens what is new, so that every earlier
day still answers as it was. Where the unit's row begins on that very day, it is the row that is
put right. What a change of tier in mid-year does to the dues is the batch's written policy
(docs/decisions/0011). A batch that was wrong is corrected by another one (`prepare_reverse`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from members import dues_letters
from members.days import day_of
from members.models import (
    AppointmentBatch,
    CommitteeSeat,
    DuesAdjustment,
    DuesNotice,
    MemberUnit,
    SeatChange,
    TierAppointment,
    TierChange,
)
from members.record import acting
from members.standing import DAY, History, histories
from members.standing_words import day

Policy, Step = AppointmentBatch.Policy, SeatChange.Step


@transaction.atomic
def apply(*, batch: AppointmentBatch, by: User, at: dt.datetime) -> AppointmentBatch:
    """Let what the batch says hold from its day on, with the dues that follow from it.

    Raises ``ValidationError`` if it is applied already or empty, and otherwise with one message
    for every line that cannot be: a unit that is no member on the day, a later appointment or
    seat, a seat that is taken already or not held, a difference that no standard gives.
    """
    batch = AppointmentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.is_applied:
        raise ValidationError(_("This batch has been applied already."))
    changes = list(batch.tier_changes.select_related("unit", "tier"))
    seats = list(batch.seat_changes.select_related("unit", "committee"))
    if not changes and not seats:
        raise ValidationError(_("The batch is empty: no unit is named in it."))
    _refuse(_strangers(changes, batch.begins_on), _strangers(seats, batch.effective_on))
    owed = _differences(batch, changes, on=day_of(at))
    with acting(by=by, why=batch.resolution):
        _appoint(batch, changes)
        _seat(batch, seats)
        _charge(batch, owed, by=by, at=at)
        batch.applied_at, batch.applied_by = at, by
        batch.save()
    return batch


@transaction.atomic
def prepare_reverse(*, batch: AppointmentBatch, by: User) -> AppointmentBatch:
    """A draft that gives every unit the tier and the seats it had before ``batch``.

    It has the same day, and asks for the difference where ``batch`` did: applied, it makes the
    answers of every day what they were. Raises ``ValidationError`` if ``batch`` was not applied,
    or if a unit had no tier before.
    """
    batch = AppointmentBatch.objects.select_for_update().get(pk=batch.pk)
    if not batch.is_applied:
        raise ValidationError(_("Only a batch that was applied can be taken back."))
    changes = list(batch.tier_changes.select_related("unit"))
    before = _tiers_on(changes, batch.begins_on - DAY)
    _refuse(
        _("%(unit)s had no tier before; end its appointment on its own page.")
        % {"unit": change.unit}
        for change in changes
        if change.unit_id not in before
    )
    reverse = AppointmentBatch(
        name=_("Taken back: %(name)s") % {"name": batch.name},
        term=batch.term,
        effective_on=batch.effective_on,
        resolution=batch.resolution,
        policy=batch.policy,
        due_on=batch.due_on,
        reverses=batch,
    )
    reverse.name = reverse.name[: AppointmentBatch._meta.get_field("name").max_length]
    with acting(by=by, why=reverse.name):
        reverse.save()
    TierChange.objects.bulk_create(
        TierChange(batch=reverse, unit_id=change.unit_id, tier_id=before[change.unit_id])
        for change in changes
    )
    opposite = {Step.TAKE: Step.LEAVE, Step.LEAVE: Step.TAKE}
    SeatChange.objects.bulk_create(
        SeatChange(
            batch=reverse,
            unit_id=seat.unit_id,
            committee_id=seat.committee_id,
            step=opposite[Step(seat.step)],
        )
        for seat in batch.seat_changes.all()
    )
    return reverse


# --- Who may be in a batch -----------------------------------------------------------------------


def _refuse(*problems: Iterable[str]) -> None:
    """Raises ``ValidationError`` with every problem there is."""
    found = [text for each in problems for text in each]
    if found:
        raise ValidationError(list(dict.fromkeys(found)))


def _strangers(lines: list[TierChange] | list[SeatChange], on: dt.date) -> Iterator[str]:
    named = MemberUnit.objects.filter(pk__in=[line.unit_id for line in lines])
    members = set(named.members(on).values_list("pk", flat=True))
    for line in lines:
        if line.unit_id not in members:
            yield _("%(unit)s is not a member on %(date)s.") % {
                "unit": line.unit,
                "date": day(on),
            }


def _tiers_on(changes: list[TierChange], on: dt.date) -> dict[int, int]:
    held = TierAppointment.objects.on(on).filter(unit__in=[each.unit_id for each in changes])
    return dict(held.values_list("unit_id", "tier_id"))


# --- Tiers ---------------------------------------------------------------------------------------


def _appoint(batch: AppointmentBatch, changes: list[TierChange]) -> None:
    """End the appointment of the day before and begin the new one."""
    first = batch.begins_on
    rows = TierAppointment.objects.filter(unit__in=[each.unit_id for each in changes])
    current = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first)).select_for_update()
    held = _by_unit(current.order_by("pk"))
    _refuse(*(_later(each.unit, held[each.unit_id], first) for each in changes))
    ended, corrected, begun = [], [], []
    for change in changes:
        rows = held[change.unit_id]
        for row in rows:
            if row.starts_on < first:
                row.ends_on = first - DAY
                ended.append(row)
        own = next((row for row in rows if row.starts_on == first), None)
        (corrected if own else begun).append(_appointment(batch, change, own))
    TierAppointment.objects.bulk_update(ended, ["ends_on"])
    TierAppointment.objects.bulk_update(corrected, ["tier", "term", "ends_on", "resolution"])
    TierAppointment.objects.bulk_create(begun)


def _appointment(
    batch: AppointmentBatch, change: TierChange, own: TierAppointment | None
) -> TierAppointment:
    row = own or TierAppointment(unit=change.unit, starts_on=batch.begins_on)
    row.tier, row.term, row.ends_on = change.tier, batch.term, None
    row.resolution = batch.resolution
    return row


def _later(unit: MemberUnit, rows: list, first: dt.date) -> Iterator[str]:
    """Why no row of the unit can begin on the day ``first``."""
    later = [row.starts_on for row in rows if row.starts_on > first]
    if later:
        yield _("%(unit)s already has an entry that begins on %(date)s, later than this batch.") % {
            "unit": unit,
            "date": day(min(later)),
        }


def _by_unit(rows: Iterable[TierAppointment]) -> dict[int, list[TierAppointment]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.unit_id].append(row)
    return grouped


# --- Seats ---------------------------------------------------------------------------------------


def _seat(batch: AppointmentBatch, changes: list[SeatChange]) -> None:
    """Open a seat for who takes one; end it, on the day before, for who leaves."""
    first = batch.effective_on
    rows = CommitteeSeat.objects.filter(unit__in=[each.unit_id for each in changes])
    current = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first)).select_for_update()
    held = defaultdict(list)
    for row in current.order_by("pk"):
        held[row.unit_id, row.committee_id].append(row)
    of = [(change, held[change.unit_id, change.committee_id]) for change in changes]
    _refuse(*(_unseatable(change, rows, first) for change, rows in of))
    CommitteeSeat.objects.bulk_create(
        CommitteeSeat(unit=change.unit, committee=change.committee, starts_on=first)
        for change, _rows in of
        if change.step == Step.TAKE
    )
    left = [row for change, rows in of if change.step == Step.LEAVE for row in rows]
    never_held = [row.pk for row in left if row.starts_on == first]
    CommitteeSeat.objects.filter(pk__in=never_held).delete()
    ended = [row for row in left if row.starts_on < first]
    for row in ended:
        row.ends_on = first - DAY
    CommitteeSeat.objects.bulk_update(ended, ["ends_on"])


def _unseatable(change: SeatChange, rows: list[CommitteeSeat], first: dt.date) -> Iterator[str]:
    said = {"unit": change.unit, "committee": change.committee, "date": day(first)}
    is_seated = any(row.starts_on <= first for row in rows)
    if later := list(_later(change.unit, rows, first)):
        yield from later
    elif change.step == Step.TAKE and is_seated:
        yield _("%(unit)s already sits on %(committee)s on %(date)s.") % said
    elif change.step == Step.LEAVE and not is_seated:
        yield _("%(unit)s does not sit on %(committee)s on %(date)s.") % said


# --- Dues ----------------------------------------------------------------------------------------


def _differences(
    batch: AppointmentBatch, changes: list[TierChange], *, on: dt.date
) -> list[tuple[TierChange, Decimal, dt.date]]:
    """By the policy “difference”: what each unit owes more or less for the year, and from when."""
    if batch.policy != Policy.DIFFERENCE or not changes:
        return []
    year = batch.begins_on.year
    known = {
        history.unit.pk: history
        for history in histories([each.unit for each in changes], dt.date(year, 1, 1))
    }
    mid_year = [each for each in changes if _pays_by_another_tier(known[each.unit_id], batch)]
    _refuse(*(_no_standard(known[each.unit_id], each, year) for each in mid_year))
    owed = [(each, *_difference(known[each.unit_id], each, batch)) for each in mid_year]
    if batch.due_on < on and any(amount > 0 for _change, amount, _from in owed):
        raise ValidationError(_("The day by which the difference is to be paid is over."))
    return [(each, amount, applies_from) for each, amount, applies_from in owed if amount]


def _pays_by_another_tier(history: History, batch: AppointmentBatch) -> bool:
    """Whether an appointment before the batch decides on the dues of its year."""
    new_year = dt.date(batch.begins_on.year, 1, 1)
    return (
        any(row.begins < batch.begins_on and row.ends >= new_year for row in history.appointments)
        and batch.begins_on > new_year
    )


def _no_standard(history: History, change: TierChange, year: int) -> Iterator[str]:
    for tier in (history.dues_tier(year), change.tier):
        if (tier.pk, year) not in history.standards:
            yield _("No dues standard of %(year)s is recorded for “%(tier)s”.") % {
                "year": year,
                "tier": tier.label,
            }


def _difference(
    history: History, change: TierChange, batch: AppointmentBatch
) -> tuple[Decimal, dt.date]:
    """The new standard less what is asked for already; earlier differences are part of that.

    More is owed from the day after it is to be paid. Less is owed from the change on, but not
    before the differences that it takes back.
    """
    year = batch.begins_on.year
    earlier = [
        row
        for row in history.adjustments
        if row.year == year and row.kind == DuesAdjustment.Kind.DIFFERENCE
    ]
    asked = history.standard(year) + sum(row.amount for row in earlier)
    amount = history.standards[change.tier_id, year] - asked
    if amount > 0:
        return amount, batch.due_on + DAY
    return amount, max([batch.begins_on, *(row.applies_from for row in earlier)])


def _charge(
    batch: AppointmentBatch,
    owed: list[tuple[TierChange, Decimal, dt.date]],
    *,
    by: User,
    at: dt.datetime,
) -> None:
    """The adjustments, and a notice with its letter to every unit that owes more.

    A batch that takes another one back withdraws that one's notices.
    """
    year = batch.begins_on.year
    DuesAdjustment.objects.bulk_create(
        DuesAdjustment(
            unit=change.unit,
            kind=DuesAdjustment.Kind.DIFFERENCE,
            year=year,
            amount=amount,
            applies_from=applies_from,
            reason=batch.resolution,
            decided_at=at,
            decided_by=by,
        )
        for change, amount, applies_from in owed
    )
    if batch.reverses:
        _withdraw_notices(batch, by=by, at=at)
    notices = DuesNotice.objects.bulk_create(
        DuesNotice(
            unit=change.unit,
            kind=DuesNotice.Kind.DIFFERENCE,
            year=year,
            tier=change.tier,
            amount=amount,
            due_on=batch.due_on,
            raised_at=at,
            raised_by=by,
        )
        for change, amount, _applies_from in owed
        if amount > 0
    )
    asking = dues_letters.notices_asking(notices)
    dues_letters.send(asking, dues_letters.addresses_of(notices), at=at)


def _withdraw_notices(batch: AppointmentBatch, *, by: User, at: dt.datetime) -> None:
    raised = DuesNotice.objects.standing().filter(
        kind=DuesNotice.Kind.DIFFERENCE,
        raised_at=batch.reverses.applied_at,
        unit__in=batch.tier_changes.values("unit"),
    )
    raised.update(withdrawn_at=at, withdrawn_by=by, withdrawn_because=batch.name)
