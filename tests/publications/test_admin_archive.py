"""The staff's archive: everything is found, released or not, by whoever may see issues."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from publications import searching
from tests.factories import UserFactory
from tests.portal.pages import Page, queries_of
from tests.publications.factories import ArticleFactory, IssueFactory, SectionFactory
from tests.publications.printed import POSTED_ON, released, report

pytestmark = pytest.mark.django_db

ARCHIVE = reverse("admin:publications_issue_archive")


@pytest.fixture
def staff(client):
    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_issue"))
    client.force_login(user)
    return client


def written(issue, title: str, body: str = "说到铜矿。"):
    article = ArticleFactory(section=SectionFactory(issue=issue), title=title, body=body)
    searching.index(issue)
    return article


def test_released_issues_and_drafts_are_found(staff):
    written(IssueFactory(number=7), "草稿文章")
    written(released(report(), POSTED_ON), "已出刊文章")

    response = staff.get(ARCHIVE, {"q": "铜矿"})
    page = Page(response)

    assert {*page.each("h3")} == {"草稿文章", "已出刊文章"}
    assert page.each("mark") == ["铜矿", "铜矿"]
    assert "草稿" in " ".join(page.each("desk-quiet"))


def test_a_publication_narrows_and_an_empty_answer_says_what_to_do(staff):
    written(IssueFactory(number=7), "草稿文章")
    other = written(released(report(), POSTED_ON), "已出刊文章")
    code = other.section.issue.publication.code

    narrowed = Page(staff.get(ARCHIVE, {"q": "铜矿", "publication": code}))
    empty = Page(staff.get(ARCHIVE, {"q": "锂矿", "publication": code}))

    assert narrowed.each("h3") == ["已出刊文章"]
    assert empty.each("desk-note") == [
        "没有文章含有“锂矿”。可以去掉刊物、年份或栏目的限定，也可以试试更少或更短的词；两个字就能查。"
    ]


def test_hostile_text_stays_text(staff):
    written(IssueFactory(), "<script>alert(1)</script>铜矿", '<img src=x onerror="a">铜矿')

    html = staff.get(ARCHIVE, {"q": "铜矿"}).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<mark>铜矿</mark>" in html
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html


def test_who_may_not_see_issues_may_not_search(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(ARCHIVE).status_code == 403


def test_the_sidebar_and_the_list_of_issues_lead_there(staff):
    html = staff.get(reverse("admin:publications_issue_changelist")).content.decode()

    assert html.count(f'href="{ARCHIVE}"') >= 2


def test_the_page_asks_as_often_for_many_as_for_one(staff):
    issue = IssueFactory()
    written(issue, "甲")
    first = queries_of(staff, f"{ARCHIVE}?q=铜矿")
    written(issue, "乙")
    written(IssueFactory(), "丙")

    assert queries_of(staff, f"{ARCHIVE}?q=铜矿") == first
