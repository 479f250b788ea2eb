"""会费: what has arrived, what is given back, what is waived. A row that counts is never edited.

Each act on a unit's money first takes the unit's row, so that two people at once cannot waive or
give back more than there is.
"""

import datetime as dt
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.days import day_of
from members.dues_year import THE_END, dues_of
from members.models import DuesAdjustment, DuesNotice, DuesPayment, MemberUnit, TransferSlip
from members.record import acting
from members.standing_words import yuan

Kind = DuesAdjustment.Kind
SLIPS = 5  # of one notice, not looked at


@transaction.atomic
def confirm(*, payment: DuesPayment, at: dt.datetime, by: User) -> DuesPayment:
    """Let the payment (or refund) count from its own date.

    Raises ``ValidationError`` if it is confirmed already, is dated after ``at``, or gives back
    more than was paid.
    """
    _locked(payment.unit)
    payment = DuesPayment.objects.select_for_update().select_related("unit").get(pk=payment.pk)
    if payment.confirmed_at is not None:
        raise ValidationError(_("This payment has been confirmed already."))
    if payment.paid_on > day_of(at):
        raise ValidationError(_("A payment dated in the future cannot be confirmed."))
    if payment.is_refund:
        _refuse_too_much(payment)
    payment.confirmed_at = at
    payment.confirmed_by = by
    payment.full_clean()
    with acting(by=by, why=payment.reason or payment.reference):
        payment.save()
    return payment


@transaction.atomic
def receive(
    *,
    unit: MemberUnit,
    year: int,
    amount: Decimal,
    paid_on: dt.date,
    reference: str,
    by: User,
    at: dt.datetime,
    slip: TransferSlip | None = None,
) -> DuesPayment:
    """Book a payment that has arrived, and confirm it; ``slip`` is what the unit sent in for it.

    Raises ``ValidationError`` if the same payment is booked already, if the slip was dealt with,
    or as `confirm` does.
    """
    _locked(unit)
    payment = DuesPayment(
        unit=unit, year=year, amount=amount, paid_on=paid_on, reference=reference.strip()
    )
    _refuse_twice(payment)
    payment.full_clean()
    with acting(by=by, why=payment.reference):
        payment.save()
    payment = confirm(payment=payment, at=at, by=by)
    if slip is not None:
        _book(slip, payment)
    return payment


@transaction.atomic
def refund(
    *,
    unit: MemberUnit,
    year: int,
    amount: Decimal,
    paid_on: dt.date,
    reference: str,
    reason: str,
    by: User,
    at: dt.datetime,
) -> DuesPayment:
    """Give money back, for a reason. It counts at once.

    Raises ``ValidationError`` without a reason, if it is more than was paid for the year by that
    day, if the same refund is booked already, or as `confirm` does.
    """
    _locked(unit)
    given = DuesPayment(
        unit=unit,
        year=year,
        kind=DuesPayment.Kind.REFUND,
        amount=amount,
        paid_on=paid_on,
        reference=reference.strip(),
        reason=_said(reason),
    )
    _refuse_twice(given)
    given.full_clean()
    with acting(by=by, why=given.reason):
        given.save()
    return confirm(payment=given, at=at, by=by)


@transaction.atomic
def waive(
    *,
    unit: MemberUnit,
    year: int,
    amount: Decimal,
    applies_from: dt.date,
    reason: str,
    resolution: str,
    by: User,
    at: dt.datetime,
) -> DuesAdjustment:
    """Let the unit off a part of its dues, or all of them, by a resolution.

    Raises ``ValidationError`` without reason or resolution, or if it is more than is still due.
    """
    _locked(unit)
    missing = dues_of(unit, year, THE_END).missing
    if amount > missing:
        raise ValidationError(
            {
                "amount": _("At most %(amount)s is still due for %(year)s.")
                % {"amount": yuan(missing), "year": year}
            }
        )
    if not resolution.strip():
        raise ValidationError({"resolution": _("Name the resolution.")})
    waiver = DuesAdjustment(
        unit=unit,
        kind=Kind.WAIVER,
        year=year,
        amount=-amount,
        applies_from=applies_from,
        reason=_said(reason),
        resolution=resolution.strip(),
        decided_at=at,
        decided_by=by,
    )
    return _decided(waiver)


@transaction.atomic
def correct(
    *, adjustment: DuesAdjustment, reason: str, by: User, at: dt.datetime
) -> DuesAdjustment:
    """Take an adjustment back by a row of the opposite amount, from the day ``at`` on.

    One that has not begun to apply never does. Raises ``ValidationError`` without a reason, for a
    correction, or if it was taken back before.
    """
    _locked(adjustment.unit)
    adjustment = DuesAdjustment.objects.select_related("unit").get(pk=adjustment.pk)
    if adjustment.corrects_id or DuesAdjustment.objects.filter(corrects=adjustment).exists():
        raise ValidationError(_("This adjustment has been taken back already."))
    opposite = DuesAdjustment(
        unit=adjustment.unit,
        kind=Kind.CORRECTION,
        year=adjustment.year,
        amount=-adjustment.amount,
        applies_from=max(day_of(at), adjustment.applies_from),
        reason=_said(reason),
        corrects=adjustment,
        decided_at=at,
        decided_by=by,
    )
    return _decided(opposite)


@transaction.atomic
def send_slip(
    *,
    notice: DuesNotice,
    amount: Decimal,
    paid_on: dt.date,
    upload: File,
    by: User,
    at: dt.datetime,
) -> TransferSlip:
    """Keep the transfer slip that a unit sends in for its notice. It counts for nothing yet.

    Raises ``ValidationError`` for a withdrawn notice, a day to come, more slips than anybody can
    look at, or a file that is not accepted.
    """
    _locked(notice.unit)
    if notice.withdrawn_at is not None:
        raise ValidationError(_("This notice was withdrawn. Nothing is to be paid for it."))
    if paid_on > day_of(at):
        raise ValidationError({"paid_on": _("The day of the payment lies in the future.")})
    if notice.slips.waiting().count() >= SLIPS:
        raise ValidationError(_("Your slips are being checked. Please wait for the answer."))
    slip = TransferSlip(
        unit=notice.unit,
        notice=notice,
        year=notice.year,
        amount=amount,
        paid_on=paid_on,
        uploaded_by=by,
        uploaded_at=at,
    )
    slip.hold(upload)
    slip.full_clean()
    slip.save()
    return slip


@transaction.atomic
def return_slip(*, slip: TransferSlip, because: str, by: User, at: dt.datetime) -> TransferSlip:
    """Tell the unit that its slip does not do, and why. Raises ``ValidationError``."""
    slip = _waiting(slip)
    slip.returned_at, slip.returned_by, slip.returned_because = at, by, _said(because)
    slip.save()
    return slip


# --- Guards ------------------------------------------------------------------------------------


def _locked(unit: MemberUnit) -> None:
    """Wait until nobody else acts on the unit's money; rows may still refer to the unit."""
    MemberUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def _said(reason: str) -> str:
    if not reason.strip():
        raise ValidationError(_("Say why."))
    return reason.strip()


def _decided(adjustment: DuesAdjustment) -> DuesAdjustment:
    adjustment.full_clean()
    with acting(by=adjustment.decided_by, why=adjustment.reason):
        adjustment.save()
    return adjustment


def _refuse_twice(payment: DuesPayment) -> None:
    """A second press of the button, or two people with the same bank statement."""
    same = ("unit", "year", "kind", "amount", "paid_on", "reference")
    if DuesPayment.objects.filter(**{name: getattr(payment, name) for name in same}).exists():
        raise ValidationError(
            _(
                "The same payment is recorded already. If this is another one, tell them apart "
                "by the bank reference."
            ),
            code="twice",
        )


def _refuse_too_much(refund: DuesPayment) -> None:
    """Neither on the day of the refund nor later may more be given back than was paid."""
    years = [dues_of(refund.unit, refund.year, day) for day in (refund.paid_on, THE_END)]
    paid = min(year.paid for year in years)
    if refund.amount > paid:
        raise ValidationError(
            {
                "amount": _("At most %(amount)s was paid for %(year)s by that day.")
                % {"amount": yuan(max(paid, Decimal(0))), "year": refund.year}
            }
        )


def _waiting(slip: TransferSlip) -> TransferSlip:
    slip = TransferSlip.objects.select_for_update(of=("self",)).get(pk=slip.pk)
    if slip.state != "waiting":
        raise ValidationError(_("This slip has been dealt with already."))
    return slip


def _book(slip: TransferSlip, payment: DuesPayment) -> None:
    slip = _waiting(slip)
    if slip.unit_id != payment.unit_id:
        raise ValidationError(_("The slip is another unit's."))
    slip.payment = payment
    slip.save()
