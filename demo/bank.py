"""A month of the association's account: dues, some of them hard to tell, and other money."""

import csv
import datetime as dt
import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from demo.awards import moment
from members.models import DuesStandard, FormerName, MemberUnit, TierAppointment
from members.statement_importing import match, name_columns, receive
from members.statement_reading import guessed

TITLES = ["交易时间", "贷方发生额", "对方户名", "对方账号", "摘要", "附言", "流水号"]
SURE = 9


def load_bank(*, on: dt.date, finance: User) -> None:
    """Import the statement and match it; nothing is booked yet. Needs the year's dues."""
    text = io.StringIO()
    csv.writer(text).writerows([["账户交易明细"], TITLES, *lines(on)])
    name = f"对公账户流水{on:%Y%m}.csv"
    upload = SimpleUploadedFile(name, text.getvalue().encode("gbk"))
    statement = receive(upload=upload, at=moment(on), by=finance)
    name_columns(statement=statement, columns=guessed(statement.titles), at=moment(on), by=finance)
    match(statement)


def lines(on: dt.date) -> list[list[str]]:
    """The rows of the bank's export, the newest last."""
    standards = {row.tier_id: row.amount for row in DuesStandard.objects.filter(year=on.year)}
    held = TierAppointment.objects.on(on).select_related("unit").order_by("unit")
    unpaid = MemberUnit.objects.members(on).exclude(payments__year=on.year)
    held = held.filter(unit__in=unpaid)[: SURE + 5]
    owing = [(each.unit, standards[each.tier_id]) for each in held]
    said = [
        *((unit.name, f"{on.year}年度会费", amount) for unit, amount in owing[:SURE]),
        *hard(owing[SURE:], on.year),
        ("甲乙丙展览服务有限公司（示例）", "展位费", 18_000),
        ("示例银行", "结息", Decimal("126.35")),
    ]
    return [
        [
            f"{on - dt.timedelta(days=(len(said) - number) // 2):%Y-%m-%d} 10:{number:02}:00",
            f"{amount:,}",
            payer,
            f"62220200{number:08}",
            "转账",
            remark,
            f"SL{on:%y%m}{number:05}",
        ]
        for number, (payer, remark, amount) in enumerate(said, 1)
    ]


def hard(owing: list[tuple[MemberUnit, int]], year: int) -> list[tuple]:
    """Lines that ask for a careful eye: another payer, a part, no year, a former name, a typo."""
    (one, dues), (other, others_dues), (third, thirds), (fourth, fourths), (fifth, fifths) = owing
    FormerName.objects.create(
        unit=fourth, name=f"{fourth.name[:2]}矿务公司", until=dt.date(year - 1, 3, 31)
    )
    return [
        ("示例集团财务有限公司", f"代{one.name}缴{year}年会费", dues),
        (other.name, f"{year}年会费（第一笔）", others_dues / 2),
        (third.name, "往来款", thirds),
        (f"{fourth.name[:2]}矿务公司", f"{year}年度会费", fourths),
        (fifth.name[:4], "会费", fifths),
    ]
