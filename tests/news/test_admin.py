"""The accepted texts of members, to be read: each with the issue it stands in."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from publications.placing import place
from tests.factories import UserFactory
from tests.portal.pages import Page, queries_of
from tests.publications.factories import IssueFactory
from tests.publications.news import NewsFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
LIST = reverse("admin:news_newssubmission_changelist")


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def placed(**fields):
    text = NewsFactory(**fields)
    place(submission=text, issue=IssueFactory(), by=UserFactory(), at=AT)
    return text


def titles(response) -> list[str]:
    return [text.title for text in response.context["cl"].result_list]


def test_the_list_says_where_each_text_stands(staff):
    text = placed(title="甲")
    NewsFactory(title="乙")

    rows = Page(staff.get(LIST)).each("tbody")

    assert [str(text.article.section.issue) in row for row in rows] == [False, True]
    assert ["待编排" in row for row in rows] == [True, False]


def test_the_list_is_filtered_by_whether_a_text_is_placed(staff):
    placed(title="甲")
    NewsFactory(title="乙")

    assert titles(staff.get(LIST, {"placed": "yes"})) == ["甲"]
    assert titles(staff.get(LIST, {"placed": "no"})) == ["乙"]
    assert titles(staff.get(LIST, {"placed": "x"})) == ["乙", "甲"]


def test_the_list_asks_the_same_for_more_rows(staff):
    placed()
    first = queries_of(staff, LIST)
    placed()
    NewsFactory()

    assert queries_of(staff, LIST) == first


def test_a_text_is_only_read(staff):
    text = placed(body="<b>正文</b>")
    address = reverse("admin:news_newssubmission_change", args=[text.pk])

    assert "<b>正文</b>" in Page(staff.get(address)).words
    assert staff.post(address, {"title": "改"}).status_code == 403
    assert staff.get(reverse("admin:news_newssubmission_add")).status_code == 403


@pytest.mark.parametrize("empty", ["title", "body"])
def test_the_database_wants_a_title_and_a_text(empty):
    with pytest.raises(IntegrityError), transaction.atomic():
        NewsFactory(**{empty: ""})
