"""Spreadsheets: what is written comes back as it was, and nothing becomes a formula."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from files.sheets import csv_lines, rows_of, write_xlsx

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
