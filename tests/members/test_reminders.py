"""Reminders: by the rules' days, caught up, stopped by payment, and each on record."""

import datetime as dt
from decimal import Decimal

import pytest

from letters.models import Letter
from members.models import (
    Contact,
    DuesNotice,
    DuesReminder,
    MembershipApplication,
    ReminderRule,
    TransferSlip,
)
from members.reminders import BATCH, send_due
from tests.factories import (
    ContactFactory,
    PaymentFactory,
    UserFactory,
    adjusted,
    member,
    waived,
)
from tests.members.factories import load_standards

pytestmark = pytest.mark.django_db

DUE_ON = dt.date(2026, 3, 31)
RAISED_AT = dt.datetime(2026, 1, 10, 2, tzinfo=dt.UTC)
Outcome = DuesReminder.Outcome
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def rules():
    ReminderRule.objects.all().delete()
    for days in (-14, 30, 60):
        ReminderRule.objects.create(days=days, opening=f"提醒{days}")
    load_standards(range(2025, 2028))


def asked(unit=None, **fields) -> DuesNotice:
    """A notice of 2026 to a unit that can be written to."""
    unit = unit or member()
    if not unit.contacts.exists():
        ContactFactory(unit=unit, roles=[Contact.Role.FINANCE])
    return DuesNotice.objects.create(
        unit=unit,
        year=2026,
        tier=unit.appointments.first().tier,
        raised_by=UserFactory(),
        **{"amount": Decimal(5_000), "due_on": DUE_ON, "raised_at": RAISED_AT} | fields,
    )


def sent(on: dt.date) -> int:
    return send_due(on=on, at=dt.datetime.combine(on, dt.time(1), dt.UTC))


def log(notice: DuesNotice) -> list[tuple[int, str]]:
    return list(notice.reminders.order_by("rule__days").values_list("rule__days", "outcome"))


def test_a_rule_is_applied_on_its_day_once():
    notice = asked()
    first = DUE_ON - 14 * DAY

    counts = [sent(first - DAY), sent(first), sent(first), sent(first + DAY)]

    assert counts == [0, 1, 0, 0]
    reminder = notice.reminders.get()
    assert (reminder.due_on, reminder.outcome, reminder.missing) == (first, "sent", 5_000)
    [letter] = reminder.letters.all()
    assert letter.to == notice.unit.contacts.get().email
    assert "提醒-14" in letter.text


def test_a_missed_day_is_caught_up():
    notice = asked()

    assert sent(DUE_ON - 10 * DAY) == 1
    assert log(notice) == [(-14, Outcome.SENT)]


def test_of_several_missed_reminders_only_the_latest_is_sent():
    notice = asked()

    assert sent(DUE_ON + 61 * DAY) == 1

    assert log(notice) == [
        (-14, Outcome.OVERTAKEN),
        (30, Outcome.OVERTAKEN),
        (60, Outcome.SENT),
    ]
    assert Letter.objects.count() == 1


def test_one_for_before_the_day_is_not_sent_after_it():
    notice = asked()

    assert sent(DUE_ON + DAY) == 0
    assert log(notice) == [(-14, Outcome.OVERTAKEN)]


def test_a_rule_added_later_is_not_sent_after_a_later_one():
    notice = asked()
    sent(DUE_ON + 60 * DAY)
    ReminderRule.objects.create(days=45, opening="补充")

    assert sent(DUE_ON + 61 * DAY) == 0
    assert dict(log(notice))[45] == Outcome.OVERTAKEN


def test_a_notice_raised_late_is_not_reminded_of_on_the_same_day():
    raised_at = dt.datetime(2026, 3, 19, 16, 30, tzinfo=dt.UTC)  # 20 March in Shanghai
    notice = asked(raised_at=raised_at, due_on=dt.date(2026, 4, 3))  # 14 days before: 20 March

    assert sent(dt.date(2026, 3, 20)) == 0
    assert log(notice) == []


def paid(notice):
    PaymentFactory(unit=notice.unit, year=2026, paid_on=DUE_ON)


def let_off(notice):
    waived(notice.unit, 2026, 5_000, DUE_ON)


def left(notice):
    MembershipApplication.objects.update(ended_on=DUE_ON)


def unreachable(notice):
    Contact.objects.all().delete()


def unconfirmed(notice):
    PaymentFactory(unit=notice.unit, year=2026, confirmed_at=None, confirmed_by=None)


def slip_sent(notice):
    TransferSlip.objects.create(
        unit=notice.unit,
        notice=notice,
        year=2026,
        amount=5_000,
        paid_on=DUE_ON,
        name="凭证.pdf",
        kind="pdf",
        size=1,
        uploaded_by=UserFactory(),
        uploaded_at=RAISED_AT,
    )


@pytest.mark.parametrize(
    ("happens", "outcome"),
    [
        (paid, Outcome.PAID),
        (let_off, Outcome.PAID),
        (left, Outcome.ENDED),
        (unreachable, Outcome.NO_ADDRESS),
        (unconfirmed, Outcome.IN_HAND),
        (slip_sent, Outcome.IN_HAND),
    ],
)
def test_why_a_reminder_is_not_sent(happens, outcome):
    notice = asked()
    sent(DUE_ON - 14 * DAY)
    happens(notice)

    assert sent(DUE_ON + 30 * DAY) == 0
    assert log(notice)[-1] == (30, outcome)
    assert Letter.objects.count() == 1


def test_who_has_paid_in_part_is_reminded_of_the_rest():
    notice = asked()
    PaymentFactory(unit=notice.unit, year=2026, amount=3_000, paid_on=DUE_ON)

    assert sent(DUE_ON + 30 * DAY) == 1
    assert notice.reminders.get(rule__days=30).missing == 2_000


def test_a_difference_does_not_make_the_year_s_notice_a_debt_again():
    notice = asked()
    paid(notice)
    adjusted(notice.unit, 2026, 15_000, dt.date(2026, 4, 16))
    later = asked(
        notice.unit,
        kind=DuesNotice.Kind.DIFFERENCE,
        amount=15_000,
        due_on=dt.date(2026, 4, 15),
    )

    sent(DUE_ON + 60 * DAY)

    assert {outcome for _days, outcome in log(notice)} == {Outcome.PAID, Outcome.OVERTAKEN}
    reminder = later.reminders.get(rule__days=30)
    assert (reminder.outcome, reminder.missing) == (Outcome.SENT, 15_000)


def test_a_withdrawn_notice_and_a_rule_out_of_use_are_let_be():
    asked(withdrawn_at=RAISED_AT, withdrawn_by=UserFactory(), withdrawn_because="重复")
    asked()
    ReminderRule.objects.update(is_active=False)

    assert sent(DUE_ON + 60 * DAY) == 0
    assert DuesReminder.objects.count() == 0


def test_more_than_a_batch_is_gone_through_in_few_queries(django_assert_max_num_queries):
    for _ in range(3):
        asked()
    assert BATCH > 3

    with django_assert_max_num_queries(27):
        assert sent(DUE_ON + 30 * DAY) == 3


def test_batches_follow_each_other(monkeypatch):
    monkeypatch.setattr("members.reminders.BATCH", 2)
    for _ in range(5):
        asked()

    assert sent(DUE_ON + 30 * DAY) == 5
