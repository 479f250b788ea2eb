"""Booking lines of bank statements as dues: what the bank's line pays becomes confirmed payments.

A line is booked once: its row is locked and its state looked at first, and the database refuses a
second payment for the same part of a line.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import (
    BankStatement,
    DuesPayment,
    LineShare,
    MemberUnit,
    StatementLine,
    TransferSlip,
)
from members.record import acting
from members.standing_words import yuan
from members.statement_matching import open_dues, unit_histories

State, Doubt = StatementLine.State, StatementLine.Doubt
OPEN = (State.UNMATCHED, *StatementLine.WAITING)


@dataclass(frozen=True)
class Share:
    """So much of a line is the unit's dues of the year."""

    unit: MemberUnit
    year: int
    amount: Decimal


@dataclass(frozen=True)
class Total:
    """How many lines, and how much."""

    lines: int
    amount: Decimal


def proposed(statement: BankStatement) -> Total:
    """What `book_proposed` would book now."""
    lines = statement.lines.filter(state=State.PROPOSED)
    return Total(lines.count(), lines.aggregate(sum=Sum("amount", default=0))["sum"])


@transaction.atomic
def book_proposed(
    *, statement: BankStatement, expected: Total, at: dt.datetime, by: User
) -> tuple[int, int]:
    """Book every proposed line of the statement, as ``by`` saw them: ``expected`` lines and yuan.

    A line whose dues were paid or changed since it was matched is not booked but becomes doubtful.
    Returns how many were booked and how many were not. Raises ``ValidationError`` where the lines
    are not those that were shown.
    """
    lines = list(
        statement.lines.select_for_update().filter(state=State.PROPOSED).prefetch_related("shares")
    )
    if Total(len(lines), sum((line.amount for line in lines), Decimal(0))) != expected:
        raise ValidationError(_("The proposals have changed meanwhile. Look them over again."))
    shares = [share for line in lines for share in line.shares.all()]
    lock_units(shares)
    changed = {share.line_id for share in shares_changed(shares)}
    sure = [line for line in lines if line.pk not in changed]
    with acting(by=by, why=_("Bank statement %(name)s") % {"name": statement.name}):
        pay([share for share in shares if share.line_id not in changed], sure, at=at, by=by)
        LineShare.objects.filter(line__in=changed).delete()
        StatementLine.objects.filter(pk__in=changed).update(
            state=State.DOUBTFUL, doubt=Doubt.OTHER_AMOUNT
        )
    return len(sure), len(changed)


def shares_changed(shares: list[LineShare]) -> list[LineShare]:
    """Those whose amount is no longer what is open, before or with what applies later."""
    if not shares:
        return []
    earliest = min(share.year for share in shares)
    known = unit_histories({share.unit_id for share in shares}, earliest)
    return [
        share
        for share in shares
        if share.amount
        not in (
            open_dues(known[share.unit_id], share.year),
            open_dues(known[share.unit_id], share.year, share.line.paid_on),
        )
    ]


@transaction.atomic
def book(*, line: StatementLine, shares: Iterable[Share], at: dt.datetime, by: User) -> None:
    """Book one line as a person has split it: any units and years, the whole amount.

    Raises ``ValidationError`` if it is booked or set aside already, or if the shares do not add up
    to the line.
    """
    line = locked(line)
    if line.state not in OPEN:
        raise ValidationError(_("This line has been decided already."))
    shares = together(shares)
    total = sum(shares.values(), Decimal(0))
    if total != line.amount:
        raise ValidationError(
            _("The parts add up to %(total)s, the line is %(amount)s.")
            % {"total": yuan(total), "amount": yuan(line.amount)}
        )
    line.shares.all().delete()
    rows = [
        LineShare(line=line, part=part, unit=unit, year=year, amount=amount)
        for part, ((unit, year), amount) in enumerate(shares.items(), start=1)
    ]
    for row in rows:
        row.full_clean(exclude=["line"], validate_unique=False, validate_constraints=False)
    LineShare.objects.bulk_create(rows)
    lock_units(rows)
    refuse_twice(rows, line)
    with acting(by=by, why=_("Bank statement %(name)s") % {"name": line.statement.name}):
        pay(rows, [line], at=at, by=by)


def together(shares: Iterable[Share]) -> dict[tuple[MemberUnit, int], Decimal]:
    """The shares by unit and year. Raises ``ValidationError`` for one that is not above zero."""
    added: dict[tuple[MemberUnit, int], Decimal] = {}
    for share in shares:
        if share.amount <= 0:
            raise ValidationError(_("Each part is more than zero."))
        added[share.unit, share.year] = added.get((share.unit, share.year), 0) + share.amount
    return added


def lock_units(shares: Iterable[LineShare]) -> None:
    """Wait until nobody else acts on the money of these units, as `members.dues` does."""
    units = MemberUnit.objects.filter(pk__in={share.unit_id for share in shares})
    list(units.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def refuse_twice(shares: list[LineShare], line: StatementLine) -> None:
    """Raises ``ValidationError`` where the same money was booked by hand before."""
    for share in shares:
        same = DuesPayment.objects.filter(
            unit=share.unit_id,
            year=share.year,
            kind=DuesPayment.Kind.PAYMENT,
            amount=share.amount,
            paid_on=line.paid_on,
            confirmed_at__isnull=False,
            share__isnull=True,
        )
        if same.exists():
            raise ValidationError(
                _(
                    "A payment of %(unit)s for %(year)s of the same day and amount is booked "
                    "already. If it is this money, set the line aside."
                )
                % {"unit": share.unit, "year": share.year}
            )


def pay(shares: list[LineShare], lines: list[StatementLine], *, at: dt.datetime, by: User) -> None:
    """Confirmed payments for the shares, and their lines booked.

    A payment of the same amount that waits to be confirmed is this money: it is confirmed. A
    transfer slip of the unit for it has found its payment.
    """
    by_pk = {line.pk: line for line in lines}
    units = {share.unit_id for share in shares}
    waiting = by_dues(
        DuesPayment.objects.filter(
            kind=DuesPayment.Kind.PAYMENT, confirmed_at__isnull=True, unit__in=units
        )
    )
    slips = by_dues(TransferSlip.objects.waiting().filter(unit__in=units))
    found, new, answered = [], [], []
    for share in shares:
        line, dues = by_pk[share.line_id], (share.unit_id, share.year, share.amount)
        same, slip = waiting.pop(dues, None), slips.pop(dues, None)
        payment = same or DuesPayment(unit_id=share.unit_id, year=share.year, amount=share.amount)
        payment.paid_on = line.paid_on
        payment.reference = line.reference or payment.reference
        payment.confirmed_at, payment.confirmed_by, payment.share = at, by, share
        (found if same else new).append(payment)
        if slip:
            slip.payment = payment
            answered.append(slip)
    DuesPayment.objects.bulk_create(new)
    DuesPayment.objects.bulk_update(
        found, ["paid_on", "reference", "confirmed_at", "confirmed_by", "share"]
    )
    TransferSlip.objects.bulk_update(answered, ["payment"])
    StatementLine.objects.filter(pk__in=by_pk).update(
        state=State.BOOKED, doubt="", decided_at=at, decided_by=by
    )


def by_dues(rows: QuerySet) -> dict[tuple[int, int, Decimal], Model]:
    """Payments or slips by unit, year and amount, the rows locked."""
    rows = rows.select_for_update(of=("self",)).order_by("pk")
    return {(row.unit_id, row.year, row.amount): row for row in rows}


@transaction.atomic
def take_out(*, line: StatementLine, by: User) -> None:
    """Take a line out of the proposals, to be looked at on its own."""
    line = locked(line)
    if line.state != State.PROPOSED:
        raise ValidationError(_("This line is not proposed any more."))
    line.shares.all().delete()
    with acting(by=by, why=_("Taken out of the proposals")):
        StatementLine.objects.filter(pk=line.pk).update(state=State.DOUBTFUL, doubt=Doubt.TAKEN_OUT)


@transaction.atomic
def set_aside(*, line: StatementLine, reason: str, at: dt.datetime, by: User) -> None:
    """Say that a line is no dues, and why. Raises ``ValidationError`` without a reason, or if the
    line is booked or set aside already."""
    line = locked(line)
    if line.state not in OPEN:
        raise ValidationError(_("This line has been decided already."))
    line.shares.all().delete()
    line.state, line.doubt, line.reason = State.SET_ASIDE, "", reason.strip()
    line.decided_at, line.decided_by = at, by
    line.full_clean()
    with acting(by=by, why=line.reason):
        line.save()


@transaction.atomic
def take_back(*, line: StatementLine, by: User) -> None:
    """Let a line that was set aside be matched again."""
    line = locked(line)
    if line.state != State.SET_ASIDE:
        raise ValidationError(_("This line is not set aside."))
    line.candidates.all().delete()
    line.state, line.reason, line.decided_at, line.decided_by = State.UNMATCHED, "", None, None
    with acting(by=by, why=_("No longer set aside")):
        line.save()


def locked(line: StatementLine) -> StatementLine:
    lines = StatementLine.objects.select_for_update(of=["self"]).select_related("statement")
    return lines.get(pk=line.pk)
