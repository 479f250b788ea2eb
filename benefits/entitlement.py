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
from benefits.evidence import Evidence, evidence, evidences
from benefits.judging import entitled_units, judged
from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent
from benefits.words import amount
from members.models import MemberUnit, Tier
from members.standing import Judgement, Standing, judgements, standings_on

__all__ = [
    "Basis",
    "Entitlement",
    "Right",
    "entitled_units",
    "entitlement",
    "entitlements",
    "entitlements_on",
    "judged",
    "rights",
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


@dataclass(frozen=True)
class Right:
    """How much of an item a unit may enjoy, and in what form: the answer without its reasons."""

    medium: str
    extent: str
    quantity: int | None

    @property
    def weight(self) -> int:
        """How it compares with another right to the same item."""
        return weight(self.extent, self.quantity)

    def __str__(self) -> str:
        return amount(self.medium, self.extent, self.quantity)


def entitlement(unit: MemberUnit, item: BenefitItem, on: dt.date) -> Entitlement:
    """The unit's right to the item on the day ``on``, in two queries."""
    return entitlements_on(unit, [(item, on)])[0]


def entitlements(
    unit: MemberUnit, on: dt.date, items: Iterable[BenefitItem] | None = None
) -> list[Entitlement]:
    """The unit's right to each item, by default to all that the charter has on the day, in its
    order; in three queries for any number of items."""
    if items is None:
        items = BenefitItem.objects.promised(on).select_related("group")
    return entitlements_on(unit, [(item, on) for item in items])


def entitlements_on(
    unit: MemberUnit, questions: Iterable[tuple[BenefitItem, dt.date]]
) -> list[Entitlement]:
    """The unit's right to each item on its day, in two queries for any number of questions."""
    questions = list(questions)
    if not questions:
        return []
    days = [on for _item, on in questions]
    standings = standings_on(unit, days)
    known = evidence(unit, {item for item, _on in questions}, min(days), max(days))
    return [Question(standings[on], known, item, on).answer() for item, on in questions]


def rights(
    units: Iterable[MemberUnit], days: Iterable[dt.date]
) -> dict[dt.date, dict[int, dict[BenefitItem, Right]]]:
    """What each unit, by its id, may enjoy on each of the days: every item to which it has a right.

    Nine queries for any number of units, items and days. Units alike are judged once.
    """
    units, days = list(units), sorted(set(days))
    if not units or not days:
        return {on: {unit.pk: {} for unit in units} for on in days}
    in_order = BenefitItem.objects.order_by("group__position", "position")
    items = list(in_order.select_related("group"))
    judged_on = judgements(units, days)
    known = evidences(units, items, days[0], days[-1])
    alike: dict[tuple, dict[BenefitItem, Right]] = {}
    found: dict[dt.date, dict[int, dict[BenefitItem, Right]]] = {}
    for on in days:
        found[on] = {}
        for unit in units:
            judgement, evidence = judged_on[on][unit.pk], known[unit.pk]
            grants = tuple(row.pk for row in evidence.grants if row.holds(on))
            key = (on, judgement, frozenset(evidence.committees(on)), grants)
            if key not in alike:
                alike[key] = _rights_of(judgement, evidence, items, on)
            found[on][unit.pk] = alike[key]
    return found


def _rights_of(
    judgement: Judgement, known: Evidence, items: list[BenefitItem], on: dt.date
) -> dict[BenefitItem, Right]:
    answers = ((item, Question(judgement, known, item, on).right) for item in items)
    return {item: right for item, right in answers if right}


@dataclass(frozen=True)
class Question:
    """One unit, item and day, with all that is known: the rule."""

    standing: Standing | Judgement
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

    @cached_property
    def right(self) -> Right | None:
        """What the unit may enjoy; ``None`` where the answer is no."""
        if self.giving:
            return Right(self.giving.medium, self.giving.gives, self.giving.quantity)
        row = self.by_charter
        return Right(row.medium, row.extent, row.quantity) if row else None

    def answer(self) -> Entitlement:
        from benefits.entitlement_words import because, would_change  # the words explain the rule

        right = self.right
        return Entitlement(
            unit=self.standing.unit,
            item=self.item,
            on=self.on,
            entitled=right is not None,
            quantity=right.quantity if right else None,
            unlimited=right is not None and right.extent == Extent.UNLIMITED,
            medium=right.medium if right else None,
            basis=self.basis,
            because=tuple(because(self)),
            would_change=() if right else tuple(would_change(self)),
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
