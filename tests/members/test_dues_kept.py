"""What counts cannot be edited away, whoever writes the statement."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from members.models import DuesNotice, DuesPayment
from members.notices import raise_notice
from tests.factories import PaymentFactory, StandardFactory, UserFactory, member, waived

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
AT = dt.datetime(2026, 3, 1, 1, tzinfo=dt.UTC)


def refused(change) -> str:
    """The name of the trigger that refused."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        change()
    return caught.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": 1},
        {"year": 2025},
        {"kind": "refund"},
        {"paid_on": dt.date(2025, 1, 1)},
        {"confirmed_at": None, "confirmed_by": None},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_confirmed_payment_is_not_changed(fields):
    rows = DuesPayment.objects.filter(pk=PaymentFactory().pk)

    assert refused(lambda: rows.update(**fields)) == "confirmed_payment_unchanged"


def test_a_confirmed_payment_is_not_deleted():
    assert refused(PaymentFactory().delete) == "confirmed_payment_stays"


def test_a_confirmed_payment_may_move_to_the_unit_into_which_its_own_is_merged():
    payment, other = PaymentFactory(), member()

    DuesPayment.objects.filter(pk=payment.pk).update(unit=other)

    assert other.payments.get() == payment


def test_a_payment_that_waits_may_be_changed_and_deleted():
    payment = PaymentFactory(confirmed_at=None, confirmed_by=None)

    payment.amount = 1
    payment.save()
    payment.delete()

    assert DuesPayment.objects.count() == 0


def test_an_adjustment_stays_as_it_is():
    row = waived(member(), 2026, 100, DAY)
    rows = type(row).objects.filter(pk=row.pk)

    assert refused(lambda: rows.update(amount=-1)) == "adjustment_unchanged"
    assert refused(row.delete) == "adjustment_stays"


def test_a_notice_stays_but_may_get_more_time():
    unit = member()
    StandardFactory()
    notice = raise_notice(
        unit=unit, year=2026, on=DAY, due_on=DAY, by=UserFactory(), at=AT, why="2026"
    )
    rows = DuesNotice.objects.filter(pk=notice.pk)

    rows.update(due_on=dt.date(2026, 4, 1))

    assert refused(lambda: rows.update(amount=1)) == "notice_unchanged"
    assert refused(notice.delete) == "notice_stays"
