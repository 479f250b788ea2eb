"""One door for everybody: allauth, by e-mail address."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from tests.factories import RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_remembered_attempts():
    cache.clear()


def person(*, verified: bool = True, **fields):
    user = UserFactory(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def sign_in(client, email: str, password: str = PASSWORD):
    return client.post(LOGIN, {"login": email, "password": password}, follow=True)


def test_staff_sign_in_by_email_and_land_in_the_admin(client):
    user = person(is_staff=True)

    response = sign_in(client, user.email.upper())

    assert response.redirect_chain[-1] == ("/admin/", 302)
    assert response.wsgi_request.user == user


def test_people_of_units_land_on_their_rights(client):
    user = person()
    RepresentativeFactory(user=user)

    response = sign_in(client, user.email)

    assert response.redirect_chain[-1] == ("/rights/", 302)


def test_admin_shows_no_login_form_of_its_own(client):
    response = client.get("/admin/login/?next=/admin/members/", follow=True)

    assert response.redirect_chain == [(f"{LOGIN}?next=%2Fadmin%2Fmembers%2F", 302)]


def test_people_of_units_do_not_enter_the_admin(client):
    client.force_login(person())

    assert client.get("/admin/", follow=True).status_code == 403


def test_wrong_password_is_refused_in_chinese(client):
    user = person()

    response = sign_in(client, user.email, "another long password")

    assert response.context["form"].non_field_errors() == ["邮箱或密码不对，请检查后重新输入。"]
    assert response.wsgi_request.user.is_authenticated is False


def test_unverified_address_does_not_sign_in_and_gets_a_mail(client, mailoutbox):
    user = person(verified=False)

    response = sign_in(client, user.email)

    assert response.redirect_chain == [("/accounts/confirm-email/", 302)]
    assert response.wsgi_request.user.is_authenticated is False
    assert [message.to for message in mailoutbox] == [[user.email]]


def test_switched_off_account_does_not_sign_in(client):
    user = person(is_active=False)

    response = sign_in(client, user.email)

    assert response.wsgi_request.user.is_authenticated is False


def test_nobody_signs_up_by_themselves(client, django_user_model):
    data = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}

    response = client.post("/accounts/signup/", data)

    assert response.templates[0].name == "account/signup_closed.html"
    assert django_user_model.objects.count() == 0


def test_password_reset_mail_is_chinese_and_its_link_works(client, mailoutbox):
    user = person(is_staff=True)

    client.post("/accounts/password/reset/", {"email": user.email})

    [message] = mailoutbox
    assert (message.to, message.subject) == ([user.email], "重设密码")
    assert words_of(message.body) == []
    [address] = re.findall(r"https?://testserver(/\S+)", message.body)
    form = client.get(address, follow=True)
    new = {"password1": "quite another password", "password2": "quite another password"}
    client.post(form.redirect_chain[-1][0], new)
    assert sign_in(client, user.email, new["password1"]).wsgi_request.user == user


def words_of(text: str) -> list[str]:
    """English words outside addresses."""
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"\S*(?:://|@)\S+", "", text))
