"""What the database records of every change, and that nobody alters it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.urls import reverse

from members.dues import confirm
from members.history import PAGE, Change, history_of, history_of_unit
from members.models import ApplicationStep, DuesPayment, MemberUnit
from members.record import acting
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    PaymentFactory,
    RepresentativeFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
)
from tests.members.papers import BookFactory, issued

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def test_an_act_on_money_says_who_when_and_why():
    finance = UserFactory(name="李财")
    payment = PaymentFactory(confirmed_at=None, confirmed_by=None)

    with acting(by=finance, why="银行流水第7行"):
        confirm(payment=payment, at=AT, by=finance)

    entries, more = history_of(payment)
    assert [(each.label, each.who, each.why) for each in entries] == [
        ("update", "李财", "银行流水第7行"),
        ("insert", "", ""),
    ]
    assert entries[0].changes == (
        Change("确认时间", "", "2026-03-02 17:00"),
        Change("确认人", "", "李财"),
    )
    assert more is None


def test_the_act_within_an_act_ends_with_it():
    whole, part = UserFactory(name="全"), UserFactory(name="部")

    with acting(by=whole, why="全部"):
        with acting(by=part, why="部分"):
            unit = UnitFactory()
        with acting(by=part, why=""):
            MemberUnit.objects.update(phone="1")
        MemberUnit.objects.update(phone="2")

    entries, _more = history_of(unit)
    assert [(each.who, each.why) for each in entries] == [
        ("全", "全部"),
        ("部", "全部"),
        ("部", "部分"),
    ]


def test_values_are_said_in_words():
    appointment = AppointmentFactory(tier=TierFactory(code="council"))
    appointment.tier = TierFactory(code="vice_president")
    appointment.save()

    (changed, added), _more = history_of(appointment)

    assert changed.changes == (Change("会员级别", "理事单位", "副会长单位"),)
    assert [(each.name, each.after) for each in added.changes][:1] == [("会员级别", "理事单位")]


def test_a_removed_row_says_what_it_said():
    appointment = AppointmentFactory()
    unit = appointment.unit
    appointment.delete()

    removed = history_of_unit(unit)[0][0]

    assert (removed.label, removed.changes[0].before) == ("delete", "会员单位")


def test_a_unit_s_history_holds_its_rows_and_no_other_s():
    ours, others = UnitFactory(), UnitFactory()
    for unit in (ours, others):
        PaymentFactory(unit=unit)

    entries, _more = history_of_unit(ours)

    assert [each.what for each in entries] == ["缴费", "会员单位"]


def test_a_unit_s_history_holds_its_receipts_and_the_steps_of_its_application():
    ours, others, book = UnitFactory(), UnitFactory(), BookFactory()
    for unit in (ours, others):
        issued(PaymentFactory(unit=unit), book=book)
        application = ApplicationFactory(unit=unit)
        ApplicationStep.objects.create(application=application, kind="approved", at=AT)

    entries, _more = history_of_unit(ours)

    whats = ["申请办理记录", "入会申请", "会费票据", "缴费", "会员单位"]
    assert [each.what for each in entries] == whats


def test_a_long_history_comes_in_pages(django_assert_num_queries):
    unit = UnitFactory()
    for number in range(PAGE):
        MemberUnit.objects.filter(pk=unit.pk).update(phone=str(number))

    first, start = history_of_unit(unit)
    rest, end = history_of_unit(unit, start=start)

    assert (len(first), start, len(rest), end) == (PAGE, PAGE, 1, None)
    with django_assert_num_queries(3):
        history_of_unit(unit)


TRACKED = [
    model
    for model in apps.get_app_config("members").get_models()
    if hasattr(model, "pgh_event_models")
]
DECIDING = {
    "CommitteeSeat",
    "DuesAdjustment",
    "DuesNotice",
    "DuesPayment",
    "DuesStandard",
    "MembershipApplication",
    "MemberUnit",
    "TierAppointment",
}


def test_every_model_that_decides_standing_is_recorded():
    assert {model.__name__ for model in TRACKED} >= DECIDING


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_the_record_is_append_only(model):
    event = model.pgh_event_model

    triggers = {trigger.name for trigger in event._meta.triggers}
    assert "append_only" in triggers


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_is_recorded_cannot_be_edited_away(change):
    PaymentFactory()
    events = DuesPayment.pgh_event_model.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        events.update(amount=Decimal(1)) if change == "update" else events.delete()

    assert [event.amount for event in events] == [Decimal(5_000)]


def test_staff_read_it_on_the_unit_s_page_and_the_web_says_who(client):
    boss = UserFactory(is_staff=True, is_superuser=True, name="王主任")
    client.force_login(boss)
    seat = RepresentativeFactory()
    url = reverse("admin:members_representative_change", args=[seat.pk])
    client.post(url, {"user": seat.user_id, "unit": seat.unit_id, "role": "manager"})

    page = client.get(reverse("admin:members_memberunit_history", args=[seat.unit_id]))

    entries = page.context["entries"]
    assert [(each.label, each.who) for each in entries[:2]] == [
        ("update", "王主任"),
        ("insert", ""),
    ]
    assert "<s>成员</s> → 管理员" in page.content.decode()
