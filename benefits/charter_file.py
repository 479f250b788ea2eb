"""The charter as staff write it: `charter.yaml` read into plain objects.

The format is explained at the top of `charter.yaml`.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from django.utils.translation import gettext as _

from benefits.models import Allowance, BenefitItem, Extent, Medium
from benefits.yaml_lines import Entry, Faults, read

CHARTER_FILE = Path(__file__).with_name("charter.yaml")
DAY = dt.timedelta(days=1)
NONE = "none"
FORMS = {
    "copies": Medium.PAPER,
    "electronic": Medium.ELECTRONIC,
    "seats": Medium.SEAT,
    "right": Medium.RIGHT,
    "discount": Medium.DISCOUNT,
}


@dataclass(frozen=True)
class Named:
    """A group, tier or committee of the file. ``number`` is a group's position, a tier's rank."""

    code: str
    name: str
    name_en: str
    number: int = 0


@dataclass(frozen=True)
class Span:
    """What a holder is allowed from ``starts_on`` to ``ends_on`` (None: until further notice)."""

    starts_on: dt.date
    ends_on: dt.date | None
    extent: str
    quantity: int | None
    medium: str
    audience: str
    note: str
    clause: str

    def from_day(self, day: dt.date) -> "Span | None":
        """The rest of it from ``day`` on, if any is left."""
        if self.ends_on and self.ends_on < day:
            return None
        return replace(self, starts_on=max(self.starts_on, day))

    def but_end(self) -> "Span":
        """The same without its last day: what is allowed, and from when."""
        return replace(self, ends_on=None)


@dataclass(frozen=True)
class Cell:
    """All that the file says of one item, one holder (a tier's or committee's code) and one part.

    Before ``since`` the file says nothing. ``is_dated``: the file gives the dates itself.
    """

    holder: str
    part: int
    since: dt.date
    is_dated: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Item:
    """One numbered line of the charter."""

    group: str
    position: int
    code: str
    name: str
    name_en: str
    period: str
    counted_per: str
    clause: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Charter:
    """The whole file. ``since`` is the day from which an undated value holds."""

    since: dt.date
    tiers: tuple[Named, ...]
    committees: tuple[Named, ...]
    groups: tuple[Named, ...]
    items: tuple[Item, ...]


def parse(path: Path) -> Charter:
    """The charter in the file. Raises ``BadFile`` with every fault, one an item at most."""
    return Reader(read(path)).charter()


class Reader:
    """Reads one file. Holds what its items refer to: the tiers and the committees."""

    def __init__(self, root: Entry):
        self.root, self.faults = root, Faults()
        self.since = dt.date.min
        self.tiers: tuple[Named, ...] = ()
        self.committees: tuple[Named, ...] = ()

    def charter(self) -> Charter:
        groups: list[Named] = []
        items: list[Item] = []
        with self.faults.collected():
            fields = self.root.fields(required=["from", "tiers", "committees", "groups"])
            with self.faults.collected():
                self.since = fields["from"].day()
            self.tiers = self._named(fields["tiers"], number="rank")
            self.committees = self._named(fields["committees"], taken=self.tiers)
            self.faults.raise_any()
            for position, entry in enumerate(fields["groups"].items(), start=1):
                with self.faults.collected():
                    groups.append(self._group(entry, position, items, taken=groups))
        self.faults.raise_any()
        return Charter(self.since, self.tiers, self.committees, tuple(groups), tuple(items))

    def _named(
        self, entry: Entry, *, number: str | None = None, taken: Iterable[Named] = ()
    ) -> tuple[Named, ...]:
        """Tiers (with their rank) or committees, in the file's order."""
        found: list[Named] = []
        required = ["code", "name", *([number] if number else [])]
        for each in entry.items():
            with self.faults.collected():
                fields = each.fields(required=required, optional=["name_en"])
                rank = fields[number].number(least=1) if number else 0
                found.append(self._row(fields, rank, taken=[*taken, *found]))
        return tuple(found)

    def _row(self, fields: dict[str, Entry], number: int, *, taken: Iterable) -> Named:
        row = Named(
            code=fields["code"].code(),
            name=fields["name"].text(longest=120),
            name_en=fields["name_en"].text(longest=160) if "name_en" in fields else "",
            number=number,
        )
        refuse_repeats(row, fields, taken)
        if number and any(number == other.number for other in taken):
            raise fields.get("rank", fields["code"]).fault(_("this number is taken already"))
        return row

    def _group(self, entry: Entry, position: int, items: list[Item], *, taken: list) -> Named:
        fields = entry.fields(required=["code", "name", "items"], optional=["name_en"])
        group = self._row(fields, position, taken=taken)
        for number, each in enumerate(fields["items"].items(), start=1):
            with self.faults.collected():
                items.append(self._item(each, group.code, number, taken=items))
        return group

    def _item(self, entry: Entry, group: str, position: int, *, taken: list[Item]) -> Item:
        fields = entry.fields(
            required=["code", "name", "period", "clause", "allowed"],
            optional=["name_en", "counted_per"],
        )
        counted = fields.get("counted_per")
        clause = fields["clause"].text(longest=60)
        item = Item(
            group=group,
            position=position,
            code=fields["code"].code(longest=60),
            name=fields["name"].text(longest=120),
            name_en=fields["name_en"].text(longest=160) if "name_en" in fields else "",
            period=fields["period"].choice(words(BenefitItem.Period)),
            counted_per=counted.choice(words(BenefitItem.CountedPer))
            if counted
            else BenefitItem.CountedPer.NOTHING.value,
            clause=clause,
            cells=tuple(self._cells(fields["allowed"], clause)),
        )
        refuse_repeats(item, fields, taken)
        return item

    # --- Who is allowed how much -----------------------------------------------------------

    def _cells(self, allowed: Entry, clause: str) -> Iterator[Cell]:
        """One cell a holder and part. A list under ``allowed`` has a part an entry."""
        parts = allowed.items() if allowed.is_list else [allowed]
        for number, part in enumerate(parts, start=1):
            fields = part.fields(optional=["note", "audience", *FORMS])
            forms = {form: fields[form] for form in fields if form in FORMS}
            if not forms:
                raise part.fault(_("say in which form: %s") % ", ".join(FORMS))
            note = fields["note"].text() if "note" in fields else ""
            audience = (
                fields["audience"].choice(words(Allowance.Audience))
                if "audience" in fields
                else Allowance.Audience.EVERYONE.value
            )
            common = {"audience": audience, "note": note}
            yield from self._part(number, forms, common, clause)

    def _part(
        self, part: int, forms: dict[str, Entry], common: dict[str, str], clause: str
    ) -> Iterator[Cell]:
        """The forms of one part put together by holder."""
        since: dict[str, dt.date] = {}
        dated: set[str] = set()
        spans: dict[str, list[Span]] = {}
        for form, holders in forms.items():
            for who, value in holders.entries().items():
                common["medium"] = FORMS[form].value
                first, found = self._timeline(value, common, clause)
                for holder in self._holders(who, value):
                    known = spans.setdefault(holder, [])
                    if any(overlap(span, other) for span in found for other in known):
                        raise value.fault(_("this tier or committee is given the item twice"))
                    known += found
                    since[holder] = min(first, since.get(holder, first))
                    if value.is_list:
                        dated.add(holder)
        for holder, found in spans.items():
            ordered = tuple(sorted(found, key=lambda span: span.starts_on))
            yield Cell(holder, part, since[holder], holder in dated, ordered)

    def _holders(self, who: str, value: Entry) -> list[str]:
        """The codes that ``who`` stands for: a code, ``all`` tiers, or ``code+`` and above."""
        if who == "all":
            return [tier.code for tier in self.tiers]
        tiers = {tier.code: tier for tier in self.tiers}
        if who.endswith("+") and who[:-1] in tiers:
            lowest = tiers[who[:-1]].number
            return [tier.code for tier in self.tiers if tier.number <= lowest]
        if who in tiers or who in {committee.code for committee in self.committees}:
            return [who]
        raise value.fault(_("there is no such tier or committee"))

    def _timeline(
        self, value: Entry, common: dict[str, str], clause: str
    ) -> tuple[dt.date, list[Span]]:
        """The first day the value speaks of, and its spans; a bare value holds from ``since``."""
        steps = (
            [self._step(each, clause) for each in value.items()]
            if value.is_list
            else [(self.since, *how_much(value), clause)]
        )
        if not steps:
            raise value.fault(_("a list of dated values must not be empty"))
        days = [step[0] for step in steps]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise value.fault(_("dated values stand in the order of their dates, each once"))
        ends = [day - DAY for day in days[1:]] + [None]
        spans = [
            Span(day, end, extent, quantity, clause=cited, **common)
            for (day, extent, quantity, cited), end in zip(steps, ends, strict=True)
            if extent != NONE
        ]
        return days[0], spans

    def _step(self, entry: Entry, clause: str) -> tuple[dt.date, str, int | None, str]:
        fields = entry.fields(required=["from", "value"], optional=["clause"])
        cited = fields["clause"].text(longest=60) if "clause" in fields else clause
        return fields["from"].day(), *how_much(fields["value"]), cited


def how_much(entry: Entry) -> tuple[str, int | None]:
    """The extent and the number of one value."""
    if not entry.is_list and not entry.is_mapping:
        text = entry.text()
        if text in (NONE, Extent.UNLIMITED, Extent.NOT_STATED):
            return text, None
        if text.lstrip("-").isdigit():
            return Extent.QUANTITY.value, entry.number()
    raise entry.fault(_("a number, unlimited, not_stated or none is expected here"))


def words(choices) -> dict[str, str]:
    return {value: value for value in choices.values}


def overlap(one: Span, other: Span) -> bool:
    first, last = sorted([one, other], key=lambda span: span.starts_on)
    return first.ends_on is None or first.ends_on >= last.starts_on


def refuse_repeats(row, fields: dict[str, Entry], taken: Iterable) -> None:
    """Codes and names stand once."""
    for field in ("code", "name"):
        if any(getattr(row, field) == getattr(other, field) for other in taken):
            value = getattr(row, field)
            raise fields[field].fault(_("“%(value)s” stands twice") % {"value": value})
