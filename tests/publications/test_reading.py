"""Markdown becomes HTML that can be shown to anyone, whoever wrote it."""

import pytest

from publications.reading import rendered


def test_paragraphs_headings_and_tables():
    assert rendered("一段。\n\n## 小标题\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n") == (
        '<p>一段。</p>\n<h2>小标题</h2>\n<div class="wide"><table>\n<thead>\n<tr>\n'
        "<th>甲</th>\n<th>乙</th>\n</tr>\n"
        "</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table></div>\n"
    )


def test_the_pages_own_title_stays_the_only_first_heading():
    assert rendered("# 大标题") == "<h2>大标题</h2>\n"


def test_links_are_kept_without_passing_on_trust():
    assert rendered("[网站](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer nofollow">网站</a>'
        "</p>\n"
    )


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        (
            "<img src=x onerror=alert(1)>字",
            "<p>&lt;img src=x onerror=alert(1)&gt;字</p>\n",
        ),
        ("[点我](javascript:alert(1))", "<p>[点我](javascript:alert(1))</p>\n"),
        ("[点我](data:text/html;base64,PHNj)", "<p>[点我](data:text/html;base64,PHNj)</p>\n"),
        ("[点我](vbscript:x)", "<p>[点我](vbscript:x)</p>\n"),
        (
            '[点我](https://example.org "\\"onmouseover=alert(1)")',
            '<p><a href="https://example.org" rel="noopener noreferrer nofollow">点我</a></p>\n',
        ),
        (
            "<https://example.org/><iframe src=//example.org>",
            '<p><a href="https://example.org/" rel="noopener noreferrer nofollow">'
            "https://example.org/</a>&lt;iframe src=//example.org&gt;</p>\n",
        ),
        (
            '<p style="position:fixed" onclick="x()">字</p>',
            '<p>&lt;p style="position:fixed" onclick="x()"&gt;字&lt;/p&gt;</p>\n',
        ),
        (
            "![图](https://example.org/track.png)",
            '<p><a href="https://example.org/track.png" rel="noopener noreferrer nofollow">图</a>'
            "</p>\n",
        ),
    ],
)
def test_hostile_texts_do_nothing(hostile, harmless):
    assert rendered(hostile) == harmless


def test_deep_nesting_is_survived():
    assert rendered(">" * 5000 + " 字").count("<blockquote>") < 200


DIGEST = "a1" * 32


def test_picture_of_ours_has_the_address_it_is_shown_from():
    text = f"![矿山<全景>](picture:{DIGEST})"
    assert rendered(text, pictures="/pictures/{}.png".format) == (
        f'<figure><img src="/pictures/{DIGEST}.png" alt="矿山&lt;全景&gt;" loading="lazy">'
        "<figcaption>矿山&lt;全景&gt;</figcaption></figure>\n"
    )
    assert rendered(text) == "<p>矿山&lt;全景&gt;</p>\n"


def test_footnotes_of_two_texts_on_one_page_do_not_meet():
    assert rendered("产量[^a]，又[^a]。\n\n[^a]: 初步*统计*。", within="a7") == (
        '<p>产量<sup><a class="call" id="call-a7-1" href="#note-a7-1" '
        'rel="noopener noreferrer nofollow">[1]</a></sup>，又<sup><a class="call" '
        'href="#note-a7-1" rel="noopener noreferrer nofollow">[1]</a></sup>。</p>\n'
        '<section class="notes"><ol><li id="note-a7-1"><p>初步<em>统计</em>。</p>\n'
        '<a class="back" href="#call-a7-1" rel="noopener noreferrer nofollow">↩</a></li></ol>'
        "</section>"
    )


def test_a_line_broken_between_chinese_characters_goes_on_without_a_space():
    assert rendered("矿产\n资源 of\nChina\n的") == "<p>矿产资源 of China 的</p>\n"
