"""Matching a bank's lines with the register, beside only reading and writing the same rows.

5,000 lines against 20,000 units: most name their unit outright, others by a former name, in the
remark, with several years, nearly, or not at all. The machine's own limit is the same statement's
rows taken from the database and written back with bare statements.
"""

import datetime as dt
import random
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench import population
from bench.measure import Figure, at_most, peak_memory, seconds
from members.models import BankStatement, FormerName, MemberUnit, StatementLine
from members.statement_importing import match

UNITS, LINES = 20_000, 5_000
GOAL = 20.0  # seconds, on two cores
MEGABYTE = 1024 * 1024
PAID_ON = dt.date(2026, 3, 10)
REGIONS = [
    "山西",
    "山东",
    "内蒙古",
    "河北",
    "湖南",
    "云南",
    "青海",
    "江西",
    "赣州",
    "昆明",
    "大同",
    "包头",
    "宜昌",
    "铜陵",
    "攀枝花",
    "白银",
]
STEMS = "金鑫宏远华岳云岭恒泰中和盛达天桥龙脊凤鸣青崖白石红岩黑水长河"
KINDS = [
    "矿业",
    "煤业",
    "铜业",
    "黄金",
    "稀土",
    "勘查",
    "地质勘探",
    "矿山机械",
    "矿产开发",
    "建材",
    "钻探工程",
    "选矿科技",
]
FORMS = ["有限公司", "有限责任公司", "股份有限公司", "集团有限公司"]
REMARKS = ("2026年度会费", "２０２６会费", "缴纳2026年会费", "会费", "中国矿业联合会2026年会费")


def figures() -> Iterator[Figure]:
    names = populate()
    statement = statement_of(names)
    ours = seconds(lambda: match(statement))
    counts = {
        state: statement.lines.filter(state=state).count() for state in StatementLine.State.values
    }
    limit = seconds(lambda: bare(statement))
    yield at_most(
        f"matching: {LINES:,} lines, {UNITS:,} units", f"{ours:.1f} s", f"{limit:.2f} s", ours, GOAL
    )
    yield at_most(
        "matching: lines left unmatched", str(counts["unmatched"]), "0", counts["unmatched"], 0
    )
    proposed = counts["proposed"] / LINES
    print(
        f"  {counts['proposed']:,} sure, {counts['doubtful']:,} doubtful, "
        f"{counts['nothing_found']:,} without a unit; {ours / limit:.0f} times the bare; "
        f"peak memory {peak_memory() / MEGABYTE:.0f} MB; sure {proposed:.0%}"
    )


def populate() -> list[str]:
    """Units with the names of companies, paid up to 2025; the first 500 with a former name."""
    population.promised_bulletin()
    population.add_units(1, UNITS, everyone=True)
    chance = random.Random(4)
    names = set()
    while len(names) < UNITS:
        names.add(invented(chance))
    names = sorted(names)
    units = list(MemberUnit.objects.order_by("pk"))
    for unit, name in zip(units, names, strict=True):
        unit.name = name
    MemberUnit.objects.bulk_update(units, ["name"], batch_size=2000)
    FormerName.objects.bulk_create(
        FormerName(unit=unit, name=f"原{unit.name}") for unit in units[:500]
    )
    return names


def invented(chance: random.Random) -> str:
    stem = "".join(chance.sample(STEMS, chance.choice((2, 2, 3))))
    region = chance.choice(["", *REGIONS])
    return f"{region}{stem}{chance.choice(KINDS)}{chance.choice(FORMS)}"


def statement_of(names: list[str]) -> BankStatement:
    chance = random.Random(7)
    person = User.objects.get(email="finance@example.org")
    statement = BankStatement.objects.create(
        name="bench", sha256="0" * 64, titles=[], uploaded_at=timezone.now(), uploaded_by=person
    )
    StatementLine.objects.bulk_create(
        [
            StatementLine(
                statement=statement,
                row=row,
                cells=[],
                paid_on=PAID_ON,
                amount=5000,
                fingerprint=f"{row:064}",
                **texts(row, name, chance),
            )
            for row, name in enumerate(chance.sample(names, LINES), start=1)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return statement


def texts(row: int, name: str, chance: random.Random) -> dict[str, str]:
    """Of ten lines: six by the payer, two by the remark, one nearly, one of a stranger."""
    remark = chance.choice(REMARKS)
    kind = row % 10
    if kind < 6:
        return {"payer": name, "remark": remark}
    if kind < 8:
        return {"payer": "王建国", "remark": f"{name} {remark}"}
    if kind == 8:
        return {"payer": f"{name}分公司", "remark": remark}
    return {"payer": invented(chance).replace("矿", "材"), "remark": remark}


def bare(statement: BankStatement) -> None:
    """Read all the names and write all the lines, with nothing in between."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, credit_code FROM members_memberunit")
        cursor.fetchall()
        cursor.execute(
            "UPDATE members_statementline SET state = 'doubtful', doubt = 'which_year' "
            "WHERE statement_id = %s",
            [statement.pk],
        )
