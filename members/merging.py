"""合并: one unit is absorbed by another on a day. Its own history stays its own."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.days import day_of
from members.ending import end_membership
from members.models import (
    CommitteeSeat,
    Contact,
    FormerName,
    MembershipApplication,
    MemberUnit,
    Representative,
    UnitMerger,
)
from members.record import acting
from members.standing import Standing, standing

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class State:
    """A unit on a day."""

    standing: Standing
    seats: tuple[CommitteeSeat, ...]


@dataclass(frozen=True)
class Side:
    """A unit on the day after the merger: as it would be without it, and with it."""

    unit: MemberUnit
    before: State
    after: State


@transaction.atomic
def merge(
    *,
    absorbed: MemberUnit,
    into: MemberUnit,
    on: dt.date,
    resolution: str,
    contacts: Iterable[Contact] = (),
    people: Iterable[Representative] = (),
    by: User,
    at: dt.datetime,
) -> UnitMerger:
    """End the membership, tiers and seats of ``absorbed`` after the day ``on``.

    Of its contacts the chosen ones go to ``into``, the others are written to no more; the chosen
    people may act for ``into`` too. Its dues, receipts and services stay where they are. Searching
    its name finds ``into``. Raises ``ValidationError`` if it is no member on the day, if ``into``
    is none afterwards, if it was merged before, or if the day lies in the future.
    """
    rows = MemberUnit.objects.select_for_update(no_key=True).order_by("pk")
    found = {unit.pk: unit for unit in rows.filter(pk__in=[absorbed.pk, into.pk])}
    absorbed, into = found[absorbed.pk], found[into.pk]
    membership = _membership(absorbed, into, on, at)
    merger = UnitMerger(
        absorbed=absorbed, into=into, on=on, resolution=resolution, recorded_by=by, recorded_at=at
    )
    merger.full_clean()
    with acting(by=by, why=resolution):
        merger.save()
        end_membership(
            application=membership,
            ended_on=on,
            because=_("Merged into %(unit)s") % {"unit": into},
            resolution=resolution[:120],
            by=by,
            at=at,
        )
        _remember_names(absorbed, into, on)
        _move_contacts(absorbed, into, {contact.pk for contact in contacts})
        _seat_people(into, people)
    return merger


def preview(*, absorbed: MemberUnit, into: MemberUnit, on: dt.date, **facts) -> list[Side]:
    """Both units on the day after, without the merger and with it: it is done, and undone.

    Raises ``ValidationError`` as `merge` does.
    """
    units, day = (absorbed, into), on + DAY
    with transaction.atomic():
        before = [_state(unit, day) for unit in units]
        merge(absorbed=absorbed, into=into, on=on, **facts)
        after = [_state(unit, day) for unit in units]
        transaction.set_rollback(True)
    return [Side(*row) for row in zip(units, before, after, strict=True)]


def _state(unit: MemberUnit, on: dt.date) -> State:
    seats = CommitteeSeat.objects.on(on).filter(unit=unit).select_related("committee")
    return State(standing(unit, on), tuple(seats.order_by("committee")))


def _membership(
    absorbed: MemberUnit, into: MemberUnit, on: dt.date, at: dt.datetime
) -> MembershipApplication:
    """The membership that ends. Raises ``ValidationError`` where the merger cannot be."""
    if absorbed == into:
        raise ValidationError({"into": _("A unit cannot be merged into itself.")})
    if on > day_of(at):
        raise ValidationError({"on": _("Record the merger on its day or afterwards.")})
    if absorbed.duplicate_of_id or into.duplicate_of_id:
        raise ValidationError(_("A duplicate cannot be merged. Choose the unit that is kept."))
    membership = MembershipApplication.objects.in_force(on).filter(unit=absorbed).first()
    if membership is None:
        raise ValidationError({"on": _("%(unit)s is no member on this day.") % {"unit": absorbed}})
    if not MembershipApplication.objects.in_force(on + DAY).filter(unit=into).exists():
        raise ValidationError(
            {"into": _("%(unit)s is no member on the day after.") % {"unit": into}}
        )
    return membership


def _remember_names(absorbed: MemberUnit, into: MemberUnit, on: dt.date) -> None:
    known = list(absorbed.former_names.values_list("name", "until"))
    FormerName.objects.bulk_create(
        [
            FormerName(unit=into, name=name, until=until)
            for name, until in [(absorbed.name, on), *known]
        ],
        ignore_conflicts=True,
    )


def _move_contacts(absorbed: MemberUnit, into: MemberUnit, chosen: set[int]) -> None:
    """The chosen ones serve the other unit, which has a liaison; the others rest."""
    known = {email.lower() for email in into.contacts.values_list("email", flat=True) if email}
    for contact in absorbed.contacts.filter(is_active=True):
        if contact.pk in chosen and contact.email.lower() not in known:
            contact.unit = into
            contact.roles = [role for role in contact.roles if role != Contact.Role.LIAISON]
            contact.is_active = bool(contact.roles or contact.deputy_roles)
        else:
            contact.is_active = False
        contact.save()


def _seat_people(into: MemberUnit, people: Iterable[Representative]) -> None:
    for seat in people:
        Representative.objects.get_or_create(unit=into, user=seat.user, revoked_at=None)
