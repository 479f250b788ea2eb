"""Pasted HTML → Markdown. The clipboards are invented, shaped as Word and WPS write them."""

import re
import unicodedata

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from publications.from_html import markdown_of

WORD = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8">
<title>文件标题不是正文</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- /* Style Definitions */ p.MsoNormal {mso-style-parent:"";margin:0cm;} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt'>
<!--StartFragment-->
<h2><span style='font-family:黑体'>一批矿山</span><span lang=EN-US><o:p></o:p></span></h2>
<p class=MsoNormal style='text-indent:21.0pt;mso-char-indent-count:2.0'><span
style='font-family:宋体'>　　本报讯（记者甲乙）</span><span lang=EN-US>2026</span><span
style='font-family:宋体'>年<b style='mso-bidi-font-weight:normal'>第一季度</b><b>，</b>全省铁矿
石产量为<span lang=EN-US>1,200</span>万吨。<span lang=EN-US><o:p></o:p></span></span></p>
<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p>
<p class=MsoNormal>详见<a href="https://example.org/a(1).html"><span
style='color:blue'>公告</span></a>，文号〔<st1:chsdate w:st="on">2026</st1:chsdate>〕[12]号。</p>
<!--EndFragment-->
</body></html>
"""


def item(level: int, mark: str, text: str, is_hidden_in_comments: bool = True) -> str:
    opening, closing = ("<!--[if !supportLists]-->", "<!--[endif]-->")
    if not is_hidden_in_comments:
        opening, closing = ("<![if !supportLists]>", "<![endif]>")
    return (
        f"<p class=MsoListParagraph style='margin-left:18.0pt;mso-list:l0 level{level} lfo1'>"
        f"{opening}<span lang=EN-US style='font-family:Wingdings;mso-list:Ignore'>{mark}"
        f"<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>{closing}"
        f"<span style='font-family:宋体'>{text}</span></p>\n"
    )


FOOTNOTE = """
<p class=MsoNormal>储量统计口径有变化<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1"
title=""><span class=MsoFootnoteReference><span lang=EN-US
style='mso-special-character:footnote'><![if !supportFootnotes]><span
class=MsoFootnoteReference>[1]</span><![endif]></span></span></a>，不可比。</p>
<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all>
<hr align=left size=1 width="33%"><![endif]>
<div style='mso-element:footnote' id=ftn1>
<p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1" name="_ftn1"
title=""><span class=MsoFootnoteReference>[1]</span></a><span lang=EN-US> </span>按新标准。</p>
</div></div>
"""

MAMMOTH = (
    '<p>甲<sup><a href="#footnote-1" id="footnote-ref-1">[1]</a></sup>乙'
    '<sup><a href="#footnote-2" id="footnote-ref-2">[2]</a></sup>。</p>'
    '<ol><li id="footnote-1"><p> 注一 <a href="#footnote-ref-1">↑</a></p></li>'
    '<li id="footnote-2"><p> 注二 <a href="#footnote-ref-2">↑</a></p></li></ol>'
)


def test_word_loses_its_dirt_and_keeps_its_structure():
    assert markdown_of(WORD) == (
        "## 一批矿山\n\n"
        "本报讯（记者甲乙）2026年**第一季度**，全省铁矿石产量为1,200万吨。\n\n"
        "详见[公告](<https://example.org/a(1).html>)，文号〔2026〕[12]号。"
    )


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p class='标题 2'>二级</p>", "## 二级"),
        ("<p class=MsoHeading3>三级</p>", "### 三级"),
        ("<p class=MsoTitle><b>题目</b></p>", "# 题目"),
        ("<p style='mso-outline-level:2'>按大纲</p>", "## 按大纲"),
        ("<p style='mso-outline-level:body-text'>正文</p>", "正文"),
    ],
)
def test_styles_of_headings_become_headings(html, markdown):
    assert markdown_of(html) == markdown


def test_words_list_paragraphs_become_nested_lists():
    html = item(1, "l", "甲") + item(2, "n", "甲一") + item(2, "n", "甲二") + item(1, "l", "乙")
    assert markdown_of(html) == "- 甲\n  - 甲一\n  - 甲二\n- 乙"


def test_numbered_list_goes_on_from_its_first_number():
    html = item(1, "3.", "丙", is_hidden_in_comments=False) + item(1, "4.", "丁")
    assert markdown_of(html) == "3. 丙\n4. 丁"


@pytest.mark.parametrize("mark", ["一、", "（二）", "(1)", "3、", "a)", "①"])
def test_mark_that_markdown_cannot_count_by_stays_as_text(mark):
    text = markdown_of(item(1, mark, "甲"))
    assert text.replace(" ", "") == f"{mark}甲"


def test_two_lists_apart_stay_two():
    html = item(1, "·", "甲") + "<p class=MsoNormal>中间</p>" + item(1, "·", "乙")
    assert markdown_of(html) == "- 甲\n\n中间\n\n- 乙"


def test_lists_of_a_web_page():
    html = "<ul><li>甲<ol><li>一<li>二</ol></li><li><p>乙</p><p>又</p></li></ul>"
    assert markdown_of(html) == "- 甲\n\n  1. 一\n  2. 二\n\n- 乙\n\n  又"


def test_table_with_cells_over_columns_and_rows():
    html = (
        "<table class=MsoTableGrid><tr><td rowspan=2><p class=MsoNormal><b>矿种</b></p></td>"
        "<td colspan=2>产量|万吨</td></tr><tr><td>上年</td><td>今年</td></tr>"
        "<tr><td>铁</td><td>1<br>2</td><td><o:p>&nbsp;</o:p></td></tr></table>"
    )
    assert markdown_of(html) == (
        "| **矿种** | 产量\\|万吨 |  |\n| --- | --- | --- |\n|  | 上年 | 今年 |\n| 铁 | 1 2 |  |"
    )


def test_table_that_only_lays_out_becomes_paragraphs():
    html = "<table><tr><td><p>甲</p><p>乙</p></td></tr><tr><td>丙</td></tr></table>"
    assert markdown_of(html) == "甲\n\n乙\n\n丙"


def test_footnotes_of_word():
    assert markdown_of(FOOTNOTE) == "储量统计口径有变化[^1]，不可比。\n\n[^1]: 按新标准。"


def test_footnotes_of_mammoth():
    assert markdown_of(MAMMOTH) == "甲[^1]乙[^2]。\n\n[^1]: 注一\n\n[^2]: 注二"


def test_link_to_a_bookmark_is_only_text():
    assert markdown_of('<p><a name="_Toc1">一</a> <a href="#_Toc1">见一</a></p>') == "一 见一"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>前<b>“重点”</b>后</p>", "前“**重点**”后"),
        ("<p><b>要求：</b>各单位</p>", "**要求**：各单位"),
        ("<p><b>重</b><span style='font-weight:bold'>要</span>的</p>", "**重要**的"),
        ("<b style='font-weight:normal'><p>谷歌</p></b>", "谷歌"),
        ("<p>10<sup>3</sup>m<sup>2</sup>，CO<sub>2</sub></p>", "10³m²，CO₂"),
        ("<p>一行<br>又一行</p>", "一行\n\n又一行"),
        ("散的<div>块</div>尾", "散的\n\n块\n\n尾"),
        ("<p>铁矿\n   石　价格</p>", "铁矿石　价格"),
        ("<p>A\nB 矿</p>", "A B 矿"),
        ("<p>5~10亿元，图_1，[2026]1号</p>", "5~10亿元，图_1，[2026]1号"),
        ("<p># 井号</p><p>1. 手打</p><p>---</p>", "\\# 井号\n\n1\\. 手打\n\n\\---"),
        ("<p>- 横</p><p><i>Ginkgo</i></p>", "\\- 横\n\nGinkgo"),
        ("<p>*星* `码` &lt;b&gt; [a](b) &amp;amp;</p>", "\\*星\\* \\`码\\` \\<b> [a\\](b) \\&amp;"),
        ("<p>坏<a href='javascript:x()'>链</a><script>x</script></p>", "坏链"),
        ("<p>图<img src='file:///c:/a.png' alt='说明'><img src='picture:ab' alt='井'></p>",
         "图![井](picture:ab)"),
        ("<p>批<span style='mso-special-character:comment'>[A1]</span>注</p>", "批注"),
        ("<p>正<span style='display:none'>隐</span>文</p>", "正文"),
        ("", ""),
        ("<p>&nbsp;</p>", ""),
    ],
)  # fmt: skip
def test_small_things(html, markdown):
    assert markdown_of(html) == markdown


# --- Nothing is lost ----------------------------------------------------------------------------

READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
READER.use(footnote_plugin)


def visible(html: str) -> str:
    text = BeautifulSoup(html, "html.parser").get_text()
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\u2060\ufeff\u00ad]+", "", text)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


TEXT = st.text(
    st.one_of(
        st.sampled_from("矿山年，。：“”（）*_[]()`~!#>-+=|\\<&;:1.)^ \n　"),
        st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]),
    ),
    max_size=12,
).map(escape)
INLINE = st.recursive(
    TEXT,
    lambda inner: st.tuples(
        st.sampled_from(["b", "i", "s", "span", "sup", "u", 'a href="https://a.cn/_b_(c)"']),
        st.lists(inner, max_size=3),
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0].split()[0]}>"),
    max_leaves=5,
)
BLOCK = st.recursive(
    st.tuples(st.sampled_from(["p", "h2", "div", "pre", ""]), st.lists(INLINE, max_size=4)).map(
        lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>" if pair[0] else "".join(pair[1])
    ),
    lambda inner: st.tuples(
        st.sampled_from([
            "<div>{}</div>", "<blockquote>{}</blockquote>", "<ul><li>{}</li></ul>",
            "<ol><li>{}</li></ol>", "<table><tr><td>{}</td><td>x</td></tr></table>",
        ]),
        st.lists(inner, min_size=1, max_size=3),
    ).map(lambda pair: pair[0].format("".join(pair[1]))),
    max_leaves=6,
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(BLOCK, max_size=5).map("".join))
@example("<p><b>a</b>*</p><p>![x](y)</p>")
def test_visible_text_in_is_visible_text_out(html):
    assert visible(READER.render(markdown_of(html))) == visible(html)


@pytest.mark.parametrize("html", [WORD, MAMMOTH, "<p>" * 300, "<b>" * 300 + "x", "<table>" * 50])
def test_what_was_written_is_stable(html):
    """Reading the result as HTML and writing it again changes nothing but footnotes."""
    once = markdown_of(html)
    if "[^" not in once:
        assert markdown_of(READER.render(once)) == once
