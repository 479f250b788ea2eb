"""Spreadsheets: what is written comes back as it was, and nothing becomes a formula."""

import datetime as dt
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from files import sheets
from files.sheets import checked_sheet, csv_lines, number_of_rows, rows_of, write_xlsx

ROWS = [
    ["名称", "邮编", "金额"],
    ["=1+1", "+86 10", "-5"],
    ["@某某", "甲\n“乙”,丙", None],
]


def test_an_xlsx_comes_back_as_it_was_written():
    file = ContentFile(write_xlsx([*ROWS, ["甲", dt.date(2026, 2, 28), 1600]]).read(), "a.xlsx")

    assert list(rows_of(file)) == [
        *ROWS[:2],
        ROWS[2][:2],
        ["甲", dt.datetime(2026, 2, 28), 1600],  # noqa: DTZ001
    ]


def test_no_text_is_a_formula_in_an_xlsx():
    sheet = load_workbook(write_xlsx(ROWS)).active

    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s"]


def test_a_csv_comes_back_as_it_was_written_and_starts_with_a_bom():
    written = b"".join(csv_lines(ROWS))

    assert written.startswith(b"\xef\xbb\xbf")
    assert "'=1+1,'+86 10,'-5\r\n" in written.decode()
    assert list(rows_of(ContentFile(written, "a.csv"))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_a_csv_is_read_in_each_encoding(encoding):
    file = ContentFile("户名,金额\n某矿业,1600\n".encode(encoding), "流水.CSV")

    assert list(rows_of(file)) == [["户名", "金额"], ["某矿业", "1600"]]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"\xff\xff\xff", "encoding"),
        ("a.csv", b"a,b\n\x00,1\n", "encoding"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "kind"),
        ("a.xlsx", b"PK\x03\x04 broken", "kind"),
        ("a.pdf", b"%PDF-1.7", "kind"),
    ],
)
def test_what_is_no_sheet_is_refused_before_the_first_row(name, content, code):
    with pytest.raises(ValidationError) as refused:
        rows_of(ContentFile(content, name))

    assert refused.value.code == code


def test_a_text_stays_one_when_it_is_edited_in_excel():
    [risky, plain] = load_workbook(write_xlsx([["+86 10", "010080"]])).active[1]

    assert (risky.quotePrefix, plain.quotePrefix) == (True, False)
    assert (risky.number_format, plain.number_format) == ("@", "@")


NASTY = st.lists(
    st.one_of(
        st.text(min_size=1, max_size=12),
        st.sampled_from(["=1", "'=1", "''+", "'", "#N/A", "_x000D_", "a\r\nb", "“”,;", "\x0b\0"]),
    ),
    min_size=1,
    max_size=4,
)


@given(NASTY)
def test_any_text_comes_back_from_an_xlsx(texts):
    file = ContentFile(write_xlsx([texts]).read(), "a.xlsx")

    assert list(rows_of(file)) == [texts]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
        min_size=1,
    )
)
def test_any_text_comes_back_from_a_csv(texts):
    file = ContentFile(b"".join(csv_lines([texts])), "a.csv")

    assert list(rows_of(file)) == [texts]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "empty"),
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "kind"),
        ("a.csv", b"\xff\xff\xff", "encoding"),
        ("a.xlsx", b"PK\x03\x04 broken", "kind"),
    ],
    ids=["empty csv", "empty xlsx", "an .xls renamed", "no text", "half an archive"],
)
def test_what_is_no_sheet_is_refused_when_it_is_uploaded(name, content, code):
    with pytest.raises(ValidationError) as refused:
        checked_sheet(ContentFile(content, name))

    assert refused.value.code == code


def test_what_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(sheets, "UNPACKED", 1000)
    file = ContentFile(write_xlsx([["甲"] * 50] * 50).read(), "a.xlsx")

    with pytest.raises(ValidationError) as refused:
        rows_of(file)

    assert refused.value.code == "too_large"


def test_a_sheet_that_is_broken_inside_is_refused_while_it_is_read():
    whole, broken = io.BytesIO(write_xlsx([["甲"]] * 3).read()), io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:-40] if "worksheets" in name else content)

    with pytest.raises(ValidationError) as refused:
        list(rows_of(ContentFile(broken.getvalue(), "a.xlsx")))

    assert refused.value.code == "unreadable"


def test_merged_and_blank_cells_are_read_as_nothing():
    book = Workbook()
    book.active.append(["标题"])
    book.active.merge_cells("A1:C1")
    book.active.append([])
    book.active.append(["甲", None, "丙", "", None])
    out = io.BytesIO()
    book.save(out)

    rows = list(rows_of(ContentFile(out.getvalue(), "a.xlsx")))

    assert [[cell for cell in row if cell] for row in rows] == [["标题"], [], ["甲", "丙"]]


def test_rows_are_counted_without_being_read():
    rows = [["甲", "乙"]] * 1234

    assert number_of_rows(ContentFile(write_xlsx(rows).read(), "a.xlsx")) == 1234
    assert number_of_rows(ContentFile(b"".join(csv_lines(rows)), "a.csv")) == 1234


def test_days_and_moments_look_like_what_they_are():
    moment = dt.datetime(2026, 12, 31, 15, 30, tzinfo=dt.UTC)
    midnight = dt.datetime(2026, 1, 1)  # noqa: DTZ001

    cells = load_workbook(write_xlsx([[dt.date(2026, 2, 28), midnight, moment]])).active[1]

    assert [cell.number_format for cell in cells] == [
        "yyyy-mm-dd",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
    ]
    assert cells[2].value == dt.datetime(2026, 12, 31, 23, 30)  # noqa: DTZ001
