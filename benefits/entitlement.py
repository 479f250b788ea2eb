"""权益: what is a unit entitled to of one benefit item, on a given day, and why?

The one rule behind every publication, event, award and service:

- The unit must be a member on the day; nothing replaces that.
- The charter's allowances for the tier held on the day, and for the committees the unit sits on
  that day, are what is promised. Of several the largest counts, never their sum. Unlimited is
  more than any number, any number more than “not stated”, and zero promises nothing.
- What is promised may be enjoyed in good standing (`members.standing`), or under an exceptional
  grant in force on the day for the item or for all items.
- A grant may also give a number of its own, which counts where it is larger or nothing else is due.

The rule is here for one unit and in `benefits.judging` for a set of units in the database;
a property test holds the two equal.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from benefits.basis import Basis, StandingBasis, weight
from benefits.evidence import Evidence, evidence
from benefits.judging import entitled_units, judged
from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent
from members.models import MemberUnit, Tier
from members.standing import Standing, standings_on

__all__ = [
    "Basis",
    "Entitlement",
    "entitled_units",
    "entitlement",
    "entitlements",
    "entitlements_on",
    "judged",
]


@dataclass(frozen=True)
class Entitlement:
    """The answer with its evidence.

    Entitled with ``quantity`` None and not ``unlimited``: the charter states no number.
    ``allowances`` are the charter's rows for the unit, the one that counts first; ``grant`` is
    the exception on which the answer rests.
    """

    unit: MemberUnit
    item: BenefitItem
    on: dt.date
    entitled: bool
    quantity: int | None
    unlimited: bool
    medium: str | None
    basis: Basis
    because: tuple[str, ...]
    would_change: tuple[str, ...]
    standing: Standing
    tier: Tier | None
    allowances: tuple[Allowance, ...]
    grant: ExceptionalGrant | None

    def as_json(self) -> dict:
        """What the command and the API answer."""
        return {
            "entitled": self.entitled,
            "quantity": self.quantity,
            "unlimited": self.unlimited,
            "medium": self.medium,
            "basis": str(self.basis),
            "because": list(self.because),
            "would_change": list(self.would_change),
        }


def entitlement(unit: MemberUnit, item: BenefitItem, on: dt.date) -> Entitlement:
    """The unit's right to the item on the day ``on``, in six queries."""
    return entitlements_on(unit, [(item, on)])[0]


def entitlements(
    unit: MemberUnit, on: dt.date, items: Iterable[BenefitItem] | None = None
) -> list[Entitlement]:
    """The unit's right to each item, by default to all that the charter has on the day, in its
    order; in seven queries for any number of items."""
    if items is None:
        items = BenefitItem.objects.promised(on).select_related("group")
    return entitlements_on(unit, [(item, on) for item in items])


def entitlements_on(
    unit: MemberUnit, questions: Iterable[tuple[BenefitItem, dt.date]]
) -> list[Entitlement]:
    """The unit's right to each item on its day, in six queries for any number of questions."""
    questions = list(questions)
    if not questions:
        return []
    days = [on for _item, on in questions]
    standings = standings_on(unit, days)
    known = evidence(unit, {item for item, _on in questions}, min(days), max(days))
    return [Question(standings[on], known, item, on).answer() for item, on in questions]


@dataclass(frozen=True)
class Question:
    """One unit, item and day, with all that is known: the rule."""

    standing: Standing
    known: Evidence
    item: BenefitItem
    on: dt.date

    @cached_property
    def is_member(self) -> bool:
        return self.standing.basis != StandingBasis.NOT_A_MEMBER

    @cached_property
    def promised(self) -> list[Allowance]:
        """The charter's promises to this unit, the largest first; zero is no promise."""
        tier, committees = self.standing.tier, self.known.committees(self.on)
        found = [
            row
            for row in self.known.promised(self.item, self.on)
            if (tier and row.tier_id == tier.pk) or row.committee_id in committees
            if row.quantity != 0
        ]
        return sorted(found, key=precedence)

    @cached_property
    def grants(self) -> list[ExceptionalGrant]:
        return self.known.granted(self.item, self.on) if self.is_member else []

    @cached_property
    def lifting(self) -> ExceptionalGrant | None:
        """The grant that lets the unit enjoy what the charter promises, dues or not."""
        gives = ExceptionalGrant.Gives.AS_CHARTER
        return next((grant for grant in self.grants if grant.gives == gives), None)

    @cached_property
    def giving(self) -> ExceptionalGrant | None:
        """The grant with a number of its own, where it counts."""
        gives = ExceptionalGrant.Gives.AS_CHARTER
        grant = next((grant for grant in self.grants if grant.gives != gives), None)
        if grant and self.by_charter:
            due = weight(self.by_charter.extent, self.by_charter.quantity)
            return grant if weight(grant.gives, grant.quantity) > due else None
        return grant

    @cached_property
    def by_charter(self) -> Allowance | None:
        """The charter's largest promise, where the unit may enjoy it."""
        may = self.is_member and (self.standing.is_good or self.lifting)
        return self.promised[0] if may and self.promised else None

    @cached_property
    def grant(self) -> ExceptionalGrant | None:
        """The grant on which a yes rests."""
        if self.giving:
            return self.giving
        return self.lifting if self.by_charter and not self.standing.is_good else None

    @cached_property
    def basis(self) -> Basis:
        if not self.is_member:
            return Basis.NOT_A_MEMBER
        if self.grant:
            return Basis.EXCEPTIONAL_GRANT
        if self.by_charter:
            return Basis.CHARTER
        if self.promised or self.standing.basis == StandingBasis.NO_TIER:
            return Basis(self.standing.basis.value)
        return Basis.NOT_PROMISED

    def answer(self) -> Entitlement:
        from benefits.entitlement_words import because, would_change  # the words explain the rule

        source = self.giving or self.by_charter
        extent = source and (self.giving.gives if self.giving else self.by_charter.extent)
        return Entitlement(
            unit=self.standing.unit,
            item=self.item,
            on=self.on,
            entitled=source is not None,
            quantity=source.quantity if source else None,
            unlimited=extent == Extent.UNLIMITED,
            medium=source.medium if source else None,
            basis=self.basis,
            because=tuple(because(self)),
            would_change=() if source else tuple(would_change(self)),
            standing=self.standing,
            tier=self.standing.tier,
            allowances=tuple(self.promised),
            grant=self.grant,
        )


def precedence(row: Allowance) -> tuple:
    """Sorts the charter's promises: the largest first, then the order of the charter."""
    return (
        -weight(row.extent, row.quantity),
        row.committee_id is not None,
        row.audience != Allowance.Audience.EVERYONE,
        row.part,
        row.pk,
    )
