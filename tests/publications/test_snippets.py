"""What a hit shows: the piece that tells most, what was asked for marked, everything escaped."""

import pytest

from publications.search_words import question
from publications.snippets import LENGTH, marked, snippet


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("露天矿山安全", "山安", "露天矿<mark>山安</mark>全"),
        ("绿色矿山", "绿色 矿山", "<mark>绿色矿山</mark>"),
        ("Ｃｕ与CU与cucumber", "cu", "<mark>Ｃｕ</mark>与<mark>CU</mark>与cucumber"),
        ("储量㎎计", "mg", "储量<mark>㎎</mark>计"),
        ("铜 & <铜>", "铜", "<mark>铜</mark> &amp; &lt;<mark>铜</mark>&gt;"),
        ("<mark>", "mark", "&lt;<mark>mark</mark>&gt;"),
        ("&amp;", "amp", "&amp;<mark>amp</mark>;"),
        ("价格上涨", "“价格上涨”", "<mark>价格上涨</mark>"),
        ("无关", "铜矿", "无关"),
    ],
)
def test_what_was_asked_for_is_marked_as_it_is_written(text, asked, shown):
    assert marked(text, question(asked)) == shown


def test_the_piece_that_holds_most_is_shown():
    text = "铜矿。" + "字" * 200 + "铜矿与锂矿在此。" + "字" * 200

    shown = snippet(text, question("铜矿 锂矿"))

    assert shown == f"…{'字' * 24}<mark>铜矿</mark>与<mark>锂矿</mark>在此。{'字' * 64}…"


def test_a_text_without_the_word_shows_its_beginning():
    assert snippet("字" * 200, question("铜矿")) == "字" * LENGTH + "…"
    assert snippet("一行\n两行。\n三行", question("铜矿")) == "一行 两行。三行"
    assert snippet("", question("铜矿")) == ""
