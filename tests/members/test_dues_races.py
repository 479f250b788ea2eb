"""Two people act on a unit's money at the same moment: never more than there is."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from members import dues
from members.dues_year import dues_of
from members.models import ReminderRule
from members.notices import raise_notices
from members.reminders import send_due
from tests.factories import ContactFactory, PaymentFactory, UserFactory, member
from tests.members.factories import load_standards

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

CONNECTIONS = 4
AT = dt.datetime(2026, 8, 3, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 8, 3)


def together(call) -> list:
    """What each of several connections got, all beginning at the same moment."""
    barrier = Barrier(CONNECTIONS)

    def one(number):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return call(number)
        except ValidationError:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return list(threads.map(one, range(CONNECTIONS)))


@pytest.fixture
def unit():
    load_standards()
    return member()


def test_together_no_more_is_waived_than_is_due(unit):
    clerk = UserFactory()

    def waive(number):
        dues.waive(
            unit=unit,
            year=2026,
            amount=Decimal(3_000),
            applies_from=DAY,
            reason="受灾",
            resolution=f"第{number}号",
            by=clerk,
            at=AT,
        )

    assert sorted(together(waive), key=str) == [None, *["refused"] * (CONNECTIONS - 1)]
    assert dues_of(unit, 2026, DAY).due == 2_000


def test_together_no_more_is_given_back_than_was_paid(unit):
    clerk = UserFactory()
    PaymentFactory(unit=unit, amount=5_000)

    def refund(number):
        dues.refund(
            unit=unit,
            year=2026,
            amount=Decimal(3_000),
            paid_on=DAY,
            reference=str(number),
            reason="多汇",
            by=clerk,
            at=AT,
        )

    assert sorted(together(refund), key=str) == [None, *["refused"] * (CONNECTIONS - 1)]
    assert dues_of(unit, 2026, DAY).paid == 2_000


def test_together_a_payment_is_booked_and_confirmed_once(unit):
    clerk = UserFactory()
    facts = {"unit": unit, "year": 2026, "amount": Decimal(5_000), "paid_on": DAY, "by": clerk}
    waiting = PaymentFactory(unit=unit, year=2025, confirmed_at=None, confirmed_by=None)

    booked = together(lambda _number: bool(dues.receive(**facts, reference="流水7", at=AT)))
    confirmed = together(lambda _number: bool(dues.confirm(payment=waiting, by=clerk, at=AT)))

    assert [sorted(each, key=str) for each in (booked, confirmed)] == [
        [True, *["refused"] * (CONNECTIONS - 1)]
    ] * 2


def test_together_notices_and_reminders_go_out_once(unit):
    ReminderRule.objects.create(days=30, opening="提醒")
    for each in [unit, *(member() for _ in range(5))]:
        ContactFactory(unit=each, roles=["finance"])
    clerk, due_on = UserFactory(), dt.date(2026, 3, 31)
    year = {"year": 2026, "on": dt.date(2026, 1, 5), "due_on": due_on, "why": "2026年"}
    at = dt.datetime(2026, 1, 5, 1, tzinfo=dt.UTC)

    raised = together(lambda _number: raise_notices(**year, by=clerk, at=at))
    sent = together(lambda _number: send_due(on=dt.date(2026, 4, 30), at=AT))

    assert (sum(raised), sum(sent)) == (6, 6)
