"""银行流水: taking a file of the bank in, once, and matching its lines with the register.

A line is known by its fingerprint, whatever file it comes in. Matching proposes; nothing is booked
here (`members.statement_booking`).
"""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from files.models import shortened
from files.sheets import checked_sheet, rows_of
from members.days import day_of
from members.models import (
    BankStatement,
    ColumnMapping,
    LineCandidate,
    LineShare,
    StatementLine,
)
from members.record import acting
from members.statement_matching import Verdict, judge
from members.statement_reading import Table, read_lines, table_of
from members.statement_register import Register

State = StatementLine.State
BATCH = 2000


class AlreadyImported(Exception):
    """The same file, byte for byte, was imported as ``statement``."""

    def __init__(self, statement: BankStatement):
        self.statement = statement


class NothingNew(Exception):
    """Each of the ``known`` lines was imported before; nothing has been changed."""

    def __init__(self, known: int):
        self.known = known


@transaction.atomic
def receive(*, upload: File, at: dt.datetime, by: User) -> BankStatement:
    """Take a file in. Where its titles are known its lines are saved, to be matched; else it is a
    draft until its columns are named.

    Raises ``AlreadyImported``, ``NothingNew``, and ``ValidationError`` for a file that cannot be
    read or understood; then nothing is saved.
    """
    checked_sheet(upload)
    sha256 = hash_of(upload)
    if before := BankStatement.objects.filter(sha256=sha256).first():
        raise AlreadyImported(before)
    table = table_of(rows_of(upload))
    statement = BankStatement(
        name=shortened(upload.name),
        sha256=sha256,
        titles=table.titles,
        draft={"first": table.first, "rows": table.rows},
        uploaded_at=at,
        uploaded_by=by,
    )
    statement.save()
    mapping = ColumnMapping.objects.filter(signature=table.signature).first()
    if mapping:
        take_in(statement, mapping.columns, at=at, by=by)
    return statement


@transaction.atomic
def name_columns(
    *, statement: BankStatement, columns: list[str], at: dt.datetime, by: User
) -> BankStatement:
    """Say what the columns of a draft hold, save its lines, and remember it for the next file.

    Raises ``NothingNew`` where every line is known (the draft can be discarded), and
    ``ValidationError`` where the columns do not fit the file, or where it is no draft any more.
    """
    statement = BankStatement.objects.select_for_update().get(pk=statement.pk)
    if not statement.is_draft:
        raise ValidationError(_("The lines of this statement have been read already."))
    table = table_from(statement)
    take_in(statement, columns, at=at, by=by)
    ColumnMapping.objects.update_or_create(
        signature=table.signature,
        defaults={"titles": table.titles, "columns": columns, "saved_at": at, "saved_by": by},
    )
    return statement


def take_in(statement: BankStatement, columns: list[str], *, at: dt.datetime, by: User) -> None:
    """Save the lines of a draft that no other file held."""
    incoming = read_lines(table_from(statement), columns, on=day_of(at))
    prints = [line.fingerprint for line in incoming.lines]
    known = set(
        StatementLine.objects.filter(fingerprint__in=prints).values_list("fingerprint", flat=True)
    )
    new = [line for line in incoming.lines if line.fingerprint not in known]
    if not new:
        raise NothingNew(len(known))
    for line in new:
        line.statement = statement
    statement.draft, statement.known, statement.outgoing = None, len(known), incoming.outgoing
    statement.save()
    with acting(by=by, why=statement.name):
        StatementLine.objects.bulk_create(new, batch_size=BATCH)


@transaction.atomic
def discard(*, statement: BankStatement, by: User) -> None:
    """Forget a statement of which nothing is booked: the wrong file, or the wrong columns.

    Raises ``ValidationError`` once a line is booked.
    """
    statement = BankStatement.objects.select_for_update().get(pk=statement.pk)
    if statement.lines.filter(state=State.BOOKED).exists():
        raise ValidationError(_("Lines of this statement are booked; it stays."))
    with acting(by=by, why=_("Statement discarded: %(name)s") % {"name": statement.name}):
        statement.delete()


def table_from(statement: BankStatement) -> Table:
    """The table of a draft."""
    return Table(statement.draft["first"], statement.titles, statement.draft["rows"])


def hash_of(upload: File) -> str:
    upload.seek(0)
    found = hashlib.file_digest(upload, "sha256").hexdigest()
    upload.seek(0)
    return found


# --- Matching ----------------------------------------------------------------------------------


def match_all() -> None:
    """Match what is unmatched, one statement after the other."""
    for statement in BankStatement.objects.filter(lines__state=State.UNMATCHED).distinct():
        match(statement)


@transaction.atomic
def match(statement: BankStatement) -> int:
    """Match the unmatched lines of a statement; returns how many there were."""
    # One matching at a time: two lines must not be proposed for the same dues.
    list(BankStatement.objects.select_for_update().order_by("pk").values_list("pk"))
    lines = list(statement.lines.unmatched().select_for_update())
    if lines:
        save(judge(lines, Register.load(), dues_proposed()))
    return len(lines)


@transaction.atomic
def match_again(*, statement: BankStatement, by: User) -> int:
    """Forget what was found for the lines that wait for a person, so that they are matched anew;
    for when units, names or dues have changed since. Returns how many there are."""
    waiting = statement.lines.waiting().select_for_update()
    pks = list(waiting.values_list("pk", flat=True))
    LineCandidate.objects.filter(line__in=pks).delete()
    LineShare.objects.filter(line__in=pks).delete()
    with acting(by=by, why=_("Matched again")):
        StatementLine.objects.filter(pk__in=pks).update(state=State.UNMATCHED, doubt="")
    return len(pks)


def dues_proposed() -> set[tuple[int, int]]:
    """Units and years for which lines are proposed already."""
    proposed = LineShare.objects.filter(line__state=State.PROPOSED).order_by()
    return set(proposed.values_list("unit", "year"))


def save(verdicts: Iterable[Verdict]) -> None:
    """Write verdicts on unmatched lines down."""
    groups, candidates, shares = defaultdict(list), [], []
    for verdict in verdicts:
        line = verdict.line
        groups[verdict.state, verdict.doubt or ""].append(line.pk)
        candidates += [
            LineCandidate(
                line=line,
                rank=rank,
                unit_id=next(iter(fact.units)),
                rule=fact.rule,
                place=fact.place,
                text=fact.text[:200],
            )
            for rank, fact in enumerate(verdict.candidates, start=1)
        ]
        shares += [
            LineShare(line=line, part=part, unit_id=verdict.unit, year=year, amount=amount)
            for part, (year, amount) in enumerate(verdict.shares, start=1)
        ]
    for (state, doubt), pks in groups.items():
        StatementLine.objects.filter(pk__in=pks).update(state=state, doubt=doubt)
    LineCandidate.objects.bulk_create(candidates, batch_size=BATCH)
    LineShare.objects.bulk_create(shares, batch_size=BATCH)
