"""What a unit sees and does: the list, one event, its people, passes."""

import datetime as dt

import icalendar
import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.roles import load_roles
from events.check_in import check_in
from events.hall import call_off
from events.models import Attendee, Registration
from events.registration import register
from letters.models import Letter
from tests.events.portal import DAY, open_event
from tests.events.seating import FEE, MEMBER_PRICE, people, person
from tests.factories import PaymentFactory, StandardFactory, UserFactory, member, redated
from tests.portal.factories import person_of
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit(db, today):
    """An ordinary member whose dues of last year and this year are paid, whatever the day."""
    unit = member(paid=(today.year - 1, today.year), name="青禾铜业有限公司")
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    return unit


@pytest.fixture
def user(unit):
    return person_of(unit)


@pytest.fixture
def reader(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def stranger(today):
    """A user of another unit."""
    return person_of(member(paid=(today.year - 1, today.year)))


def rows(*people, **more) -> dict:
    """The form as it is sent."""
    data = {"person-TOTAL_FORMS": len(people), "person-INITIAL_FORMS": 0, **more}
    for number, fields in enumerate(people):
        for name in ("name", "mobile", "email", "job_title"):
            data[f"person-{number}-{name}"] = fields.get(name, "")
    return data


ZHANG = {"name": "张三", "mobile": "138 0000 0001", "email": "zhang@unit.example"}
LI = {"name": "李四", "mobile": "13800000002"}


def at_page(event) -> str:
    return f"/events/{event.pk}/"


def registered(event, unit, user, count=1) -> list[Attendee]:
    return register(event=event, unit=unit, people=people(count), at=timezone.now(), by=user)


# --- The list ---------------------------------------------------------------------------------


def test_the_list_says_what_is_left_and_what_to_do(reader, unit, user, today):
    event = open_event(free=5, member_price=MEMBER_PRICE)
    registered(event, unit, user, 2)

    page = Page(reader.get("/events/"))

    assert page.each("figure") == ["还可免费派3人"]
    assert page.each("account") == ["免费5已用2剩3再派1人¥1,600已报名2人"]
    assert page.each("buttons") == ["继续报名我单位参会人"]


def test_the_list_says_when_registration_opens_or_that_it_is_closed(reader, today):
    open_event(registration_opens_on=today + DAY)
    open_event(
        starts_on=today + 40 * DAY,
        ends_on=today + 40 * DAY,
        registration_closes_on=today - DAY,
    )

    said = Page(reader.get("/events/")).each("when")

    assert [text[:2] for text in said] == ["报名", "报名"]
    assert [text[-3:] for text in said] == ["开始。", "截止。"]


def test_past_events_say_how_many_came(reader, unit, user, today):
    event = open_event(free=None)
    registered(event, unit, user, 2)
    type(event).objects.update(
        starts_on=today - 2 * DAY,
        ends_on=today - DAY,
        registration_closes_on=today - DAY,
        changes_until=today - DAY,
    )

    assert "贵单位 2 人参加" in Page(reader.get("/events/")).words


def test_the_list_takes_as_many_queries_with_people_as_without(reader, unit, user):
    first = open_event(free=5)
    registered(first, unit, user)
    queries = queries_of(reader, "/events/")
    for _each in range(2):
        registered(open_event(free=5), unit, user, 3)

    assert queries_of(reader, "/events/") == queries


# --- Registering ------------------------------------------------------------------------------


def test_the_form_offers_as_many_rows_as_seats_are_free(reader, unit, user):
    event = open_event(free=3)
    registered(event, unit, user)

    assert len(reader.get(at_page(event)).context["people"].forms) == 2


def test_before_it_is_sent_the_page_says_what_it_costs(reader):
    event = open_event(free=1, member_price=MEMBER_PRICE)

    page = Page(reader.post(at_page(event), rows(ZHANG, LI, {}, act="check")))

    assert page.each("bill") == ["张三13800000001免费李四13800000002¥1,600合计应付¥1,600"]
    assert Attendee.objects.count() == 0


def test_people_are_registered_and_the_user_gets_a_letter(reader, unit, user):
    event = open_event(free=2)

    response = reader.post(at_page(event), rows(ZHANG, LI, act="register", at_most="0"))

    assert (response.status_code, response.url) == (302, at_page(event))
    own = Attendee.objects.order_by("pk")
    assert [(each.name, each.mobile, each.added_by) for each in own] == [
        ("张三", "13800000001", user),
        ("李四", "13800000002", user),
    ]
    assert Registration.objects.get().unit == unit
    assert list(Letter.objects.order_by("pk").values_list("to", flat=True)) == [
        user.email,
        "zhang@unit.example",
    ]


def test_another_row_keeps_what_was_typed(reader):
    response = reader.post(at_page(open_event()), rows(ZHANG, act="more"))

    forms = response.context["people"].forms
    assert [form["name"].value() for form in forms] == ["张三", None]


def test_back_from_the_sum_nothing_is_lost(reader):
    response = reader.post(at_page(open_event()), rows(ZHANG, LI, act="edit"))

    assert [form["name"].value() for form in response.context["people"].forms] == ["张三", "李四"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([{"name": "张三"}], "第 1 人 · 手机：请写手机号。"),
        ([{**LI, "mobile": "座机"}], "第 1 人 · 手机：手机号只写数字，例如 13800001234。"),
        ([{}], "请至少写一位参会人。"),
    ],
)
def test_what_is_missing_is_said_at_the_top_and_at_the_field(reader, sent, said):
    page = Page(reader.post(at_page(open_event()), rows(*sent, act="check")))

    assert page.each("error")[0].replace(" ", "") == said.replace(" ", "")


def test_seats_that_went_meanwhile_show_the_new_sum(reader, unit, user):
    event = open_event(free=1, member_price=MEMBER_PRICE)
    registered(event, unit, user)

    response = reader.post(at_page(event), rows(ZHANG, act="register", at_most="0"))

    assert Page(response).each("total") == ["¥1,600"]
    assert Page(response).each("error") == ["费用已比刚才显示的多。请看过新的合计再提交。"]
    assert Attendee.objects.count() == 1


def test_more_people_than_can_come_are_refused_before_the_sum(reader):
    response = reader.post(at_page(open_event(free=1)), rows(ZHANG, LI, act="check"))

    assert Page(response).each("error") == ["贵单位还可派1人参加，请减少人数。"]


def test_a_unit_without_the_right_reads_why(client, today):
    client.force_login(person_of(member(name="北原矿山装备有限公司")))
    event = open_event(free=2)

    assert client.get(at_page(event)).context["may_register"] is False
    page = Page(client.post(at_page(event), rows(ZHANG, act="register")))

    assert "贵单位目前不能报名本次会议，原因见“为什么？”。" in page.words
    assert page.each("reasons") != []
    assert Attendee.objects.count() == 0


def test_a_unit_without_the_right_may_come_for_the_fee(client):
    client.force_login(person_of(member()))
    event = open_event(free=2, fee=FEE)

    page = Page(client.post(at_page(event), rows(ZHANG, act="check")))

    assert page.each("total") == ["¥2,000"]


def test_a_full_hall_says_so_and_keeps_a_list(reader, unit, user, stranger):
    event = open_event(free=2, capacity=1)
    registered(event, stranger.representations.get().unit, stranger)

    reader.post(at_page(event), rows(ZHANG, act="register", at_most="0"))

    page = Page(reader.get(at_page(event)))
    assert page.each("waits") == ["候补第1位"]
    assert Attendee.objects.get(name="张三").is_waiting


def test_closed_registration_offers_no_form(reader, today):
    event = open_event(registration_closes_on=today - DAY, contact="会务组 010-00000000")

    response = reader.get(at_page(event))

    assert response.context["may_register"] is False
    assert "会务组 010-00000000" in Page(response).words


def test_seats_become_free_when_the_unit_asks(client, today):
    unit = member()
    user = person_of(unit)
    client.force_login(user)
    event = open_event(free=2, fee=FEE)
    [attendee] = registered(event, unit, user)
    for year in (today.year - 1, today.year):
        paid = StandardFactory(year=year).amount
        PaymentFactory(unit=unit, year=year, amount=paid, paid_on=dt.date(today.year, 1, 1))

    client.post(at_page(event), {"act": "judge"})

    attendee.refresh_from_db()
    assert (attendee.is_free, attendee.price) == (True, 0)


# --- Own people, and nobody else's ------------------------------------------------------------


def test_a_unit_sees_its_own_people_only(reader, unit, user, stranger):
    event = open_event(free=3)
    [own] = registered(event, unit, user)
    [foreign] = registered(event, stranger.representations.get().unit, stranger)

    assert reader.get(at_page(event)).context["attendees"] == [own]
    for method in (reader.get, reader.post):
        assert method(f"{at_page(event)}people/{foreign.pk}/", {"act": "cancel"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.is_live


def test_somebody_else_comes(reader, unit, user):
    event = open_event(free=1)
    [old] = registered(event, unit, user)

    response = reader.post(
        f"{at_page(event)}people/{old.pk}/", {**LI, "act": "substitute"}, follow=True
    )

    assert [each.name for each in response.context["attendees"]] == ["李四"]


def test_a_substitute_without_a_number_is_asked_for_it(reader, unit, user):
    event = open_event(free=1)
    [old] = registered(event, unit, user)

    response = reader.post(
        f"{at_page(event)}people/{old.pk}/", {"name": "李四", "act": "substitute"}
    )

    assert response.context["form"].errors["mobile"] == ["请写手机号。"]


def test_cancelling_gives_the_seat_back(reader, unit, user):
    event = open_event(free=1)
    [own] = registered(event, unit, user)

    reader.post(f"{at_page(event)}people/{own.pk}/", {"act": "cancel"})

    assert Page(reader.get("/events/")).each("figure") == ["还可免费派1人"]


def test_after_the_cut_off_the_page_says_whom_to_call(reader, unit, user, today):
    event = open_event(free=1, contact="会务组 010-00000000")
    [own] = registered(event, unit, user)
    type(event).objects.update(changes_until=today - DAY)
    page = f"{at_page(event)}people/{own.pk}/"

    reader.post(page, {"act": "cancel"})

    own.refresh_from_db()
    assert own.is_live
    assert "会务组 010-00000000" in Page(reader.get(page)).words


def test_an_event_called_off_says_why(reader, unit, user):
    event = open_event(free=1)
    registered(event, unit, user)
    call_off(event=event, because="场馆停用", at=timezone.now(), by=user)

    assert "场馆停用" in Page(reader.get(at_page(event))).words
    assert Page(reader.get("/events/")).each("figure") == ["已取消举办"]


def test_an_event_that_is_not_announced_has_no_page(reader):
    event = open_event(is_announced=False)

    assert reader.get(at_page(event)).status_code == 404
    assert reader.get(f"{at_page(event)}calendar/").status_code == 404


def test_the_calendar_file_is_that_of_the_event(reader):
    event = open_event(name="样本大会")

    response = reader.get(f"{at_page(event)}calendar/")

    [found] = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    assert (found["SUMMARY"], found["DTSTART"].dt) == ("样本大会", event.starts_on)
    assert response["Content-Disposition"] == 'attachment; filename="event.ics"'


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_more_people(
    reader, unit, user, count, django_assert_num_queries
):
    event = open_event(free=5)
    registered(event, unit, user, count)

    with django_assert_num_queries(9):
        reader.get(at_page(event))


# --- Passes -----------------------------------------------------------------------------------


@pytest.fixture
def attendee(unit, user):
    event = open_event(free=2, name="样本大会", place="样本市")
    who = [person("张三", "zhang@unit.example")]
    return register(event=event, unit=unit, people=who, at=timezone.now(), by=user)[0]


def at_door(client, *roles):
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    client.force_login(user)
    return user


def test_a_pass_is_open_and_says_no_more_than_the_door_needs(client, attendee):
    response = client.get(f"/pass/{attendee.token}/")

    text = response.content.decode()
    assert "张三" in text
    assert "样本大会" in text
    assert response.context["picture"].startswith("<svg")
    for secret in (attendee.mobile, attendee.email, "青禾铜业"):
        assert secret not in text
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert response["X-Robots-Tag"] == "noindex"


def test_a_guessed_pass_is_not_found(client, db):
    assert client.get("/pass/guessed/").status_code == 404


def test_a_pass_of_somebody_who_does_not_come_has_no_code(reader, attendee):
    reader.post(
        f"/events/{attendee.registration.event_id}/people/{attendee.pk}/", {"act": "cancel"}
    )

    response = reader.get(f"/pass/{attendee.token}/")

    assert "此参会码已失效。" in Page(response).words
    assert response.context["picture"] == ""


def test_staff_at_the_door_check_in_with_one_press(client, attendee):
    user = at_door(client, "events")
    address = f"/pass/{attendee.token}/"

    assert client.get(address).context["is_door"] is True
    client.post(address)

    attendee.refresh_from_db()
    assert attendee.checked_in_by == user


@pytest.mark.parametrize("roles", [[], ["finance"]])
def test_others_are_not_offered_it_and_may_not(client, attendee, roles):
    at_door(client, *roles)
    address = f"/pass/{attendee.token}/"

    assert client.get(address).context["is_door"] is False
    assert client.post(address).status_code == 403
    attendee.refresh_from_db()
    assert attendee.checked_in_at is None


def test_who_has_checked_in_is_not_changed_online(reader, attendee, user):
    check_in(attendee=attendee, at=timezone.now(), by=user)
    page = f"/events/{attendee.registration.event_id}/people/{attendee.pk}/"

    assert "此人已签到。" in Page(reader.get(page)).words


# --- In a browser -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_free_seat_is_reserved_on_a_phone(phone, live_server, client, user):
    open_event(free=2, member_price=MEMBER_PRICE, name="样本大会")
    client.force_login(user)
    session = client.cookies["sessionid"].value
    phone.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    phone.goto(f"{live_server.url}/events/")
    phone.click("text=样本大会")
    phone.fill("[name=person-0-name]", "张三")
    phone.fill("[name=person-0-mobile]", "13800000001")
    phone.click("button:has-text('下一步：核对费用')")
    assert phone.inner_text(".total") == "¥0"
    phone.click("button:has-text('提交报名')")

    phone.wait_for_selector(".attendees")
    assert phone.inner_text(".attendees strong") == "张三"
    assert "还可免费派 1 人" in phone.inner_text(".figure")
    assert Attendee.objects.get().is_free
    phone.click("a:has-text('参会码')")
    assert phone.locator(".qr-code svg").bounding_box()["width"] > 200
