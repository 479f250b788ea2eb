"""What staff see and press for events."""

import datetime as dt

import pytest
from django.urls import reverse

from events.models import Event
from tests.events.factories import EventFactory, SeriesFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

EVENTS = reverse("admin:events_event_changelist")
SERIES = reverse("admin:events_eventseries_changelist")


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def queries(django_assert_max_num_queries, client, address) -> int:
    with django_assert_max_num_queries(100) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_of_events_asks_the_same_number_of_queries(staff, django_assert_max_num_queries):
    EventFactory()
    one = queries(django_assert_max_num_queries, staff, EVENTS)
    EventFactory(series=SeriesFactory(code="innovation-forum"))
    EventFactory(series=SeriesFactory(code="green-mining-forum"))

    assert queries(django_assert_max_num_queries, staff, EVENTS) == one


def test_the_list_of_series_asks_the_same_number_of_queries(staff, django_assert_max_num_queries):
    SeriesFactory()
    one = queries(django_assert_max_num_queries, staff, SERIES)
    SeriesFactory(code="innovation-forum")
    EventFactory(series=SeriesFactory(code="green-mining-forum"))

    assert queries(django_assert_max_num_queries, staff, SERIES) == one


def test_an_event_is_added(staff):
    series = SeriesFactory()

    response = staff.post(
        reverse("admin:events_event_add"),
        {
            "series": series.pk,
            "name": "第一届样本大会",
            "starts_on": "2026-10-20",
            "ends_on": "2026-10-22",
            "place": "样本市",
            "is_announced": "on",
        },
    )

    assert (response.status_code, response.url) == (302, EVENTS)
    event = Event.objects.get()
    assert (event.series, event.starts_on, event.is_announced) == (
        series,
        dt.date(2026, 10, 20),
        True,
    )


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("2026-10-22", "2026-10-20"), "The last day lies before the first day."),
        (("2026-05-01", "2026-05-03"), "The series already has an event on this day."),
    ],
)
def test_impossible_days_are_refused(staff, days, message):
    series = EventFactory(starts_on=dt.date(2026, 5, 1)).series

    response = staff.post(
        reverse("admin:events_event_add"),
        {
            "series": series.pk,
            "name": "样本",
            "starts_on": days[0],
            "ends_on": days[1],
            "place": "样本市",
        },
        headers={"Accept-Language": "en"},
    )

    assert response.context["adminform"].form.non_field_errors() == [message]
    assert Event.objects.count() == 1


def test_events_are_announced_and_withdrawn_by_actions(staff):
    event = EventFactory()

    for action, result in (("announce", True), ("withdraw", False)):
        staff.post(EVENTS, {"action": action, "_selected_action": [event.pk]})
        event.refresh_from_db()
        assert event.is_announced is result


@pytest.mark.parametrize(("when", "name"), [("coming", "将来"), ("over", "过去")])
def test_the_filter_tells_coming_from_over(staff, when, name):
    EventFactory(name="过去", starts_on=dt.date(2020, 5, 1))
    EventFactory(name="将来", starts_on=dt.date(2090, 5, 1))

    listed = staff.get(EVENTS, {"when": when}).context["cl"].queryset

    assert [event.name for event in listed] == [name]
