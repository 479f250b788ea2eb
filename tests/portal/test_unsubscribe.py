"""Stopping the bulletin's e-mail with its link: a look changes nothing, a POST does."""

import pytest
from django.test import Client
from django.urls import reverse

from publications.unsubscribing import token_for
from tests.factories import ContactFactory
from tests.portal.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(db):
    return ContactFactory(email="li@unit.example", unit__name="青禾铜业有限公司")


def link(contact) -> str:
    return reverse("unsubscribe", args=[token_for(contact.pk)])


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_does_not_unsubscribe(client, contact, method):
    response = getattr(client, method)(link(contact))
    contact.refresh_from_db()

    assert (response.status_code, contact.unsubscribed_at) == (200, None)


def test_the_page_says_what_will_happen_and_that_the_right_stays(client, contact):
    page = Page(client.get(link(contact)))

    assert page.each("h1") == ["退订刊物邮件？"]
    assert page.each("prose") == [
        "青禾铜业有限公司的权益不变，每一期都可以在会员服务平台阅读。本单位其他联系人照常收到邮件。"
        "想恢复接收，请写信到service@example.org。"
    ]


def test_pressing_the_button_unsubscribes(client, contact):
    response = client.post(link(contact))
    contact.refresh_from_db()

    assert contact.unsubscribed_at is not None
    assert Page(response).each("h1") == ["已退订邮件"]


def test_a_mail_program_unsubscribes_with_one_click_and_no_form_of_ours(contact):
    response = Client(enforce_csrf_checks=True).post(
        link(contact), {"List-Unsubscribe": "One-Click"}
    )
    contact.refresh_from_db()

    assert response.status_code == 200
    assert contact.unsubscribed_at is not None


def test_a_second_time_keeps_the_first_time(client, contact):
    client.post(link(contact))
    contact.refresh_from_db()
    first = contact.unsubscribed_at

    again = client.post(link(contact))
    contact.refresh_from_db()

    assert (again.status_code, contact.unsubscribed_at) == (200, first)


def test_looking_afterwards_says_that_it_is_done(client, contact):
    client.post(link(contact))

    assert Page(client.get(link(contact))).each("h1") == ["已退订邮件"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "1", "1.forged", "…"])
def test_a_link_we_did_not_make_is_not_found_in_words(client, contact, method, token):
    response = getattr(client, method)(reverse("unsubscribe", args=[token]))

    assert response.status_code == 404
    assert Page(response).each("h1") == ["链接无效"]


def test_the_link_of_a_contact_that_is_gone_is_not_found(client, contact):
    address = link(contact)
    contact.delete()

    assert client.get(address).status_code == 404
