"""Pages for what went wrong: our look, and what to do next."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views import defaults
from django.views.csrf import csrf_failure

from tests.portal.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(rf: RequestFactory):
    return rf.get("/somewhere/")


def test_an_unknown_address_is_not_found_in_our_look(client):
    response = client.get("/nothing/here/")

    assert response.status_code == 404
    assert Page(response).each("h1") == ["没有这个页面"]


@pytest.mark.parametrize(
    ("view", "error", "status", "heading"),
    [
        (defaults.bad_request, SuspiciousOperation(), 400, "无法读取这次请求"),
        (defaults.permission_denied, PermissionDenied(), 403, "您不能打开此页面"),
    ],
)
def test_refusals_say_what_to_do(request_, view, error, status, heading):
    response = view(request_, error)

    assert response.status_code == status
    assert Page(response).each("h1") == [heading]
    assert Page(response).each("button") != []


def test_a_fault_of_ours_has_a_page_that_needs_nothing(request_, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = defaults.server_error(request_)

    assert response.status_code == 500
    assert Page(response).each("h1") == ["系统出了点问题"]


def test_a_stale_form_says_what_to_do(client):
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"))

    assert response.status_code == 403
    assert Page(response).each("h1") == ["表单已过期"]


def test_the_page_for_a_stale_form_needs_no_context(request_):
    assert csrf_failure(request_).status_code == 403
