"""One of each that belongs to the dues of a unit."""

import datetime as dt
from decimal import Decimal

from accounts.models import User
from members.dues import send_slip
from members.models import (
    ArrearsDecision,
    BankAccount,
    DuesAccount,
    DuesNotice,
    DuesReminder,
    MemberUnit,
    ReminderRule,
    TransferSlip,
    UnitInArrears,
)
from tests.factories import TierFactory
from tests.files.making import upload

YEAR = 2018  # which nobody's standing rests on


def notice_of(unit: MemberUnit, *, by: User, at: dt.datetime, **fields) -> DuesNotice:
    asked = {"year": YEAR, "amount": Decimal(5_000), "due_on": dt.date(2026, 3, 31)}
    return DuesNotice.objects.create(
        unit=unit, tier=TierFactory(), raised_at=at, raised_by=by, **asked | fields
    )


def slip_of(notice: DuesNotice, *, by: User, at: dt.datetime, amount: int = 5_000) -> TransferSlip:
    day = at.date() - dt.timedelta(days=1)
    return send_slip(
        notice=notice,
        amount=Decimal(amount),
        paid_on=day,
        upload=upload(name="汇款凭证.pdf"),
        by=by,
        at=at,
    )


def account_in_use() -> BankAccount:
    return BankAccount.objects.create(
        holder="样例协会", bank="样例银行北京分行", number="110012345678901234"
    )


def one_of_each_due(unit: MemberUnit, *, by: User, at: dt.datetime) -> list:
    notice = notice_of(unit, by=by, at=at)
    rule, _is_new = ReminderRule.objects.get_or_create(days=-14, defaults={"opening": "样例"})
    return [
        account_in_use(),
        notice,
        slip_of(notice, by=by, at=at),
        rule,
        DuesReminder.objects.create(
            notice=notice,
            rule=rule,
            due_on=notice.due_on,
            outcome=DuesReminder.Outcome.PAID,
            missing=0,
            decided_at=at,
        ),
        ArrearsDecision.objects.create(
            unit=unit,
            outcome=ArrearsDecision.Outcome.WAIT,
            decided_on=dt.date(2026, 1, 1),
            wait_until=dt.date(2026, 6, 30),
            resolution="样例",
            recorded_at=at,
            recorded_by=by,
        ),
        DuesAccount.objects.get(pk=unit.pk),
        UnitInArrears.objects.get(pk=unit.pk),
    ]
