"""Which addresses count as bad, and who is asked for another one."""

import datetime as dt

import pytest

from letters.models import Letter
from letters.writing import write
from members.addresses import NO_SUCH_MAILBOX, ask_liaisons, mark_from_letters, vouch
from members.models import Contact
from publications.bouncing import mark_bad_addresses
from publications.distribution import plan
from publications.models import Delivery
from tests.factories import ContactFactory, RepresentativeFactory, UnitFactory, UserFactory
from tests.publications.mailing import AT, promised_issue, reader

pytestmark = pytest.mark.django_db

UNKNOWN = "550 5.1.1 no such user"


@pytest.mark.parametrize(
    ("reply", "is_bad"),
    [
        ("550 5.1.1 user unknown", True),
        ("550 Mailbox not found", True),
        ("553 mailbox name not allowed", True),
        ("554 5.7.1 spam", False),
        ("550 5.7.1 message refused by policy", False),
        ("552 5.2.2 mailbox full", False),
        ("421 4.7.0 try later", False),
        ("5.1.1 <a@b.example> does not exist", True),
        ("timed out", False),
    ],
)
def test_only_what_says_that_there_is_no_such_mailbox_counts(reply, is_bad):
    assert bool(NO_SUCH_MAILBOX.search(reply)) == is_bad


def failed_delivery(address: str = "wang@unit.example", reply: str = UNKNOWN) -> Contact:
    unit = reader(address)
    distribution = plan(issue=promised_issue(), at=AT)
    distribution.deliveries.update(state=Delivery.State.FAILED, reply=reply, due_at=AT)
    return unit.contacts.get()


def test_a_delivery_refused_for_good_marks_the_address_once():
    contact = failed_delivery()

    assert (mark_bad_addresses(AT), mark_bad_addresses(AT)) == (1, 0)

    contact.refresh_from_db()
    assert (contact.failed_address, contact.failed_at, contact.failure) == (
        "wang@unit.example",
        AT,
        UNKNOWN,
    )


def test_whom_somebody_vouched_for_is_not_marked_by_the_same_failure():
    contact = failed_delivery()
    mark_bad_addresses(AT)

    vouch(contact=contact, by=UserFactory(), why="电话核实")

    assert mark_bad_addresses(AT) == 0
    assert list(Contact.objects.to_repair()) == []


def test_a_letter_refused_for_good_marks_the_address_unless_a_later_one_arrived():
    bad = ContactFactory(email="bad@unit.example")
    ContactFactory(email="good@unit.example")
    for to in ("bad@unit.example", "good@unit.example"):
        write(to=to, subject="信", text="-", at=AT)
    Letter.objects.update(state=Letter.State.FAILED, reply="5.1.1 unknown")
    write(to="good@unit.example", subject="信", text="-", at=AT + dt.timedelta(days=1))
    Letter.objects.filter(state="waiting").update(state=Letter.State.SENT, sent_at=AT)

    mark_from_letters(AT + dt.timedelta(days=2))

    assert list(Contact.objects.to_repair()) == [bad]


def bad_contact(unit, email: str, **fields) -> Contact:
    return ContactFactory(unit=unit, email=email, failed_address=email, **fields)


def asked() -> list[str]:
    return list(Letter.objects.order_by("to").values_list("to", flat=True))


def test_the_liaison_is_asked_once_for_each_address():
    unit = UnitFactory()
    ContactFactory(unit=unit, email="liaison@unit.example", roles=["liaison"])
    bad = bad_contact(unit, "bad@unit.example")

    assert (ask_liaisons(AT), ask_liaisons(AT)) == (1, 0)
    assert asked() == ["liaison@unit.example"]

    Contact.objects.filter(pk=bad.pk).update(
        email="b2@unit.example", failed_address="b2@unit.example"
    )
    assert ask_liaisons(AT) == 1


@pytest.mark.parametrize(
    ("deputy", "expected"), [(True, "deputy@unit.example"), (False, "boss@unit.example")]
)
def test_the_bad_address_itself_is_never_written_to(deputy, expected):
    unit = UnitFactory()
    bad_contact(unit, "liaison@unit.example", roles=["liaison"])
    RepresentativeFactory(unit=unit, role="manager", user=UserFactory(email="boss@unit.example"))
    if deputy:
        ContactFactory(unit=unit, email="deputy@unit.example", roles=[], deputy_roles=["liaison"])

    ask_liaisons(AT)

    assert asked() == [expected]


def test_where_nobody_can_be_asked_it_stays_to_be_done():
    unit = UnitFactory()
    bad_contact(unit, "liaison@unit.example", roles=["liaison"])

    assert ask_liaisons(AT) == 0
    assert list(Contact.objects.to_repair()) == list(unit.contacts.all())
    assert Letter.objects.count() == 0
