"""Which unit's dues does a line of a bank statement pay? Sure, doubtful with candidates, or none.

The hard rule: never a wrong sure answer. A line is sure only where

- its texts identify one unit: its credit code, its name or a former name, whole and with nothing
  beside it that names anybody else; or, weaker, two independent signs of the same unit
  (`Register.weak_facts`), or one such sign in a text that names dues and year;
- payer and remark do not name different units, and neither speaks of anything but dues;
- the unit was a member on the day of the payment;
- the years, as the remark names them or as there is only one way to read them, are open with
  exactly the amount of the line, and no other line is proposed for them.

Everything else waits for a person, with the likeliest units first.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from members.models import (
    LineCandidate,
    MemberUnit,
    StatementLine,
)
from members.standing import History, balance, histories
from members.statement_register import CANDIDATES, SHORTEST, Register
from members.statement_texts import (
    BLANK,
    DUES,
    GIVEN_BACK,
    LEGAL_FORMS,
    ORGANISATION,
    OTHER_PURPOSES,
    Years,
    core,
    is_person,
    leftover,
    plain,
    positions,
    without_years,
)

Rule, Place = LineCandidate.Rule, LineCandidate.Place
State, Doubt = StatementLine.State, StatementLine.Doubt

SHORTEST_PREFIX = 3
TOO_MANY = 20  # a short form of so many units is none
LOOK_BACK = 2  # years before the payment's whose arrears a line may mean without naming them


@dataclass(frozen=True)
class Fact:
    """Something in a text that speaks for one of some units."""

    units: frozenset[int]
    rule: Rule
    place: Place
    text: str


@dataclass(frozen=True)
class Reading:
    """What one text says. ``rest``: the skeleton of what it names besides known units."""

    place: Place
    whole: str
    facts: tuple[Fact, ...]
    rest: str
    years: Years
    is_dues: bool
    is_other: bool
    is_given_back: bool


@dataclass
class Verdict:
    """What is made of one line; ``shares`` are pairs of year and amount of the first candidate."""

    line: StatementLine
    doubt: Doubt | None = None
    candidates: list[Fact] = field(default_factory=list)
    unit: int | None = None
    years: Years = field(default_factory=Years)
    shares: list[tuple[int, Decimal]] = field(default_factory=list)

    @property
    def state(self) -> State:
        if self.shares:
            return State.PROPOSED
        return State.DOUBTFUL if self.candidates else State.NOTHING_FOUND


# --- One text ----------------------------------------------------------------------------------


def read(text: str, place: Place, register: Register, this_year: int) -> Reading:
    """What a payer or a remark says."""
    text = plain(text)
    whole, kept = positions(text)
    facts, rest = [], text
    spans = [(0, len(whole))] if whole in register.exact else list(register.mentions(whole))
    for start, end in spans:
        named = register.exact[whole[start:end]]
        first, last = kept[start], kept[end - 1] + 1
        rule = min(named.values(), key=list(Rule).index)
        facts.append(Fact(frozenset(named), rule, place, text[first:last]))
        rest = rest[:first] + BLANK * (last - first) + rest[last:]
    is_dues, is_other = bool(DUES.search(rest)), bool(OTHER_PURPOSES.search(rest))
    is_given_back = bool(GIVEN_BACK.search(rest))
    without, years = without_years(rest, this_year)
    return Reading(
        place, whole, tuple(facts), leftover(without), years, is_dues, is_other, is_given_back
    )


# --- One line ----------------------------------------------------------------------------------


def identify(line: StatementLine, register: Register) -> Verdict:
    """The unit that the texts of a line name, or why it takes a person; dues are not looked at."""
    payer = read(line.payer, Place.PAYER, register, line.paid_on.year)
    remark = read(line.remark, Place.REMARK, register, line.paid_on.year)
    strong = [*(payer.facts if not payer.rest else ()), *remark.facts]
    weak = [] if strong else weak_facts(line, payer, remark, register)
    unit, doubt = named(strong)
    if unit is not None:
        doubt = doubt_of_texts(unit, payer, remark, register)
    elif not strong:
        unit, doubt = supported(weak, payer, remark)
    # Where the columns are swapped, the payer's says for what and for when.
    is_swapped = not payer.facts and not ORGANISATION.search(payer.whole)
    years = payer.years if is_swapped and remark.years == Years() else remark.years
    if remark.is_given_back or (is_swapped and payer.is_given_back):
        doubt = Doubt.REVERSAL
    elif remark.is_other or (is_swapped and payer.is_other):
        doubt = Doubt.NOT_DUES
    elif years.is_strange:
        doubt = doubt or Doubt.STRANGE_YEAR
    candidates = ranked(strong, [*payer.facts, *remark.facts], weak, unit)
    if not candidates and doubt not in (Doubt.NOT_DUES, Doubt.REVERSAL):
        candidates = similar_units(payer, remark, register)
    return Verdict(line, doubt, candidates[:CANDIDATES], unit, years)


def named(facts: list[Fact]) -> tuple[int | None, Doubt | None]:
    """The one unit that all the facts speak for."""
    if not facts:
        return None, Doubt.ONLY_SIMILAR
    common = frozenset.intersection(*(fact.units for fact in facts))
    if len(common) == 1:
        return next(iter(common)), None
    if common:
        return None, Doubt.SAME_NAME
    in_one_place = len({fact.place for fact in facts}) == 1
    return None, Doubt.SEVERAL_UNITS if in_one_place else Doubt.CONFLICT


def doubt_of_texts(unit: int, payer: Reading, remark: Reading, register: Register) -> Doubt | None:
    """Whether anything beside the unit's name may name somebody else."""
    if payer.rest and any(unit not in fact.units for fact in payer.facts):
        return Doubt.CONFLICT
    if not remark.rest or register.fits(remark.rest, unit):
        return None
    said_twice = remark.facts and payer.facts and not payer.rest
    is_harmless = is_person(remark.rest) and not register.beginning_with(remark.rest)
    return None if said_twice and is_harmless else Doubt.OTHER_TEXT


def weak_facts(
    line: StatementLine, payer: Reading, remark: Reading, register: Register
) -> list[Fact]:
    """Signs of a unit none of whose names is written out: enough together, or with the dues."""
    facts = []
    for place, text in ((Place.PAYER, payer.whole), (Place.REMARK, remark.rest)):
        if text.endswith(LEGAL_FORMS) and (units := register.cores.get(core(text))):
            facts.append(Fact(frozenset(units), Rule.LEGAL_FORM, place, text))
    short = remark.rest.removesuffix("公司")
    units = register.beginning_with(short) if len(short) >= SHORTEST_PREFIX else ()
    if 0 < len(units) <= TOO_MANY:
        facts.append(Fact(frozenset(units), Rule.ABBREVIATION, Place.REMARK, remark.rest))
    if (unit := register.accounts.get(line.payer_account)) and line.payer_account:
        facts.append(Fact(frozenset({unit}), Rule.ACCOUNT, Place.PAYER, line.payer_account))
    return facts


def supported(weak: list[Fact], payer: Reading, remark: Reading) -> tuple[int | None, Doubt | None]:
    """The unit that weak signs are enough for; a part of a name in the payer speaks against it."""
    unit, _doubt = named(weak)
    if unit is None or payer.facts or not (payer.is_dues or remark.is_dues):
        return None, Doubt.ONLY_SIMILAR
    explained = {fact.text for fact in weak}
    if remark.rest and remark.rest not in explained:
        return None, Doubt.ONLY_SIMILAR
    if len({fact.rule for fact in weak}) > 1:
        return unit, None
    [fact] = {fact.rule: fact for fact in weak}.values()
    is_telling = fact.rule != Rule.ACCOUNT and len(fact.text) >= SHORTEST
    by_itself = fact.place == Place.PAYER or not payer.rest or is_person(payer.whole)
    if is_telling and by_itself and remark.years.named:
        return unit, None
    return None, Doubt.ONLY_SIMILAR


def ranked(
    strong: list[Fact], mentioned: list[Fact], weak: list[Fact], unit: int | None
) -> list[Fact]:
    """One fact for each unit that is spoken for, the likeliest first."""
    found: dict[int, Fact] = {}
    parts = [
        Fact(fact.units, Rule.PART, fact.place, fact.text)
        for fact in mentioned
        if fact not in strong
    ]
    for fact in [*strong, *parts, *weak]:
        for each in sorted(fact.units):
            found.setdefault(each, Fact(frozenset({each}), fact.rule, fact.place, fact.text))
    return sorted(found.values(), key=lambda fact: unit not in fact.units)


def similar_units(payer: Reading, remark: Reading, register: Register) -> list[Fact]:
    """Units with a name like the payer's, or like what the remark names."""
    is_short = len(payer.whole) >= SHORTEST_PREFIX and register.beginning_with(payer.whole)
    is_telling = is_short or ORGANISATION.search(payer.whole)
    place, text = (Place.PAYER, payer.whole) if is_telling else (Place.REMARK, remark.rest)
    return [
        Fact(frozenset({unit}), Rule.SIMILAR, place, text)
        for unit, _share in register.similar(text)
    ]


# --- The dues it pays --------------------------------------------------------------------------


def open_dues(history: History, year: int, on: dt.date = dt.date.max) -> Decimal | None:
    """What is still to be paid for ``year``, with everything that applies by ``on``; ``None``
    while the standard is unknown. Less than zero where too much was paid."""
    due = history.amount_due(year, on)
    return None if due is None else due - balance(history.counted(year, dt.date.max))


def open_years(history: History, line: StatementLine) -> list[tuple[int, Decimal]]:
    """The years that a line may mean, with what is open; below zero where too much was paid."""
    years = range(line.paid_on.year - LOOK_BACK, line.paid_on.year + 2)
    known = ((year, open_dues(history, year)) for year in years)
    return [(year, due) for year, due in known if due]


def likely_shares(
    line: StatementLine, owed: list[tuple[int, Decimal]]
) -> list[tuple[int, Decimal]]:
    """What a person is offered: the open years that the line pays; else all of it for the oldest
    of them, or for the year of the payment."""
    due = [share for share in owed if share[0] <= line.paid_on.year]
    if alone := [share for share in due if share[1] == line.amount]:
        return alone[:1]
    if due and sum(amount for _year, amount in due) == line.amount:
        return due
    year = due[0][0] if due else line.paid_on.year
    return [(year, line.amount)]


def fit(
    history: History, line: StatementLine, years: Years
) -> tuple[list[tuple[int, Decimal]], Doubt | None]:
    """The years that the line pays in full, or why that is not sure."""
    if history.membership(line.paid_on) is None:
        return [], Doubt.NOT_A_MEMBER
    ways, doubt = (
        named_years(history, line, years.named)
        if years.named
        else readings(history, line, years.count)
    )
    if len(ways) > 1:
        return [], Doubt.WHICH_YEAR
    if not ways:
        return [], doubt
    if any(waits_unconfirmed(history, *share) for share in ways[0]):
        return [], Doubt.UNCONFIRMED
    return ways[0], None


def named_years(history: History, line: StatementLine, years: tuple[int, ...]):
    """The one way to read years that are named."""
    amounts = {year: open_dues(history, year) for year in years}
    if None in amounts.values():
        return [], Doubt.NO_STANDARD
    if any(amount <= 0 for amount in amounts.values()):
        return [], Doubt.NOTHING_OPEN
    if sum(amounts.values()) == line.amount:
        return [list(amounts.items())], None
    # Asked for before a later difference or waiver applied.
    if len(years) == 1 and open_dues(history, years[0], line.paid_on) == line.amount:
        return [[(years[0], line.amount)]], None
    return [], Doubt.OTHER_AMOUNT


def readings(history: History, line: StatementLine, count: int | None):
    """Every way in which the amount pays open years that are not named."""
    this_year = line.paid_on.year
    looked_at = {
        year: open_dues(history, year) for year in range(this_year - LOOK_BACK, this_year + 1)
    }
    amounts = {year: amount for year, amount in looked_at.items() if amount and amount > 0}
    if not amounts:
        is_unknown = looked_at[this_year] is None
        return [], Doubt.NO_STANDARD if is_unknown else Doubt.NOTHING_OPEN
    together = [list(amounts.items())] if len(amounts) > 1 else []
    each = [[share] for share in amounts.items()]
    ways = [way for way in each + together if sum(amount for _year, amount in way) == line.amount]
    ways = [way for way in ways if count in (None, len(way))]
    return ways, Doubt.OTHER_AMOUNT


def waits_unconfirmed(history: History, year: int, amount: Decimal) -> bool:
    """Whether other money for the year waits to be confirmed than just this."""
    waiting = [
        payment.amount
        for payment in history.payments
        if payment.year == year and payment.confirmed_at is None and not payment.is_refund
    ]
    return waiting not in ([], [amount])


# --- Many lines --------------------------------------------------------------------------------


def judge(
    lines: Iterable[StatementLine],
    register: Register,
    taken: Iterable[tuple[int, int]] = (),
) -> list[Verdict]:
    """A verdict on each line, the earliest payment first.

    ``taken``: pairs of unit and year for which other lines are proposed already. Of two lines for
    the same dues, the earlier is proposed and the later is doubtful. Six queries for all of them.
    """
    verdicts = [identify(line, register) for line in lines]
    verdicts.sort(key=lambda verdict: (verdict.line.paid_on, verdict.line.pk or 0))
    clear = [verdict for verdict in verdicts if verdict.unit and not verdict.doubt]
    known = histories_of(clear)
    taken = set(taken)
    for verdict in clear:
        shares, doubt = fit(known[verdict.unit], verdict.line, verdict.years)
        dues = {(verdict.unit, year) for year, _amount in shares}
        if dues & taken:
            shares, doubt = [], Doubt.ALREADY_PROPOSED
        taken |= dues
        verdict.shares, verdict.doubt = shares, doubt
    for verdict in verdicts:
        if verdict.state != State.DOUBTFUL:
            verdict.doubt = None
    return verdicts


def histories_of(verdicts: list[Verdict]) -> dict[int, History]:
    """What is recorded of the units, from the earliest year that any line may mean."""
    if not verdicts:
        return {}
    earliest = min(
        min(verdict.line.paid_on.year - LOOK_BACK, *verdict.years.named, 9999)
        for verdict in verdicts
    )
    return unit_histories({verdict.unit for verdict in verdicts}, earliest)


def unit_histories(units: Iterable[int], earliest: int) -> dict[int, History]:
    """The histories of units by their ids, with the dues since the year ``earliest``."""
    rows = MemberUnit.objects.filter(pk__in=units).order_by()
    return {each.unit.pk: each for each in histories(rows, dt.date(earliest + 1, 1, 1))}
