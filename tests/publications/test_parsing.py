"""Invented issues of both shapes: every title, source and character, once and in its place."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publications.importing import listed_sections
from publications.parsing.blocks import Doubt, Kind
from publications.parsing.issue import assemble, read_issue
from publications.parsing.lines import solid
from tests.publications.whole_issues import Written, as_pdf_text, invented, with_cover

FOOTERS = {
    "none in the way": lambda number, last: f"— {number} —",
    "bare numbers": lambda number, last: f"{number}",
    "第 1 页 共 9 页": lambda number, last: f"第 {number} 页 共 {last} 页",
    "name of the bulletin": lambda number, last: f"中国矿业信息 2033年第14期 {number}",
}


def read(text: str):
    return read_issue(text, sections=listed_sections(), names=["《中国矿业信息》"])


def found_in(reading) -> list[tuple]:
    parsed = assemble(reading.blocks, reading.header)
    return [
        (section.title, solid(each.title), each.source, solid(each.body))
        for section in parsed.sections
        for each in section.articles
    ]


def expected(articles: list[Written]) -> list[tuple]:
    return [(each.section, solid(each.title), each.source, solid(each.body)) for each in articles]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    width=st.integers(24, 40),
    page=st.integers(12, 40),
    footer=st.sampled_from(sorted(FOOTERS)),
    blank=st.booleans(),
)
# A page ends within the brackets of a source, before a comma.
@example(seed=273, width=24, page=12, footer="bare numbers", blank=False)
def test_no_character_of_a_broken_text_is_lost_or_doubled(seed, width, page, footer, blank):
    articles = invented(seed)
    text = as_pdf_text(articles, width=width, page=page, footer=FOOTERS[footer], blank=blank)

    reading = read(text)

    assert reading.lost == 0
    body = "".join(each.solid for each in reading.blocks if each.kind != Kind.PAGE_MARK)
    assert body == solid(
        "".join(
            (each.section if index % 2 == 0 else "") + each.title + each.body + f"（{each.source}）"
            for index, each in enumerate(articles)
        )
    )


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("seed", range(4))
def test_articles_of_a_broken_text(seed, footer):
    articles = invented(seed)

    reading = read(as_pdf_text(articles, width=28, page=24, footer=FOOTERS[footer]))

    assert found_in(reading) == expected(articles)


@pytest.mark.parametrize("seed", range(4))
def test_articles_of_a_text_with_cover_and_contents(seed):
    articles = invented(seed)

    reading = read(with_cover(articles))

    parsed = assemble(reading.blocks, reading.header)
    assert found_in(reading) == expected(articles)
    assert (parsed.number, parsed.serial_number, parsed.notices) == (14, 980, [])
    assert [each.page for each in parsed.articles] == [1, 3, 5, 7, 9, 11]
    assert [each.page for each in parsed.articles if each.is_highlight] == [1, 5, 9]
    assert [each.page for each in parsed.highlights] == [1, 5, 9]
    assert parsed.masthead.splitlines() == [
        "示例协会主办",
        "电话：010—00000000 责任编辑：王样例",
        "一审：甲  二审：乙  三审：丙",
    ]
    assert reading.lost == 0


def test_a_title_behind_an_article_without_source_is_taken_and_doubted():
    articles = invented(4)
    text = as_pdf_text(articles, width=28, page=500, footer=lambda number, last: "1")
    text = text.replace(f"（{articles[0].source}）", "", 1)

    reading = read(text)

    titles = [each for each in reading.blocks if each.kind == Kind.TITLE]
    assert [solid(each.text) for each in titles] == [solid(each.title) for each in articles]
    assert titles[1].doubt == Doubt.MAYBE_SUBHEADING


def test_a_source_broken_inside_its_brackets():
    text = (
        "重要新闻\n\n平湖市公布新一轮找矿的结果\n\n"
        + "平湖市的矿山补种树木三千余棵，" * 9
        + "到此为止。（青峰地质院\n\n（供稿））"
    )

    [(_section, _title, source, _body)] = found_in(read(text))

    assert source == "青峰地质院（供稿）"
