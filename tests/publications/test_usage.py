"""What a unit has had of the publications is counted from parcels, mails and readings."""

import datetime as dt

import pytest

from benefits.models import Medium
from publications.distribution import plan
from publications.eligibility import may_read
from publications.models import Delivery
from publications.reading_log import opened
from publications.usage import uses
from tests.factories import ContactFactory
from tests.publications.factories import IssueFactory, promised
from tests.publications.mailing import AT, ISSUED_ON, promised_issue, reader
from tests.publications.printed import POSTED_ON, addressed, confirmed, released, report

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def told(unit, first=FIRST, last=LAST) -> list[tuple]:
    return [
        (use.on, use.quantity, use.medium, use.what, use.is_counted)
        for use in uses(unit, first, last)
    ]


def mailed(unit, issue, state=Delivery.State.ACCEPTED) -> None:
    distribution = plan(issue=issue, at=AT)
    distribution.deliveries.filter(unit=unit).update(state=state)


def read(unit, issue) -> None:
    opened(issue=issue, answer=may_read(unit, issue), at=AT)


def test_a_parcel_counts_its_copies_on_the_day_of_posting():
    unit = addressed("甲", "executive_council")
    issue = released(report(), number=1)
    run = confirmed(issue)

    [use] = uses(unit, FIRST, LAST)

    assert told(unit) == [
        (POSTED_ON, 2, Medium.PAPER, "《年度报告》2026年第1期 · 2 册", True),
    ]
    assert (use.item_id, use.source) == (issue.publication.benefit_item_id, run.parcels.get())


def test_what_was_not_posted_is_no_use():
    unit = addressed("甲", address="")
    addressed("乙")
    lapsed = addressed("丙", paid=())
    confirmed(released(report()))

    assert (told(unit), told(lapsed)) == ([], [])


def test_a_mailed_issue_counts_once_for_all_contacts_and_readings():
    issue, unit = promised_issue(number=7), reader()
    ContactFactory(unit=unit)
    mailed(unit, issue)
    read(unit, issue)
    read(unit, issue)

    assert told(unit) == [(ISSUED_ON, 1, Medium.ELECTRONIC, "《中国矿业信息》2026年第7期", True)]


@pytest.mark.parametrize("state", sorted(set(Delivery.State.values) - {"accepted"}))
def test_a_mail_that_did_not_arrive_is_no_use(state):
    issue, unit = promised_issue(), reader()
    distribution = plan(issue=issue, at=AT)
    lease = {"token": "12345678-1234-5678-1234-567812345678", "lease_until": AT}
    distribution.deliveries.update(state=state, reason="stopped", **lease)

    assert told(unit) == []


def test_an_issue_read_without_a_mail_counts():
    issue, unit = promised_issue(number=7), reader()
    read(unit, issue)

    assert [use[:3] for use in told(unit)] == [(ISSUED_ON, 1, Medium.ELECTRONIC)]


def test_reading_what_one_gets_on_paper_takes_nothing():
    """Before the copies are posted, and afterwards."""
    unit = addressed("甲", "vice_president")
    issue = released(report(), number=1)
    read(unit, issue)
    before = told(unit)
    confirmed(issue)

    online = (issue.issued_on, 1, Medium.ELECTRONIC, "《年度报告》2026年第1期", False)
    posted = (POSTED_ON, 3, Medium.PAPER, "《年度报告》2026年第1期 · 3 册", True)
    assert before == [online]
    assert told(unit) == [posted, online]


def test_the_newest_comes_first_and_the_days_are_included():
    unit = reader()
    first = promised_issue(number=7)
    second = IssueFactory(
        publication=first.publication, issued_on=ISSUED_ON + dt.timedelta(days=7), number=8
    )
    for issue in (first, second):
        read(unit, issue)

    days = [use.on for use in uses(unit, ISSUED_ON, second.issued_on)]

    assert days == [second.issued_on, ISSUED_ON]
    assert told(unit, ISSUED_ON + dt.timedelta(days=1), second.issued_on)[0][0] == second.issued_on
    assert told(unit, FIRST, ISSUED_ON - dt.timedelta(days=1)) == []
    assert told(unit, second.issued_on + dt.timedelta(days=1), LAST) == []


def test_a_parcel_belongs_to_the_year_in_which_it_was_posted():
    unit = addressed("甲", paid=(2025, 2026))
    issue = released(report(), dt.date(2025, 12, 20))
    confirmed(issue, posted_on=dt.date(2026, 1, 5))

    assert [
        len(told(unit, *year))
        for year in [(dt.date(2025, 1, 1), dt.date(2025, 12, 31)), (FIRST, LAST)]
    ] == [0, 1]


def test_another_units_uses_are_its_own():
    issue, unit, other = promised_issue(), reader(), reader()
    read(other, issue)

    assert told(unit) == []


@pytest.mark.parametrize("count", [1, 3])
def test_three_queries_for_any_number_of_uses(count, django_assert_num_queries):
    unit = addressed("甲", "council")
    publication = report()
    promised(publication.benefit_item, "ordinary")
    for number in range(1, count + 1):
        issue = released(publication, number=number)
        read(unit, issue)
        confirmed(issue)

    with django_assert_num_queries(3):
        assert len(uses(unit, FIRST, LAST)) == 2 * count
