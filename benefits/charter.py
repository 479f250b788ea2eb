"""Bringing the database in line with the charter's file: first the differences, then their writing.

What a load may change, and what not:

- The first load into an empty database takes the file's dates as they stand.
- Every later load changes only what holds from today on, or from ``since``. Rows that began earlier
  are closed the day before, new ones are opened: the answer for an earlier day stays what it was.
- An undated value that is to hold from a coming day already (loaded with a later ``since``) waits
  for that day, so that loading a file again never changes anything; naming ``since`` moves it.
- A row that a member of staff made or changed in the admin (``edited_by``) is staff's: its item's
  description, or its tier's or committee's allowance, is left alone and reported as kept.
- Tiers and committees are created where they are missing and otherwise belong to `members`.
- An item that the file no longer has is retired, with all its allowances. Nothing is deleted
  but allowances that would only have begun on or after that day.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from enum import IntEnum

from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.charter_file import Cell, Charter, Item, Span
from benefits.models import Allowance, BenefitGroup, BenefitItem
from benefits.words import amount, period_of
from members.models import SpecialCommittee, Tier

DAY = dt.timedelta(days=1)
FORMER_POSITION = 20_000  # while two rows change places, neither may hold the other's position
DESCRIPTION = ("name", "name_en", "period", "counted_per", "clause", "position")


class Kind(IntEnum):
    """What a change does, in the order in which changes can be written."""

    ADD = 1
    RETIRE = 2
    DESCRIBE = 3
    REMOVE = 4
    CLOSE = 5
    EXTEND = 6
    OPEN = 7
    KEEP = 8


VERBS = {
    Kind.ADD: gettext_lazy("add"),
    Kind.RETIRE: gettext_lazy("retire"),
    Kind.DESCRIBE: gettext_lazy("describe anew"),
    Kind.REMOVE: gettext_lazy("withdraw before it begins"),
    Kind.CLOSE: gettext_lazy("close"),
    Kind.EXTEND: gettext_lazy("extend"),
    Kind.OPEN: gettext_lazy("open"),
    Kind.KEEP: gettext_lazy("keep as staff edited it"),
}


@dataclass(frozen=True)
class Change:
    """One difference: the row as it is to be written (or removed), and its words."""

    kind: Kind
    row: models.Model
    words: str

    def __str__(self) -> str:
        return _("%(verb)s: %(what)s") % {"verb": VERBS[self.kind], "what": self.words}

    @property
    def is_written(self) -> bool:
        return self.kind != Kind.KEEP


# --- Loading -----------------------------------------------------------------------------------


def load(charter: Charter, *, today: dt.date, since: dt.date | None = None) -> list[Change]:
    """Write every difference, all or nothing, and return them; see above for the days."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # a second load waits and then finds nothing to do
            table = BenefitItem._meta.db_table
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        changes = plan(charter, today=today, since=since)
        write(changes)
    return changes


def plan(charter: Charter, *, today: dt.date, since: dt.date | None = None) -> list[Change]:
    """The differences between the file and the database, in the order in which to write them."""
    changes = list(Plan(charter, today, since).changes())
    return sorted(changes, key=lambda change: change.kind)


def write(changes: Iterable[Change]) -> None:
    """Write planned changes in their order."""
    opened = []
    for change in changes:
        if change.kind == Kind.OPEN:
            opened.append(change.row)
        elif change.kind == Kind.REMOVE:
            change.row.delete()
        elif change.is_written:
            vacate_position(change.row)
            change.row.save()
    Allowance.objects.bulk_create(opened)


def vacate_position(row: models.Model) -> None:
    """Move whatever still stands at the position that the row is about to take."""
    if isinstance(row, BenefitGroup):
        others = BenefitGroup.objects.filter(position=row.position)
    elif isinstance(row, BenefitItem) and row.retired_on is None:
        others = BenefitItem.objects.filter(
            group=row.group, position=row.position, retired_on__isnull=True
        )
    else:
        return
    others.exclude(pk=row.pk).update(position=models.F("position") + FORMER_POSITION)


# --- Finding the differences -------------------------------------------------------------------


class Plan:
    """The file beside what the database holds, read once."""

    def __init__(self, charter: Charter, today: dt.date, since: dt.date | None):
        self.charter, self.may_move = charter, since is not None
        self.groups = {row.code: row for row in BenefitGroup.objects.all()}
        self.items = {row.code: row for row in BenefitItem.objects.select_related("group")}
        self.holders: dict[str, Tier | SpecialCommittee] = {
            row.code: row for row in [*Tier.objects.all(), *SpecialCommittee.objects.all()]
        }
        self.rows: dict[tuple[str, str, int], list[Allowance]] = defaultdict(list)
        allowances = Allowance.objects.select_related("item", "tier", "committee")
        for row in allowances.order_by("starts_on"):
            self.rows[row.item.code, (row.tier or row.committee).code, row.part].append(row)
        if since is None:  # an empty database has no earlier answers to keep
            since = today if self.items else dt.date.min
        self.since = max(since, charter.since)

    def changes(self) -> Iterator[Change]:
        yield from self._holders()
        yield from self._groups()
        for item in self.charter.items:
            yield from self._item(item)
        yield from self._retirements()

    def _holders(self) -> Iterator[Change]:
        for tier in self.charter.tiers:
            names = {"name": tier.name, "name_en": tier.name_en}
            yield from self._holder(Tier(code=tier.code, rank=tier.number, **names))
        for row in self.charter.committees:
            yield from self._holder(
                SpecialCommittee(code=row.code, name=row.name, name_en=row.name_en)
            )

    def _holder(self, row: Tier | SpecialCommittee) -> Iterator[Change]:
        if row.code not in self.holders:
            self.holders[row.code] = row
            yield Change(Kind.ADD, row, f"{row._meta.verbose_name} {row.name}")

    def _groups(self) -> Iterator[Change]:
        for group in self.charter.groups:
            row = self.groups.setdefault(group.code, BenefitGroup(code=group.code))
            wanted = {"name": group.name, "name_en": group.name_en, "position": group.number}
            if assign(row, wanted):
                yield Change(Kind.DESCRIBE if row.pk else Kind.ADD, row, row.name)

    # --- Items ---

    def _item(self, item: Item) -> Iterator[Change]:
        row = self.items.setdefault(item.code, BenefitItem(code=item.code))
        wanted = {name: getattr(item, name) for name in DESCRIPTION}
        wanted |= {"group": self.groups[item.group], "retired_on": None}
        if row.edited_by_id:
            if differs(row, wanted):
                yield Change(Kind.KEEP, row, row.name)
        elif assign(row, wanted):
            yield Change(Kind.DESCRIBE if row.pk else Kind.ADD, row, row.name)
        cells = {(cell.holder, cell.part): cell for cell in item.cells}
        for cell in cells.values():
            yield from self._cell(row, cell)
        for code, holder, part in list(self.rows):
            if code == item.code and (holder, part) not in cells:
                yield from self._cell(row, Cell(holder, part, self.since, False, ()))

    def _retirements(self) -> Iterator[Change]:
        kept = {item.code for item in self.charter.items}
        gone = [row for code, row in self.items.items() if code not in kept and not row.retired_on]
        for row in gone:
            if row.edited_by_id:
                yield Change(Kind.KEEP, row, row.name)
                continue
            row.retired_on = self.since
            yield Change(
                Kind.RETIRE, row, _("%(row)s from %(day)s") % {"row": row, "day": self.since}
            )
            for (code, _holder, _part), rows in self.rows.items():
                if code == row.code:
                    yield from endings(rows, [], self.since)

    # --- What one tier or committee is allowed ---

    def _cell(self, item: BenefitItem, cell: Cell) -> Iterator[Change]:
        rows = self.rows.get((item.code, cell.holder, cell.part), [])
        since = max(self.since, cell.since)
        wanted = [rest for span in cell.spans if (rest := span.from_day(since))]
        present = [rest for row in rows if (rest := span_of(row).from_day(since))]
        if present == wanted or (not self.may_move and is_coming(rows, cell)):
            return
        if is_staffs(rows, since):
            yield Change(Kind.KEEP, rows[-1], words_of(rows[-1]))
            return
        yield from endings(rows, wanted, since)
        begun = {span.but_end() for span in present}
        for span in wanted:
            if span.but_end() not in begun:
                row = self._allowance(item, cell, span)
                yield Change(Kind.OPEN, row, words_of(row))

    def _allowance(self, item: BenefitItem, cell: Cell, span: Span) -> Allowance:
        holder = self.holders[cell.holder]
        held_by = {"tier" if isinstance(holder, Tier) else "committee": holder}
        return Allowance(item=item, part=cell.part, **held_by, **vars(span))


def endings(rows: list[Allowance], wanted: list[Span], since: dt.date) -> Iterator[Change]:
    """The new last days of rows that hold on or after ``since``; those not wanted end before it."""
    ends = {span.but_end(): span.ends_on for span in wanted}
    for row in rows:
        rest = span_of(row).from_day(since)
        if rest is None:
            continue
        ends_on = ends.get(rest.but_end(), since - DAY)
        if ends_on and ends_on < row.starts_on:
            yield Change(Kind.REMOVE, row, words_of(row))
        elif ends_on != row.ends_on:
            shorter = ends_on is not None and (row.ends_on is None or ends_on < row.ends_on)
            row.ends_on = ends_on
            yield Change(Kind.CLOSE if shorter else Kind.EXTEND, row, words_of(row))


def is_coming(rows: list[Allowance], cell: Cell) -> bool:
    """Whether the rows end in what an undated value says, from whatever day on."""
    if cell.is_dated or not rows:
        return False
    last = span_of(rows[-1])
    if not cell.spans:
        return last.ends_on is not None
    return [replace(last, starts_on=span.starts_on) for span in cell.spans] == [*cell.spans]


def is_staffs(rows: list[Allowance], since: dt.date) -> bool:
    """Whether staff made or changed the latest row, or any that holds on or after ``since``."""
    if not rows:
        return False
    return any(row.edited_by_id and span_of(row).from_day(since) for row in rows) or bool(
        rows[-1].edited_by_id
    )


def span_of(row: Allowance) -> Span:
    return Span(**{field.name: getattr(row, field.name) for field in fields(Span)})


def differs(row: models.Model, wanted: dict) -> bool:
    return row.pk is None or any(getattr(row, name) != value for name, value in wanted.items())


def assign(row: models.Model, wanted: dict) -> bool:
    """Set the values; whether that makes a difference to what is stored."""
    changed = differs(row, wanted)
    for name, value in wanted.items():
        setattr(row, name, value)
    return changed


def words_of(row: Allowance) -> str:
    """An allowance as staff read it: item · holder · how much · from when to when."""
    how_much = amount(row.medium, row.extent, row.quantity)
    days = period_of(row.starts_on, row.ends_on)
    return f"{row.item} · {row.tier or row.committee} · {how_much} · {days}"
