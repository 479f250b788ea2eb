"""Keys of machines: who makes them, what they open, and when they stop."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.models import ApiToken, Representative
from members.tokens import LIFETIME, MOST, PREFIX, digest, found, make, revoke
from tests.factories import RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db

MANAGER = Representative.Role.MANAGER
AT = dt.datetime(2026, 3, 13, 9, tzinfo=dt.UTC)


@pytest.fixture
def seat():
    """A manager of a unit."""
    return RepresentativeFactory(role=MANAGER)


@pytest.fixture
def staff():
    return UserFactory(is_staff=True)


def made(seat, name="日程"):
    return make(user=seat.user, unit=seat.unit, name=name, at=AT)


def code_of(error) -> str:
    return error.value.error_list[0].code


# --- Making ------------------------------------------------------------------------------------


def test_a_new_token_opens_the_door_and_only_its_digest_is_kept(seat):
    token, key = made(seat)

    kept = ApiToken.objects.values().get()

    assert found(key, AT) == token
    assert (key.startswith(PREFIX), len(key)) == (True, 46)
    assert [value for value in kept.values() if value == key] == []
    assert (kept["digest"], kept["hint"]) == (digest(key), key[-4:])
    assert kept["expires_at"] == AT + LIFETIME


def test_only_a_manager_makes_a_unit_s_token(seat):
    colleague = RepresentativeFactory(unit=seat.unit)
    stranger = RepresentativeFactory(role=MANAGER)

    for other in (colleague.user, stranger.user, UserFactory(is_staff=True)):
        with pytest.raises(ValidationError) as error:
            make(user=other, unit=seat.unit, name="日程", at=AT)
        assert code_of(error) == "not_manager"


def test_only_staff_make_a_token_without_a_unit(seat, staff):
    token, key = make(user=staff, unit=None, name="统计", at=AT)

    with pytest.raises(ValidationError) as error:
        make(user=seat.user, unit=None, name="统计", at=AT)

    assert (found(key, AT), code_of(error)) == (token, "not_staff")


@pytest.mark.parametrize("name", ["", "   ", "长" * 61])
def test_a_token_says_what_it_is_for(seat, name):
    with pytest.raises(ValidationError) as error:
        made(seat, name)

    assert list(error.value.error_dict) == ["name"]


def test_ten_valid_tokens_are_enough_and_a_revoked_one_makes_room(seat):
    first, *_others = [made(seat)[0] for _number in range(MOST)]
    with pytest.raises(ValidationError) as error:
        made(seat)

    revoke(token=first, by=seat.user, at=AT)

    assert (code_of(error), made(seat)[0].pk > first.pk) == ("too_many", True)


@pytest.mark.django_db(transaction=True)
def test_two_made_at_once_do_not_become_eleven(seat):
    for _number in range(MOST - 1):
        made(seat)
    said, start = [], threading.Barrier(2)

    def try_once():
        start.wait()
        try:
            made(seat)
            said.append("made")
        except ValidationError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_once) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["made", "too_many"]


# --- What ends it ------------------------------------------------------------------------------


def test_a_token_ends_after_a_year(seat):
    token, key = made(seat)
    last = AT + LIFETIME - dt.timedelta(seconds=1)

    assert (found(key, last), found(key, AT + LIFETIME)) == (token, None)


def test_a_revoked_token_opens_nothing_and_says_by_whom_and_when(seat):
    token, key = made(seat)
    later = AT + dt.timedelta(hours=1)

    revoke(token=token, by=seat.user, at=later)
    revoke(token=token, by=UserFactory(), at=later + dt.timedelta(days=1))  # changes nothing
    token.refresh_from_db()

    assert (found(key, later), token.revoked_by, token.revoked_at) == (None, seat.user, later)


def test_a_unit_s_token_ends_with_its_maker_s_access(seat):
    _token, key = made(seat)

    Representative.objects.filter(pk=seat.pk).update(revoked_at=AT)

    assert found(key, AT) is None


def test_another_unit_of_the_maker_does_not_keep_the_token(seat):
    _token, key = made(seat)
    RepresentativeFactory(user=seat.user, role=MANAGER)

    Representative.objects.filter(pk=seat.pk).update(revoked_at=AT)

    assert found(key, AT) is None


def test_a_staff_token_ends_when_its_maker_leaves_the_staff(staff):
    _token, key = make(user=staff, unit=None, name="统计", at=AT)

    staff.is_staff = False
    staff.save()

    assert found(key, AT) is None


def test_a_deactivated_person_s_tokens_open_nothing(seat, staff):
    keys = [made(seat)[1], make(user=staff, unit=None, name="统计", at=AT)[1]]

    for user in (seat.user, staff):
        user.is_active = False
        user.save()

    assert [found(key, AT) for key in keys] == [None, None]


@pytest.mark.parametrize("key", ["", "ms_", "ms_" + "a" * 43, "x" * 5_000])
def test_an_unknown_key_opens_nothing(seat, key):
    made(seat)

    assert found(key, AT) is None


# --- What is noted -----------------------------------------------------------------------------


def test_the_day_of_use_is_shanghai_s_and_written_once_a_day(seat, django_assert_num_queries):
    token, key = made(seat)
    evening = dt.datetime(2026, 3, 13, 17, tzinfo=dt.UTC)  # 14 March, one in the morning

    found(key, evening)
    with django_assert_num_queries(1):
        found(key, evening + dt.timedelta(hours=1))
    token.refresh_from_db()

    assert token.last_used_on == dt.date(2026, 3, 14)


def test_a_request_that_began_earlier_does_not_turn_the_day_back(seat):
    token, key = made(seat)

    found(key, AT + dt.timedelta(days=1))
    found(key, AT)
    token.refresh_from_db()

    assert token.last_used_on == dt.date(2026, 3, 14)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"name": ""}, "token_named"),
        ({"expires_at": AT}, "token_ends_after_it_begins"),
        ({"revoked_at": AT}, "token_revoked_by_somebody"),
    ],
)
def test_the_database_holds(seat, change, constraint):
    token, _key = made(seat)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(**change)

    assert error.value.__cause__.diag.constraint_name == constraint


# --- The portal's page -------------------------------------------------------------------------


@pytest.fixture
def manager(client, seat):
    client.force_login(seat.user)
    return client


def test_a_manager_makes_a_token_and_sees_its_key_once(manager, seat):
    answer = manager.post("/unit/tokens/", {"name": "日程"})
    key = answer.context["key"]

    again = manager.get("/unit/tokens/")

    assert found(key, timezone.now()).unit == seat.unit
    assert answer["Cache-Control"].split(", ").count("no-store") == 1
    assert (answer.content.decode().count(key), again.content.decode().count(key)) == (2, 0)
    assert [token.name for token in again.context["tokens"]] == ["日程"]


def test_a_name_left_out_is_asked_for_beside_the_field(manager):
    answer = manager.post("/unit/tokens/", {"name": ""})

    assert answer.context["form"].errors == {"name": ["请说明令牌的用途。"]}
    assert ApiToken.objects.count() == 0


def test_a_manager_revokes_a_colleague_s_token_too(manager, seat):
    other = RepresentativeFactory(unit=seat.unit, role=MANAGER)
    token, key = make(user=other.user, unit=seat.unit, name="旧系统", at=timezone.now())

    answer = manager.post(f"/unit/tokens/{token.pk}/revoke/")
    token.refresh_from_db()

    assert (answer.url, found(key, timezone.now())) == ("/unit/tokens/", None)
    assert token.revoked_by == seat.user


def test_another_unit_s_token_is_not_found(manager):
    stranger = RepresentativeFactory(role=MANAGER)
    token, key = make(user=stranger.user, unit=stranger.unit, name="日程", at=timezone.now())

    answer = manager.post(f"/unit/tokens/{token.pk}/revoke/")

    assert (answer.status_code, found(key, timezone.now())) == (404, token)
    assert list(manager.get("/unit/tokens/").context["tokens"]) == []


def test_others_of_the_unit_see_whom_to_ask_and_can_do_nothing(client, seat):
    token, _key = make(user=seat.user, unit=seat.unit, name="日程", at=timezone.now())
    client.force_login(RepresentativeFactory(unit=seat.unit).user)

    page = client.get("/unit/tokens/")
    tries = [client.post("/unit/tokens/", {"name": "日程"}), revoked(client, token)]

    assert [each.user for each in page.context["managers"]] == [seat.user]
    assert [answer.status_code for answer in tries] == [403, 403]
    assert list(ApiToken.objects.values_list("pk", "revoked_at")) == [(token.pk, None)]


def revoked(client, token):
    return client.post(f"/unit/tokens/{token.pk}/revoke/")


def test_the_list_takes_as_many_queries_for_one_token_as_for_three(manager, seat):
    counts = []
    for more in (1, 2):
        for _number in range(more):
            make(user=seat.user, unit=seat.unit, name="日程", at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            manager.get("/unit/tokens/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


# --- The staff's pages -------------------------------------------------------------------------


def test_staff_make_their_own_and_see_the_key_once(as_role):
    client = as_role("read_only")

    answer = client.post("/admin/members/apitoken/add/", {"name": "统计"})
    key = answer.context["key"]
    token = found(key, timezone.now())
    page = client.get(f"/admin/members/apitoken/{token.pk}/change/").content.decode()

    assert (token.unit, token.name) == (None, "统计")
    assert (page.count(key), page.count(token.digest)) == (0, 0)


@pytest.mark.parametrize(
    ("role", "seen"),
    [("read_only", {"自己的"}), ("member_services", {"自己的", "单位的"})],
)
def test_who_sees_which_tokens(as_role, seat, role, seen):
    client = as_role(role)
    me = UserFactory._meta.model.objects.get(name=role)
    make(user=me, unit=None, name="自己的", at=timezone.now())
    make(user=UserFactory(is_staff=True), unit=None, name="同事的", at=timezone.now())
    make(user=seat.user, unit=seat.unit, name="单位的", at=timezone.now())

    rows = client.get("/admin/members/apitoken/").context["cl"].queryset

    assert {token.name for token in rows} == seen


def test_staff_revoke_after_they_were_told_what_it_does(as_role, seat):
    client = as_role("member_services")
    token, key = make(user=seat.user, unit=seat.unit, name="旧系统", at=timezone.now())
    address = f"/admin/members/apitoken/{token.pk}/revoke/"

    asked = client.get(address)
    still = found(key, timezone.now())
    client.post(address)

    assert (asked.status_code, still) == (200, token)
    assert found(key, timezone.now()) is None


def test_another_s_token_cannot_be_revoked_or_read(as_role, staff):
    client = as_role("read_only")
    token, key = make(user=staff, unit=None, name="同事的", at=timezone.now())

    answers = [
        client.post(f"/admin/members/apitoken/{token.pk}/revoke/").status_code,
        client.get(f"/admin/members/apitoken/{token.pk}/change/").status_code,
    ]

    assert (answers, found(key, timezone.now())) == ([404, 302], token)
