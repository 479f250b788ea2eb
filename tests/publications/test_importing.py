"""A whole issue's text becomes a draft, and a bad text a sentence that says what to repair."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from publications import importing
from publications.models import Article, Issue, Section
from publications.parsing.cover import numeral
from publications.parsing.issue import parse
from publications.parsing.lines import key
from tests.publications.factories import IssueFactory, PublicationFactory

DATA = Path(__file__).parent / "data"
SAMPLE = (DATA / "whole_issue.txt").read_text(encoding="utf-8")
REAL = Path(__file__).parents[3] / "shared/input/bulletins/2026-03-13_no7_total689.txt"


@pytest.fixture(scope="module")
def parsed():
    return parse(SAMPLE)


def article(parsed, beginning):
    return next(each for each in parsed.articles if each.title.startswith(beginning))


# --- The cover -------------------------------------------------------------------------------


def test_cover_gives_date_numbers_and_name(parsed):
    assert (parsed.names, parsed.issued_on, parsed.number, parsed.serial_number) == (
        ["中国矿业信息"],
        dt.date(2031, 5, 9),
        18,
        902,
    )


def test_title_is_the_superheading_of_the_first_section(parsed):
    assert parsed.title == "第九次找矿座谈会 报道专刊之二"


def test_masthead_is_kept_as_printed(parsed):
    assert parsed.masthead.splitlines() == [
        "示例矿业协会主办",
        "通讯地址：示例市示例区样本路1号",
        "电话：010—00000000 责任编辑：王样例 "
        "邮箱：[bulletin@example.org](mailto:bulletin@example.org)",
        "一审：甲      二审：乙      三审：丙",
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("七", 7),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("四十八", 48),
        ("一百零三", 103),
        ("六百八十九", 689),
        ("一千零一", 1001),
        ("二〇二六", 2026),
        ("六八九", 689),
        ("689", 689),
    ],
)
def test_numerals(text, value):
    assert numeral(text) == value


@pytest.mark.parametrize(
    "line",
    [
        "2031年5月9日第十八期（总刊第902期）",
        "2031年5月9日 第18期 (总第902期)",
        "二〇三一年五月九日　第十八期　总第九百零二期",
        "第18期 总刊号：902 2031年5月9日",
    ],
)
def test_other_ways_to_write_the_cover_line(line):
    found = parse(SAMPLE.replace("2031年5月9日第十八期（总刊第九百零二期）", line))

    assert (found.issued_on, found.number, found.serial_number) == (dt.date(2031, 5, 9), 18, 902)


def test_a_publication_without_serial_numbers():
    found = parse(SAMPLE.replace("（总刊第九百零二期）", ""))

    assert (found.number, found.serial_number) == (18, None)


# --- Sections and articles -------------------------------------------------------------------


def test_every_article_of_the_contents_is_found_with_page_and_source(parsed):
    assert [
        (s.title, [(a.page, a.title, a.source) for a in s.articles]) for s in parsed.sections
    ] == [
        (
            "座谈会专题",
            [
                (1, "青石岭铜矿深部见矿：三号钻孔终孔", "示例日报"),
                (3, "“矿山医生”进村记——绿水镇尾矿库 治理见闻", "示例晚报、样本周刊"),
                (5, "本刊评论：慢工出细活", ""),
            ],
        ),
        (
            "简讯",
            [
                (8, "很长的一个标题被目录折成了两行因此要和下一行连起来看", "样本通讯社"),
                (9, "2031年第一季度样本矿产品产量", ""),
            ],
        ),
    ]


def test_subheadings_of_any_level_become_one_level_and_page_breaks_are_mended(parsed):
    assert article(parsed, "青石岭").body == "\n\n".join(
        [
            "示例地质队5月6日宣布，青石岭铜矿三号钻孔在一千二百米深处见到厚层矿体，"
            "这是该矿区十年来最深的一次见矿，也为后续布孔提供了依据。",
            "队长李样例说，见矿之前谁也没有把握。",
            "重要的不是深度",
            "## 先看懂老资料",
            "项目组先用两个月整理旧编录，把其中的四百份图件重新矢量化。",
            "## 再决定往哪里打",
            "钻孔的位置由三条剖面共同决定，任何一条剖面单独看都说明不了问题，"
            "这一点在会上被反复提到。",
            "……",
            "会议还讨论了岩心保管。",
        ]
    )


def test_an_unmarked_line_above_a_paragraph_is_a_subheading_where_others_are_marked():
    text = SAMPLE.replace("### 先看懂老资料\n\n", "")

    assert "\n\n## 重要的不是深度\n\n项目组" in article(parse(text), "青石岭").body


def test_a_sentence_broken_at_a_comma_is_mended_and_the_source_below_is_taken(parsed):
    assert article(parsed, "“矿山医生”").body == (
        "赵样例每周进村一次，给尾矿库“把脉”。\n\n村民说，以前一下雨就睡不着，现在能听着雨声睡觉。"
    )


def test_an_article_whose_title_has_no_mark_ends_at_the_next_section(parsed):
    assert article(parsed, "本刊评论").body == (
        "慢，不是拖。把每一个孔打到位，把每一份编录写清楚，才有资格说快。"
    )


def test_rows_with_tabs_become_a_table(parsed):
    assert article(parsed, "2031年").body == (
        "| 矿种 | 产量（吨） |\n| --- | --- |\n| 铜精矿 | 1200 |\n| 萤石 | 340 |"
    )


def test_highlights_mark_their_articles_and_one_without_article_is_named(parsed):
    assert [each.title for each in parsed.articles if each.is_highlight] == [
        "青石岭铜矿深部见矿：三号钻孔终孔",
        "本刊评论：慢工出细活",
    ]
    assert parsed.notices == ["第15行：没有以此为标题的文章。“读者来信（P99）”"]


@pytest.mark.parametrize(
    ("ending", "body", "source"),
    [
        ("收尾。（样本社 记者甲）", "收尾。", "样本社 记者甲"),
        ("收尾（样本社）", "收尾", "样本社"),
        ("收尾。（来源：样本社）", "收尾。", "样本社"),
        ("收尾。（样本社）（示例报）", "收尾。", "样本社、示例报"),
        ("收尾。（样本大学（北京））", "收尾。", "样本大学（北京）"),
        ("收尾。（全文完）", "收尾。（全文完）", ""),
        ("全部投产（2031年）", "全部投产（2031年）", ""),
        ("这叫碳捕集（CCS）", "这叫碳捕集（CCS）", ""),
        ("这叫捕集（CCS）。", "这叫捕集（CCS）。", ""),
    ],
)
def test_sources(ending, body, source):
    text = SAMPLE.replace("才有资格说快。", f"才有资格说快。\n\n{ending}")

    found = article(parse(text), "本刊评论")

    assert (found.body.split("\n\n")[-1], found.source) == (body, source)


def test_text_that_belongs_to_no_article_is_named():
    text = SAMPLE.replace(
        "### 青石岭铜矿深部见矿：三号钻孔终孔",
        "编者按：样本。\n\n### 青石岭铜矿深部见矿：三号钻孔终孔",
    )

    assert parse(text).grave == [
        "第45行：这一行在第一篇文章之前，不属于任何文章。“## 座谈会专题”",
        "第47行：这一行在第一篇文章之前，不属于任何文章。“编者按：样本。”",
    ]


def said(parsed):
    """All that the parsed issue says behind its contents, in the order of the text."""
    parts = []
    for section in parsed.sections:
        parts.append(section.title)
        for each in section.articles:
            parts += [each.title, each.body, each.source]
    return key("".join(parts))


def test_nothing_of_the_text_is_lost(parsed):
    text = SAMPLE[SAMPLE.rindex("## 座谈会专题") :].replace("— 2 —", "").replace("来源：", "")

    assert said(parsed) == key(text)


# --- What is doubtful, and what is refused ---------------------------------------------------


def test_an_impossible_date_is_doubted():
    found = parse(SAMPLE.replace("5月9日", "5月39日"))

    assert (found.issued_on, found.grave) == (
        None,
        ["第7行：封面上的日期“2031年5月39日”不存在。“2031年5月39日第十八期（总刊第九百零二期）”"],
    )


def test_each_article_missing_in_the_text_is_named():
    text = SAMPLE.replace("### 2031年第一季度样本矿产品产量", "").replace(
        "## **“矿山医生”进村记——绿水镇尾矿库治理见闻**", ""
    )

    assert parse(text).grave == [
        "第36行：正文里没有标题““矿山医生”进村记——绿水镇尾矿库 治理见闻”。"
        "““矿山医生”进村记——绿水镇尾矿库 治理见闻 .\t3”",
        "第43行：正文里没有标题“2031年第一季度样本矿产品产量”。"
        "“2031年第一季度样本矿产品产量 ……… 9”",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "errors"),
    [
        (
            SAMPLE.replace("第十八期", ""),
            {"number": ["封面上没有本年期号，例如“第七期”。"]},
        ),
        (
            SAMPLE.replace("2031年5月9日", ""),
            {"issued_on": ["封面上没有日期（年月日）。"]},
        ),
        (
            SAMPLE[: SAMPLE.index("# 目")],
            {"__all__": ["没有认出文章：文本要有目录，或者各篇文章末尾在括号里写明来源。"]},
        ),
    ],
)
def test_what_is_missing_is_refused_by_field_and_nothing_is_saved(text, errors):
    with pytest.raises(ValidationError) as caught:
        importing.save(parsed=parse(text), publication=PublicationFactory())

    assert caught.value.message_dict == errors
    assert Issue.objects.count() == 0


@pytest.mark.django_db
def test_an_article_without_text_is_refused():
    text = SAMPLE.replace("此文只有一段。\n\n来源：样本通讯社\n", "")

    with pytest.raises(ValidationError) as caught:
        importing.save(parsed=parse(text), publication=PublicationFactory())

    assert caught.value.messages == [
        "文章《很长的一个标题被目录折成了两行因此要和下一行连起来看》（第87行）没有正文。"
    ]


# --- Saving ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_saved_as_a_draft_with_sections_and_articles(parsed):
    publication = PublicationFactory()

    issue = importing.save(parsed=parsed, publication=importing.publication_for(parsed))

    saved = Issue.objects.get()
    assert (saved, saved.publication, saved.state) == (issue, publication, Issue.State.DRAFT)
    assert (saved.year, saved.number, saved.serial_number) == (2031, 18, 902)
    assert [section.title for section in saved.sections.all()] == ["座谈会专题", "简讯"]
    assert Article.objects.filter(section__issue=saved).count() == 5


@pytest.mark.django_db
def test_dry_run_saves_nothing(parsed):
    importing.save(parsed=parsed, publication=PublicationFactory(), dry_run=True)

    assert (Issue.objects.count(), Section.objects.count(), Article.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_taken_numbers_are_refused_by_field_and_nothing_is_saved(parsed):
    publication = PublicationFactory()
    IssueFactory(
        publication=publication, issued_on=dt.date(2031, 5, 2), number=18, serial_number=902
    )

    with pytest.raises(ValidationError) as caught:
        importing.save(parsed=parsed, publication=publication)

    assert caught.value.message_dict == {
        "number": ["2031年已有第18期（2031年5月2日）。下一期是第19期。"],
        "serial_number": ["总刊号902是2031年第18期的。下一个总刊号是903。"],
    }
    assert Issue.objects.count() == 1


@pytest.mark.django_db
def test_what_the_model_refuses_is_named_with_its_article():
    parsed = parse(SAMPLE)
    article(parsed, "本刊评论").source = "样" * 101

    with pytest.raises(ValidationError) as caught:
        importing.save(parsed=parsed, publication=PublicationFactory())

    assert caught.value.messages == [
        "文章《本刊评论：慢工出细活》的来源：确保该变量包含不超过 100 字符 (目前字符数 101)。"
    ]
    assert Issue.objects.count() == 0


@pytest.mark.django_db
def test_the_publication_is_that_of_the_cover_or_of_the_code(parsed):
    weekly, other = PublicationFactory(), PublicationFactory(code="blue-book")

    assert importing.publication_for(parsed) == weekly
    assert importing.publication_for(parsed, "blue-book") == other


@pytest.mark.django_db
def test_an_unknown_publication_is_refused_with_those_there_are(parsed):
    PublicationFactory(code="blue-book")

    with pytest.raises(ValidationError) as by_cover:
        importing.publication_for(parsed)
    with pytest.raises(ValidationError) as by_code:
        importing.publication_for(parsed, "none")

    assert by_cover.value.messages == [
        "封面上的“中国矿业信息”不是已有的刊物，请选定一种。已有：blue-book 《blue-book》"
    ]
    assert by_code.value.messages == ["没有代码为“none”的刊物。已有：blue-book 《blue-book》"]


# --- The real bulletin -----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.exists(), reason="The real bulletin is not on this machine.")
def test_the_real_bulletin():
    text = REAL.read_text(encoding="utf-8")

    found = parse(text)

    assert (found.issued_on, found.number, found.serial_number) == (dt.date(2026, 3, 13), 7, 689)
    assert [section.title for section in found.sections] == ["聚焦两会"]
    assert [(each.page, each.source) for each in found.articles] == [
        (1, "新华社"),
        (3, "新华社"),
        (4, "中国有色金属报"),
        (6, "中国自然资源报"),
        (14, "中国矿业报"),
        (18, "中国矿业报"),
        (22, "中国矿业报"),
        (27, "中国矿业报"),
        (31, "中国矿业报"),
        (33, ""),
    ]
    assert [each.page for each in found.articles if each.is_highlight] == [1, 3, 14, 18, 31]
    assert found.notices == []
    assert said(found) == key(text[text.rindex("## 聚焦两会") :])
    PublicationFactory()
    importing.save(parsed=found, publication=importing.publication_for(found))
    assert Article.objects.count() == 10
