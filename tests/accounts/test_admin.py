import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import load_roles
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


@pytest.fixture
def as_superuser(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True, name="系统管理员"))
    return client


@pytest.fixture
def as_member_services(client):
    load_roles()
    clerk = UserFactory(is_staff=True, name="会员部")
    clerk.groups.add(Group.objects.get(name="member_services"))
    client.force_login(clerk)
    return client


def test_new_account_can_sign_in_once_the_person_chose_a_password(as_superuser, client, mailoutbox):
    load_roles()
    cache.clear()
    editor = Group.objects.get(name="editor")
    data = {
        "email": "Editor@Example.org",
        "name": "编辑甲",
        "is_active": "on",
        "is_staff": "on",
        "groups": [editor.pk],
    }

    response = as_superuser.post(f"{USERS}add/", data)

    user = User.objects.get(email="editor@example.org")
    address = EmailAddress.objects.get(user=user)
    assert response.status_code == 302
    assert (user.is_staff, user.has_usable_password()) == (True, False)
    assert list(user.groups.all()) == [editor]
    assert (address.email, address.verified, address.primary) == (user.email, True, True)
    client.logout()
    client.post("/accounts/password/reset/", {"email": user.email})
    assert [message.to for message in mailoutbox] == [[user.email]]


def test_second_account_with_the_same_address_is_refused_in_chinese(as_superuser):
    UserFactory(email="taken@example.org")
    data = {"email": "Taken@example.org", "name": "又一人", "is_active": "on"}

    response = as_superuser.post(f"{USERS}add/", data)

    errors = response.context["adminform"].form.errors
    assert errors == {"email": ["已有其他用户使用这个电子邮箱。"]}


def test_changed_address_is_the_one_to_sign_in_with(as_superuser):
    user = UserFactory(email="old@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    data = {"email": "new@example.org", "name": user.name, "is_active": "on"}

    as_superuser.post(f"{USERS}{user.pk}/change/", data)

    addresses = EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")
    assert list(addresses) == [("new@example.org", True, True)]


def test_member_services_opens_accounts_but_makes_nobody_staff(as_member_services):
    data = {"email": "liaison@unit.example", "name": "联络员", "is_active": "on", "is_staff": "on"}
    data |= {"is_superuser": "on", "groups": [Group.objects.get(name="finance").pk]}

    response = as_member_services.post(f"{USERS}add/", data)

    user = User.objects.get(email="liaison@unit.example")
    assert response.status_code == 302
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


def test_member_services_cannot_change_a_colleagues_account(as_member_services):
    colleague = UserFactory(email="boss@example.org", is_staff=True)

    page = as_member_services.get(f"{USERS}{colleague.pk}/change/")
    response = as_member_services.post(
        f"{USERS}{colleague.pk}/change/", {"email": "mine@example.org", "name": "x"}
    )

    colleague.refresh_from_db()
    assert (page.status_code, response.status_code) == (200, 403)
    assert colleague.email == "boss@example.org"


def test_accounts_are_switched_off_not_deleted(as_superuser):
    user = UserFactory()

    assert as_superuser.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("path", [USERS, "/admin/auth/group/"])
def test_lists_take_the_same_queries_for_few_rows_and_more(as_superuser, path):
    load_roles()
    as_superuser.get(path)

    few = queries_of(as_superuser, path)
    for _row in range(2):
        UserFactory(is_staff=True).groups.add(*Group.objects.all())

    assert queries_of(as_superuser, path) == few


def queries_of(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_roles_are_read_not_edited(as_superuser):
    load_roles()
    group = Group.objects.get(name="finance")

    page = as_superuser.get(f"/admin/auth/group/{group.pk}/change/")
    response = as_superuser.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"})

    assert (page.status_code, response.status_code) == (200, 403)
