"""Who is on the frozen list, in which state, and with which reason."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext

from benefits.models import ExceptionalGrant
from members.models import Contact
from publications.distribution import of, pause, plan, resume, stop, try_failed_again
from publications.eligibility import in_words, may_read
from publications.ledger import claim
from publications.models import Delivery, Distribution
from tests.factories import ContactFactory, UserFactory, member
from tests.publications.mailing import AT, ISSUED_ON, promised_issue, reader, states

State = Delivery.State


@pytest.fixture
def issue(db):
    return promised_issue()


def rows(distribution, *fields) -> list[tuple]:
    return list(distribution.deliveries.order_by("unit__name", "address").values_list(*fields))


def test_an_entitled_unit_is_queued_with_what_was_decided(issue):
    unit = reader("zhang@unit.example")
    distribution = plan(issue=issue, at=AT)
    [row] = distribution.deliveries.all()
    assert (row.unit, row.address, row.state) == (unit, "zhang@unit.example", State.QUEUED)
    assert (row.contact, row.reason, row.attempts) == (unit.contacts.get(), "", 0)
    assert (row.basis, row.tier.code) == ("charter", "ordinary")
    assert row.message_id.startswith("<")
    assert row.message_id.endswith("@example.org>")
    assert row.due_at is not None
    assert (distribution.service_on, distribution.planned_at) == (ISSUED_ON, AT)


def test_who_is_left_out_and_why(issue):
    member(paid=(2025,), name="甲 无联系人")
    reader("not an address", name="乙 地址错误")
    unsubscribed = reader("wu@unit.example", name="丙 已退订")
    unsubscribed.contacts.update(unsubscribed_at=AT)
    inactive = reader("li@unit.example", name="丁 停用")
    inactive.contacts.update(is_active=False)
    finance = member(paid=(2025,), name="戊 财务")
    ContactFactory(unit=finance, email="f@unit.example", roles=[Contact.Role.FINANCE])
    distribution = plan(issue=issue, at=AT)
    assert sorted(rows(distribution, "unit__name", "state", "reason", "address")) == sorted(
        [
            ("甲 无联系人", "left_out", "no_contact", ""),
            ("乙 地址错误", "left_out", "bad_address", "not an address"),
            ("丙 已退订", "left_out", "unsubscribed", "wu@unit.example"),
            ("丁 停用", "left_out", "no_contact", ""),
            ("戊 财务", "left_out", "no_contact", ""),
        ]
    )


@pytest.mark.parametrize(
    ("hindrance", "reason"),
    [
        ({"unsubscribed_at": AT}, "unsubscribed"),
        ({"failed_address": "wang@unit.example"}, "failed_address"),
    ],
)
def test_the_deputy_gets_it_where_the_contact_cannot(issue, hindrance, reason):
    unit = reader("wang@unit.example")
    unit.contacts.update(**hindrance)
    ContactFactory(
        unit=unit,
        email="deputy@unit.example",
        roles=[Contact.Role.FINANCE],
        deputy_roles=[Contact.Role.BULLETIN],
    )

    distribution = plan(issue=issue, at=AT)

    assert rows(distribution, "address", "state", "reason") == [
        ("deputy@unit.example", "queued", ""),
        ("wang@unit.example", "left_out", reason),
    ]
    assert len(claim(distribution.pk, token=uuid4(), size=9)) == 1


def test_the_deputy_gets_nothing_beside_the_contact(issue):
    unit = reader("wang@unit.example")
    ContactFactory(unit=unit, roles=[], deputy_roles=[Contact.Role.BULLETIN])

    distribution = plan(issue=issue, at=AT)

    assert rows(distribution, "address", "state") == [("wang@unit.example", "queued")]


def test_who_is_not_entitled_and_why(issue):
    lapsed = member(paid=(2024,), name="甲 未缴")
    ContactFactory.create_batch(2, unit=lapsed)
    other = member(tier="council", paid=(2025,), name="乙 未承诺")
    ContactFactory(unit=other)
    distribution = plan(issue=issue, at=AT)
    assert sorted(rows(distribution, "unit__name", "state", "reason", "basis", "address")) == [
        ("乙 未承诺", "not_entitled", "not_promised", "not_promised", ""),
        ("甲 未缴", "not_entitled", "last_year_unpaid", "last_year_unpaid", ""),
    ]


def test_who_is_no_member_on_the_day_is_not_on_the_list(issue):
    gone = reader("gone@unit.example")
    gone.applications.update(ended_on=ISSUED_ON - dt.timedelta(days=1))
    last_day = reader("last@unit.example")
    last_day.applications.update(ended_on=ISSUED_ON)
    distribution = plan(issue=issue, at=AT)
    assert rows(distribution, "address", "state") == [("last@unit.example", "queued")]


def test_audience_excludes_unit_lapsed_before_issue_date(db):
    """The second half of the year asks for this year's dues."""
    issue = promised_issue()
    issue.issued_on = dt.date(2026, 7, 1)
    issue.save(update_fields=["issued_on"])
    reader("lapsed@unit.example")
    assert rows(plan(issue=issue, at=AT), "state", "reason") == [
        ("not_entitled", "this_year_unpaid")
    ]


def test_an_exceptional_grant_is_the_basis(issue):
    unit = member(paid=())
    member_contact = ContactFactory(unit=unit)
    ExceptionalGrant.objects.create(
        unit=unit,
        item=issue.publication.benefit_item,
        reason="样本原因",
        approved_by=UserFactory(),
        starts_on=ISSUED_ON,
        ends_on=ISSUED_ON,
    )
    distribution = plan(issue=issue, at=AT)
    assert rows(distribution, "address", "basis") == [(member_contact.email, "exceptional_grant")]


def test_two_contacts_get_one_each_and_the_same_address_cannot_be_there_twice(issue):
    unit = reader("one@unit.example")
    ContactFactory(unit=unit, email="two@unit.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactFactory(unit=unit, email="ONE@unit.example")
    assert rows(plan(issue=issue, at=AT), "address") == [
        ("one@unit.example",),
        ("two@unit.example",),
    ]


def test_a_second_plan_changes_nothing(issue):
    reader()
    first = plan(issue=issue, at=AT)
    before = rows(first, "pk", "message_id", "due_at")
    reader()
    second = plan(issue=issue, at=AT + dt.timedelta(hours=1))
    assert (second, second.planned_at) == (first, AT)
    assert rows(second, "pk", "message_id", "due_at") == before
    assert of(issue) == first


@pytest.mark.parametrize("count", [1, 3])
def test_the_whole_list_is_written_by_one_statement(issue, django_assert_num_queries, count):
    for _number in range(count):
        reader()
    with CaptureQueriesContext(transaction.get_connection()) as captured:
        plan(issue=issue, at=AT)
    written = [query["sql"] for query in captured if "publications_delivery" in query["sql"]]
    assert (len(written), Delivery.objects.count()) == (1, count)


def test_the_tally_adds_up_from_the_first_moment(issue):
    reader()
    member(paid=(2025,))
    member(paid=())
    tally = plan(issue=issue, at=AT).deliveries.tally()
    assert tally == {
        "promised": 2,
        "sent": 0,
        "pending": 1,
        "failed": 0,
        "left_out": 1,
        "not_entitled": 1,
    }


def test_reading_asks_the_same_rule_at_the_same_date(issue):
    entitled, lapsed = reader(), member(paid=(2024,))
    assert may_read(entitled, issue).entitled is True
    assert (may_read(lapsed, issue).entitled, may_read(lapsed, issue).basis) == (
        False,
        "last_year_unpaid",
    )


def test_every_reason_is_put_into_words(db):
    assert in_words("no_contact") == "没有刊物联系人"
    assert in_words("last_year_unpaid") != "last_year_unpaid"
    assert in_words("something else") == "something else"


# --- Steering --------------------------------------------------------------------------------


def test_pause_resume_and_who_did_it(issue):
    reader()
    distribution, person = plan(issue=issue, at=AT), UserFactory()
    pause(distribution=distribution, by=person, at=AT)
    assert (distribution.state, distribution.steered_by) == (Distribution.State.PAUSED, person)
    resume(distribution=distribution, by=person, at=AT)
    assert distribution.state == Distribution.State.RUNNING


def test_stop_cancels_what_is_pending_with_the_reason(issue):
    reader()
    member(paid=(2025,))
    distribution = plan(issue=issue, at=AT)
    stop(distribution=distribution, by=UserFactory(), at=AT)
    assert sorted(rows(distribution, "state", "reason")) == [
        ("cancelled", "stopped"),
        ("left_out", "no_contact"),
    ]
    assert distribution.finished_at == AT
    assert distribution.deliveries.tally()["left_out"] == 2


@pytest.mark.parametrize("verb", [pause, resume, stop, try_failed_again])
def test_a_stopped_distribution_stays_stopped(issue, verb):
    distribution = plan(issue=issue, at=AT)
    stop(distribution=distribution, by=UserFactory(), at=AT)
    with pytest.raises(ValidationError) as refused:
        verb(distribution=distribution, by=UserFactory(), at=AT)
    assert refused.value.messages == ["现在不能这样做：本次发放的状态是“已停止”。"]


def test_failed_ones_can_be_tried_again_with_their_message_ids(issue):
    reader()
    distribution = plan(issue=issue, at=AT)
    before = rows(distribution, "message_id")
    distribution.deliveries.update(state=State.FAILED, attempts=9)
    Distribution.objects.update(state=Distribution.State.FINISHED)
    try_failed_again(distribution=distribution, by=UserFactory(), at=AT)
    assert distribution.state == Distribution.State.RUNNING
    assert rows(distribution, "state", "attempts") == [("queued", 0)]
    assert rows(distribution, "message_id") == before
    assert states(distribution) == {"queued": 1}
