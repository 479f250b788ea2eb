"""Who has come: once, by pass or by name, and undone where it was a mistake."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from events import passes
from events.check_in import check_in, found, undo
from events.hall import call_off
from events.models import Attendee
from events.registration import cancel, register
from tests.events.seating import AT, entitled_unit, event_with, people, person
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db):
    return UserFactory(name="签到台")


@pytest.fixture
def event(db):
    return event_with(free=2, capacity=2)


@pytest.fixture
def people_here(event, by):
    return register(
        event=event, unit=entitled_unit(), people=[person("张三"), person("张三丰")], at=AT, by=by
    )


def test_the_first_time_is_recorded(people_here, by):
    attendee = check_in(attendee=people_here[0], at=AT, by=by)

    assert (attendee.checked_in_at, attendee.checked_in_by) == (AT, by)


def test_the_second_time_says_when_and_by_whom(people_here, by):
    check_in(attendee=people_here[0], at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        check_in(attendee=people_here[0], at=AT + dt.timedelta(hours=1), by=UserFactory())

    assert raised.value.code == "already"
    assert raised.value.messages == ["张三已于2026年8月20日 12:00签到，经办人签到台。"]
    assert Attendee.objects.get(pk=people_here[0].pk).checked_in_at == AT


def test_a_mistake_is_undone(people_here, by):
    check_in(attendee=people_here[0], at=AT, by=by)

    undo(attendee=people_here[0])

    assert Attendee.objects.filter(checked_in_at__isnull=False).count() == 0
    with pytest.raises(ValidationError):
        undo(attendee=people_here[0])


def test_who_has_no_seat_is_not_checked_in(event, people_here, by):
    [waiting] = register(event=event, unit=entitled_unit(), people=people(1), at=AT, by=by)
    cancel(attendee=people_here[0], at=AT, by=by)
    cancel(attendee=waiting, at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        check_in(attendee=people_here[0], at=AT, by=by)

    assert raised.value.code == "no_seat"


def test_who_has_checked_in_is_not_cancelled(people_here, by):
    check_in(attendee=people_here[0], at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        cancel(attendee=people_here[0], at=AT, by=by, by_staff=True)

    assert raised.value.code == "checked_in"


def test_an_event_with_people_inside_is_not_called_off(event, people_here, by):
    check_in(attendee=people_here[0], at=AT, by=by)

    with pytest.raises(ValidationError) as raised:
        call_off(event=event, because="停电", at=AT, by=by)

    assert raised.value.code == "checked_in"


def test_a_pass_finds_its_person_as_address_or_token(event, people_here):
    first = people_here[0]

    assert found(event, passes.address(first)) == [first]
    assert found(event, f" {first.token} ") == [first]


def test_a_name_or_the_end_of_a_number_finds_who_may_be_meant(event, people_here):
    first, second = people_here

    assert found(event, "张三") == [first, second]
    assert found(event, second.mobile[-4:]) == [second]
    assert found(event, "") == []


def test_a_pass_of_another_event_is_refused(people_here):
    with pytest.raises(ValidationError) as raised:
        found(event_with(), people_here[0].token)

    assert raised.value.code == "other_event"
