"""The staff's first page and the sidebar beside it."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.roles import load_roles
from config.today import LINES
from members.models import MembershipApplication
from publications.models import Issue
from tests.factories import PaymentFactory, UnitFactory, UserFactory, member
from tests.publications.factories import IssueFactory


@pytest.fixture
def staff(client, db):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def counts(response) -> list[int]:
    return [line["count"] for line in response.context["waiting"]]


def test_an_empty_house_waits_for_nothing(staff):
    assert counts(staff.get(reverse("admin:index"))) == [0] * len(LINES)


def test_what_waits_is_counted_and_each_list_shows_as_many(staff):
    IssueFactory(state=Issue.State.DRAFT)
    held_at = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
    IssueFactory(state=Issue.State.HELD, release_at=held_at)
    PaymentFactory(confirmed_at=None, confirmed_by=None)
    MembershipApplication.objects.create(unit=UnitFactory(), filed_on=dt.date(2026, 3, 1))

    response = staff.get(reverse("admin:index"))

    assert [count for count in counts(response) if count] == [1, 1, 1, 1, 1]
    for line in response.context["waiting"]:
        listed = staff.get(line["link"])
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == line["count"], line["title"]


def test_members_and_those_in_good_standing_are_counted(staff):
    member(joined_on=dt.date(2019, 5, 1))
    UnitFactory()

    assert staff.get(reverse("admin:index")).context["standing"] == {
        "members": 1,
        "good": 0,
        "not_good": 1,
    }


def test_a_person_without_a_role_is_told_what_to_do(client, db):
    client.force_login(UserFactory(is_staff=True))

    response = client.get(reverse("admin:index"))

    assert response.context["waiting"] == []
    assert "您的账号还没有岗位，请联系管理员设置。" in response.content.decode()


def test_the_sidebar_shows_what_a_role_may_see(client, db):
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name="finance"))
    client.force_login(user)

    page = client.get(reverse("admin:index")).content.decode()

    assert reverse("admin:members_duespayment_changelist") in page
    assert reverse("admin:accounts_user_changelist") not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_more_rows(staff, rows, django_assert_max_num_queries):
    for _ in range(rows):
        PaymentFactory(confirmed_at=None, confirmed_by=None)

    with django_assert_max_num_queries(6 + len(LINES)):
        staff.get(reverse("admin:index"))
