"""The next number is proposed, a repeat is refused at its field, a gap is pointed out."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from publications import numbering
from publications.models import Issue
from tests.publications.factories import IssueFactory, PublicationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def weekly():
    """No. 6 and 7 of 2026, serial numbers 688 and 689."""
    publication = PublicationFactory()
    for number, day in ((6, 6), (7, 13)):
        IssueFactory(
            publication=publication,
            issued_on=dt.date(2026, 3, day),
            number=number,
            serial_number=682 + number,
        )
    return publication


def new(publication, **fields) -> Issue:
    fields = {"issued_on": dt.date(2026, 3, 20), "number": 8, "serial_number": 690} | fields
    return Issue(publication=publication, year=fields["issued_on"].year, **fields)


def test_the_next_number_follows_the_highest_of_the_year(weekly):
    assert numbering.next_number(weekly, 2026) == 8
    assert numbering.next_number(weekly, 2027) == 1


def test_the_next_serial_number_runs_on(weekly):
    assert numbering.next_serial_number(weekly) == 690


def test_no_serial_number_is_proposed_where_none_was_given():
    publication = PublicationFactory(code="blue-book")
    IssueFactory(publication=publication)

    assert numbering.next_serial_number(publication) is None


def test_numbers_of_another_publication_do_not_count(weekly):
    other = PublicationFactory(code="blue-book")

    assert numbering.next_number(other, 2026) == 1
    assert numbering.repeats(new(other, number=7, serial_number=689)) == {}


def test_a_repeat_is_refused_at_its_field(weekly):
    with pytest.raises(ValidationError) as caught:
        numbering.refuse_repeats(new(weekly, number=7, serial_number=688))

    assert caught.value.message_dict == {
        "number": ["2026年已有第7期（2026年3月13日）。下一期是第8期。"],
        "serial_number": ["总刊号688是2026年第6期的。下一个总刊号是690。"],
    }


def test_the_same_number_in_another_year_is_no_repeat(weekly):
    issue = new(weekly, issued_on=dt.date(2027, 1, 8), number=7)

    assert numbering.repeats(issue) == {}


def test_an_issue_does_not_repeat_itself(weekly):
    assert numbering.repeats(weekly.issues.get(number=7)) == {}


def test_the_next_issue_leaves_no_gap(weekly):
    assert numbering.gaps(new(weekly)) == []


def test_the_first_issue_of_a_year_leaves_no_gap(weekly):
    assert numbering.gaps(new(weekly, issued_on=dt.date(2027, 1, 8), number=1)) == []


def test_the_first_issue_known_leaves_no_gap():
    assert numbering.gaps(new(PublicationFactory(), number=7, serial_number=689)) == []


def test_jumps_are_pointed_out(weekly):
    assert numbering.gaps(new(weekly, number=10, serial_number=700)) == [
        "2026年的期号从7跳到了10，请核对。",
        "总刊号从689跳到了700，请核对。",
    ]


def test_a_year_that_does_not_begin_with_one_is_pointed_out(weekly):
    assert numbering.gaps(new(weekly, issued_on=dt.date(2027, 1, 8), number=2)) == [
        "2027年的期号从0跳到了2，请核对。"
    ]


def test_a_date_before_that_of_the_issue_before_is_pointed_out(weekly):
    assert numbering.gaps(new(weekly, issued_on=dt.date(2026, 3, 12))) == [
        "出刊日期早于第7期（2026年3月13日），请核对。"
    ]


def test_a_missing_serial_number_is_pointed_out(weekly):
    assert numbering.gaps(new(weekly, serial_number=None)) == [
        "本期没有总刊号；最近一期的总刊号是689。"
    ]
