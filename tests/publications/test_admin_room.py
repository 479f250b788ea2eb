"""The editor's room: by buttons, by dragging, two editors at once; starting; the calendar."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.roles import load_roles
from publications.models import Article, Issue, SectionTemplate, SkippedIssue
from tests.factories import UserFactory
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
    gone_out,
)
from tests.publications.news import NewsFactory

pytestmark = pytest.mark.django_db

FRIDAY = dt.date(2026, 3, 20)
START = reverse("admin:publications_issue_start")
CALENDAR = reverse("admin:publications_issue_calendar")


def staff_of(client, role: str):
    load_roles()
    user = UserFactory(is_staff=True, name="王编辑")
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


@pytest.fixture
def editor(client):
    return staff_of(client, "editor")


@pytest.fixture
def issue():
    made = IssueFactory(issued_on=FRIDAY, number=11)
    news = SectionFactory(issue=made, title="重要新闻", position=1)
    SectionFactory(issue=made, title="国际矿业", position=2)
    for number, title in enumerate("甲乙丙", start=1):
        ArticleFactory(section=news, title=title, position=number)
    return made


def room(issue) -> str:
    return reverse("admin:publications_issue_edit", args=[issue.pk])


def press(client, issue, do, seen=None, **fields):
    """A button of the page as it stands now, or as it was ``seen``."""
    if seen is None:
        seen = client.get(room(issue)).context["seen"]
    return client.post(room(issue), {"do": do, "seen": seen} | fields, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def standing(issue) -> dict[str, str]:
    return {
        section.title: "".join(section.articles.values_list("title", flat=True))
        for section in issue.sections.all()
    }


def named(title) -> Article:
    return Article.objects.get(title=title)


@pytest.mark.parametrize(
    ("verb", "title", "expected"), [("up", "乙", "乙甲丙"), ("down", "乙", "甲丙乙")]
)
def test_up_and_down_by_a_button(editor, issue, verb, title, expected):
    press(editor, issue, f"{verb}:{named(title).pk}")
    assert standing(issue) == {"重要新闻": expected, "国际矿业": ""}


def test_by_the_select_into_a_section_the_stock_and_another_issue(editor, issue):
    other = SectionFactory(issue=IssueFactory(issued_on=FRIDAY, number=12))
    to = {
        "甲": f"section:{issue.sections.get(title='国际矿业').pk}",
        "乙": "stock",
        "丙": f"section:{other.pk}",
    }
    for title, place in to.items():
        pk = named(title).pk
        press(editor, issue, f"move:{pk}", **{f"to-{pk}": place})
    assert standing(issue) == {"重要新闻": "", "国际矿业": "甲"}
    assert standing(other.issue) == {other.title: "丙"}
    assert list(issue.publication.stock.all()) == [named("乙")]


def test_dragging_answers_with_the_room_alone(editor, issue):
    seen = editor.get(room(issue)).context["seen"]
    fields = {
        "do": f"move:{named('丙').pk}",
        "seen": seen,
        "to": f"section:{issue.sections.first().pk}",
        "position": "1",
    }
    answer = editor.post(room(issue), fields, headers={"X-Room": "1"})
    assert answer.templates[0].name == "admin/publications/issue/parts/room.html"
    assert answer.context["seen"] != seen
    assert standing(issue)["重要新闻"] == "丙甲乙"


def test_who_looks_at_an_old_arrangement_is_told_and_nothing_moves(editor, issue):
    old = editor.get(room(issue)).context["seen"]
    press(editor, issue, f"up:{named('丙').pk}")
    answer = press(editor, issue, f"up:{named('乙').pk}", seen=old)
    assert said(answer) == ["别人刚刚调整过本期的编排。现在显示的是最新情况，请再操作一次。"]
    assert standing(issue)["重要新闻"] == "甲丙乙"


def test_what_somebody_else_moved_away_stays_where_it_is(editor, issue):
    old = editor.get(room(issue)).context["seen"]
    other = SectionFactory(issue=IssueFactory(issued_on=FRIDAY, number=12))
    pk = named("乙").pk
    press(editor, issue, f"move:{pk}", **{f"to-{pk}": f"section:{other.pk}"})
    answer = press(editor, issue, f"move:{pk}", seen=old, **{f"to-{pk}": "stock"})
    assert (answer.status_code, len(said(answer))) == (200, 1)
    assert standing(other.issue) == {other.title: "乙"}


def test_sections_by_buttons(editor, issue):
    press(editor, issue, "add_section", **{"new-section": "聚焦两会"})
    made = issue.sections.get(title="聚焦两会")
    press(editor, issue, f"move_section:{made.pk}", position="1")
    press(editor, issue, f"rename:{made.pk}", **{f"title-{made.pk}": "两会"})
    press(editor, issue, f"section_down:{made.pk}")
    empty = issue.sections.get(title="国际矿业")
    press(editor, issue, f"remove:{empty.pk}")
    assert list(standing(issue)) == ["重要新闻", "两会"]


def test_member_news_with_one_click_into_the_issue_or_the_stock(editor, issue):
    first, second = NewsFactory(title="投产"), NewsFactory(title="签约")
    assert list(editor.get(room(issue)).context["waiting"]) == [first, second]
    press(editor, issue, f"place:{first.pk}")
    press(editor, issue, f"place:{second.pk}", to="stock")
    assert standing(issue)["会员动态"] == "投产"
    assert [article.submission for article in issue.publication.stock.all()] == [second]
    assert list(editor.get(room(issue)).context["waiting"]) == []


def test_a_released_issue_is_shown_and_refuses(editor, issue):
    at = dt.datetime(2026, 3, 20, 1, tzinfo=dt.UTC)
    gone_out(issue, at=at)
    page = editor.get(room(issue))
    assert page.context["may_edit"] is False
    answer = press(editor, issue, f"up:{named('丙').pk}")
    assert said(answer) == ["本期已经发出，内容不能再改。"]
    assert standing(issue)["重要新闻"] == "甲乙丙"


def test_who_may_only_look_sees_no_buttons_and_cannot_press(client, issue):
    reader = staff_of(client, "read_only")
    page = reader.get(room(issue))
    assert (page.context["may_edit"], page.context["waiting"]) == (False, [])
    assert reader.post(room(issue), {"do": f"up:{named('乙').pk}"}).status_code == 403


def test_an_article_of_another_publication_is_not_found(editor, issue):
    foreign = ArticleFactory(section__issue__publication=PublicationFactory(code="other"))
    assert press(editor, issue, f"up:{foreign.pk}").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_the_room_takes_the_same_queries(editor, issue, count, django_assert_max_num_queries):
    for number in range(count):
        section = SectionFactory(issue=issue, title=f"栏目{number}")
        ArticleFactory(section=section)
        ArticleFactory(section=None, stock_of=issue.publication, position=0)
        NewsFactory()
        SectionFactory(issue=IssueFactory(issued_on=FRIDAY))
    with django_assert_max_num_queries(16):
        editor.get(room(issue))


# --- Starting ------------------------------------------------------------------------------------


def test_an_issue_is_started_from_what_the_page_proposes(editor, issue):
    page = editor.get(START)
    proposed = page.context["form"].initial
    answer = editor.post(START, proposed | {"serial_number": "", "sections": "last", "do": "start"})
    made = issue.publication.issues.get(number=12)
    assert answer.url == room(made)
    assert list(made.sections.values_list("title", flat=True)) == ["重要新闻", "国际矿业"]


def test_a_template_of_another_publication_is_no_choice(editor, issue):
    other = PublicationFactory(code="other")
    template = SectionTemplate.objects.create(publication=other, name="其他", titles="甲")
    fields = {"issued_on": "2026-03-27", "number": "12", "sections": template.pk, "do": "start"}
    page = editor.post(START, fields)
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["sections"])


def test_a_number_that_is_taken_is_said_at_its_field(editor, issue):
    fields = {"issued_on": "2026-03-27", "number": "11", "sections": "none", "do": "start"}
    page = editor.post(START, fields)
    assert list(page.context["form"].errors) == ["number"]
    assert Issue.objects.count() == 1


def test_an_issue_is_left_out_with_a_reason_and_appears_after_all(editor, issue):
    address = f"{START}?publication={issue.publication_id}&day=2026-03-27"
    assert editor.get(address).context["slot"].due_on == dt.date(2026, 3, 27)
    fields = {"do": "skip", "due_on": "2026-03-27", "reason": "清明放假"}
    assert editor.post(address, fields).url == CALENDAR
    assert editor.get(address).context["skipped"].reason == "清明放假"
    assert editor.post(address, {"do": "appear", "due_on": "2026-03-27"}).url == CALENDAR
    assert SkippedIssue.objects.count() == 0


def test_leaving_out_needs_a_reason(editor, issue):
    address = f"{START}?publication={issue.publication_id}&day=2026-03-27"
    page = editor.post(address, {"do": "skip", "due_on": "2026-03-27", "reason": " "})
    assert (page.status_code, SkippedIssue.objects.count()) == (200, 0)


def test_who_may_not_make_issues_cannot_start(client, issue):
    assert staff_of(client, "read_only").get(START).status_code == 403


# --- The calendar --------------------------------------------------------------------------------


def test_the_calendar_has_a_line_for_each_publication(editor, issue):
    page = editor.get(f"{CALENDAR}?year=2026")
    [row] = page.context["plans"]
    counts = [len(places) for _month, places in row["by_month"]]
    assert counts == [0, 0, 2, 4, 5, 4, 5, 4, 4, 5, 4, 4]
    assert row["by_month"][2][1][0].issues == [issue]


@pytest.mark.parametrize("year", ["x", "1", "99999", "٣"])
def test_an_odd_year_is_this_year(editor, year):
    assert editor.get(f"{CALENDAR}?year={year}").status_code == 200


@pytest.mark.parametrize("count", [1, 4])
def test_the_calendar_takes_the_same_queries(editor, count, django_assert_max_num_queries):
    for number in range(count):
        IssueFactory(publication=PublicationFactory(code=f"p{number}"), issued_on=FRIDAY)
    with django_assert_max_num_queries(18):
        editor.get(CALENDAR)
