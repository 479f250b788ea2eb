"""Every name by which a line of a bank may mean a unit, made ready to be found in texts."""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from members.models import FormerName, LineCandidate, LineShare, MemberUnit
from members.statement_texts import core, skeleton, without_region

Rule = LineCandidate.Rule

CANDIDATES = 5
SHORTEST = 4  # a shorter name is looked for as a whole text only
COMMON = 400  # a pair of characters in more names than this tells them apart no more
LIKE_ENOUGH = 0.5


class Register:
    """Every name, former name and credit code, made ready to be found in texts.

    ``units``: id, name and credit code of each; ``former``: id and former name; ``accounts``: the
    one unit for which each known account has paid so far.
    """

    def __init__(
        self,
        units: Iterable[tuple[int, str, str]],
        former: Iterable[tuple[int, str]] = (),
        accounts: dict[str, int] | None = None,
    ):
        self.exact: dict[str, dict[int, Rule]] = defaultdict(dict)
        self.names: dict[int, list[str]] = defaultdict(list)
        self.cores: dict[str, set[int]] = defaultdict(set)
        self.accounts = accounts or {}
        for unit, name in former:
            self._add(unit, name, Rule.FORMER_NAME)
        for unit, name, code in units:
            self._add(unit, name, Rule.NAME)
            self.exact[code][unit] = Rule.CREDIT_CODE
        self._lengths: dict[str, list[int]] = defaultdict(list)
        for key in sorted(self.exact, key=len, reverse=True):
            lengths = self._lengths[key[:SHORTEST]]
            if len(key) >= SHORTEST and len(key) not in lengths:
                lengths.append(len(key))
        self._beginnings = sorted(
            {
                (beginning, unit)
                for unit, names in self.names.items()
                for name in names
                for beginning in (name, without_region(name))
            }
        )
        self._pairs: dict[str, list[int]] | None = None

    def _add(self, unit: int, name: str, rule: Rule) -> None:
        key = skeleton(name)
        if key:
            self.exact[key][unit] = rule
            self.names[unit].append(key)
            self.cores[core(key)].add(unit)

    @classmethod
    def load(cls) -> "Register":
        """As it stands in the database, in three queries."""
        return cls(
            MemberUnit.objects.genuine().order_by().values_list("pk", "name", "credit_code"),
            FormerName.objects.filter(unit__duplicate_of__isnull=True)
            .order_by()
            .values_list("unit_id", "name"),
            known_accounts(),
        )

    def mentions(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a skeleton holds a name or code: the longest at each place, from left to right."""
        start = 0
        while start < len(text):
            lengths = self._lengths.get(text[start : start + SHORTEST], ())
            ends = (start + length for length in lengths)
            end = next((end for end in ends if self._is_name(text, start, end)), None)
            if end:
                yield start, end
            start = end or start + 1

    def _is_name(self, text: str, start: int, end: int) -> bool:
        return end <= len(text) and text[start:end] in self.exact

    def beginning_with(self, text: str) -> set[int]:
        """Units one of whose names begins with the skeleton, with or without its province."""
        place = bisect_left(self._beginnings, (text, 0))
        found = set()
        for beginning, unit in self._beginnings[place:]:
            if not beginning.startswith(text):
                break
            found.add(unit)
        return found

    def fits(self, text: str, unit: int) -> bool:
        """Whether the skeleton is a short form of a name of this unit and of no other unit."""
        if len(text) < 2 or not any(is_within(text, name) for name in self.names[unit]):
            return False
        return self.beginning_with(text) <= {unit}

    def similar(self, text: str) -> list[tuple[int, float]]:
        """The units whose names share the most telling pairs of characters with the skeleton."""
        holders = {pair: self.pairs.get(pair, ()) for pair in map("".join, pairwise(text))}
        weights = {
            pair: 1 / math.log2(len(units) + 2)
            for pair, units in holders.items()
            if len(units) <= COMMON
        }
        scores = Counter()
        for pair, weight in weights.items():
            for unit in holders[pair]:
                scores[unit] += weight
        total = sum(weights.values())
        likely = [(unit, score / total) for unit, score in scores.most_common(CANDIDATES)]
        return [(unit, share) for unit, share in likely if share >= LIKE_ENOUGH]

    @property
    def pairs(self) -> dict[str, list[int]]:
        """For each pair of neighbouring characters the units that have it in a name."""
        if self._pairs is None:
            pairs = defaultdict(set)
            for unit, names in self.names.items():
                for name in names:
                    for pair in map("".join, pairwise(name)):
                        pairs[pair].add(unit)
            self._pairs = {pair: sorted(units) for pair, units in pairs.items()}
        return self._pairs


def known_accounts() -> dict[str, int]:
    """Accounts from which dues of one unit only were booked."""
    booked = LineShare.objects.filter(payment__isnull=False).exclude(line__payer_account="")
    units = defaultdict(set)
    for account, unit in booked.order_by().values_list("line__payer_account", "unit").distinct():
        units[account].add(unit)
    return {account: next(iter(found)) for account, found in units.items() if len(found) == 1}


def is_within(short: str, name: str) -> bool:
    """Whether the characters of ``short`` appear in ``name`` in their order."""
    letters = iter(name)
    return all(letter in letters for letter in short)
