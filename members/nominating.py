"""Filling a batch while it is a draft: whole tiers, single units, or a list that was pasted."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.models import (
    AppointmentBatch,
    FormerName,
    MemberUnit,
    SeatChange,
    SpecialCommittee,
    Tier,
    TierAppointment,
    TierChange,
)
from members.standing import DAY

Step = SeatChange.Step
MOST = 10_000  # lines of one list
LEAVING = ("退出", "退", "离任", "leave", "leaves")
TAKING = ("加入", "任", "take", "takes")


@transaction.atomic
def nominate_holders(*, batch: AppointmentBatch, held: Tier, tier: Tier) -> int:
    """Name every member that holds ``held`` on the day before the batch begins, for ``tier``.

    Units that the batch names already stay as they are. Returns how many were added; raises
    ``ValidationError`` if the batch was applied.
    """
    batch = _draft(batch)
    holders = TierAppointment.objects.on(batch.begins_on - DAY).filter(tier=held)
    units = MemberUnit.objects.members(batch.begins_on).filter(pk__in=holders.values("unit"))
    new = units.exclude(pk__in=batch.tier_changes.values("unit"))
    added = TierChange.objects.bulk_create(
        TierChange(batch=batch, unit=unit, tier=tier) for unit in new
    )
    return len(added)


@transaction.atomic
def nominate(*, batch: AppointmentBatch, lines: Iterable[TierChange | SeatChange]) -> int:
    """Put the lines into the batch; for a unit that is named already the new line counts.

    Returns how many; raises ``ValidationError`` if the batch was applied.
    """
    batch = _draft(batch)
    lines = list(lines)
    for line in lines:
        line.batch = batch
    tiers = [line for line in lines if isinstance(line, TierChange)]
    seats = [line for line in lines if isinstance(line, SeatChange)]
    TierChange.objects.bulk_create(
        tiers, update_conflicts=True, unique_fields=["batch", "unit"], update_fields=["tier"]
    )
    SeatChange.objects.bulk_create(
        seats,
        update_conflicts=True,
        unique_fields=["batch", "unit", "committee"],
        update_fields=["step"],
    )
    return len(lines)


def _draft(batch: AppointmentBatch) -> AppointmentBatch:
    batch = AppointmentBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.is_applied:
        raise ValidationError(_("This batch has been applied already."))
    return batch


# --- A list that was pasted ----------------------------------------------------------------------


def read_list(text: str) -> list[TierChange | SeatChange]:
    """A line for a unit: its name or credit code, a tab (or two blanks), the tier's name; or the
    committee's name, and 退出 after another tab where the unit leaves it.

    Raises ``ValidationError`` with a message for every line that cannot be read.
    """
    rows = [
        (number, cells) for number, cells in enumerate(map(_cells, text.splitlines()), 1) if cells
    ]
    if len(rows) > MOST:
        raise ValidationError(_("At most %(count)s lines at a time.") % {"count": MOST})
    reader = Reader.of([cells[0] for _number, cells in rows])
    read: dict[tuple, TierChange | SeatChange] = {}
    problems = []
    for number, cells in rows:
        try:
            line = reader.read(cells)
            key = (line.unit_id, getattr(line, "committee_id", None))
            if key in read:
                raise ValueError(_("%(unit)s stands in the list twice.") % {"unit": line.unit})
            read[key] = line
        except ValueError as error:
            problems.append(
                _("Line %(number)s: %(problem)s") % {"number": number, "problem": error}
            )
    if problems or not rows:
        raise ValidationError(problems or [_("The list is empty.")])
    return list(read.values())


@dataclass(frozen=True)
class Reader:
    """Everything a list may name, by its folded name."""

    units: dict[str, set[MemberUnit]]
    tiers: dict[str, Tier]
    committees: dict[str, SpecialCommittee]

    @classmethod
    def of(cls, named: list[str]) -> "Reader":
        """With the units that ``named`` may mean, in three queries."""
        units = defaultdict(set)
        named = [spelt for each in named for spelt in spellings(each)]
        for unit in MemberUnit.objects.genuine().filter(
            credit_code__in=[each.upper() for each in named]
        ):
            units[folded(unit.credit_code)].add(unit)
        for unit in MemberUnit.objects.genuine().filter(name__in=named):
            units[folded(unit.name)].add(unit)
        for former in FormerName.objects.filter(name__in=named).select_related("unit"):
            units[folded(former.name)].add(former.unit)
        return cls(units, _by_name(Tier.objects.all()), _by_name(SpecialCommittee.objects.all()))

    def read(self, cells: list[str]) -> TierChange | SeatChange:
        """Raises ``ValueError`` with what is wrong with the line."""
        unit = self._unit(cells[0])
        if len(cells) < 2:
            raise ValueError(_("the tier or the committee is missing after a tab."))
        what, step = folded(cells[1]), folded(cells[2]) if len(cells) > 2 else ""
        if what in self.tiers and not step:
            return TierChange(unit=unit, tier=self.tiers[what])
        if what in self.committees:
            if step and step not in (*LEAVING, *TAKING):
                raise ValueError(_("“%(step)s” is neither 加入 nor 退出.") % {"step": cells[2]})
            leaves = step in LEAVING
            return SeatChange(
                unit=unit,
                committee=self.committees[what],
                step=Step.LEAVE if leaves else Step.TAKE,
            )
        raise ValueError(_("there is no tier or committee “%(name)s”.") % {"name": cells[1]})

    def _unit(self, name: str) -> MemberUnit:
        found = self.units.get(folded(name), set())
        if not found:
            raise ValueError(_("there is no unit “%(name)s”.") % {"name": name})
        if len(found) > 1:
            raise ValueError(
                _("“%(name)s” was the name of several units; give the credit code.")
                % {"name": name}
            )
        return next(iter(found))


def _by_name(rows: Iterable[Tier | SpecialCommittee]) -> dict:
    return {folded(name): row for row in rows for name in (row.name, row.name_en, row.code) if name}


def _cells(line: str) -> list[str]:
    """The parts of a line: between tabs, or between two blanks where there is no tab."""
    line = line.replace("\u3000", "  ").replace("\0", "").strip()
    parts = line.split("\t") if "\t" in line else line.split("  ")
    return [part.strip() for part in parts if part.strip()]


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def spellings(name: str) -> set[str]:
    """A name as it stands, and with brackets and letters of either width."""
    narrow = unicodedata.normalize("NFKC", name)
    return {name, narrow, narrow.replace("(", "（").replace(")", "）")}
