import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members.dues import confirm
from members.standing import standing
from tests.factories import UserFactory
from tests.members.factories import Past, day, load_standards

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 8, 3, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def unpaid_unit():
    load_standards()
    return Past(unconfirmed=["2026 5000 2026-07-20"]).create()


def test_a_confirmed_payment_counts_from_its_own_date():
    unit, clerk = unpaid_unit(), UserFactory()

    payment = confirm(payment=unit.payments.get(), at=AT, by=clerk)

    assert (payment.confirmed_at, payment.confirmed_by) == (AT, clerk)
    good = [standing(unit, day(text)).is_good for text in ("2026-07-19", "2026-07-20")]
    assert good == [False, True]


def test_a_payment_is_confirmed_once():
    unit, clerk = unpaid_unit(), UserFactory()
    payment = unit.payments.get()
    confirm(payment=payment, at=AT, by=clerk)

    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        confirm(payment=payment, at=AT + dt.timedelta(days=1), by=UserFactory())

    payment.refresh_from_db()
    assert caught.value.messages == ["这笔款项已经确认过了。"]
    assert (payment.confirmed_at, payment.confirmed_by) == (AT, clerk)


def test_a_payment_of_tomorrow_is_not_confirmed():
    unit = unpaid_unit()
    early = dt.datetime(2026, 7, 19, 23, tzinfo=AT.tzinfo)

    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        confirm(payment=unit.payments.get(), at=early, by=UserFactory())

    assert caught.value.messages == ["缴费日期在将来，不能确认。"]
    assert unit.payments.get().confirmed_at is None
