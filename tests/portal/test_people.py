"""联系人与人员: a unit looks after its own people, and sees nobody else's."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from members.models import Contact, Invitation, LiaisonHandover, Representative
from tests.factories import ContactFactory, UserFactory, member
from tests.members.people import INVITATION_KEY, one_of_each_of_people
from tests.portal.factories import person_of
from tests.portal.pages import Page, queries_of

pytestmark = pytest.mark.django_db

PEOPLE = "/unit/people/"
MANAGER = Representative.Role.MANAGER


@pytest.fixture
def boss(unit):
    return person_of(unit, role=MANAGER)


@pytest.fixture
def manager(client, boss):
    """The client, signed in for the unit as its manager."""
    client.force_login(boss)
    return client


def card(**fields) -> dict:
    return {"name": "李明", "email": "li@own.example", "liaison": "main"} | fields


# --- Contacts ----------------------------------------------------------------------------------


def test_a_manager_adds_a_contact_with_purposes_and_a_deputy_s_part(manager, unit, boss):
    response = manager.post("/unit/contacts/add/", card(bulletin="deputy", mobile="13800000000"))

    contact = unit.contacts.get()
    assert response.url == PEOPLE
    assert (contact.roles, contact.deputy_roles) == (["liaison"], ["bulletin"])


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"email": "not an address"}, {"email": ["请输入一个有效的 Email 地址。"]}),
        ({"email": "taken@own.example"}, {"email": ["该单位已有使用这个电子邮箱的联系人。"]}),
        ({"liaison": ""}, {"__all__": ["请至少选择一项用途。"]}),
        (
            {"email": "", "bulletin": "main"},
            {"__all__": ["接收电子刊物的联系人必须填写电子邮箱。"]},
        ),
        ({"name": "李\x00明"}, {"name": ["不允许是用空字符串。"]}),
        ({"liaison": "boss"}, {"liaison": None}),
        ({"name": "长" * 61}, {"name": None}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(manager, unit, wrong, errors):
    ContactFactory(unit=unit, email="taken@own.example")

    response = manager.post("/unit/contacts/add/", card(title="主任") | wrong)

    form = response.context["form"]
    assert response.status_code == 200
    assert list(form.errors) == list(errors)
    assert form["title"].value() == "主任"
    assert unit.contacts.count() == 1


def test_the_last_liaison_is_not_removed(manager, unit):
    contact = ContactFactory(unit=unit, name="王芳", roles=["liaison"])
    page = f"/unit/contacts/{contact.pk}/"

    response = manager.post(page, {"act": "retire"}, follow=True)
    ContactFactory(unit=unit, roles=["liaison"])
    manager.post(page, {"act": "retire"})

    contact.refresh_from_db()
    assert Page(response).each("notice") == ["王芳是贵单位唯一的联络员。请先指定另一位联络员。"]
    assert contact.is_active is False
    assert manager.get(page).status_code == 404


def test_members_look_and_change_nothing(reader, unit):
    contact = ContactFactory(unit=unit, roles=["liaison"])
    seat = unit.representatives.get()

    assert reader.get(PEOPLE).status_code == 200
    for page in (f"/unit/contacts/{contact.pk}/", "/unit/contacts/add/", "/unit/handover/"):
        assert (reader.get(page).status_code, reader.post(page).status_code) == (403, 403)
    for page in (f"/unit/people/{seat.pk}/", "/unit/people/invite/"):
        assert (reader.get(page).status_code, reader.post(page).status_code) == (403, 403)


def test_the_liaison_looks_after_contacts_and_not_after_people(client, unit):
    user = person_of(unit)
    ContactFactory(unit=unit, email=user.email, roles=["liaison"])
    client.force_login(user)

    assert client.get("/unit/contacts/add/").status_code == 200
    assert client.get("/unit/people/invite/").status_code == 403


def test_another_unit_s_people_are_not_found(manager):
    stranger = member(name="别家矿业有限公司")
    contact = ContactFactory(unit=stranger)
    other = person_of(stranger, role=MANAGER)
    invitation, waiting = one_of_each_of_people(stranger, by=other, at=timezone.now())
    seat = stranger.representatives.get()

    pages = {
        f"/unit/contacts/{contact.pk}/": card(),
        f"/unit/people/{seat.pk}/": {"act": "remove"},
        f"/unit/invitations/{invitation.pk}/withdraw/": {},
        "/unit/handover/withdraw/": {},
    }
    assert {page: manager.post(page, data).status_code for page, data in pages.items()} == (
        dict.fromkeys(pages, 404)
    )
    waiting.refresh_from_db()
    assert waiting.is_open


# --- Bad addresses -----------------------------------------------------------------------------


def test_a_bad_address_is_shown_at_home_to_whoever_can_repair_it(manager, unit):
    ContactFactory(unit=unit, roles=["liaison"])
    bad = ContactFactory(
        unit=unit, name="王芳", email="w@own.example", failed_address="w@own.example"
    )
    page = f"/unit/contacts/{bad.pk}/"

    assert Page(manager.get("/rights/")).each("notice") == [
        "发给王芳（w@own.example）的邮件被退回了。请换一个邮箱"
    ]
    manager.post(page, card(name="王芳", email="w2@own.example", liaison="", bulletin="main"))
    assert Page(manager.get("/rights/")).each("attention") == []


def test_a_member_who_cannot_repair_it_is_not_troubled(reader, unit):
    ContactFactory(unit=unit, email="w@own.example", failed_address="w@own.example")

    assert Page(reader.get("/rights/")).each("attention") == []


# --- People with access ------------------------------------------------------------------------


def test_a_person_is_invited_and_the_invitation_withdrawn(manager, unit, boss):
    manager.post(
        "/unit/people/invite/", {"name": "赵新", "email": "zhao@own.example", "role": "member"}
    )
    invitation = Invitation.objects.get()
    listed = Page(manager.get(PEOPLE)).words

    manager.post(f"/unit/invitations/{invitation.pk}/withdraw/")

    invitation.refresh_from_db()
    assert "zhao@own.example" in listed
    assert Letter.objects.get().to == "zhao@own.example"
    assert (invitation.invited_by, invitation.revoked_by) == (boss, boss)


def test_whoever_is_removed_is_refused_at_the_next_request(manager, unit):
    leaver = person_of(unit)
    session = Client()
    session.force_login(leaver)
    assert session.get("/rights/").status_code == 200
    seat = Representative.objects.get(user=leaver)

    manager.post(f"/unit/people/{seat.pk}/", {"act": "remove"})

    assert session.get("/rights/").status_code == 403
    assert session.get(PEOPLE).status_code == 403


def test_the_last_manager_is_told_why_not(manager, unit, boss):
    seat = Representative.objects.get(user=boss)

    page = manager.post(f"/unit/people/{seat.pk}/", {"act": "remove"})

    assert Page(page).each("notice") == [
        f"{boss.name}是贵单位唯一的管理员。请先把另一人设为管理员。"
    ]
    assert manager.get(PEOPLE).status_code == 200


def test_a_role_is_changed(manager, unit):
    colleague = person_of(unit)
    seat = Representative.objects.get(user=colleague)

    manager.post(f"/unit/people/{seat.pk}/", {"act": "role", "role": "manager"})

    seat.refresh_from_db()
    assert seat.role == "manager"


def test_the_page_asks_as_often_for_three_rows_as_for_one(manager, unit):
    def add(number):
        ContactFactory(unit=unit, roles=["liaison"], deputy_roles=["finance"])
        person_of(unit)
        manager.post(
            "/unit/people/invite/",
            {"name": "新", "email": f"n{number}@own.example", "role": "member"},
        )

    add(0)
    manager.get(PEOPLE)
    first = queries_of(manager, PEOPLE)
    add(1)
    add(2)
    manager.get(PEOPLE)

    assert queries_of(manager, PEOPLE) == first


# --- Hand-over ---------------------------------------------------------------------------------


def test_a_handover_is_asked_for_and_withdrawn(manager, unit, boss):
    liaison = ContactFactory(unit=unit, name="王芳", roles=["liaison"])
    asked = {
        "outgoing": liaison.pk,
        "afterwards": "at_once",
        "last_day": timezone.localdate().isoformat(),
        "name": "赵新",
        "email": "zhao@own.example",
    }

    manager.post("/unit/handover/", asked)
    row = LiaisonHandover.objects.get()
    again = manager.post("/unit/handover/", asked).context["form"].errors
    manager.post("/unit/handover/withdraw/")

    assert (row.outgoing, row.state, row.asked_by) == (liaison, "waiting", boss)
    assert again == {"__all__": ["该单位已有一项交接正在办理。"]}
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_a_contact_of_another_unit_is_no_liaison_to_hand_over_from(manager, unit):
    ContactFactory(unit=unit, roles=["liaison"])
    stranger = ContactFactory(unit=member(name="别家矿业有限公司"), roles=["liaison"])

    form = manager.post("/unit/handover/", {"outgoing": stranger.pk}).context["form"]

    assert "outgoing" in form.errors


# --- The page behind the link ------------------------------------------------------------------

LINK = f"/invitation/{INVITATION_KEY}/"
PASSWORDS = {"password": "a long enough password", "again": "a long enough password"}


@pytest.fixture
def invitation(unit, boss):
    return one_of_each_of_people(unit, by=boss, at=timezone.now())[0]


def test_a_new_person_chooses_a_password_and_is_in(client, unit, invitation):
    page = client.get(LINK)
    weak = client.post(LINK, {"password": "12345678", "again": "12345678"})
    differing = client.post(LINK, PASSWORDS | {"again": "another long password"})
    response = client.post(LINK, PASSWORDS)

    assert (page["Referrer-Policy"], page["Cache-Control"].split(",")[0]) == (
        "strict-origin",
        "max-age=0",
    )
    assert list(weak.context["form"].errors) == ["password"]
    assert differing.context["form"].errors == {"again": ["两次输入的密码不一致。"]}
    assert response.url == "/rights/"
    assert client.get("/rights/").context["request"].unit == unit


def test_whoever_has_an_account_accepts_and_signs_in_with_it(client, unit, invitation):
    user = UserFactory(email="New@unit.example")

    response = client.post(LINK)

    assert response.url == "/accounts/login/"
    assert Representative.objects.active().get(user=user).unit == unit
    assert client.get("/rights/").status_code == 302


def test_a_signed_in_person_accepts_with_one_press(client, unit, invitation):
    user = UserFactory(email="new@unit.example")
    client.force_login(user)

    assert client.post(LINK).url == "/rights/"
    assert Representative.objects.active().get(user=user).unit == unit


def test_somebody_else_is_asked_to_sign_out(manager, invitation):
    page = manager.get(LINK)
    refused = manager.post(LINK)

    assert page.context["is_somebody_else"] is True
    assert refused.context["refused"] == ["这份邀请是发给另一个邮箱的，请先退出登录。"]
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


@pytest.mark.parametrize(
    "spent",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - dt.timedelta(seconds=1)},
    ],
)
def test_a_link_that_is_over_says_what_to_do(client, invitation, boss, spent):
    if "revoked_at" in spent:
        spent = spent | {"revoked_by": boss}
    Invitation.objects.filter(pk=invitation.pk).update(**spent)

    for response in (client.get(LINK), client.post(LINK, PASSWORDS), client.get("/invitation/x/")):
        assert response.status_code == 404
        assert Page(response).each("h1") == ["这份邀请已不能使用"]


@pytest.mark.browser
def test_a_manager_invites_on_the_phone(live_server, phone, client, unit, boss):
    """From the unit's page to an invitation that waits, on a narrow screen."""
    liaison = ContactFactory(unit=unit, name="王芳", roles=["liaison", "bulletin"])
    ContactFactory(unit=unit, roles=["finance"], deputy_roles=["liaison"], name="李明")
    Contact.objects.filter(pk=liaison.pk).update(failed_address=liaison.email)
    client.force_login(boss)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    phone.context.add_cookies([cookie])
    phone.goto(f"{live_server.url}/rights/")
    phone.get_by_role("link", name="请换一个邮箱").click()
    phone.get_by_label("邮箱").fill("new@own.example")
    phone.get_by_role("button", name="保存联系人").click()
    phone.get_by_role("link", name="邀请人员").click()
    phone.get_by_label("姓名").fill("赵新")
    phone.get_by_label("邮箱").fill("zhao@own.example")
    phone.get_by_role("button", name="发送邀请").click()

    phone.get_by_text("zhao@own.example", exact=True).wait_for()
    liaison.refresh_from_db()
    assert liaison.email == "new@own.example"
    assert Invitation.objects.get().email == "zhao@own.example"
