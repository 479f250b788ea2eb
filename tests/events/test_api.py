"""Programs of units and of staff: seats, registering, cancelling, substituting."""

import datetime as dt

import pytest
from django.utils import timezone

from events.models import Attendee, Registration
from events.registration import register
from tests.api.factories import headers, key_of_onlooker, key_of_staff, key_of_unit
from tests.events.portal import DAY, open_event
from tests.events.seating import MEMBER_PRICE, people
from tests.factories import UserFactory, member, redated

pytestmark = pytest.mark.django_db

EVENTS, REGISTRATIONS, ATTENDEES = (
    f"/api/v1/{name}/" for name in ("events", "registrations", "attendees")
)


ZHANG = {"name": "张三", "mobile": "138 0000 0001"}


def paid_up(**fields):
    today = timezone.localdate()
    unit = member(paid=(today.year - 1, today.year), **fields)
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    return unit


@pytest.fixture
def unit(db):
    return paid_up(name="青禾铜业有限公司")


@pytest.fixture
def program(client, unit):
    """Asks with the unit's token: ``program("get", address)``."""
    told = headers(key_of_unit(unit))

    def ask(method, address, data=None, **given):
        send = getattr(client, method)
        if method == "post":
            return send(address, data or {}, content_type="application/json", headers=told)
        return send(address, data, headers=given.get("as_", told))

    return ask


def registered(event, unit, count=1):
    return register(
        event=event, unit=unit, people=people(count), at=timezone.now(), by=UserFactory()
    )


def test_events_come_with_the_units_seats(program, unit):
    event = open_event(free=3, member_price=MEMBER_PRICE, capacity=100)
    registered(event, unit, 2)
    open_event(is_announced=False)

    [found] = program("get", EVENTS).json()["results"]

    assert (found["id"], found["starts_on"]) == (event.pk, event.starts_on.isoformat())
    assert (found["places_left"], found["member_price"]) == (98, "1600.00")
    seats = found["seats"]
    assert (seats["allowed"], seats["used"], seats["left"]) == (3, 2, 1)
    assert (seats["next_price"], seats["right"]["entitled"]) == ("1600.00", True)
    assert program("get", f"{EVENTS}{event.pk}/").json() == found


def test_staff_see_events_without_a_units_seats(client, unit):
    open_event()

    answer = client.get(EVENTS, headers=headers(key_of_onlooker()))

    assert [each["seats"] for each in answer.json()["results"]] == [None]


def test_events_from_a_day_on(program):
    event = open_event()

    later = event.ends_on + DAY
    assert program("get", EVENTS, {"from_day": event.ends_on.isoformat()}).json()["count"] == 1
    assert program("get", EVENTS, {"from_day": later.isoformat()}).json()["count"] == 0


def test_people_are_registered(program, unit):
    event = open_event(free=1, member_price=MEMBER_PRICE)

    answer = program("post", REGISTRATIONS, {"event": event.pk, "people": [ZHANG]})

    assert answer.status_code == 201
    [attendee] = answer.json()["attendees"]
    assert (attendee["name"], attendee["mobile"]) == ("张三", "13800000001")
    assert (attendee["is_free"], attendee["price"]) == (True, "0.00")
    assert attendee["pass_address"].endswith(f"/pass/{Attendee.objects.get().token}/")
    assert Registration.objects.get().unit == unit


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({"people": []}, 400, None),
        ({"people": [ZHANG, ZHANG]}, 400, "张三在名单里出现了两次。"),
        ({"people": [{**ZHANG, "mobile": "座机"}]}, 400, "手机号只写数字，例如 13800001234。"),
        (
            {"people": [ZHANG, {"name": "李四", "mobile": "13800000002"}], "at_most": "0"},
            400,
            "费用已比刚才显示的多。请看过新的合计再提交。",
        ),
    ],
)
def test_what_cannot_be_registered_is_refused(program, sent, status, words):
    event = open_event(free=1, member_price=MEMBER_PRICE)

    answer = program("post", REGISTRATIONS, {"event": event.pk, **sent})

    assert answer.status_code == status
    assert words is None or answer.json()["detail"] == [words]
    assert Attendee.objects.count() == 0


def test_a_unit_without_the_right_is_told_why(client):
    event = open_event(free=1)
    told = headers(key_of_unit(member()))

    answer = client.post(
        REGISTRATIONS,
        {"event": event.pk, "people": [ZHANG]},
        content_type="application/json",
        headers=told,
    )

    assert answer.status_code == 403
    assert (answer.json()["entitled"], answer.json()["would_change"] != []) == (False, True)


def test_an_event_that_is_not_announced_cannot_be_named(program):
    event = open_event(is_announced=False)

    assert program("post", REGISTRATIONS, {"event": event.pk, "people": [ZHANG]}).status_code == 400


def test_cancel_and_substitute(program, unit):
    first, second = registered(open_event(free=2), unit, 2)

    cancelled = program("post", f"{ATTENDEES}{first.pk}/cancel/")
    replaced = program("post", f"{ATTENDEES}{second.pk}/substitute/", ZHANG)

    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert cancelled.json()["pass_address"] is None
    assert (replaced.status_code, replaced.json()["replaces"]) == (201, second.pk)


def test_after_the_cut_off_nothing_changes(program, unit):
    event = open_event(free=1)
    [own] = registered(event, unit)
    type(event).objects.update(changes_until=event.registration_opens_on)

    answer = program("post", f"{ATTENDEES}{own.pk}/cancel/")

    assert answer.status_code == 400
    own.refresh_from_db()
    assert own.is_live


def test_a_unit_never_meets_anothers_people(program, unit):
    event = open_event(free=2)
    [own] = registered(event, unit)
    [foreign] = registered(event, paid_up())

    def ids(address):
        return [each["id"] for each in program("get", address).json()["results"]]

    assert ids(REGISTRATIONS) == [own.registration_id]
    assert ids(ATTENDEES) == [own.pk]
    for address in (f"{REGISTRATIONS}{foreign.registration_id}/", f"{ATTENDEES}{foreign.pk}/"):
        assert program("get", address).status_code == 404
    for verb in ("cancel", "substitute"):
        assert program("post", f"{ATTENDEES}{foreign.pk}/{verb}/", ZHANG).status_code == 404
    foreign.refresh_from_db()
    assert foreign.is_live


def test_staff_tokens_look_and_change_nothing(client, unit):
    [attendee] = registered(open_event(free=1), unit)
    told = headers(key_of_staff("events"))

    assert client.get(ATTENDEES, headers=told).json()["count"] == 1
    assert client.post(f"{ATTENDEES}{attendee.pk}/cancel/", headers=told).status_code == 403


@pytest.mark.parametrize("address", [EVENTS, REGISTRATIONS, ATTENDEES])
def test_each_list_takes_the_same_queries_for_more_rows(
    program, unit, address, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(50) as captured:
            assert program("get", address).status_code == 200
        return len(captured)

    registered(open_event(free=3), unit)
    queries()  # the day of the token's use is noted once
    few = queries()
    for _each in range(2):
        registered(open_event(free=3), unit, 2)

    assert queries() == few
