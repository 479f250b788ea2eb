"""Receiving, giving back, waiving, taking back; slips; and what each refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members.dues import confirm, correct, receive, refund, return_slip, waive
from members.dues_year import dues_of
from members.foreseeing import foreseen, telling_days
from members.models import DuesAdjustment, DuesPayment, MemberUnit
from members.standing import Basis, standing
from tests.factories import PaymentFactory, StandardFactory, UserFactory, member, waived
from tests.members.dues import notice_of, slip_of
from tests.members.factories import load_standards

pytestmark = pytest.mark.django_db

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 8, 3, 9, tzinfo=SHANGHAI)
DAY = dt.date(2026, 8, 3)


@pytest.fixture
def unit():
    load_standards()
    return member()


@pytest.fixture
def clerk():
    return UserFactory()


def received(unit, clerk, amount=5_000, **fields) -> DuesPayment:
    facts = {"year": 2026, "amount": Decimal(amount), "paid_on": DAY, "reference": "", "at": AT}
    return receive(unit=unit, by=clerk, **facts | fields)


def given_back(unit, clerk, amount, **fields) -> DuesPayment:
    facts = {"year": 2026, "amount": Decimal(amount), "paid_on": DAY, "reference": "", "at": AT}
    return refund(unit=unit, by=clerk, **{"reason": "多汇"} | facts | fields)


def let_off(unit, clerk, amount, **fields) -> DuesAdjustment:
    facts = {"year": 2026, "amount": Decimal(amount), "applies_from": DAY, "at": AT}
    why = {"reason": "受灾", "resolution": "理事会2026年第3号"}
    return waive(unit=unit, by=clerk, **facts | why | fields)


def refused(call) -> list[str]:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        call()
    return caught.value.messages


# --- Receiving ---------------------------------------------------------------------------------


def test_what_is_received_counts_at_once_and_names_who(unit, clerk):
    payment = received(unit, clerk, reference="流水7")

    assert (payment.confirmed_by, payment.confirmed_at) == (clerk, AT)
    assert standing(unit, DAY).basis == Basis.THIS_YEAR_PAID
    assert [event.pgh_context["user"] for event in payment.events.all()] == [clerk.pk] * 2
    assert payment.events.first().pgh_context["why"] == "流水7"


def test_a_part_is_received_and_the_rest_is_missing(unit, clerk):
    received(unit, clerk, 2_000)

    year = dues_of(unit, 2026, DAY)
    assert (year.state, year.paid, year.missing) == ("part", 2_000, 3_000)


def test_the_same_payment_is_not_booked_twice(unit, clerk):
    received(unit, clerk)

    assert refused(lambda: received(unit, clerk)) == [
        "The same payment is recorded already. If this is another one, tell them apart by the "
        "bank reference."
    ]
    received(unit, clerk, reference="另一笔")
    assert unit.payments.count() == 2


def test_a_payment_of_tomorrow_is_refused_by_the_calendar_of_shanghai(unit, clerk):
    late = dt.datetime(2026, 8, 2, 16, 30, tzinfo=dt.UTC)  # 00:30 on the 3rd in Shanghai

    received(unit, clerk, at=late)

    assert refused(lambda: received(unit, clerk, paid_on=DAY + dt.timedelta(days=1), at=late)) == [
        "A payment dated in the future cannot be confirmed."
    ]


def test_a_slip_is_booked_once(unit, clerk):
    slip = slip_of(notice_of(unit, by=clerk, at=AT, year=2026), by=UserFactory(), at=AT)

    payment = received(unit, clerk, slip=slip)

    slip.refresh_from_db()
    assert (slip.payment, slip.state) == (payment, "booked")
    assert refused(lambda: received(unit, clerk, reference="又", slip=slip)) == [
        "This slip has been dealt with already."
    ]
    assert unit.payments.count() == 1


def test_a_slip_that_does_not_do_is_returned_with_the_reason(unit, clerk):
    slip = slip_of(notice_of(unit, by=clerk, at=AT, year=2026), by=UserFactory(), at=AT)

    return_slip(slip=slip, because="看不清金额", by=clerk, at=AT)

    slip.refresh_from_db()
    assert (slip.state, slip.returned_because) == ("returned", "看不清金额")
    assert dues_of(unit, 2026, DAY).paid == 0


def test_a_unit_s_sixth_slip_waits_until_the_others_are_looked_at(unit, clerk):
    notice = notice_of(unit, by=clerk, at=AT, year=2026)
    for _ in range(5):
        slip_of(notice, by=clerk, at=AT)

    assert refused(lambda: slip_of(notice, by=clerk, at=AT)) == [
        "Your slips are being checked. Please wait for the answer."
    ]


# --- Giving back -------------------------------------------------------------------------------


def test_no_more_is_given_back_than_was_paid(unit, clerk):
    received(unit, clerk)
    given_back(unit, clerk, 3_000)

    assert refused(lambda: given_back(unit, clerk, "2000.01", reference="2")) == [
        "At most ¥2,000 was paid for 2026 by that day."
    ]
    given_back(unit, clerk, 2_000)
    assert dues_of(unit, 2026, DAY).paid == 0


def test_nothing_is_given_back_before_it_came(unit, clerk):
    received(unit, clerk)

    day = DAY - dt.timedelta(days=1)
    assert refused(lambda: given_back(unit, clerk, 1, paid_on=day)) == [
        "At most ¥0 was paid for 2026 by that day."
    ]


def test_a_refund_needs_a_reason(unit, clerk):
    received(unit, clerk)

    assert refused(lambda: given_back(unit, clerk, 1, reason=" ")) == ["Say why."]


def test_a_refund_that_waits_is_not_confirmed_beyond_what_was_paid(unit, clerk):
    waiting = PaymentFactory(
        unit=unit, kind="refund", amount=1, paid_on=DAY, confirmed_at=None, confirmed_by=None
    )

    assert refused(lambda: confirm(payment=waiting, at=AT, by=clerk)) == [
        "At most ¥0 was paid for 2026 by that day."
    ]


# --- Waiving and taking back -------------------------------------------------------------------


def test_a_waiver_of_all_makes_good_standing_from_its_day(unit, clerk):
    let_off(unit, clerk, 5_000)

    days = [DAY - dt.timedelta(days=1), DAY]
    assert [standing(unit, day).is_good for day in days] == [False, True]
    assert dues_of(unit, 2026, DAY).state == "waived"


def test_no_more_is_waived_than_is_due_whenever_it_applies(unit, clerk):
    received(unit, clerk, 1_000)
    let_off(unit, clerk, 3_000, applies_from=dt.date(2026, 12, 31))

    assert refused(lambda: let_off(unit, clerk, "1000.01")) == [
        "At most ¥1,000 is still due for 2026."
    ]


@pytest.mark.parametrize("missing", ["reason", "resolution"])
def test_a_waiver_needs_reason_and_resolution(unit, clerk, missing):
    words = {"reason": "Say why.", "resolution": "Name the resolution."}

    assert refused(lambda: let_off(unit, clerk, 1, **{missing: ""})) == [words[missing]]


def test_an_adjustment_is_taken_back_once_and_both_rows_stay(unit, clerk):
    waiver = let_off(unit, clerk, 5_000)

    back = correct(adjustment=waiver, reason="误录", by=clerk, at=AT)

    assert (back.amount, back.corrects, back.kind) == (5_000, waiver, "correction")
    assert dues_of(unit, 2026, DAY).missing == 5_000
    for row in (waiver, back):
        assert refused(lambda row=row: correct(adjustment=row, reason="再", by=clerk, at=AT)) == [
            "This adjustment has been taken back already."
        ]


def test_what_has_not_begun_to_apply_never_does(unit, clerk):
    later = waived(unit, 2026, 5_000, dt.date(2026, 12, 1))

    correct(adjustment=later, reason="误录", by=clerk, at=AT)

    days = [dt.date(2026, 11, 30), dt.date(2026, 12, 1), dt.date(2026, 12, 31)]
    assert [dues_of(unit, 2026, day).due for day in days] == [5_000] * 3


# --- The preview -------------------------------------------------------------------------------


def test_the_preview_is_what_then_happens_and_leaves_nothing(unit, clerk):
    StandardFactory(year=2028)
    days = telling_days(2026, DAY)
    units = MemberUnit.objects.filter(pk=unit.pk)

    changes = foreseen(units, days, lambda: received(unit, clerk))

    assert unit.payments.count() == 0
    received(unit, clerk)
    assert [each.after for each in changes] == [standing(unit, day).basis for day in days]
    assert {each.on: each.wins for each in changes} == {
        dt.date(2026, 8, 3): True,
        dt.date(2026, 12, 31): True,
        dt.date(2027, 6, 30): True,
        dt.date(2027, 7, 1): False,
    }
