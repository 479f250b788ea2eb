"""What is read from a bank's export, and what is said where it cannot be read."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from files.sheets import rows_of
from members.statement_reading import amount_of, as_text, date_of, guessed, read_lines, table_of
from tests.members.banking import TITLES, csv_file, line, xlsx_file

ON = dt.date(2026, 3, 31)


def read(upload, columns=None):
    table = table_of(rows_of(upload))
    return read_lines(table, columns or guessed(table.titles), ON)


def told(upload, columns=None) -> list[str]:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        read(upload, columns)
    return caught.value.messages


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_csv_is_read_between_the_bank_s_own_lines(encoding):
    out = ["2026-03-03", "800.00", "", "印刷厂", "", "转账", "印刷费", ""]

    incoming = read(csv_file(line(number="77"), out, [], encoding=encoding))

    [read_line] = incoming.lines
    assert incoming.outgoing == 1
    assert (read_line.row, read_line.paid_on) == (5, dt.date(2026, 3, 2))
    assert (read_line.amount, read_line.payer) == (Decimal(5000), "甲矿业有限公司")
    assert (read_line.payer_account, read_line.reference) == ("880001", "77")
    assert read_line.remark == "转账 2026年度会费"
    assert read_line.cells == line(number="77")


def test_an_excel_file_is_read_with_its_dates_and_numbers():
    paid_at = dt.datetime(2026, 3, 2, 10, 30)  # noqa: DTZ001 - a sheet knows no zones
    row = line(amount=1600.1, paid_on=paid_at)

    [read_line] = read(xlsx_file(row)).lines

    assert (read_line.paid_on, read_line.amount) == (dt.date(2026, 3, 2), Decimal("1600.10"))


DATES = ["2026-03-02", "2026/3/2", "20260302", "2026年3月2日", "2026.03.02", "46083"]
DATES += ["2026-03-02 10:30:00", "20260302103000", "２０２６－０３－０２"]


@pytest.mark.parametrize("text", DATES)
def test_dates_are_recognised(text):
    assert date_of(text) == dt.date(2026, 3, 2)


@pytest.mark.parametrize("text", ["", "三月二日", "2026-13-01", "2026-02-29", "260302", "5000"])
def test_what_is_no_date(text):
    assert date_of(text) is None


AMOUNTS = [
    "1600",
    "1,600.00",
    "¥1,600.00",
    "￥1600",
    "1600元",
    "+1600",
    "CNY 1600.00",
    "１，６００",
]


@pytest.mark.parametrize("text", AMOUNTS)
def test_amounts_are_recognised(text):
    assert amount_of(text) == Decimal(1600)


def test_money_going_out_may_be_negative():
    assert (amount_of("-1,600.00"), amount_of("(1,600.00)")) == (Decimal(-1600), Decimal(-1600))


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1e5", "10000000000.00", "1.2.3", "NaN"])
def test_what_is_no_amount(text):
    assert amount_of(text) is None


def test_a_leap_day_is_a_date():
    assert date_of("2028-02-29") == dt.date(2028, 2, 29)


def test_a_direction_column_tells_in_from_out():
    titles = ["记账时间", "收/支", "交易金额", "付款人名称", "用途"]
    rows = [
        ["2026-03-02", "收", "5000", "甲矿业有限公司", "会费"],
        ["2026-03-02", "支", "900", "印刷厂", "印刷"],
    ]

    incoming = read(csv_file(*rows, titles=titles))

    assert ([each.amount for each in incoming.lines], incoming.outgoing) == ([Decimal(5000)], 1)


def test_columns_are_guessed_by_their_titles():
    assert guessed(TITLES) == [
        *("paid_on", "outgoing", "amount", "payer", "account", "remark", "remark", "reference")
    ]
    assert guessed(["账户余额", "对方开户行", "收款人名称", "", "记账日期", "入账日期"]) == [
        *("", "", "", "", "paid_on", "")
    ]


def test_what_cannot_be_read_is_named_by_row_and_column():
    rows = [line(), line(paid_on="昨天"), line(amount="五千"), line(paid_on="2026-04-01")]

    assert told(csv_file(*rows)) == [
        "Row 6, column “交易日期”: “昨天” is not a date.",
        "Row 7, column “贷方发生额”: “五千” is not an amount.",
        "Row 8, column “交易日期”: 2026-04-01 lies in the future.",
    ]


def test_a_line_without_a_date_is_no_footer():
    assert told(csv_file(line(), line(paid_on=""))) == [
        "Row 6, column “交易日期”: “” is not a date."
    ]


def test_a_text_that_is_too_long_is_refused():
    assert told(csv_file(line(payer="甲" * 201))) == [
        f"Row 5, column “对方户名”: “{'甲' * 20}…” is too long."
    ]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["", "", "amount", "payer", "", "", "", ""], "Say which column holds this: date."),
        (
            ["paid_on", "", "", "payer", "", "", "", ""],
            "Say which column holds this: amount received.",
        ),
        (
            ["paid_on", "", "amount", "", "", "", "", ""],
            "Say which column holds the payer or the remark.",
        ),
        (
            ["paid_on", "", "amount", "payer", "payer", "", "", ""],
            "Only one column can hold this: payer.",
        ),
    ],
)
def test_columns_that_do_not_do(columns, said):
    assert told(csv_file(line()), columns) == [said]


def test_a_file_without_a_table_or_payments_is_refused():
    empty = csv_file(titles=["说明"], around=False)
    assert told(empty) == [
        "No table was found in the file. It needs a row of titles: date, amount, payer."
    ]
    assert told(csv_file()) == ["No incoming payment was found in the file."]


def test_a_line_has_the_same_fingerprint_in_every_file():
    [first] = read(csv_file(line())).lines
    other = line(paid_on="2026年3月2日", amount="5000", payer="甲矿业有限公司 ")
    again = read(xlsx_file(line(payer="乙"), other)).lines

    assert first.fingerprint == again[1].fingerprint
    assert first.fingerprint != again[0].fingerprint


def test_equal_lines_of_one_file_are_two_payments():
    prints = [each.fingerprint for each in read(csv_file(line(), line())).lines]
    again = [each.fingerprint for each in read(csv_file(line(), line(), line())).lines]

    assert len(set(prints)) == 2
    assert again[:2] == prints


def test_cells_lose_what_cannot_be_shown():
    assert as_text("甲\x00\t矿 业\n") == "甲 矿 业"
    assert (as_text(5000.0), as_text(0.1 + 0.2), as_text(None)) == ("5000", "0.3", "")
