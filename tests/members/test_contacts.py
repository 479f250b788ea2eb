"""Whom a letter for a purpose goes to, and whose address is to be repaired."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members.models import Contact
from tests.factories import ContactFactory, UnitFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
FINANCE, BULLETIN, LIAISON = (Contact.Role.FINANCE, Contact.Role.BULLETIN, Contact.Role.LIAISON)


def unit_with_finance(**first) -> tuple:
    """A unit with a contact for dues and that contact's deputy."""
    unit = UnitFactory()
    main = ContactFactory(unit=unit, roles=[FINANCE], **first)
    deputy = ContactFactory(unit=unit, roles=[LIAISON], deputy_roles=[FINANCE])
    return main, deputy


def test_a_letter_goes_to_whom_it_concerns_and_not_to_the_deputy():
    main, _deputy = unit_with_finance()

    assert list(Contact.objects.to_write_to(FINANCE)) == [main]


@pytest.mark.parametrize(
    "hindrance",
    [
        {"is_active": False},
        {"email": ""},
        {"email": "a@b.example", "failed_address": "a@b.example"},
    ],
    ids=["inactive", "no address", "failed address"],
)
def test_it_goes_to_the_deputy_where_nobody_else_can_be_reached(hindrance):
    _main, deputy = unit_with_finance(**hindrance)
    other_main, _other_deputy = unit_with_finance()

    assert set(Contact.objects.to_write_to(FINANCE)) == {deputy, other_main}


def test_a_new_address_is_tried_again():
    main, _deputy = unit_with_finance(email="new@b.example", failed_address="old@b.example")

    assert list(Contact.objects.to_write_to(FINANCE)) == [main]
    assert main.is_address_failed is False


def test_nobody_is_written_to_where_the_deputy_is_not_reachable_either():
    _main, deputy = unit_with_finance(email="")
    Contact.objects.filter(pk=deputy.pk).update(is_active=False)

    assert list(Contact.objects.to_write_to(FINANCE)) == []


def test_a_contact_is_not_its_own_deputy():
    contact = ContactFactory.build(
        unit=UnitFactory(), roles=[FINANCE, LIAISON], deputy_roles=[FINANCE]
    )

    with pytest.raises(ValidationError) as caught:
        contact.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        contact.save()

    assert caught.value.messages == ["每项用途请选择：由本人负责，或作为后备。不能两者都选。"]


def test_a_deputy_for_the_bulletin_needs_an_address():
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactFactory(email="", roles=[LIAISON], deputy_roles=[BULLETIN])


def test_addresses_to_repair_are_those_that_failed_and_those_who_unsubscribed():
    failed = ContactFactory(email="a@b.example", failed_address="a@b.example", roles=[FINANCE])
    silent = ContactFactory(unsubscribed_at=AT)
    ContactFactory(email="new@b.example", failed_address="old@b.example")
    ContactFactory(unsubscribed_at=AT, roles=[FINANCE])
    ContactFactory(unsubscribed_at=AT, is_active=False)
    ContactFactory(email="", roles=[FINANCE])

    assert set(Contact.objects.to_repair()) == {failed, silent}
