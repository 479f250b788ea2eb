"""The pages around an event: who comes, the door, the hall, people registered by staff."""

import csv
import datetime as dt
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.roles import load_roles
from benefits.models import BenefitItem
from events.models import Attendee, Event
from events.participants import safe
from events.persons import Person
from events.registration import register
from letters.models import Letter
from tests.events.portal import open_event
from tests.events.seating import MEMBER_PRICE, entitled_unit, people
from tests.factories import PaymentFactory, StandardFactory, UserFactory, member, redated
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

ATTENDEES = reverse("admin:events_attendee_changelist")
SIZES = [1, 3]


@pytest.fixture
def team(client, db):
    """Signed in as one of the events team."""
    load_roles()
    user = UserFactory(is_staff=True, name="会务组")
    user.groups.add(Group.objects.get(name="events"))
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def unit(db):
    today = timezone.localdate()
    unit = member(paid=(today.year - 1, today.year), name="青禾铜业有限公司")
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    return unit


@pytest.fixture
def event(db):
    return open_event(free=1, capacity=2, member_price=MEMBER_PRICE, name="样本大会")


def registered(event, unit, who=None, count=2) -> list[Attendee]:
    who = who or people(count)
    return register(event=event, unit=unit, people=who, at=timezone.now(), by=UserFactory())


def page(name: str, event: Event) -> str:
    return reverse(f"admin:events_event_{name}", args=[event.pk])


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def act(client, action: str, *attendees: Attendee, **more):
    chosen = {"action": action, "_selected_action": [each.pk for each in attendees], **more}
    return client.post(ATTENDEES, chosen, follow=True)


# --- The event's form and list ----------------------------------------------------------------


def test_the_list_counts_the_people(team, event, unit):
    registered(event, unit, count=3)

    [row] = team.get(reverse("admin:events_event_changelist")).context["cl"].result_list

    assert (row.taken, row.capacity) == (2, 2)
    assert (row.free_count, row.paying_count, row.waiting_count, row.there_count) == (1, 1, 1, 0)


def test_saving_the_form_leaves_the_counters_alone(team, event, unit):
    """Somebody registers while the form is open."""
    form = team.get(page("change", event)).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else value for name, value in sent.items()}
    registered(event, unit)

    team.post(page("change", event), sent | {"place": "别处"})

    event.refresh_from_db()
    assert (event.place, event.taken, event.capacity) == ("别处", 2, 2)


def test_moving_the_event_says_whose_right_was_judged_for_another_day(team, event, unit):
    registered(event, unit)
    form = team.get(page("change", event)).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else value for name, value in sent.items()}

    response = team.post(
        page("change", event),
        sent | {"starts_on": event.starts_on + dt.timedelta(days=1)},
        follow=True,
    )

    assert (
        said(response)[0] == "有 1 家单位的资格是按原来的日期核定的。请重新核定，并通知这些单位。"
    )


def test_the_next_event_of_a_series_begins_from_the_last(team, event):
    leads_to = team.get(reverse("admin:events_eventseries_next_event", args=[event.series_id])).url

    initial = team.get(leads_to).context["adminform"].form.initial

    assert (initial["name"], initial["capacity"]) == ("样本大会", 2)
    assert initial["starts_on"].year == event.starts_on.year + 1


def test_yearly_series_without_an_event_are_proposed(team, event):
    item = event.series.benefit_item
    BenefitItem.objects.filter(pk=item.pk).update(period=BenefitItem.Period.ANNUAL)
    last_year = timezone.localdate().replace(year=timezone.localdate().year - 1, day=1)
    days = ["registration_opens_on", "registration_closes_on", "changes_until"]
    Event.objects.update(starts_on=last_year, ends_on=last_year, **dict.fromkeys(days))

    proposed = team.get(reverse("admin:events_event_changelist")).context["due_series"]
    listed = team.get(reverse("admin:events_eventseries_changelist") + "?due=yes")

    assert proposed == [event.series]
    assert list(listed.context["cl"].queryset) == [event.series]


# --- The hall ---------------------------------------------------------------------------------


def test_a_larger_hall_lets_people_move_up(team, event, unit):
    registered(event, unit, count=3)

    response = team.post(page("steering", event), {"act": "resize", "capacity": 5}, follow=True)

    assert said(response) == ["会场容量已更改，候补递补 1 人。"]
    assert Attendee.objects.live().count() == 3


def test_a_hall_that_is_too_small_is_refused_at_the_form(team, event, unit):
    registered(event, unit)

    response = team.post(page("steering", event), {"act": "resize", "capacity": 1})

    assert response.context["hall"].non_field_errors() == [
        "已占用 2 个名额，会场容量不能更小。请先取消部分报名。"
    ]


def test_an_event_is_called_off_with_a_reason(team, event, unit):
    registered(event, unit)

    team.post(page("steering", event), {"act": "call_off", "because": "场馆停用"})

    event.refresh_from_db()
    assert (event.cancelled_by, event.cancelled_because) == (team.user, "场馆停用")
    assert Attendee.objects.expected().count() == 0


# --- Registering for a unit -------------------------------------------------------------------


def test_staff_register_people_as_they_are_pasted(team, event, unit):
    pasted = (
        "张三 13800000001 zhang@unit.example 总工程师\n"
        "李四，13800000002\n\n"
        "王五\t13800000003\t\t技术员"
    )
    Event.objects.update(registration_closes_on=Event.objects.get().registration_opens_on)

    response = team.post(page("enrol", event), {"unit": "青禾", "people": pasted})

    assert response.url == f"{ATTENDEES}?event={event.pk}"
    assert list(Attendee.objects.values_list("name", "mobile", "email", "job_title", "state")) == [
        ("张三", "13800000001", "zhang@unit.example", "总工程师", "live"),
        ("李四", "13800000002", "", "", "live"),
        ("王五", "13800000003", "", "技术员", "waiting"),
    ]


@pytest.mark.parametrize(
    ("fields", "where", "words"),
    [
        ({"unit": "没有"}, "unit", "没有名称相符的单位。请缩短后再试。"),
        ({"unit": "矿业"}, "unit", "有几家单位相符：东山矿业、西山矿业。请写得更完整。"),
        ({"people": "张三"}, "people", "每位参会人都要写姓名和手机号。"),
    ],
)
def test_what_staff_typed_wrong_is_said_at_its_field(team, event, unit, fields, where, words):
    member(name="东山矿业")
    member(name="西山矿业")
    sent = {"unit": "青禾铜业有限公司", "people": "张三 13800000001"} | fields

    form = team.post(page("enrol", event), sent).context["form"]

    assert form.errors == {where: [words]}


def test_a_unit_without_the_right_is_refused_with_the_reasons(team, event):
    member(name="北原矿山装备有限公司")

    form = team.post(page("enrol", event), {"unit": "北原", "people": "张三 13800000001"}).context[
        "form"
    ]

    assert len(form.non_field_errors()) > 1
    assert Attendee.objects.count() == 0


# --- Who comes --------------------------------------------------------------------------------


def test_people_are_checked_in_and_back(team, event, unit):
    first, second = registered(event, unit)

    assert said(act(team, "check_in", first, second)) == ["已为 2 人签到。"]
    assert said(act(team, "undo_check_in", first)) == ["已撤销 1 人的签到。"]
    assert list(Attendee.objects.filter(checked_in_by=team.user)) == [second]


def test_a_payment_needs_its_day(team, event, unit):
    free, paid = registered(event, unit)

    assert said(act(team, "paid", paid)) == ["请在操作旁选择付款日期。"]
    assert said(act(team, "paid", free, paid, day="2026-09-01")) == [
        f"{free.name}没有需要付的款。",
        "已登记 1 个席位的付款。",
    ]
    paid.refresh_from_db()
    assert paid.paid_on == dt.date(2026, 9, 1)


def test_staff_cancel_after_the_cut_off(team, event, unit):
    first, _second = registered(event, unit)
    Event.objects.update(changes_until=Event.objects.get().registration_opens_on)

    act(team, "cancel", first)

    first.refresh_from_db()
    assert (first.state, first.ended_by) == ("cancelled", team.user)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["a", "b", "c"]),
        ({"money": "free"}, ["a"]),
        ({"money": "open"}, ["b"]),
        ({"there": "no"}, ["a", "b"]),
        ({"state__exact": "waiting"}, ["c"]),
        ({"q": "青禾"}, ["a", "b", "c"]),
        ({"event": "999"}, []),
    ],
)
def test_the_list_is_searched_and_filtered(team, event, unit, filters, names):
    who = [Person(name, f"1380000000{number}") for number, name in enumerate("abc")]
    registered(event, unit, who)

    listed = team.get(ATTENDEES, filters).context["cl"].queryset

    assert [each.name for each in listed] == names


def test_one_persons_page_substitutes_pays_and_checks_in(team, event, unit):
    _free, paid = registered(event, unit)
    address = reverse("admin:events_attendee_manage", args=[paid.pk])
    team.post(address, {"act": "pay", "paid_on": "2026-09-01"})

    response = team.post(address, {"act": "substitute", "name": "李四", "mobile": "13800000002"})

    new = Attendee.objects.get(name="李四")
    assert response.url == reverse("admin:events_attendee_manage", args=[new.pk])
    assert (new.paid_on, new.replaces) == (dt.date(2026, 9, 1), paid)
    team.post(response.url, {"act": "check_in"})
    new.refresh_from_db()
    assert new.checked_in_by == team.user


def test_others_look_and_change_nothing(client, event, unit):
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="finance"))
    client.force_login(user)
    [first, _second] = registered(event, unit)

    assert client.get(ATTENDEES).status_code == 200
    act(client, "cancel", first)
    assert client.post(page("door", event), {"code": first.token}).status_code == 403
    first.refresh_from_db()
    assert (first.state, first.checked_in_at) == ("live", None)


def test_registrations_are_judged_again(team, event):
    today = timezone.localdate()
    unit = member()
    Event.objects.update(fee=2000)
    [attendee] = registered(event, unit, count=1)
    for year in (today.year - 1, today.year):
        amount = StandardFactory(year=year).amount
        PaymentFactory(unit=unit, year=year, amount=amount, paid_on=dt.date(today.year, 1, 1))

    response = team.post(
        reverse("admin:events_registration_changelist"),
        {"action": "judge", "_selected_action": [attendee.registration_id]},
        follow=True,
    )

    assert said(response) == ["已重新核定，1 个席位改为免费。"]


# --- The list as a file and on paper ----------------------------------------------------------


def test_the_list_is_a_file_for_a_spreadsheet(team, event, unit):
    registered(event, unit, [Person("=1+1", "+8613800000001", "", "@总工"), *people(2)])

    response = team.get(page("download", event))

    text = response.content.decode()
    assert text.startswith("\ufeff")
    head, first, *_others, last = csv.reader(StringIO(text.removeprefix("\ufeff")))
    assert head[:3] == ["会员单位", "会员级别", "姓名"]
    assert first[:4] == ["青禾铜业有限公司", "会员单位", "'=1+1", "'+8613800000001"]
    assert first[5] == "'@总工"
    assert (first[6:9], last[6:9]) == (["已报名", "免费名额", "0.00"], ["候补中", "候补", ""])


@pytest.mark.parametrize("cell", ["=x", "+x", "-x", "@x", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(cell):
    assert safe(cell) == f"'{cell}"
    assert safe(f"x{cell}") == f"x{cell}"


def test_the_list_on_paper_names_everybody(team, event, unit):
    registered(event, unit, [Person("张三", "13800000001")])

    assert "张三" in Page(team.get(page("on_paper", event))).words


# --- The door ---------------------------------------------------------------------------------


def test_a_scanned_pass_checks_in_at_once_and_says_so_again(team, event, unit):
    first, _second = registered(event, unit)
    code = {"code": f"https://members.example.org/pass/{first.token}/"}

    assert team.post(page("door", event), code).context["result"].kind == "good"
    assert team.post(page("door", event), code).context["result"].kind == "again"
    first.refresh_from_db()
    assert first.checked_in_by == team.user


def test_a_name_shows_who_is_meant_and_a_press_checks_in(team, event, unit):
    first, second = registered(
        event, unit, [Person("张三", "13800000001"), Person("张三丰", "13800000002")]
    )

    found = team.post(page("door", event), {"code": "张三"})
    pressed = team.post(page("door", event), {"act": "check_in", "attendee": second.pk})
    undone = team.post(page("door", event), {"act": "undo", "attendee": second.pk})

    assert found.context["matches"] == [first, second]
    assert (pressed.context["result"].kind, pressed.context["there"]) == ("good", 1)
    assert undone.context["there"] == 0


@pytest.mark.parametrize("code", ["没有这个人", "0000"])
def test_nobody_is_found(team, event, unit, code):
    registered(event, unit, [Person("张三", "13800000001")])

    result = team.post(page("door", event), {"code": code}).context["result"]

    assert result.kind == "bad"


def test_a_pass_of_another_event_opens_nothing(team, event, unit):
    [stranger] = registered(open_event(free=1), unit, count=1)

    result = team.post(page("door", event), {"code": stranger.token}).context["result"]
    pressed = team.post(page("door", event), {"act": "check_in", "attendee": stranger.pk})

    assert (result.kind, pressed.status_code) == ("bad", 404)


# --- Queries ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["event_changelist", "attendee_changelist", "registration_changelist"]
)
def test_each_list_takes_the_same_queries_for_more_rows(team, name):
    address = reverse(f"admin:events_{name}")
    registered(open_event(free=1), entitled_paid(), count=1)
    few = queries_of(team, address)
    for _each in range(2):
        registered(open_event(free=1), entitled_paid(), count=1)

    assert queries_of(team, address) == few


@pytest.mark.parametrize("name", ["on_paper", "download", "door"])
def test_each_page_takes_the_same_queries_for_more_people(team, event, unit, name):
    registered(event, unit, count=1)
    few = queries_of(team, page(name, event))
    registered(event, unit, count=2)

    assert queries_of(team, page(name, event)) == few


def entitled_paid():
    today = timezone.localdate()
    unit = entitled_unit()
    for year in {today.year - 1, today.year} - {2026}:
        amount = StandardFactory(year=year).amount
        PaymentFactory(unit=unit, year=year, amount=amount)
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    return unit


def test_letters_go_out_when_staff_change_something(team, event, unit):
    first, _second = registered(event, unit)
    Letter.objects.all().delete()

    act(team, "cancel", first)

    assert Letter.objects.filter(to=team.user.email).count() == 1
