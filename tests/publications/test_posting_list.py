"""The file with copies and addresses: read by Excel, and harmless in it."""

import csv
import io

import pytest

from publications.models import Parcel
from publications.posting_list import as_csv, cell
from tests.publications.printed import addressed, confirmed, released, report

pytestmark = pytest.mark.django_db


def read(run) -> list[list[str]]:
    """As Excel does: the mark at the beginning is no text."""
    content = "".join(as_csv(run)).encode()
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_list_has_chinese_headings_and_a_row_for_each_parcel():
    addressed("甲", "vice_president")
    addressed("乙", address="")
    addressed("未缴", paid=())
    run = confirmed(released(report()))

    assert read(run) == [
        ["序号", "会员单位", "会员级别", "册数", "收件人", "电话", "邮编", "地址"],
        ["1", "甲", "副会长单位", "3", "甲收件人", "13800000000", "100011", "甲路1号"],
    ]


def test_it_begins_with_the_mark_by_which_excel_knows_chinese():
    addressed("甲")

    content = "".join(as_csv(confirmed(released(report())))).encode()

    assert content[:3] == b"\xef\xbb\xbf"
    assert content.count(b"\xef\xbb\xbf") == 1


@pytest.mark.parametrize(
    "hostile",
    ["=1+1", "+86 10 6655", "-2", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠A1"],
)
def test_what_looks_like_a_formula_is_text(hostile):
    assert next(csv.reader([cell(hostile)], strict=True))[0][0] == "'"


@pytest.mark.parametrize("plain", ["甲路1号", "010-66557788", "", "a=b", 'say "x", twice'])
def test_other_text_stays_as_it_is(plain):
    assert next(csv.reader([f"{cell(plain)},x"]))[0] == plain


def test_hostile_names_and_addresses_come_out_as_text():
    unit = addressed("甲", address='=HYPERLINK("http://example.org","x")')
    unit.contacts.update(name="@收件人", mobile="+8613800000000")

    [_headings, row] = read(confirmed(released(report())))

    assert row[4:] == [
        "'@收件人",
        "'+8613800000000",
        "100011",
        '\'=HYPERLINK("http://example.org","x")',
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(django_assert_num_queries, count):
    for number in range(count):
        addressed(f"第{number}家")
    run = confirmed(released(report()))

    with django_assert_num_queries(1):
        assert len(list(as_csv(run))) == 1 + count


def test_a_unit_without_a_tier_on_the_day_has_an_empty_cell():
    addressed("甲")
    run = confirmed(released(report()))
    Parcel.objects.update(tier=None)

    assert read(run)[1][2] == ""
