"""Which issue is due, which is late; boundaries of days, weeks and years."""

import datetime as dt
import itertools

import pytest
from django.core.exceptions import ValidationError

from publications import schedule, starting
from publications.models import SectionTemplate, SkippedIssue
from publications.models.publications import validate_months
from tests.factories import UserFactory
from tests.publications.factories import IssueFactory, PublicationFactory, SectionFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 20, 1, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 3, 20)


def publication(period="weekly", **fields):
    made = PublicationFactory(code=f"{period}-one", is_mailed=False, **fields)
    made.benefit_item.period = period
    made.benefit_item.save()
    return made


def issued(of, on, number=1, **fields):
    fields = {"state": "released", "released_at": AT} | fields
    return IssueFactory(publication=of, issued_on=on, number=number, **fields)


def states(of, year, on) -> dict[dt.date, str]:
    [row] = schedule.year_of([of], year, on)
    return {place.slot.due_on: place.state for month in row.months for place in month}


def test_due_on_the_day_late_the_day_after():
    of = publication()
    issued(of, FRIDAY - schedule.WEEK)
    day = dt.timedelta(days=1)
    seen = [states(of, 2026, on)[FRIDAY] for on in (FRIDAY - day, FRIDAY, FRIDAY + day)]
    assert seen == ["open", "due", "late"]


def test_an_issue_of_the_week_fills_it_whatever_its_day():
    of = publication()
    issued(of, FRIDAY - dt.timedelta(days=4))  # Monday
    assert states(of, 2026, FRIDAY)[FRIDAY] == "issued"


def test_a_draft_past_its_day_is_in_work_and_late():
    of = publication()
    IssueFactory(publication=of, issued_on=FRIDAY)
    late = schedule.waiting(FRIDAY + dt.timedelta(days=1))
    assert [(found, place.state, place.slot.due_on) for found, place in late] == [
        (of, "in_work", FRIDAY)
    ]


def test_nothing_is_late_before_the_first_issue_there_is():
    of = publication()
    assert schedule.waiting(FRIDAY - schedule.WEEK + dt.timedelta(days=3)) == []
    issued(of, FRIDAY)
    assert min(states(of, 2026, FRIDAY)) == FRIDAY


def test_the_week_of_new_year_belongs_to_the_year_of_its_day():
    of = publication()
    last, first = schedule.slots(of, 2026)[-1], schedule.slots(of, 2027)[0]
    assert (last.due_on, first.due_on) == (dt.date(2026, 12, 25), dt.date(2027, 1, 1))
    assert first.starts_on == dt.date(2026, 12, 28)
    issued(of, dt.date(2026, 12, 30))
    assert states(of, 2027, dt.date(2027, 1, 2))[dt.date(2027, 1, 1)] == "issued"


@pytest.mark.parametrize(
    ("period", "fields", "due"),
    [
        ("monthly", {"due_day": 31}, [(1, 31), (2, 28), (3, 31)]),
        ("bimonthly", {}, [(2, 28), (4, 30), (6, 30)]),
        ("half_yearly", {}, [(6, 30), (12, 31)]),
        ("half_yearly", {"due_months": "7"}, [(7, 31)]),
        ("annual", {"due_months": "9", "due_day": 10}, [(9, 10)]),
        ("irregular", {}, []),
    ],
)
def test_when_in_the_year(period, fields, due):
    slots = schedule.slots(publication(period, **fields), 2026)
    assert [(slot.due_on.month, slot.due_on.day) for slot in slots][:3] == due


@pytest.mark.parametrize("period", ["weekly", "monthly", "bimonthly", "half_yearly", "annual"])
def test_every_day_lies_in_one_period(period):
    of = publication(period)
    found = [slot for year in (2025, 2026, 2027) for slot in schedule.slots(of, year)]
    for before, after in itertools.pairwise(found):
        assert after.starts_on - before.ends_on == dt.timedelta(days=1)
        assert before.starts_on <= before.due_on <= before.ends_on


@pytest.mark.parametrize("months", ["3,9", "1", "2,4,6,8,10,12", "1,5,9"])
def test_months_that_fit(months):
    validate_months(months)


@pytest.mark.parametrize("months", ["13", "7,9", "9,3", "1,2,3,4,5", "x", "0"])
def test_months_that_do_not(months):
    with pytest.raises(ValidationError):
        validate_months(months)


def test_a_week_of_holidays_is_left_out_with_its_reason():
    of, editor = publication(), UserFactory()
    issued(of, FRIDAY - schedule.WEEK)
    row = starting.skip(publication=of, due_on=FRIDAY, reason="春节放假", by=editor, at=AT)
    assert (row.reason, row.skipped_by, row.skipped_at) == ("春节放假", editor, AT)
    assert states(of, 2026, FRIDAY + schedule.WEEK)[FRIDAY] == "skipped"
    assert starting.proposal(of, FRIDAY).issued_on == FRIDAY + schedule.WEEK


@pytest.mark.parametrize("due_on", [FRIDAY, FRIDAY + dt.timedelta(days=1)])
def test_only_an_empty_period_is_left_out(due_on):
    of = publication()
    IssueFactory(publication=of, issued_on=FRIDAY)
    with pytest.raises(ValidationError):
        starting.skip(publication=of, due_on=due_on, reason="x", by=UserFactory(), at=AT)
    assert SkippedIssue.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_year_takes_the_same_queries(count, django_assert_num_queries):
    rows = [publication(period) for period in ("weekly", "monthly", "annual")[:count]]
    for row in rows:
        issued(row, FRIDAY)
    with django_assert_num_queries(4):
        schedule.year_of(rows, 2026, FRIDAY)


# --- Starting an issue --------------------------------------------------------------------------


def test_the_next_issue_proposes_itself():
    of = publication()
    issued(of, FRIDAY, number=10, serial_number=692)
    assert starting.proposal(of, FRIDAY) == starting.Proposal(FRIDAY + schedule.WEEK, 11, 693)


def test_at_the_change_of_the_year_the_number_begins_again():
    of = publication()
    issued(of, dt.date(2026, 12, 25), number=50, serial_number=732)
    on = dt.date(2026, 12, 28)
    assert starting.proposal(of, on) == starting.Proposal(dt.date(2027, 1, 1), 1, 733)


@pytest.mark.parametrize(
    ("period", "on", "expected"),
    [
        ("weekly", dt.date(2026, 3, 18), FRIDAY),
        ("weekly", dt.date(2026, 3, 21), dt.date(2026, 3, 27)),
        ("annual", dt.date(2026, 3, 18), dt.date(2026, 12, 31)),
        ("irregular", dt.date(2026, 3, 18), dt.date(2026, 3, 18)),
    ],
)
def test_the_first_issue_ever(period, on, expected):
    proposed = starting.proposal(publication(period), on)
    assert (proposed.issued_on, proposed.number, proposed.serial_number) == (expected, 1, None)


def started(of, sections, **fields):
    given = {"issued_on": FRIDAY, "number": 2, "serial_number": None, "by": UserFactory()} | fields
    return starting.start(publication=of, sections=sections, **given)


def test_sections_come_from_the_last_issue_a_template_or_nowhere():
    of = publication()
    last = IssueFactory(publication=of, issued_on=FRIDAY - schedule.WEEK, number=1)
    SectionFactory(issue=last, title="国际矿业", position=2)
    SectionFactory(issue=last, title="重要新闻", position=1)
    template = SectionTemplate.objects.create(
        publication=of, name="两会", titles="聚焦两会\n\n 部委动态 \n"
    )
    found = [
        list(started(of, sections, number=number).sections.values_list("position", "title"))
        for number, sections in enumerate(["last", str(template.pk), "none"], start=2)
    ]
    assert found == [
        [(1, "重要新闻"), (2, "国际矿业")],
        [(1, "聚焦两会"), (2, "部委动态")],
        [],
    ]


def test_who_starts_it_is_the_responsible_editor_and_a_taken_number_is_refused():
    of, editor = publication(), UserFactory()
    issue = started(of, "last", by=editor)
    assert (issue.editor, issue.state) == (editor, "draft")
    with pytest.raises(ValidationError) as refused:
        started(of, "last")
    assert list(refused.value.error_dict) == ["number"]
