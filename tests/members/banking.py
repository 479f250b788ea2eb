"""Files as banks export them."""

import csv
import datetime as dt
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from files.sheets import write_xlsx
from members.models import ColumnMapping, MemberUnit
from members.statement_importing import match, name_columns, receive
from members.statement_reading import guessed

TITLES = [
    "交易日期",
    "借方发生额",
    "贷方发生额",
    "对方户名",
    "对方账号",
    "摘要",
    "附言",
    "交易流水号",
]
PREAMBLE = [["账户交易明细"], ["账号：", "0200 0000 1234", "户名：", "样本协会"], []]
FOOTER = [["合计", "800.00", "6,600.00"], ["以上明细仅供参考"]]


def line(
    payer="甲矿业有限公司",
    remark="2026年度会费",
    amount="5,000.00",
    *,
    paid_on="2026-03-02",
    number="",
    account="880001",
) -> list:
    return [paid_on, "", amount, payer, account, "转账", remark, number]


def csv_file(*rows: list, titles=TITLES, encoding="utf-8", name="流水.csv", around=True):
    out = io.StringIO()
    before, after = (PREAMBLE, FOOTER) if around else ([], [])
    csv.writer(out).writerows([*before, titles, *rows, *after])
    return SimpleUploadedFile(name, out.getvalue().encode(encoding))


def xlsx_file(*rows: list, titles=TITLES, name="流水.xlsx"):
    return SimpleUploadedFile(name, write_xlsx([*PREAMBLE, titles, *rows, *FOOTER]).getvalue())


def one_of_each_bank(unit: MemberUnit, *, by: User, at: dt.datetime) -> list:
    """A statement with a line of the unit that waits for a person, and the form of its export."""
    upload = csv_file(line(payer=unit.name, paid_on=f"{at:%Y-%m-%d}"))
    statement = receive(upload=upload, at=at, by=by)
    name_columns(statement=statement, columns=guessed(TITLES), at=at, by=by)
    match(statement)
    return [statement, statement.lines.get(), ColumnMapping.objects.get()]
