"""What is booked from a bank's lines: once, the whole amount, by a person."""

import datetime as dt
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from members.models import DuesPayment, LineShare, StatementLine
from members.standing import standing
from members.statement_booking import (
    Share,
    Total,
    book,
    book_proposed,
    proposed,
    set_aside,
    take_back,
    take_out,
)
from members.statement_importing import discard, match
from tests.factories import PaymentFactory, UserFactory
from tests.members.banking import csv_file, line
from tests.members.test_statement_importing import AT, owing, take

pytestmark = pytest.mark.django_db

State = StatementLine.State


@pytest.fixture
def clerk():
    return UserFactory(is_staff=True)


def sure(clerk, **fields):
    """A unit and a statement with its sure line."""
    unit = owing()
    return unit, take(csv_file(line(number="77", **fields)), clerk)


def doubtful(clerk, amount="10000"):
    unit = owing()
    return unit, take(csv_file(line(amount=amount)), clerk).lines.get()


def test_sure_lines_are_booked_together_as_confirmed_payments(clerk):
    unit, statement = sure(clerk)

    done = book_proposed(statement=statement, expected=Total(1, Decimal(5000)), at=AT, by=clerk)

    assert done == (1, 0)
    payment = unit.payments.get(year=2026)
    assert (payment.amount, payment.paid_on, payment.reference) == (
        Decimal(5000),
        dt.date(2026, 3, 2),
        "77",
    )
    assert (payment.confirmed_at, payment.confirmed_by) == (AT, clerk)
    booked = statement.lines.get()
    assert (booked.state, booked.decided_by, payment.share.line) == (State.BOOKED, clerk, booked)
    assert standing(unit, dt.date(2026, 7, 1)).is_good


def test_what_is_booked_is_what_was_shown(clerk):
    _unit, statement = sure(clerk)

    with pytest.raises(ValidationError):
        book_proposed(statement=statement, expected=Total(2, Decimal(9000)), at=AT, by=clerk)

    assert proposed(statement) == Total(1, Decimal(5000))


def test_a_line_whose_dues_were_paid_meanwhile_is_not_booked(clerk):
    unit, statement = sure(clerk)
    PaymentFactory(unit=unit, year=2026)

    done = book_proposed(statement=statement, expected=Total(1, Decimal(5000)), at=AT, by=clerk)

    assert done == (0, 1)
    left = statement.lines.get()
    assert (left.state, left.shares.count(), unit.payments.count()) == (State.DOUBTFUL, 0, 2)


def test_a_payment_that_waits_to_be_confirmed_is_the_same_money(clerk):
    unit, statement = sure(clerk)
    waiting = PaymentFactory(unit=unit, year=2026, confirmed_at=None, confirmed_by=None)

    book_proposed(statement=statement, expected=proposed(statement), at=AT, by=clerk)

    payment = unit.payments.get(year=2026)
    assert (payment.pk, payment.paid_on) == (waiting.pk, dt.date(2026, 3, 2))
    assert payment.confirmed_at == AT


def test_a_person_splits_a_line_over_years_and_units(clerk):
    unit, held = doubtful(clerk, amount="12,000.00")
    other = owing(name="乙矿业有限公司")
    shares = [
        Share(unit, 2026, Decimal(5000)),
        Share(unit, 2027, Decimal(2000)),
        Share(other, 2026, Decimal(5000)),
    ]

    book(line=held, shares=shares, at=AT, by=clerk)

    booked = DuesPayment.objects.filter(share__line=held).order_by("share__part")
    assert [(each.unit, each.year, each.amount) for each in booked] == [
        (unit, 2026, Decimal(5000)),
        (unit, 2027, Decimal(2000)),
        (other, 2026, Decimal(5000)),
    ]


@pytest.mark.parametrize(
    "amounts", [["9000"], ["5000", "5000.01"], ["10000", "0"], ["-1", "10001"]]
)
def test_the_parts_add_up_to_the_line(clerk, amounts):
    unit, held = doubtful(clerk)
    shares = [Share(unit, 2026 + i, Decimal(each)) for i, each in enumerate(amounts)]

    with pytest.raises(ValidationError), transaction.atomic():
        book(line=held, shares=shares, at=AT, by=clerk)

    assert not DuesPayment.objects.filter(share__line=held).exists()


def test_a_line_is_booked_once(clerk):
    unit, held = doubtful(clerk)
    shares = [Share(unit, 2026, Decimal(10_000))]
    book(line=held, shares=shares, at=AT, by=clerk)

    for again in (
        lambda: book(line=held, shares=shares, at=AT, by=clerk),
        lambda: set_aside(line=held, reason="误记", at=AT, by=clerk),
        lambda: take_back(line=held, by=clerk),
        lambda: take_out(line=held, by=clerk),
        lambda: discard(statement=held.statement, by=clerk),
    ):
        with pytest.raises(ValidationError), transaction.atomic():
            again()
    assert DuesPayment.objects.filter(share__line=held).count() == 1


def test_the_database_refuses_a_second_booking_of_a_line(clerk):
    unit, held = doubtful(clerk)
    book(line=held, shares=[Share(unit, 2026, Decimal(10_000))], at=AT, by=clerk)

    with pytest.raises(IntegrityError), transaction.atomic():
        LineShare.objects.create(line=held, part=1, unit=unit, year=2027, amount=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentFactory(unit=unit, year=2027, share=LineShare.objects.get(line=held))


def test_money_that_was_booked_by_hand_is_not_booked_again(clerk):
    unit, held = doubtful(clerk, amount="5000.00")
    take_out(line=held, by=clerk)
    PaymentFactory(unit=unit, year=2026, paid_on=held.paid_on)

    with pytest.raises(ValidationError):
        book(line=held, shares=[Share(unit, 2026, Decimal(5000))], at=AT, by=clerk)


def test_a_line_is_set_aside_for_a_reason_and_taken_back(clerk):
    _unit, held = doubtful(clerk)

    set_aside(line=held, reason="会议注册费", at=AT, by=clerk)
    held.refresh_from_db()
    assert (held.state, held.reason, held.decided_by) == (State.SET_ASIDE, "会议注册费", clerk)

    take_back(line=held, by=clerk)
    match(held.statement)
    held.refresh_from_db()
    assert (held.state, held.reason, held.decided_by) == (State.DOUBTFUL, "", None)


def test_a_line_is_not_set_aside_without_a_reason(clerk):
    _unit, held = doubtful(clerk)

    with pytest.raises(ValidationError):
        set_aside(line=held, reason="  ", at=AT, by=clerk)


def test_a_line_taken_out_is_doubtful(clerk):
    _unit, statement = sure(clerk)

    take_out(line=statement.lines.get(), by=clerk)

    assert statement.lines.get().doubt == "taken_out"
    assert proposed(statement) == Total(0, Decimal(0))


def test_who_booked_is_kept_by_the_database(clerk):
    _unit, statement = sure(clerk)
    book_proposed(statement=statement, expected=proposed(statement), at=AT, by=clerk)

    event = StatementLine.pgh_event_model.objects.latest("pgh_id")
    assert (event.state, event.pgh_context["user"]) == (State.BOOKED, clerk.pk)


@pytest.mark.django_db(transaction=True)
def test_two_people_press_at_once(clerk):
    _unit, statement = sure(clerk)
    total, ready, said = proposed(statement), Barrier(2), []

    def press():
        ready.wait()
        try:
            said.append(book_proposed(statement=statement, expected=total, at=AT, by=clerk))
        except ValidationError:
            said.append("changed")
        connection.close()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, said)) == ["(1, 0)", "changed"]
    assert DuesPayment.objects.filter(share__isnull=False).count() == 1
