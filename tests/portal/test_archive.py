"""The archive: search, the issues of a publication, one article; nothing of others is told."""

import datetime as dt

import pytest
from django.urls import reverse

from benefits.models import ExceptionalGrant
from publications import searching
from publications.models import Reading
from tests.factories import UserFactory
from tests.portal.factories import person_of, promise
from tests.portal.pages import Page, queries_of
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
)

pytestmark = pytest.mark.django_db

SEARCH = "/publications/search/"


@pytest.fixture
def bulletin(db):
    publication = PublicationFactory()
    promise(publication.benefit_item)
    return publication


@pytest.fixture
def last_year(today):
    return today.year - 1


def appeared(
    publication, on: dt.date, number: int, *titles: str, section: str = "国际矿业", **fields
):
    """A released issue with articles that can be found."""
    at = dt.datetime.combine(on, dt.time(9), dt.UTC)
    issue = IssueFactory(
        publication=publication,
        issued_on=on,
        number=number,
        state="released",
        released_at=at,
        **fields,
    )
    row = SectionFactory(issue=issue, title=section)
    for title in titles:
        ArticleFactory(section=row, title=title, body="说到铜矿的价格。", source="样本日报")
    searching.index(issue)
    return issue


def found(client, **asked) -> list[str]:
    return Page(client.get(SEARCH, {"q": "铜矿"} | asked)).each("h2")


def address(name: str, issue, *more) -> str:
    return reverse(name, args=[issue.publication.code, issue.year, issue.number, *more])


def address_of(article) -> str:
    return address("article", article.section.issue, article.pk)


def article_in(issue):
    return issue.sections.get().articles.get()


# --- The rights --------------------------------------------------------------------------------


def test_only_issues_are_searched_to_which_the_unit_was_entitled_on_their_dates(
    reader, bulletin, last_year
):
    """Nothing was paid for the year before last: no right until 30 June, one from 1 July."""
    before = appeared(bulletin, dt.date(last_year, 6, 30), 26, "六月三十日的文章")
    since = appeared(bulletin, dt.date(last_year, 7, 1), 27, "七月一日的文章")

    response = reader.get(SEARCH, {"q": "铜矿"})
    page = Page(response)

    assert page.each("h2") == ["七月一日的文章"]
    assert response.context["results"].total == 1
    assert "六月三十日" not in page.words
    assert [reader.get(address_of(article_in(issue))).status_code for issue in (before, since)] == [
        404,
        200,
    ]
    numbers = Page(reader.get("/publications/weekly-bulletin/")).each("numbers")
    assert numbers == [f"第27期{last_year}年7月1日"]


def test_neither_sections_nor_years_nor_publications_of_others_are_offered(
    reader, bulletin, last_year
):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    appeared(bulletin, dt.date(last_year, 6, 26), 26, "乙", section="保密栏目")
    appeared(PublicationFactory(code="foreign"), dt.date(last_year - 3, 7, 3), 1, "丙")
    searching.sweep()

    offered = reader.get(SEARCH).context["filters"]

    assert (offered.publications, offered.years, offered.sections) == (
        [bulletin],
        [last_year],
        ["国际矿业"],
    )


@pytest.mark.parametrize(
    "asked", [{"section": "保密栏目"}, {"year": "2019"}, {"publication": "foreign"}]
)
def test_a_filter_by_hand_opens_nothing(reader, bulletin, last_year, asked):
    appeared(PublicationFactory(code="foreign"), dt.date(2019, 7, 3), 1, "别人的")
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "自己的")

    assert found(reader, **asked) == ["自己的"]


def test_what_was_opened_stays_open_when_the_membership_lapses(client, lapsed, bulletin, last_year):
    on = dt.date(last_year, 7, 3)
    issue = appeared(bulletin, on, 27, "当时可读")
    appeared(bulletin, dt.date(last_year, 7, 10), 28, "后来的")
    ExceptionalGrant.objects.create(
        unit=lapsed, reason="当时特批", approved_by=UserFactory(), starts_on=on, ends_on=on
    )
    client.force_login(person_of(lapsed))

    assert found(client) == ["当时可读"]
    assert client.get(address_of(article_in(issue))).status_code == 200


def test_what_has_not_gone_out_is_not_found(reader, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "已发布")
    draft = ArticleFactory(
        section__issue=IssueFactory(
            publication=bulletin, issued_on=dt.date(last_year, 7, 10), number=28
        ),
        title="铜矿草稿",
    )
    searching.sweep()

    assert found(reader) == ["已发布"]
    assert reader.get(address_of(draft)).status_code == 404


def test_back_issues_belong_to_the_archive(reader, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "往期文章", is_back_issue=True)

    assert found(reader) == ["往期文章"]


@pytest.mark.parametrize("path", [SEARCH, "/publications/weekly-bulletin/"])
def test_who_acts_for_no_unit_sees_no_archive(client, bulletin, path):
    assert client.get(path).status_code == 302
    client.force_login(UserFactory())
    assert client.get(path).status_code == 403


# --- The search's page -------------------------------------------------------------------------


def test_a_hit_shows_its_issue_and_marks_what_was_asked_for(reader, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "智利铜矿见闻")

    response = reader.get(SEARCH, {"q": "铜矿"})
    page = Page(response)

    assert page.each("hit") == [
        "智利铜矿见闻说到铜矿的价格。"
        f"《中国矿业信息》{last_year}年第27期国际矿业{last_year}年7月3日"
    ]
    assert page.each("mark") == ["铜矿", "铜矿"]


def test_hostile_text_stays_text(reader, bulletin, last_year):
    issue = appeared(bulletin, dt.date(last_year, 7, 3), 27)
    ArticleFactory(
        section=issue.sections.get(),
        title="<script>alert(1)</script>铜矿<mark>",
        body='<img src=x onerror=alert(2)>铜矿</mark><a href="javascript:x">',
    )
    searching.index(issue)

    html = reader.get(SEARCH, {"q": "铜矿"}).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<mark>铜矿</mark>&lt;mark&gt;" in html
    assert "… src=x onerror=alert(2)&gt;<mark>铜矿</mark>&lt;/mark&gt;" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("asked", ['"><script>x</script>', "<b>铜矿</b>", "\x00", "%", "&page=2"])
def test_a_hostile_question_is_answered(reader, bulletin, last_year, asked):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")

    response = reader.get(SEARCH, {"q": asked})

    assert response.status_code == 200
    assert "<script>x" not in response.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "²", ""])
def test_a_page_that_is_none_is_the_first(reader, bulletin, last_year, page):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")

    assert found(reader, page=page) == ["甲"]


def test_results_come_in_pages(reader, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, *(f"第{n}篇" for n in range(12)))

    first, second = found(reader), found(reader, page="2")
    third = Page(reader.get(SEARCH, {"q": "铜矿", "page": "3"}))

    assert (len(first), len(second), len({*first, *second})) == (10, 2, 12)
    assert third.each("none") == ["没有更多结果了。回到最前面的结果"]


def test_filters_narrow_and_are_kept_on_other_pages(reader, bulletin, last_year):
    report = PublicationFactory(code="report", is_mailed=False)
    promise(report.benefit_item)
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "周刊里的")
    appeared(report, dt.date(last_year, 7, 3), 1, *(f"报告{n}" for n in range(11)))

    response = reader.get(SEARCH, {"q": "铜矿", "publication": "report", "page": "1"})

    assert response.context["results"].total == 11
    link = "?q=%E9%93%9C%E7%9F%BF&amp;publication=report&amp;page=2"
    assert link in response.content.decode()
    assert len(found(reader, section="国际矿业", year=str(last_year))) == 10


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("锂矿", "贵单位可读的文章中没有“锂矿”。试试更少或更短的词；两个字就能查。"),
        ("，。", "请写下要查的词或数字；只有标点查不到文章。"),
    ],
)
def test_an_empty_answer_says_what_to_do(reader, bulletin, last_year, asked, told):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    page = Page(reader.get(SEARCH, {"q": asked}))

    assert [*page.each("empty"), *page.each("none")] == [told]


def test_a_unit_without_issues_reads_where_to_look(client, lapsed, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    client.force_login(person_of(lapsed))

    told = "目前还没有贵单位在出刊当天享有的刊期。贵单位可以读什么、为什么，请看“刊物”。去看刊物"
    assert Page(client.get(SEARCH)).each("empty") == [told]


def test_the_search_asks_as_often_for_many_as_for_one(reader, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    first = queries_of(reader, f"{SEARCH}?q=铜矿")
    for number in (28, 29, 30):
        appeared(bulletin, dt.date(last_year, 7, number - 20), number, "乙", "丙")

    assert queries_of(reader, f"{SEARCH}?q=铜矿") == first


# --- A publication's issues --------------------------------------------------------------------


def test_issues_of_a_publication_stand_by_year_and_number(reader, bulletin, today, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲", serial_number=700)
    appeared(bulletin, dt.date(last_year, 7, 10), 28, "乙", title="专题")

    page = Page(reader.get("/publications/weekly-bulletin/"))

    assert page.each("numbers") == [
        f"第28期专题{last_year}年7月10日第27期{last_year}年7月3日·总第700期"
    ]
    assert page.each("jump") == [f"{last_year}年"]


@pytest.mark.parametrize("path", ["weekly-bulletin/?year=1999", "weekly-bulletin/?year=x", "none/"])
def test_an_unknown_publication_or_year_is_not_found(reader, bulletin, last_year, path):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")

    assert reader.get(f"/publications/{path}").status_code == 404


def test_a_publications_page_asks_as_often_for_many_as_for_one(reader, bulletin, last_year):
    appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    first = queries_of(reader, "/publications/weekly-bulletin/")
    for number in (28, 29):
        appeared(bulletin, dt.date(last_year, 7, number - 20), number, "乙")

    assert queries_of(reader, "/publications/weekly-bulletin/") == first


# --- An article --------------------------------------------------------------------------------


def test_an_article_leads_to_those_beside_it(reader, bulletin, last_year):
    issue = appeared(bulletin, dt.date(last_year, 7, 3), 27, "第一篇", "第二篇")
    last = ArticleFactory(section=SectionFactory(issue=issue, title="会员动态"), title="第三篇")
    [one, two] = issue.sections.first().articles.order_by("position")

    seen = [reader.get(address_of(each)).context for each in (one, two, last)]

    assert [(each["earlier"], each["later"]) for each in seen] == [
        (None, two),
        (one, last),
        (two, None),
    ]


def test_an_article_shows_where_it_is_from(reader, unit, bulletin, last_year):
    issue = appeared(bulletin, dt.date(last_year, 7, 3), 27, "第一篇")

    page = Page(reader.get(address_of(article_in(issue))))

    assert page.each("h1") == ["第一篇"]
    assert page.each("piece") == [
        f"国际矿业{last_year}年7月3日第1篇，共1篇第一篇说到铜矿的价格。（样本日报）"
    ]
    assert list(Reading.objects.values_list("issue", "unit")) == [(issue.pk, unit.pk)]


def test_an_article_is_found_in_its_own_issue_only(reader, bulletin, last_year):
    one = appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    other = appeared(bulletin, dt.date(last_year, 7, 10), 28, "乙")

    assert reader.get(address("article", one, article_in(other).pk)).status_code == 404


def test_an_article_asks_as_often_among_many_as_among_one(reader, bulletin, last_year):
    issue = appeared(bulletin, dt.date(last_year, 7, 3), 27, "甲")
    path = address_of(article_in(issue))
    reader.get(path)
    first = queries_of(reader, path)
    ArticleFactory(section=SectionFactory(issue=issue))
    ArticleFactory(section=SectionFactory(issue=issue))

    assert queries_of(reader, path) == first
