"""Who is written to about what, and the calendar file that goes along."""

import datetime as dt

import icalendar
import pytest
from django.core.mail import get_connection
from django.urls import reverse

from events import calendar
from events.hall import call_off
from events.registration import cancel, register, substitute
from letters.models import Letter
from letters.sending import message
from tests.events.seating import (
    AT,
    MEMBER_PRICE,
    STARTS_ON,
    entitled_unit,
    event_with,
    people,
    person,
)
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

GUEST = "guest@unit.example"


@pytest.fixture
def by(db):
    return UserFactory(email="liaison@unit.example")


@pytest.fixture
def event(db):
    return event_with(
        free=1,
        capacity=2,
        member_price=MEMBER_PRICE,
        name="样本大会",
        place="样本市",
        contact="会务组 010-00000000",
    )


@pytest.fixture
def unit(db):
    return entitled_unit(name="青禾铜业有限公司")


def written() -> list[tuple[str, str]]:
    """To whom and about what, since the last look."""
    letters = [(letter.to, letter.subject) for letter in Letter.objects.order_by("pk")]
    Letter.objects.all().delete()
    return letters


def entry(letter: Letter) -> icalendar.Event:
    [found] = icalendar.Calendar.from_ical(letter.attachment).walk("VEVENT")
    return found


def test_a_registration_is_confirmed_to_the_user_and_each_person(event, unit, by):
    register(
        event=event,
        unit=unit,
        people=[person("张三", GUEST), person("李四"), person("王五", "third@unit.example")],
        at=AT,
        by=by,
    )

    assert written() == [
        (by.email, "已报名 3 人：样本大会"),
        (GUEST, "您的参会码：样本大会"),
        ("third@unit.example", "已列入候补：样本大会"),
    ]


def test_the_confirmation_says_who_what_and_how_much(event, unit, by, settings):
    settings.SITE_URL = "https://members.example.org"
    added = register(event=event, unit=unit, people=people(3), at=AT, by=by)

    lines = Letter.objects.get().text.splitlines()

    assert lines[:3] == ["样本大会", "时间： 2026年9月16日至2026年9月18日", "地点： 样本市"]
    assert [line for line in lines if line.startswith("- ")] == [
        f"- {added[0].name} {added[0].mobile} · 免费名额",
        f"- {added[1].name} {added[1].mobile} · ¥1,600",
        f"- {added[2].name} {added[2].mobile} · 候补",
    ]
    assert "合计应付：¥1,600" in lines
    assert f"https://members.example.org{reverse('event', args=[event.pk])}" in lines


def test_the_calendar_file_covers_whole_days(event, unit, by, settings):
    settings.SITE_URL = "https://members.example.org"
    [added] = register(event=event, unit=unit, people=[person("张三", GUEST)], at=AT, by=by)

    letter = Letter.objects.get(to=GUEST)

    found = entry(letter)
    assert letter.attachment_type == "text/calendar; method=PUBLISH"
    assert found["DTSTART"].dt == STARTS_ON
    assert found["DTEND"].dt == STARTS_ON + dt.timedelta(days=3)
    assert found["DTSTART"].params["VALUE"] == "DATE"
    assert (found["SUMMARY"], found["LOCATION"]) == ("样本大会", "样本市")
    assert found["UID"] == f"attendee-{added.pk}@members.example.org"
    assert found["URL"] == f"https://members.example.org/pass/{added.token}/"
    assert (found["SEQUENCE"], found["STATUS"]) == (0, "CONFIRMED")


def test_the_entry_keeps_its_uid_when_it_is_taken_back(event, unit, by):
    [added] = register(event=event, unit=unit, people=[person("张三", GUEST)], at=AT, by=by)
    first = entry(Letter.objects.get(to=GUEST))

    cancel(attendee=added, at=AT, by=by)

    letter = Letter.objects.filter(to=GUEST).latest("pk")
    second = entry(letter)
    assert letter.attachment_type == "text/calendar; method=CANCEL"
    assert second["UID"] == first["UID"]
    assert (second["SEQUENCE"], second["STATUS"]) == (1, "CANCELLED")


def test_the_file_is_a_part_of_the_mail_with_its_method(event, unit, by):
    register(event=event, unit=unit, people=people(1), at=AT, by=by)

    mail = message(Letter.objects.get(), get_connection()).message()

    [_text, part] = mail.get_payload()
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "PUBLISH")
    assert part.get_filename() == calendar.NAME
    assert icalendar.Calendar.from_ical(part.get_payload(decode=True))["METHOD"] == "PUBLISH"


def test_a_substitute_and_who_is_replaced_are_both_told(event, unit, by):
    [old] = register(event=event, unit=unit, people=[person("张三", GUEST)], at=AT, by=by)
    written()

    substitute(attendee=old, person=person("李四", "new@unit.example"), at=AT, by=by)

    assert written() == [
        (by.email, "李四替换张三参会：样本大会"),
        (GUEST, "报名已取消：样本大会"),
        ("new@unit.example", "您的参会码：样本大会"),
    ]


def test_who_moves_up_is_told_as_is_who_registered_them(event, unit, by):
    first, *_others = register(event=event, unit=unit, people=people(2), at=AT, by=by)
    other = UserFactory(email="other@unit.example")
    register(event=event, unit=entitled_unit(), people=[person("赵六", GUEST)], at=AT, by=other)
    written()

    cancel(attendee=first, at=AT, by=by)

    assert written() == [
        (by.email, f"已取消{first.name}的报名：样本大会"),
        (other.email, "赵六已递补成功：样本大会"),
        (GUEST, "您的参会码：样本大会"),
    ]


def test_whose_seat_became_free_stands_in_the_letter(event, unit, by):
    first, second = register(event=event, unit=unit, people=people(2), at=AT, by=by)

    cancel(attendee=first, at=AT, by=by)

    assert f"空出的免费名额已转给{second.name}，无须再付款。" in Letter.objects.latest("pk").text


def test_everybody_hears_that_an_event_is_called_off(event, unit, by):
    register(event=event, unit=unit, people=[person("张三", GUEST), person("李四")], at=AT, by=by)
    written()

    call_off(event=event, because="场馆停用", at=AT, by=UserFactory())

    letter = Letter.objects.get(to=by.email)
    assert "原因：场馆停用" in letter.text.splitlines()
    assert icalendar.Calendar.from_ical(letter.attachment)["METHOD"] == "CANCEL"
    assert written() == [(by.email, "取消举办：样本大会"), (GUEST, "取消举办：样本大会")]


def test_letters_are_chinese_whatever_the_reader_speaks(event, unit, by):
    from django.utils import translation

    with translation.override("en"):
        register(event=event, unit=unit, people=people(1), at=AT, by=by)

    assert Letter.objects.get().subject == "已报名 1 人：样本大会"
