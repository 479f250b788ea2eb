"""全文检索: what is found, in what order, and that nobody's article is missed."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import searching, tasks
from publications.models import Article, SearchEntry
from publications.release import release
from publications.search_words import parts_of, question
from publications.searching import Among
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
    signed_off,
)

pytestmark = pytest.mark.django_db

EVERYWHERE = Among(None)


def written(title: str = "样本", body: str = "正文。", source: str = "", **issue) -> Article:
    """An article that can be found, in an issue of its own."""
    article = ArticleFactory(
        section=SectionFactory(issue=IssueFactory(**issue)), title=title, body=body, source=source
    )
    searching.index(article.section.issue)
    return article


def titles(asked: str, among: Among = EVERYWHERE, **page) -> list[str]:
    found = searching.search(question(asked), among, **page)
    names = dict(Article.objects.in_bulk(found.articles).items())
    return [names[pk].title for pk in found.articles]


# --- What is found -----------------------------------------------------------------------------

SENTENCE = "西部露天矿山安全生产条例修订后，每家企业都应在年底前完成排查。"


@pytest.mark.parametrize("start", range(len(SENTENCE) - 1))
def test_any_two_neighbouring_characters_are_found(start):
    """Whatever the tokeniser makes of the sentence: 山安 lies across two of its words."""
    written("样本", SENTENCE)
    asked = SENTENCE[start : start + 2]

    assert titles(asked) == ([] if asked in "。，" else ["样本"])


@pytest.mark.parametrize("asked", ["矿安", "安山", "全生矿"])
def test_characters_that_stand_apart_are_no_word(asked):
    written("样本", SENTENCE)

    assert titles(asked) == []


@pytest.mark.parametrize(
    "asked",
    ["lithium", "LITHIUM", "Ｌｉｔｈｉｕｍ", "2026", "２０２６", "碳酸锂", "“锂 price”", "锂 2026"],
)
def test_letters_numbers_and_widths_are_one(asked):
    written("样本", "２０２６年 Lithium 价格，碳酸锂 price 上涨")

    assert titles(asked) == ["样本"]


def test_part_of_a_latin_word_is_not_that_word():
    written("样本", "cucumber 2026")

    assert titles("cu") == titles("202") == []


def test_every_word_must_stand_in_the_article():
    written("两个", "铜矿与锂矿")
    written("一个", "铜矿")

    assert titles("铜矿 锂矿") == ["两个"]


def test_a_phrase_in_quotes_stands_as_it_is_written():
    written("相连", "绿色矿山建设")
    written("分开", "矿山建设要绿色")

    assert (titles("“绿色矿山”"), set(titles("绿色 矿山"))) == (["相连"], {"相连", "分开"})


def test_a_word_is_found_across_a_broken_line_and_markup():
    written("样本", "推进**绿色**矿\n山建设[^1]工作\n\n- 第一项\n\n[^1]: 注脚内容")

    assert titles("“绿色矿山建设工作”") == titles("注脚内容") == ["样本"]


def test_titles_and_sources_are_found_addresses_are_not():
    written("稀土专题", "见[链接](https://example.com/secret)", source="样本日报")

    assert titles("稀土") == titles("样本日报") == ["稀土专题"]
    assert titles("secret") == []


@pytest.mark.parametrize("asked", ["", "  ", "。，！", "“”", "'", "\x00", "\\", "%", "' | '"])
def test_a_question_without_a_word_finds_nothing(asked):
    written("样本", "正文")

    assert searching.search(question(asked), EVERYWHERE) == searching.Found(0, [])


@pytest.mark.parametrize("asked", ["a'b", "!正文 & (", "正文:*", "<-> 正文", "正文\\"])
def test_signs_of_the_query_language_mean_nothing(asked):
    written("样本", "正文 a b")

    assert titles(asked) == ["样本"]


def test_characters_that_the_tokeniser_leaves_alone_belong_together():
    assert parts_of("矿安") == ["矿安"]
    assert [word.text for word in question("Cu 锂").words] == ["cu", "锂"]


# --- The order ---------------------------------------------------------------------------------


def test_a_title_stands_above_a_text_and_the_newer_above_the_older():
    day = dt.date(2026, 3, 6)
    written("铜矿旧闻", "无关", issued_on=day)
    written("正文里有", "说到铜矿", issued_on=day + dt.timedelta(days=14))
    written("正文里早有", "说到铜矿", issued_on=day + dt.timedelta(days=7))
    written("铜矿新闻", "无关", issued_on=day + dt.timedelta(days=7))

    assert titles("铜矿") == ["铜矿新闻", "铜矿旧闻", "正文里有", "正文里早有"]


def test_who_says_it_often_stands_above_who_says_it_once():
    written("一次", "铜矿", issued_on=dt.date(2026, 3, 13))
    written("三次", "铜矿，铜矿，铜矿", issued_on=dt.date(2026, 3, 6))

    assert titles("铜矿") == ["三次", "一次"]


def test_a_page_follows_the_page_before():
    for number in range(5):
        written(f"第{number}篇", "铜矿", issued_on=dt.date(2026, 3, 1 + number))

    found = [titles("铜矿", start=start, size=2) for start in (0, 2, 4, 6)]

    assert found == [["第4篇", "第3篇"], ["第2篇", "第1篇"], ["第0篇"], []]
    assert searching.search(question("铜矿"), EVERYWHERE, start=4, size=2).total == 5


# --- Among which -------------------------------------------------------------------------------


def test_only_the_issues_that_may_be_seen_are_searched():
    mine, other = written("甲", "铜矿"), written("乙", "铜矿")

    found = searching.search(question("铜矿"), Among([mine.section.issue_id]))

    assert (found.total, found.articles) == (1, [mine.pk])
    assert searching.search(question("铜矿"), Among([])).total == 0
    assert set(titles("铜矿")) == {mine.title, other.title}


def test_publication_year_and_section_narrow():
    report = PublicationFactory(code="report")
    written("周刊", "铜矿", issued_on=dt.date(2025, 3, 7))
    article = written("报告", "铜矿", publication=report)
    section = article.section.title

    assert titles("铜矿", Among(None, publication=report.pk)) == ["报告"]
    assert titles("铜矿", Among(None, year=2025)) == ["周刊"]
    assert titles("铜矿", Among(None, year=2026, section=section)) == ["报告"]
    assert titles("铜矿", Among(None, section="没有的栏目")) == []


def test_searching_asks_as_often_for_many_as_for_one():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            searching.search(question("铜矿 “绿色矿山”"), EVERYWHERE)
        return len(captured)

    written("甲", "铜矿在绿色矿山")
    first = queries()
    for _each in range(3):
        written("乙", "铜矿在绿色矿山")

    assert queries() == first


# --- The index ---------------------------------------------------------------------------------


def test_what_goes_out_is_found_at_once():
    publication = PublicationFactory(code="report", is_mailed=False)
    article = ArticleFactory(section__issue=IssueFactory(publication=publication), body="锑矿")

    release(issue=signed_off(article.section.issue), at=dt.datetime(2026, 3, 13, 9, tzinfo=dt.UTC))

    assert titles("锑矿") == [article.title]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "改后"},
        {"body": "改后"},
        {"source": "改后"},
    ],
)
def test_a_changed_article_is_found_as_it_stands(change):
    """By whatever way it changes: here by a bare UPDATE."""
    article = written("改前", "改前", source="改前")
    assert not searching.unindexed().exists()

    Article.objects.filter(pk=article.pk).update(**change)
    assert list(searching.unindexed()) == [article]
    tasks.index_articles()

    assert searching.search(question("改后"), EVERYWHERE).articles == [article.pk]
    assert not searching.unindexed().exists()


def test_what_does_not_matter_to_the_search_leaves_the_entry():
    article = written()
    Article.objects.filter(pk=article.pk).update(is_highlight=True, page=7)

    assert not searching.unindexed().exists()


def test_a_moved_or_renamed_section_and_a_changed_date_are_taken_up():
    article = written("样本", "铜矿")
    section = article.section
    section.title = "国际矿业"
    section.save()
    issue = section.issue
    issue.issued_on, issue.year = dt.date(2025, 3, 7), 2025
    issue.save()

    assert searching.sweep() == 1
    assert titles("铜矿", Among(None, year=2025, section="国际矿业")) == ["样本"]


def test_an_article_in_stock_or_deleted_is_not_found():
    stocked, deleted = written("甲", "铜矿"), written("乙", "铜矿")
    publication = stocked.section.issue.publication
    Article.objects.filter(pk=stocked.pk).update(section=None, stock_of=publication, position=0)
    deleted.delete()
    searching.sweep()

    assert titles("铜矿") == []


def test_the_command_indexes_what_is_missing_and_then_nothing():
    for _each in range(3):
        ArticleFactory(body="铜矿")

    assert [indexed(), indexed(), indexed("--again")] == [
        "3/3\n已收录 3 篇文章。\n",
        "已收录 0 篇文章。\n",
        "3/3\n已收录 3 篇文章。\n",
    ]
    assert searching.search(question("铜矿"), EVERYWHERE).total == 3


def indexed(*options: str) -> str:
    told = StringIO()
    call_command("index_articles", *options, stdout=told, no_color=True)
    return told.getvalue()


def test_who_is_stopped_goes_on_where_it_was():
    for _each in range(3):
        ArticleFactory(body="铜矿")

    assert [searching.index_some(2), searching.index_some(2), searching.index_some(2)] == [2, 1, 0]
    assert SearchEntry.objects.count() == 3


def test_a_very_long_text_is_indexed_as_far_as_the_database_holds_words():
    characters = "".join(chr(code) for code in range(0x4E00, 0x9FA5)) * 3
    written("长文", "开头铜矿。" + characters[::7] + characters[::11] + characters)

    assert titles("铜矿") == ["长文"]


def test_a_text_made_of_signs_only_is_indexed():
    written("——", "……")

    assert not searching.unindexed().exists()
