"""An issue goes out once: now, at its set time, or when a person says so."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from publications import release
from publications.models import Delivery, Distribution, Issue
from tests.at_once import at_once
from tests.factories import UserFactory
from tests.publications.factories import (
    IssueFactory,
    PublicationFactory,
    issue_with_article,
    promised,
    recipient,
    signed_off,
)

AT = dt.datetime(2026, 3, 13, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE = dt.timedelta(minutes=1)
State = Issue.State


def ready(**fields) -> Issue:
    """An issue with an article and one unit that would receive it."""
    issue = signed_off(issue_with_article(**fields))
    promised(issue.publication.benefit_item)
    recipient()
    return issue


def scheduled(at: dt.datetime = AT, **fields) -> Issue:
    return release.schedule(issue=ready(**fields), release_at=at, by=UserFactory())


def refusal(verb, **arguments) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        verb(**arguments)
    return caught.value


# --- Now -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_released_now_with_its_frozen_list():
    issue, editor = ready(), UserFactory()

    distribution = release.release(issue=issue, at=AT, by=editor)

    issue.refresh_from_db()
    assert (issue.state, issue.released_at, issue.released_by) == (State.RELEASED, AT, editor)
    assert (distribution.issue, distribution.planned_at, distribution.released_by) == (
        issue,
        AT,
        editor,
    )
    assert [delivery.state for delivery in distribution.deliveries.all()] == [Delivery.State.QUEUED]


@pytest.mark.django_db
def test_pressed_twice_sends_once_and_says_so():
    issue = ready()
    release.release(issue=issue, at=AT)

    error = refusal(release.release, issue=issue, at=AT + MINUTE)

    assert error.code == "already_released"
    assert error.messages == ["本期已于2026年3月13日 09:00发出，没有重复发送。"]
    assert (Distribution.objects.count(), Delivery.objects.count()) == (1, 1)
    issue.refresh_from_db()
    assert issue.released_at == AT


@pytest.mark.django_db
def test_a_publication_that_is_not_mailed_only_opens_in_the_portal():
    issue = signed_off(
        issue_with_article(publication=PublicationFactory(code="blue-book", is_mailed=False))
    )

    assert release.release(issue=issue, at=AT) is None

    assert issue.state == State.RELEASED
    assert Distribution.objects.count() == 0


@pytest.mark.django_db
def test_without_articles_and_pdf_nothing_goes_out():
    issue = IssueFactory()

    error = refusal(release.release, issue=issue, at=AT)

    assert error.messages == ["本期既没有文章也没有PDF。请先添加其中一样，再发出。"]
    issue.refresh_from_db()
    assert issue.state == State.DRAFT


@pytest.mark.django_db
def test_a_pdf_alone_is_enough():
    issue = IssueFactory(pdf="issues/weekly-bulletin/2026/7.pdf")
    promised(signed_off(issue).publication.benefit_item)
    recipient()

    assert release.release(issue=issue, at=AT) is not None


@pytest.mark.django_db
def test_without_recipients_nothing_goes_out_and_no_list_is_left_behind():
    issue = signed_off(issue_with_article())
    promised(issue.publication.benefit_item)
    recipient(paid=())

    error = refusal(release.release, issue=issue, at=AT)

    assert error.code == "no_recipients"
    assert error.messages == [
        "没有人会收到本期：2026年3月13日有权享有的单位中，没有一家有留下邮箱的刊物联系人。"
        "请看“谁会收到，为什么”。"
    ]
    issue.refresh_from_db()
    assert (issue.state, Distribution.objects.count()) == (State.IN_REVIEW, 0)


# --- At a set time ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_scheduled_by_someone_for_a_time():
    issue, editor = ready(), UserFactory()

    release.schedule(issue=issue, release_at=AT, by=editor)

    issue.refresh_from_db()
    assert (issue.state, issue.release_at, issue.scheduled_by) == (State.SCHEDULED, AT, editor)


@pytest.mark.django_db
def test_an_issue_without_contents_is_not_scheduled():
    error = refusal(release.schedule, issue=IssueFactory(), release_at=AT, by=UserFactory())

    assert error.code == "not_ready"


@pytest.mark.django_db
def test_the_time_can_be_changed_and_taken_back():
    issue, editor = scheduled(), UserFactory()

    release.schedule(issue=issue, release_at=AT + MINUTE, by=editor)
    assert (issue.state, issue.release_at) == (State.SCHEDULED, AT + MINUTE)

    release.unschedule(issue=issue, by=editor)
    assert (issue.state, issue.release_at) == (State.IN_REVIEW, None)


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["schedule", "unschedule"])
def test_a_released_issue_has_no_time_to_set(verb):
    issue = ready()
    release.release(issue=issue, at=AT)
    time = {"release_at": AT + MINUTE} if verb == "schedule" else {}

    error = refusal(getattr(release, verb), issue=issue, by=UserFactory(), **time)

    assert error.code == "already_released"
    issue.refresh_from_db()
    assert issue.state == State.RELEASED


# --- By the clock ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_clock_releases_what_is_due_and_nothing_else():
    due = scheduled()
    later = release.schedule(
        issue=signed_off(issue_with_article()), release_at=AT + MINUTE, by=UserFactory()
    )
    draft = issue_with_article()

    assert release.release_due(AT) == [due]

    for issue, state in (
        (due, State.RELEASED),
        (later, State.SCHEDULED),
        (draft, State.DRAFT),
    ):
        issue.refresh_from_db()
        assert issue.state == state
    assert due.released_by is None


@pytest.mark.django_db
def test_a_second_clock_finds_nothing_to_do():
    issue = scheduled()

    assert release.release_due(AT) == [issue]
    assert release.release_due(AT) == []
    assert Distribution.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("late", "state"),
    [
        (release.LATE_START_LIMIT, State.RELEASED),
        (release.LATE_START_LIMIT + dt.timedelta(seconds=1), State.HELD),
        (dt.timedelta(hours=15), State.HELD),
    ],
)
def test_a_late_start_waits_for_a_person(late, state):
    issue = scheduled()

    release.release_due(AT + late)

    issue.refresh_from_db()
    assert issue.state == state


@pytest.mark.django_db
def test_a_held_issue_says_why_and_a_person_releases_it():
    issue = scheduled()
    release.release_due(AT + dt.timedelta(hours=15))

    issue.refresh_from_db()
    assert issue.held_because == (
        "原定2026年3月13日 09:00发出，但当时系统没有运行，2026年3月14日 00:00才发现。"
    )
    assert Distribution.objects.count() == 0

    release.release(issue=issue, at=AT + dt.timedelta(hours=24), by=UserFactory())
    assert (issue.state, issue.held_because) == (State.RELEASED, "")


@pytest.mark.django_db
def test_what_cannot_go_out_is_held_and_does_not_stop_the_others():
    empty, good = (
        scheduled(at=AT - MINUTE),
        release.schedule(issue=signed_off(issue_with_article()), release_at=AT, by=UserFactory()),
    )
    empty.sections.all().delete()

    assert release.release_due(AT) == [good]

    empty.refresh_from_db()
    assert (empty.state, empty.held_because) == (
        State.HELD,
        "本期既没有文章也没有PDF。请先添加其中一样，再发出。",
    )


# --- Two at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_people_press_release_together():
    issue = ready()

    results = at_once(
        *(
            lambda: release.release(issue=Issue.objects.get(pk=issue.pk), at=AT) and "released"
            for _ in range(2)
        )
    )

    assert sorted(getattr(each, "code", each) for each in results) == [
        "already_released",
        "released",
    ]
    assert (Distribution.objects.count(), Delivery.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_strike_together():
    issue = scheduled()

    results = at_once(lambda: release.release_due(AT), lambda: release.release_due(AT))

    assert sorted(results, key=len) == [[], [issue]]
    assert (Distribution.objects.count(), Delivery.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_go_out(monkeypatch):
    """The race is real: unlocked, both callers pass the guard before either has saved."""
    issue = ready()
    passed = threading.Barrier(2)

    def unlocked(issue):
        found = Issue.objects.select_related("publication").get(pk=issue.pk)
        passed.wait(timeout=10)
        return found

    monkeypatch.setattr(release, "locked", unlocked)

    results = at_once(
        *(
            lambda: release.release(issue=Issue.objects.get(pk=issue.pk), at=AT) and "released"
            for _ in range(2)
        )
    )

    assert results == ["released", "released"]
