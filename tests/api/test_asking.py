"""How every address answers: who is let in, how a no reads, and in which language."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone, translation

from benefits.entitlement import entitlement
from benefits.refusal import NotEntitled
from config.api import refusal
from members.models import ApiToken, Representative
from tests.api.conftest import Api
from tests.api.factories import key_for, key_of_staff
from tests.benefits.factories import ItemFactory
from tests.factories import RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_asked_before():
    cache.clear()


# --- Who is let in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    ["", "Token", "Token ms_nothing", "Bearer {key}", "Token {key} more", "token", "{key}"],
)
def test_without_a_valid_token_nobody_is_let_in(client, api, header):
    answer = client.get("/api/v1/units/", headers={"authorization": header.format(key=api.key)})

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert list(answer.json()) == ["detail"]


def test_a_session_is_no_token(client, unit):
    client.force_login(RepresentativeFactory(unit=unit).user)

    assert client.get("/api/v1/units/").status_code == 401


def revoke_token(user):
    ApiToken.objects.update(revoked_at=timezone.now(), revoked_by=user)


def expire_token(user):
    ApiToken.objects.update(expires_at=timezone.now(), created_at=timezone.now() - dt.timedelta(1))


def deactivate(user):
    user.is_active = False
    user.save()


def revoke_access(user):
    Representative.objects.filter(user=user).update(revoked_at=timezone.now())


def dismiss(user):
    user.is_staff = False
    user.save()


@pytest.mark.parametrize("ends", [revoke_token, expire_token, deactivate, revoke_access])
def test_a_unit_s_token_stops_at_once(api, ends):
    before = api.get("units/").status_code

    ends(ApiToken.objects.get().user)

    assert (before, api.get("units/").status_code) == (200, 401)


@pytest.mark.parametrize("ends", [revoke_token, expire_token, deactivate, dismiss])
def test_a_staff_token_stops_at_once(staff, ends):
    before = staff.get("units/").status_code

    ends(ApiToken.objects.get().user)

    assert (before, staff.get("units/").status_code) == (200, 401)


def test_a_token_of_staff_without_a_role_sees_nothing(client):
    api = Api(client, key_for(UserFactory(is_staff=True)))

    assert api.get("units/").status_code == 403


def test_a_staff_token_looks_and_changes_nothing_whatever_the_role_may_in_the_admin(client):
    api = Api(client, key_of_staff("member_services"))

    codes = [api.get("requests/").status_code, api.post("requests/").status_code]

    assert codes == [200, 403]


def test_use_is_noted_by_day(api):
    api.get("units/")

    assert ApiToken.objects.get().last_used_on == timezone.localdate()


# --- How a no reads ----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_method_that_is_not_offered(client, api, method):
    answer = getattr(client, method)("/api/v1/units/", headers=api.headers("en"))

    assert answer.status_code == 405
    assert answer.json() == {"detail": [f'Method "{method.upper()}" not allowed.']}


@pytest.mark.parametrize("address", ["", "nothing/", "units", "units/x/", "units/1/nothing/"])
def test_an_address_that_does_not_exist(api, address):
    answer = api.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json() == {
        "detail": ["没有这个地址。地址以“/”结尾；全部地址见 /api/v1/docs/。"],
    }


def test_what_is_not_the_unit_s_reads_as_what_does_not_exist(api, stranger):
    answers = [api.get(f"units/{pk}/") for pk in (stranger.pk, 10**6, 10**30)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "501"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"on": "13.03.2026"}, "on"),
        ({"on": "2026-02-29"}, "on"),
        ({"on": "1989-12-31"}, "on"),
        ({"on": "2101-01-01"}, "on"),
        ({"unit": "1"}, "unit"),
        ({"format": "xml"}, "format"),
    ],
)
def test_a_wrong_parameter_is_refused_where_it_stands(api, query, field):
    answer = api.get("units/", **query)

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert [type(each) for each in answer.json()[field]] == [str]


@pytest.mark.parametrize("on", ["1990-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_that_may_be_asked_about(api, on):
    assert api.get("units/", on=on).status_code == 200


def test_no_reads_in_the_reader_s_language(api):
    said = [
        api.get("units/", language, colour="red").json()["colour"] for language in ("zh-hans", "en")
    ]

    assert said == [["这里没有这个参数。"], ["There is no such parameter here."]]


def test_an_answer_is_json_whatever_is_accepted(client, api):
    headers = api.headers("en") | {"accept": "text/html,application/xml"}

    answer = client.get("/api/v1/units/", headers=headers)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_an_invalid_wish_names_its_field():
    by_field = refusal(ValidationError({"name": "长了", "__all__": "满了"}), {})
    alone = refusal(ValidationError("满了", code="full"), {})

    assert (by_field.status_code, by_field.data) == (400, {"name": ["长了"], "detail": ["满了"]})
    assert (alone.status_code, alone.data) == (400, {"detail": ["满了"]})


def test_the_rule_s_no_comes_with_its_reasons(unit, today):
    answer = entitlement(unit, ItemFactory(), today)

    said = refusal(NotEntitled(answer), {})

    assert said.status_code == 403
    assert said.data == {
        "detail": [*answer.because, *answer.would_change],
        **answer.as_json(),
    }


def test_what_the_database_refuses_is_a_conflict():
    with translation.override("zh-hans"):
        said = refusal(IntegrityError(), {})

    assert (said.status_code, said.data) == (
        409,
        {"detail": ["他人刚刚作了修改。请重新查看后再试。"]},
    )


# --- How much ----------------------------------------------------------------------------------


def test_each_token_has_its_own_limit_a_minute(client, api, staff, monkeypatch):
    monkeypatch.setattr("members.api.PerToken.THROTTLE_RATES", {"token": "2/min"})

    codes = [api.get("units/").status_code for _number in range(3)]
    refused = api.get("units/", "en")

    assert (codes, staff.get("units/").status_code) == ([200, 200, 429], 200)
    assert (int(refused["Retry-After"]) > 0, list(refused.json())) == (True, ["detail"])
