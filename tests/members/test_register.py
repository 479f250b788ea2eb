"""The register of receipts: gaps visible, totals by month, sheets that open safely."""

import io

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from pypdf import PdfReader

from files.sheets import rows_of
from members import receipts
from members.papers import receipt_pdf, register_pdf
from members.register import Gap, gaps, months, receipts_of, table, unused, with_gaps
from tests.factories import PaymentFactory, UnitFactory, UserFactory
from tests.members.factories import day
from tests.members.papers import AT, ON, BookFactory, issued

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def book():
    """101 void and reissued as 103, 102 valid, 105 spoilt, 110 valid in May."""
    book, clerk = BookFactory(code="00012026"), UserFactory(name="出纳")
    named = PaymentFactory(unit=UnitFactory(name="=1+1 矿业"))
    first = issued(named, book=book, by=clerk)
    issued(PaymentFactory(unit__name="乙矿业"), book=book, by=clerk)
    receipts.reissue(
        receipt=first, book=book, number=None, on=ON, by=clerk, at=AT, reason="抬头有误"
    )
    receipts.spoil(book=book, number=105, on=ON, by=clerk, at=AT, reason="打印错位")
    issued(
        PaymentFactory(unit__name="丙矿业"), book=book, number=110, on=day("2026-05-31"), by=clerk
    )
    return book


def written(lines) -> list[str]:
    return [each.written for each in lines]


def test_missing_numbers_stand_between_those_used(book):
    lines = list(with_gaps(book, receipts_of(book)))

    assert written(lines) == [
        *("00000101", "00000102", "00000103", "00000104", "00000105"),
        *("00000106–00000109", "00000110"),
    ]
    assert written(each for each in lines if isinstance(each, Gap)) == written(gaps(book))
    assert (unused(book).written, unused(book).count) == ("00000111–00000200", 90)


def test_a_gap_at_the_very_beginning_is_seen():
    book = BookFactory()
    issued(book=book, number=103)

    assert written(gaps(book)) == ["00000101–00000102"]


def test_a_page_that_begins_behind_a_gap_shows_it(book):
    rows = list(receipts_of(book)[4:])

    assert written(with_gaps(book, rows)) == ["00000106–00000109", "00000110"]


def test_a_book_used_up_has_nothing_left():
    book = BookFactory(first_number=7, last_number=7, digits=4)
    before = unused(book).written
    issued(book=book)

    assert (before, unused(book), gaps(book)) == ("0007", None, [])


def test_totals_by_month_count_valid_money_only(book):
    assert list(months(book)) == [
        {"month": day("2026-04-01"), "issued": 4, "void": 2, "amount": 10_000},
        {"month": day("2026-05-01"), "issued": 1, "void": 0, "amount": 5_000},
    ]


def test_the_sheet_holds_every_line_and_no_formula(book):
    from files.sheets import csv_lines, write_xlsx

    names, *rows = table(book)
    as_csv = ContentFile(b"".join(csv_lines(table(book))), name="a.csv")
    as_xlsx = ContentFile(write_xlsx(table(book)).read(), name="a.xlsx")

    assert names[:4] == ["票据代码", "票据号码", "状态", "票据抬头"]
    assert [row[1:4] for row in rows[:4]] == [
        ["00000101", "已作废", "=1+1 矿业"],
        ["00000102", "有效", "乙矿业"],
        ["00000103", "有效", "=1+1 矿业"],
        ["00000104", "缺号", None],
    ]
    assert [row[1] for row in rows] == [row[1] for row in list(rows_of(as_csv))[1:]]
    assert [row[3] for row in list(rows_of(as_xlsx))[1:4]] == ["=1+1 矿业", "乙矿业", "=1+1 矿业"]


def text_of(pdf: bytes) -> str:
    document = PdfReader(io.BytesIO(pdf))
    return "".join("".join(page.extract_text().split()) for page in document.pages)


def test_the_printed_register_holds_the_gaps_and_the_totals(book):
    said = text_of(register_pdf(book, on=ON))

    for piece in ("00000106–00000109缺号", "00000111–00000200尚未使用", "2026年5月10¥5,000"):
        assert said.count(piece) == 1, piece


def test_the_notice_says_that_it_is_no_official_form():
    receipt = issued(PaymentFactory(unit__name='"#甲$_乙_'), book=BookFactory(code="00012026"))

    said = text_of(receipt_pdf(receipt))

    assert said == (
        "中国矿业联合会票据代码00012026号码00000101会费票据开具通知"
        '抬头"#甲$_乙_会费年度2026金额¥5,000开具日期2026年4月2日'
        "本通知仅说明票据已经开具，不是正式票据，不能代替正式票据入账。"
    )


def test_the_notice_of_a_void_receipt_says_so_and_follows_the_readers_language():
    receipt = receipts.void(
        receipt=issued(book=BookFactory()), by=UserFactory(), at=AT, reason="抬头有误"
    )

    with translation.override("en"):
        said = text_of(receipt_pdf(receipt))

    assert said.count("VoidsinceApril2,2026") == 1


def test_the_register_takes_as_many_queries_for_three_receipts_as_for_one(
    django_assert_num_queries,
):
    book = BookFactory()
    for more in (1, 2):
        for _n in range(more):
            issued(book=book)
        with django_assert_num_queries(1):
            [(each.title, str(each.issued_by)) for each in with_gaps(book, receipts_of(book))]
