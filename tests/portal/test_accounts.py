"""Sign-in, password, e-mail address and second step: our look, our words, good Chinese."""

import re

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.urls import reverse

from tests.factories import UserFactory
from tests.portal.pages import Page

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
# Latin words that are right on a Chinese page: the other language's own name, and addresses.
LATIN = {"English"}
WORD = re.compile(r"[A-Za-z]{2,}")
OPEN_PAGES = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
]
OWN_PAGES = [
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
]


@pytest.fixture
def user(db):
    user = UserFactory(email="li@unit.example", name="李明", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def signed_in(client, user):
    """Signed in, the password given once more, as the second step's pages ask for."""
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.fixture
def second_step(user):
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)


def latin(response) -> list[str]:
    """Words on the page that are not Chinese, but for addresses, codes and the language switch."""
    words = Page(response).words
    for address in re.findall(r"[\w.+-]+@[\w.-]+", words):
        words = words.replace(address, "")
    for code in re.findall(r"\b[A-Z2-7]{32}\b|\b[0-9a-f]{8}\b", words):
        words = words.replace(code, "")
    return [word for word in WORD.findall(words) if word not in LATIN]


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_pages_before_sign_in_are_chinese(client, name):
    response = client.get(reverse(name))

    assert (response.status_code, latin(response)) == (200, [])


@pytest.mark.parametrize("name", OWN_PAGES)
def test_pages_of_one_s_own_account_are_chinese(signed_in, name):
    response = signed_in.get(reverse(name))

    assert (response.status_code, latin(response)) == (200, [])


@pytest.mark.parametrize(
    "name",
    ["mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"],
)
def test_pages_of_the_second_step_are_chinese(signed_in, second_step, name):
    response = signed_in.get(reverse(name))

    assert (response.status_code, latin(response)) == (200, [])


def test_the_second_step_of_signing_in_is_chinese(client, user, second_step):
    asked = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    response = client.get(asked.url)

    assert asked.url.startswith(reverse("mfa_authenticate"))
    assert (Page(response).each("h1"), latin(response)) == (["第二步验证"], [])


def test_recovery_codes_are_shown_to_be_kept(signed_in, user, second_step):
    codes = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap()

    page = Page(signed_in.get(reverse("mfa_view_recovery_codes")))

    assert page.each("code") == codes.get_unused_codes()


@pytest.mark.parametrize(
    ("posted", "error"),
    [
        ({"login": "li@unit.example", "password": "wrong"}, "邮箱或密码不对，请检查后重新输入。"),
        ({"login": "x@unit.example", "password": "wrong"}, "邮箱或密码不对，请检查后重新输入。"),
    ],
)
def test_a_failed_sign_in_says_what_to_do(client, user, posted, error):
    response = client.post(reverse("account_login"), posted)

    assert Page(response).each("error") == [error]
    assert latin(response) == []


def test_an_empty_form_names_each_field_that_is_missing(client):
    page = Page(client.post(reverse("account_login"), {}))

    assert page.each("wrong") == [
        "电子邮箱这个字段是必填项。",
        "密码忘记密码？这个字段是必填项。",
    ]


def test_password_rules_are_chinese_and_polite(signed_in):
    response = signed_in.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "123", "password2": "123"},
    )

    assert latin(response) == []
    assert Page(response).each("errorlist") == [
        "密码太短，至少要8个字符。这个密码太常见，请换一个。密码不能全是数字，请加上字母或符号。"
    ]


def test_a_forgotten_password_is_reset_by_mail(client, user):
    client.post(reverse("account_reset_password"), {"email": user.email})

    [message] = mail.outbox
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    done = client.post(address, {"password1": "另一个很长的密码", "password2": "另一个很长的密码"})
    user.refresh_from_db()

    assert message.subject == "重设密码"
    assert latin_of(message.body, but=link) == []
    assert latin(form) == []
    assert done.url == reverse("account_reset_password_from_key_done")
    assert user.check_password("另一个很长的密码")


def test_an_address_without_an_account_gets_a_mail_that_says_so(client):
    client.post(reverse("account_reset_password"), {"email": "nobody@unit.example"})

    [message] = mail.outbox
    assert message.subject == "这个邮箱没有开通账号"
    assert latin_of(message.body, but="nobody@unit.example") == []


def test_a_reset_link_that_was_used_leads_to_a_new_one(client, user):
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}x"
    uid, _dash, token = key.partition("-")

    response = client.get(
        reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    )

    assert Page(response).each("h1") == ["链接已失效"]
    assert latin(response) == []


def test_signing_in_with_an_unconfirmed_address_sends_the_link(client, user):
    EmailAddress.objects.filter(user=user).update(verified=False)

    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    [message] = mail.outbox
    link = re.search(r"http://testserver(\S+)", message.body)[1]
    page = client.get(link)
    client.post(link)
    assert message.subject == "确认您的邮箱"
    assert latin_of(message.body, but=link) == []
    assert (Page(page).each("h1"), latin(page)) == (["确认您的邮箱"], [])
    assert EmailAddress.objects.get(user=user).verified is True


def test_a_confirmation_link_that_does_not_hold_says_so(client):
    response = client.get(reverse("account_confirm_email", args=["forged"]))

    assert Page(response).each("h1") == ["链接已失效"]
    assert latin(response) == []


def test_a_confirmation_for_another_account_s_address_is_refused_in_words(client, user):
    other = UserFactory(email="other@unit.example")
    claimed = EmailAddress.objects.create(user=other, email=user.email, verified=False)

    key = EmailConfirmationHMAC(claimed).key
    response = client.get(reverse("account_confirm_email", args=[key]))

    assert latin(response) == []


def test_signing_out_says_so(signed_in):
    response = signed_in.post(reverse("account_logout"), follow=True)

    assert Page(response).each("notice") == ["您已退出。"]


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_the_same_pages_are_english_by_switching(client, name):
    client.cookies["django_language"] = "en"

    page = Page(client.get(reverse(name)))

    assert re.findall(r"[\u4e00-\u9fff]+", page.words.replace("中国矿业联合会", "")) == ["中文"]


def latin_of(text: str, *, but: str) -> list[str]:
    text = text.replace(f"http://testserver{but}", "").replace(but, "")
    return WORD.findall(text)
