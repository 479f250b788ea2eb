"""What a batch of tiers and seats changes for each unit: found by applying it and taking it back.

The same code writes the rows and the same rules judge them before and after, so what is shown is
what then holds.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from itertools import groupby

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.entitlement import Right, rights
from benefits.models import BenefitItem
from members.appointments import apply
from members.models import AppointmentBatch, CommitteeSeat, MemberUnit, SpecialCommittee, Tier
from members.standing import DAY, GOOD, Basis, histories


@dataclass(frozen=True)
class Picture:
    """What is so for one unit: on the day chosen, on the telling days, and for two years' dues."""

    tier: Tier | None
    committees: frozenset[SpecialCommittee]
    rights: dict[BenefitItem, Right]
    bases: dict[dt.date, Basis]
    due: dict[int, Decimal | None]


@dataclass(frozen=True)
class RightChange:
    """One item's right before and after; ``None`` for no right."""

    item: BenefitItem
    before: Right | None
    after: Right | None

    @property
    def is_won(self) -> bool:
        """New, or more in the same form."""
        if self.before is None or self.after is None:
            return self.before is None
        return self._is_same_form and self.after.weight > self.before.weight

    @property
    def is_lost(self) -> bool:
        """Gone, or less in the same form."""
        if self.before is None or self.after is None:
            return self.after is None
        return self._is_same_form and self.after.weight < self.before.weight

    @property
    def _is_same_form(self) -> bool:
        """Copies on paper and access for everybody are not more or less than each other."""
        return self.before.medium == self.after.medium


@dataclass(frozen=True)
class StandingChange:
    on: dt.date
    before: Basis
    after: Basis

    @property
    def is_lost(self) -> bool:
        return self.before in GOOD and self.after not in GOOD

    @property
    def is_won(self) -> bool:
        return self.before not in GOOD and self.after in GOOD


@dataclass(frozen=True)
class UnitChange:
    """One unit before and after."""

    unit: MemberUnit
    before: Picture
    after: Picture
    on: dt.date

    @cached_property
    def rights(self) -> tuple[RightChange, ...]:
        """The rights that are not what they were, in the charter's order."""
        items = {**self.before.rights, **self.after.rights}
        pairs = (
            RightChange(item, self.before.rights.get(item), self.after.rights.get(item))
            for item in sorted(items, key=lambda item: (item.group.position, item.position))
        )
        return tuple(each for each in pairs if each.before != each.after)

    @cached_property
    def standings(self) -> tuple[StandingChange, ...]:
        """The days on which the standing is won or lost."""
        pairs = (
            StandingChange(on, basis, self.after.bases[on])
            for on, basis in self.before.bases.items()
        )
        return tuple(each for each in pairs if each.is_won or each.is_lost)

    @property
    def dues(self) -> list[tuple[int, Decimal | None, Decimal | None]]:
        """Each year with what is due for it, before and after."""
        return [(year, due, self.after.due[year]) for year, due in self.before.due.items()]

    @property
    def difference(self) -> Decimal:
        """What is asked for more, or less, for this year; zero where an amount is unknown."""
        (_year, before, after), *_next = self.dues
        return after - before if before is not None and after is not None else Decimal(0)

    @property
    def is_good(self) -> bool:
        """Whether the unit may enjoy services on the day for which the rights are compared."""
        return self.after.bases[self.on] in GOOD

    @property
    def basis(self) -> Basis:
        return self.after.bases[self.on]

    @property
    def joins(self) -> list[SpecialCommittee]:
        return self._committees(self.after.committees - self.before.committees)

    @property
    def leaves(self) -> list[SpecialCommittee]:
        return self._committees(self.before.committees - self.after.committees)

    def _committees(self, found: frozenset[SpecialCommittee]) -> list[SpecialCommittee]:
        return sorted(found, key=lambda committee: committee.code)

    @cached_property
    def kind(self) -> tuple:
        """What units have in common that are shown together; sorts by tier, then seats."""
        ranks = [tier.rank if tier else 99 for tier in (self.after.tier, self.before.tier)]
        seats = [[each.code for each in group] for group in (self.joins, self.leaves)]
        changed = [(each.item.pk, str(each.before), str(each.after)) for each in self.rights]
        return (*ranks, seats, not self.is_good, self.basis, changed)


@dataclass(frozen=True)
class Group:
    """Units with the same change of tier and seats that win and lose the same."""

    units: tuple[UnitChange, ...]

    @property
    def first(self) -> UnitChange:
        return self.units[0]

    @property
    def won(self) -> list[RightChange]:
        return [each for each in self.first.rights if each.is_won]

    @property
    def lost(self) -> list[RightChange]:
        return [each for each in self.first.rights if each.is_lost]

    @property
    def otherwise(self) -> list[RightChange]:
        """Enjoyed in another form from then on."""
        return [each for each in self.first.rights if not each.is_won and not each.is_lost]


@dataclass(frozen=True)
class Comparison:
    """All units of a batch; rights as on the day ``on``, standing on each of the ``days``."""

    batch: AppointmentBatch
    on: dt.date
    days: tuple[dt.date, ...]
    units: tuple[UnitChange, ...]

    @cached_property
    def groups(self) -> list[Group]:
        ordered = sorted(self.units, key=lambda each: (each.kind, each.unit.name))
        return [Group(tuple(same)) for _kind, same in groupby(ordered, lambda each: each.kind)]

    @cached_property
    def notices(self) -> list[Decimal]:
        return [each.difference for each in self.units if each.difference > 0]

    @property
    def asked(self) -> Decimal:
        return sum(self.notices, Decimal(0))

    @property
    def lowered(self) -> int:
        return sum(each.difference < 0 for each in self.units)

    @property
    def turns(self) -> list[tuple[dt.date, int, int]]:
        """Each day on which a standing is won or lost, with how many of each."""
        changes = [change for each in self.units for change in each.standings]
        won = Counter(each.on for each in changes if each.is_won)
        lost = Counter(each.on for each in changes if each.is_lost)
        return [(on, won[on], lost[on]) for on in self.days if won[on] or lost[on]]

    @cached_property
    def fingerprint(self) -> str:
        """The same exactly when the effect is the same."""
        batch = self.batch
        seen = [(batch.pk, batch.effective_on, batch.policy, batch.due_on, batch.resolution)]
        seen += [(each.unit.pk, *map(_plain, (each.before, each.after))) for each in self.units]
        return sha256(repr(seen).encode()).hexdigest()


def _plain(picture: Picture) -> tuple:
    return (
        picture.tier and picture.tier.pk,
        sorted(each.pk for each in picture.committees),
        sorted((item.pk, str(right)) for item, right in picture.rights.items()),
        [(on, basis.value) for on, basis in picture.bases.items()],
        picture.due,
    )


@transaction.atomic
def compare(*, batch: AppointmentBatch, on: dt.date, by: User, at: dt.datetime) -> Comparison:
    """What the batch would change, of which nothing remains. Raises what `apply` raises."""
    point = transaction.savepoint()
    try:
        return _applied(batch, on, by, at)
    finally:
        transaction.savepoint_rollback(point)


@transaction.atomic
def apply_as_shown(
    *, batch: AppointmentBatch, on: dt.date, shown: str, by: User, at: dt.datetime
) -> Comparison:
    """Apply the batch with the effect whose fingerprint a person has seen, and no other.

    Raises ``ValidationError`` if the effect is another by now, or as `apply` does.
    """
    found = _applied(batch, on, by, at)
    if found.fingerprint != shown:
        raise ValidationError(
            _("Something has changed since this page was made. Look at it again, then apply.")
        )
    return found


def _applied(batch: AppointmentBatch, on: dt.date, by: User, at: dt.datetime) -> Comparison:
    units = units_of(batch)
    days = telling_days(batch)
    before = pictures(units, batch, on)
    apply(batch=batch, by=by, at=at)
    after = pictures(units, batch, on)
    changes = (UnitChange(unit, before[unit.pk], after[unit.pk], on) for unit in units)
    return Comparison(batch, on, tuple(days), tuple(changes))


def units_of(batch: AppointmentBatch) -> list[MemberUnit]:
    named = batch.tier_changes.values("unit").union(batch.seat_changes.values("unit"))
    return list(MemberUnit.objects.filter(pk__in=named).order_by("name"))


def telling_days(batch: AppointmentBatch) -> list[dt.date]:
    """The days on which a batch can show: its own, that of the difference, the halves after it."""
    first, begins_on = batch.effective_on, batch.begins_on
    days = {first - DAY, first, begins_on - DAY, begins_on}
    if batch.due_on:
        days |= {batch.due_on, batch.due_on + DAY}
    for year in (first.year, first.year + 1):
        days |= {dt.date(year, 6, 30), dt.date(year, 7, 1), dt.date(year, 12, 31)}
        days.add(dt.date(year + 1, 1, 1))
    return sorted(day for day in days if day >= first - DAY)


def pictures(units: list[MemberUnit], batch: AppointmentBatch, on: dt.date) -> dict[int, Picture]:
    """What is so for each unit by its id, in sixteen queries for any number of units."""
    days, year = telling_days(batch), batch.effective_on.year
    enjoyed = rights(units, [on])[on]
    seated = committees(units, on)
    return {
        history.unit.pk: Picture(
            tier=history.tier(on),
            committees=frozenset(seated.get(history.unit.pk, ())),
            rights=enjoyed[history.unit.pk],
            bases={day: history.basis(day) for day in sorted({*days, on})},
            # A difference may apply from a day of the next year.
            due={each: history.amount_due(each, days[-1]) for each in (year, year + 1)},
        )
        for history in histories(units, min(*days, on))
    }


def committees(units: Iterable[MemberUnit], on: dt.date) -> dict[int, list[SpecialCommittee]]:
    found: dict[int, list[SpecialCommittee]] = {}
    for seat in CommitteeSeat.objects.on(on).filter(unit__in=units).select_related("committee"):
        found.setdefault(seat.unit_id, []).append(seat.committee)
    return found


def said(change: RightChange) -> str:
    """《…》 纸质 2 册 → 纸质 3 册, in the reader's language."""
    nothing = _("nothing")
    return f"{change.item.label}：{change.before or nothing} → {change.after or nothing}"
