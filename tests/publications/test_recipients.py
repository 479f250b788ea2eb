"""The list of who gets an issue, before the release and after it."""

import datetime as dt

import pytest

from publications import release
from publications.models import Delivery
from publications.recipients import Kind, Recipients
from tests.factories import ContactFactory, member
from tests.publications.factories import (
    PublicationFactory,
    issue_with_article,
    promised,
    recipient,
    signed_off,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


@pytest.fixture
def issue():
    """Three units: one gets it, one has no contact, one has not paid."""
    made = issue_with_article()
    promised(made.publication.benefit_item)
    recipient(name="甲矿业")
    member(name="乙矿业", paid=(2025,))
    member(name="丙矿业")
    return made


def seen(recipients, **filters):
    rows, found = recipients.page(**filters)
    return [(row.unit, row.kind_label, row.why_label) for row in rows], found


def test_each_unit_with_its_reason(issue):
    rows, found = seen(Recipients(issue))

    assert found == 3
    assert sorted(row[:2] for row in rows) == [
        ("丙矿业", "无权享有"),
        ("乙矿业", "有权享有，但未发"),
        ("甲矿业", "会收到"),
    ]
    assert {row[0]: row[2] for row in rows}["乙矿业"] == "没有刊物联系人"


def test_the_totals(issue):
    recipients = Recipients(issue)

    assert (recipients.receives, recipients.left_out, recipients.not_entitled) == (1, 1, 1)


def test_filtered_by_kind_and_reason(issue):
    assert seen(Recipients(issue), kind=Kind.RECEIVES)[1] == 1
    assert seen(Recipients(issue), kind=Kind.LEFT_OUT, why="no_contact")[0][0][0] == "乙矿业"
    assert seen(Recipients(issue), kind=Kind.LEFT_OUT, why="unsubscribed") == ([], 0)


@pytest.mark.parametrize(
    ("search", "found"), [("甲", 1), ("矿业", 3), ("%", 0), ("_", 0), ("\\", 0), ("  甲矿 ", 1)]
)
def test_searched_by_the_units_name(issue, search, found):
    assert seen(Recipients(issue), search=search)[1] == found


def test_searched_by_credit_code_and_address(issue):
    unit = recipient(name="丁矿业")
    address = unit.contacts.get().email

    assert [row[0] for row in seen(Recipients(issue), search=unit.credit_code)[0]] == ["丁矿业"]
    assert [row[0] for row in seen(Recipients(issue), search=address)[0]] == ["丁矿业"]


def test_page_by_page(issue):
    recipients = Recipients(issue)

    first, found = recipients.page(size=2)
    second, _found = recipients.page(start=2, size=2)

    assert (len(first), len(second), found) == (2, 1, 3)
    assert {row.unit for row in first + second} == {"甲矿业", "乙矿业", "丙矿业"}


def test_after_the_release_it_is_the_frozen_list(issue):
    before = seen(Recipients(issue))
    release.release(issue=signed_off(issue), at=AT)
    recipient(name="戊矿业")

    recipients = Recipients(issue)

    assert recipients.is_frozen
    assert seen(recipients) == before
    Delivery.objects.filter(state="queued").update(state="accepted", due_at=None)
    assert seen(Recipients(issue)) == before


def test_a_publication_that_is_not_mailed_has_readers(issue):
    issue.publication = PublicationFactory(code="blue-book", is_mailed=False)
    issue.save()
    promised(issue.publication.benefit_item)
    ContactFactory(unit__name="无关单位")

    rows, found = seen(Recipients(issue))

    assert found == 3
    assert sorted(row[:2] for row in rows) == [
        ("丙矿业", "无权享有"),
        ("乙矿业", "会收到"),
        ("甲矿业", "会收到"),
    ]


def test_the_list_costs_the_same_for_one_and_for_three(issue, django_assert_num_queries):
    with django_assert_num_queries(3):
        recipients = Recipients(issue)
        assert (recipients.receives, recipients.page()[1]) == (1, 3)
