"""An issue in print: the PDF says what the page and the e-mail say, and its numbers are true."""

import datetime as dt
import io
import re

import pypdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from files import typesetting
from files.typesetting import TypesettingFailed, typeset
from publications import editions, pictures, release
from publications.editions import begins_on, edition, numeral, pdf_of, typeset_edition
from publications.message import rendered as mail
from publications.models import Article
from publications.plain import plain
from publications.reading import rendered
from tests.publications.drawing import drawing, upload
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    SectionFactory,
    promised,
    recipient,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
LONG = "矿山企业按月报送产量与储量，由所在地主管部门逐级汇总后公布。" * 12
RICH = """本月**产量**有*回升*，~~尚未~~已经`复核`，见[公告](https://example.org/a)。

### 分省情况

1. 东部持平；
2. 西部上升
   - 其中铜增长；
   - 其中锌下降。

> 数据由各省汇总。

| 省份 | 产量 |
| --- | ---: |
| 甲省 | 120 |
| 乙省 | 95 |

结尾一段[^1]，再提一次[^1]。

[^1]: 为初步统计数。
"""


@pytest.fixture(autouse=True)
def stored_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def issue():
    """Two sections, four articles, of which one fills three pages and two are highlights."""
    issue = IssueFactory(number=7, serial_number=689, masthead="地址：样本路一号")
    first = SectionFactory(issue=issue, position=1, title="重要新闻")
    ArticleFactory(section=first, position=1, title="第一篇很长", body="\n\n".join([LONG] * 8))
    ArticleFactory(
        section=first,
        position=2,
        title="第二篇要闻",
        body=RICH,
        source="样本日报",
        is_highlight=True,
    )
    second = SectionFactory(issue=issue, position=2, title="市场观察")
    ArticleFactory(section=second, position=1, title="第三篇也长", body="\n\n".join([LONG] * 5))
    ArticleFactory(
        section=second, position=2, title="第四篇要闻", source="样本网", is_highlight=True
    )
    return issue


def bare(text: str) -> str:
    """The text without blanks and line ends, which differ between the editions."""
    return re.sub(r"\s+", "", text)


def page_texts(pdf: bytes) -> list[str]:
    """Each page's text without blanks."""
    document = pypdfium2.PdfDocument(pdf)
    return [bare(page.get_textpage().get_text_range()) for page in document]


def body_text(pdf: bytes, running: str) -> str:
    """All text after the contents, without running heads and page numbers."""
    found = []
    for number, text in enumerate(page_texts(pdf)[2:], 1):
        text = text.replace(f"—{number}—", "")
        found.append(re.sub(rf"^{re.escape(bare(running))}", "", text))
    return "".join(found)


# --- Page numbers ----------------------------------------------------------------------------


def test_page_numbers_are_those_of_the_pages_on_which_the_titles_stand(issue):
    pages = page_texts(pdf_of(issue))
    titles = list(Article.objects.order_by("section__position", "position"))

    stands_on = [
        number
        for article in titles
        for number, text in enumerate(pages[2:], 1)
        if article.title in text
    ]

    assert stands_on == begins_on(pdf_of(issue))
    assert stands_on == sorted(stands_on)
    assert stands_on[0] == 1 < stands_on[1] < stands_on[3]
    cover, contents = pages[:2]
    assert f"第二篇要闻（P{stands_on[1]}）" in cover
    assert f"第四篇要闻（P{stands_on[3]}）" in cover
    for article, number in zip(titles, stands_on, strict=True):
        assert f"{article.title}{number}" in contents.replace(".", "")


def test_each_page_tells_its_number_and_the_issue(issue):
    pages = page_texts(pdf_of(issue))
    for number, text in enumerate(pages[2:], 1):
        assert f"—{number}—" in text
        assert "中国矿业信息2026年第7期" in text
    assert "—1—" not in pages[0] + pages[1]


def test_cover_tells_date_numbers_and_masthead(issue):
    cover = page_texts(pdf_of(issue))[0]
    for words in ("2026年3月13日", "第七期（总刊第689期）", "本期要闻", "地址：样本路一号"):
        assert words in cover


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (48, "四十八"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1003, "一千零三"),
        (1020, "一千零二十"),
    ],
)
def test_numbers_are_written_in_chinese(number, written):
    assert numeral(number) == written


# --- What kind of file -----------------------------------------------------------------------


def test_fonts_are_embedded_and_the_file_is_tagged_with_bookmarks(issue):
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(issue)))
    fonts = {
        font["/BaseFont"]: font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in reader.pages
        for font in (each.get_object() for each in page["/Resources"]["/Font"].values())
    }
    assert fonts
    assert all("/FontFile3" in it or "/FontFile2" in it for it in fonts.values())
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("zh")
    assert reader.metadata.title == str(issue)
    marks = [
        [each.title for each in entry] if isinstance(entry, list) else entry.title
        for entry in reader.outline
    ]
    assert marks == [
        "重要新闻",
        ["第一篇很长", "第二篇要闻"],
        "市场观察",
        ["第三篇也长", "第四篇要闻"],
    ]


def test_a_missing_font_fails_loudly(issue, monkeypatch, tmp_path):
    monkeypatch.setattr(typesetting, "FONTS", tmp_path / "no fonts here")
    with pytest.raises(TypesettingFailed, match="unknown font family"):
        typeset(editions.TEMPLATE, **edition(issue).data)


def test_a_character_that_no_font_has_is_named_with_its_article(issue):
    Article.objects.filter(title="第三篇也长").update(body="甲\U0001f9a9乙")
    with pytest.raises(ValidationError) as refused:
        pdf_of(issue)
    [sentence] = refused.value.messages
    assert "第三篇也长" in sentence
    assert "\U0001f9a9" in sentence


def test_source_of_the_template_is_never_what_people_write(issue):
    hostile = '#read("/etc/passwd") $x$ @ref <label> \\\\ "quoted" #panic()'
    Article.objects.filter(title="第二篇要闻").update(body=f"    {hostile}\n", title=hostile)
    assert bare(hostile) in body_text(pdf_of(issue), "")


# --- One text, three editions ----------------------------------------------------------------


# What an edition writes by itself: the numbers of notes and items, dots, the way back.
MARKS = re.compile(r"\[\d+\]|\d+\.|[•‣–↩—]")


def letters(text: str) -> list[str]:
    """The letters that people wrote, sorted: notes stand elsewhere in print than on a page."""
    return sorted(MARKS.sub("", bare(text)))


def of_html(html: str) -> list[str]:
    return letters(BeautifulSoup(html, "html.parser").get_text())


def printed(body: str, **pictured) -> str:
    """The text of one article as it is printed alone; its title is 题, that of its section 栏目."""
    article = {"id": "1", "title": "题", "source": "", "text": editions.tree(body)}
    names = ("title", "association", "name", "name_en", "dated", "numbered", "theme", "running")
    data = {
        **dict.fromkeys(names, ""),
        "masthead": [],
        "highlights": [],
        "sections": [{"title": "栏目", "articles": [article]}],
        "pictures": {},
        "words": dict.fromkeys(("highlights", "contents", "picture"), ""),
    }
    pdf = typeset_edition(editions.Edition(data, {}))
    return body_text(pdf, "").replace("栏目", "").replace("题", "", 1)


def test_text_is_the_same_in_print_on_the_page_and_by_mail(issue):
    sent = BeautifulSoup(mail(issue, is_attached=False).html, "html.parser")
    for article in Article.objects.all():
        on_page = of_html(rendered(article.body))
        heading = sent.find("a", id=f"a{article.pk}").parent
        assert heading.get_text() == article.title
        assert of_html(str(heading.find_next("div", class_="text"))) == on_page
        assert letters(printed(article.body)) == on_page


IN_ORDER = (
    "第一篇很长",
    "本月产量有回升，尚未已经复核，见公告。",
    "分省情况",
    "东部持平；",
    "其中锌下降。",
    "数据由各省汇总。",
    "甲省",
    "结尾一段",
    "（样本日报）",
    "市场观察第三篇也长",
)


def test_paragraphs_are_printed_in_their_order(issue):
    text = body_text(pdf_of(issue), "")
    places = [text.index(words) for words in IN_ORDER]
    assert places == sorted(places)


# As a plain text tells a list, a quotation, a table and where a link leads.
PLAIN_MARKS = re.compile(r"^(?:- |> )| \| | <https://example.org/>", re.MULTILINE)

LETTERS = st.sampled_from(list("矿产资源绿色发展企业，。：“”（）0123456789abcXYZ%"))
WORD = st.text(LETTERS, min_size=1, max_size=24)
INLINE = st.one_of(
    WORD,
    WORD.map("**{}**".format),
    WORD.map("[{}](https://example.org/)".format),
    WORD.map("`{}`".format),
)
LINE = st.lists(INLINE, min_size=1, max_size=4).map(" ".join)
BLOCK = st.one_of(
    LINE,
    LINE.map("### {}".format),
    LINE.map("> {}".format),
    st.lists(LINE, min_size=1, max_size=3).map(lambda lines: "\n".join(f"- {x}" for x in lines)),
    st.lists(WORD, min_size=2, max_size=2).map(
        lambda words: f"| {words[0]} | {words[1]} |\n| --- | --- |\n| {words[1]} | {words[0]} |"
    ),
    st.tuples(WORD, WORD).map(lambda pair: f"{pair[0]}[^n]。\n\n[^n]: {pair[1]}"),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=st.lists(BLOCK, min_size=1, max_size=6).map("\n\n".join))
def test_no_letter_is_lost_or_doubled_between_the_editions(body):
    """Whatever is written: print, page and plain mail hold the same letters, each as often."""
    on_page = of_html(rendered(body))
    assert letters(printed(body)) == on_page
    assert letters(PLAIN_MARKS.sub("", plain(body))) == on_page


# --- Pictures --------------------------------------------------------------------------------


def test_pictures_of_the_articles_are_printed_with_their_words(issue):
    picture = pictures.take(upload(drawing(300, 200)), by=None, at=AT)
    body = f"前。\n\n![露天矿全景](picture:{picture.digest})\n\n后。"
    Article.objects.filter(title="第四篇要闻").update(body=body)
    pdf = pdf_of(issue)
    images = [image for page in pypdf.PdfReader(io.BytesIO(pdf)).pages for image in page.images]
    assert [image.image.size for image in images] == [(300, 200)]
    assert "露天矿全景" in body_text(pdf, "")


def test_a_picture_that_is_not_ours_leaves_its_words(issue):
    Article.objects.filter(title="第四篇要闻").update(body=f"![远处的矿](picture:{'0' * 64})")
    assert "远处的矿" in body_text(pdf_of(issue), "")


# --- Release ---------------------------------------------------------------------------------


def test_release_stores_the_pdf_and_the_pages(issue):
    promised(issue.publication.benefit_item)
    recipient()
    release.release(issue=issue, at=AT)
    issue.refresh_from_db()
    with issue.edition.open("rb") as file:
        pdf = file.read()
    pages = Article.objects.order_by("section__position", "position").values_list("page", flat=True)
    assert list(pages) == begins_on(pdf)
    assert not issue.pdf


def test_a_pdf_of_the_editors_is_left_as_it_is(issue):
    issue.pdf.save("own.pdf", ContentFile(b"%PDF-1.7\nown"))
    promised(issue.publication.benefit_item)
    recipient()
    release.release(issue=issue, at=AT)
    issue.refresh_from_db()
    assert issue.edition == issue.pdf
    assert not issue.typeset


def test_what_cannot_be_printed_is_not_released(issue):
    Article.objects.filter(title="第三篇也长").update(body="甲\U0001f9a9乙")
    promised(issue.publication.benefit_item)
    recipient()
    with pytest.raises(ValidationError):
        release.release(issue=issue, at=AT)
    issue.refresh_from_db()
    assert (issue.state, bool(issue.typeset)) == ("draft", False)


def test_an_edition_asks_the_same_number_of_queries(issue):
    with CaptureQueriesContext(connection) as few:
        edition(issue)
    for place in range(3, 6):
        ArticleFactory(section=issue.sections.first(), position=place)
    with CaptureQueriesContext(connection) as many:
        edition(issue)
    assert len(few) == len(many)
