"""A unit's history written down in a line or two."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from members.models import (
    AppointmentBatch,
    DuesAdjustment,
    DuesPayment,
    MembershipApplication,
    MemberUnit,
    SeatChange,
    Term,
    TierChange,
)
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    CommitteeFactory,
    PaymentFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UnitFactory,
    adjusted,
)

REFUND = DuesPayment.Kind.REFUND
PENDING = MembershipApplication.Decision.PENDING
REJECTED = MembershipApplication.Decision.REJECTED


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@dataclass
class Past:
    """``paid``, ``waived`` and the like: "year amount date"; ``tiers``: "code first [last]".

    Without ``tiers`` the unit is an ordinary member (¥5,000 a year) from the day it joined.
    """

    joined: str | None = "2019-05-01"
    left: str | None = None
    rejoined: str | None = None
    pending: str | None = None
    rejected: str | None = None
    tiers: list[str] | None = None
    paid: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    refunded: list[str] = field(default_factory=list)
    waived: list[str] = field(default_factory=list)
    charged: list[str] = field(default_factory=list)

    def create(self) -> MemberUnit:
        unit = UnitFactory()
        self._apply(unit)
        tiers = [f"ordinary {self.joined}"] if self.tiers is None and self.joined else self.tiers
        for code, first, *last in map(str.split, tiers or []):
            AppointmentFactory(
                unit=unit,
                tier=TierFactory(code=code),
                starts_on=day(first),
                ends_on=day(last[0]) if last else None,
            )
        self._pay(unit)
        self._adjust(unit)
        return unit

    def _adjust(self, unit: MemberUnit) -> None:
        for sign, kind, lines in (
            (-1, DuesAdjustment.Kind.WAIVER, self.waived),
            (1, DuesAdjustment.Kind.DIFFERENCE, self.charged),
        ):
            for year, amount, applies_from in map(str.split, lines):
                amount = sign * Decimal(amount)
                adjusted(unit, int(year), amount, day(applies_from), kind=kind)

    def _apply(self, unit: MemberUnit) -> None:
        if self.joined:
            ApplicationFactory(unit=unit, decided_on=day(self.joined), ended_on=day(self.left))
        if self.rejoined:
            ApplicationFactory(unit=unit, decided_on=day(self.rejoined))
        if self.pending:
            filed_on = day(self.pending)
            ApplicationFactory(unit=unit, filed_on=filed_on, decision=PENDING, decided_on=None)
        if self.rejected:
            ApplicationFactory(unit=unit, decided_on=day(self.rejected), decision=REJECTED)

    def _pay(self, unit: MemberUnit) -> None:
        for line in self.paid:
            PaymentFactory(unit=unit, **money(line))
        for line in self.refunded:
            PaymentFactory(unit=unit, kind=REFUND, **money(line))
        for line in self.unconfirmed:
            PaymentFactory(unit=unit, confirmed_at=None, confirmed_by=None, **money(line))


def money(line: str) -> dict:
    year, amount, paid_on = line.split()
    return {"year": int(year), "amount": Decimal(amount), "paid_on": day(paid_on)}


def load_standards(years: range = range(2018, 2028), tiers=("ordinary", "council")) -> None:
    """¥5,000 for ordinary members and ¥20,000 for council units."""
    for code in tiers:
        for year in years:
            StandardFactory(tier=TierFactory(code=code), year=year)


def batch(
    *,
    tiers: dict[MemberUnit, str] | None = None,
    seats: dict[tuple[MemberUnit, str], str] | None = None,
    effective_on: dt.date = dt.date(2026, 5, 20),
    term: Term | None = None,
    resolution: str = "第六届会员大会决议",
    **fields,
) -> AppointmentBatch:
    """A draft: ``tiers`` as {unit: code}, ``seats`` as {(unit, code): "take" or "leave"}."""
    made = AppointmentBatch.objects.create(
        name="第六届换届",
        term=term or TermFactory(),
        effective_on=effective_on,
        resolution=resolution,
        **fields,
    )
    for unit, code in (tiers or {}).items():
        TierChange.objects.create(batch=made, unit=unit, tier=TierFactory(code=code))
    for (unit, code), step in (seats or {}).items():
        committee = CommitteeFactory(code=code)
        SeatChange.objects.create(batch=made, unit=unit, committee=committee, step=step)
    return made
