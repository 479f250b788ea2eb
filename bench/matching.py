"""A bank's file read, matched with the register and booked, beside only reading and writing rows.

5,000 lines against 20,000 units: most name their unit as the payer, others in the remark, nearly,
or not at all. The machine's own limit is the same statement's rows taken from the database and
written back with bare statements.
"""

import datetime as dt
import random
from collections.abc import Iterator

from django.core.files.base import ContentFile, File
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bench import population
from bench.measure import Figure, at_most, peak_memory, seconds
from files.sheets import write_xlsx
from members.models import BankStatement, FormerName, MemberUnit, StatementLine
from members.statement_booking import book_proposed, proposed
from members.statement_importing import match, name_columns, receive
from members.statement_reading import guessed

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
TITLES = ["交易日期", "贷方发生额", "对方户名", "附言", "流水号"]
FORMS = ["有限公司", "有限责任公司", "股份有限公司", "集团有限公司"]
REMARKS = ("2026年度会费", "２０２６会费", "缴纳2026年会费", "会费", "中国矿业联合会2026年会费")


def figures() -> Iterator[Figure]:
    upload, person = statement_of(populate()), User.objects.get(email="finance@example.org")
    now = timezone.now()
    read = seconds(lambda: take_in(upload, at=now, by=person))
    statement = BankStatement.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    ours = seconds(lambda: match(statement))
    counts = {
        state: statement.lines.filter(state=state).count() for state in StatementLine.State.values
    }
    sure = proposed(statement)
    booked = seconds(lambda: book_proposed(statement=statement, expected=sure, at=now, by=person))
    limit = seconds(lambda: bare(statement))
    yield at_most(f"matching: {LINES:,} lines read", f"{read:.1f} s", f"{limit:.2f} s", read, GOAL)
    yield at_most(
        f"matching: {LINES:,} lines, {UNITS:,} units", f"{ours:.1f} s", f"{limit:.2f} s", ours, GOAL
    )
    yield at_most(
        "matching: lines left unmatched", str(counts["unmatched"]), "0", counts["unmatched"], 0
    )
    yield at_most(
        f"matching: {sure.lines:,} booked together",
        f"{booked:.1f} s",
        f"{limit:.2f} s",
        booked,
        GOAL,
    )
    print(
        f"  {counts['proposed']:,} sure, {counts['doubtful']:,} doubtful, "
        f"{counts['nothing_found']:,} without a unit; {ours / limit:.0f} times the bare; "
        f"peak memory {peak_memory() / MEGABYTE:.0f} MB; sure {sure.lines / LINES:.0%}"
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


def statement_of(names: list[str]) -> File:
    """The bank's file, as staff would upload it."""
    chance = random.Random(7)
    rows = (
        [f"{PAID_ON}", "5,000.00", *texts(row, name, chance), f"{row:010}"]
        for row, name in enumerate(chance.sample(names, LINES), start=1)
    )
    return ContentFile(write_xlsx([TITLES, *rows]).read(), "流水.xlsx")


def take_in(upload: File, *, at: dt.datetime, by: User) -> None:
    statement = receive(upload=upload, at=at, by=by)
    columns = guessed(statement.titles)
    name_columns(statement=statement, columns=columns, at=at, by=by)


def texts(row: int, name: str, chance: random.Random) -> tuple[str, str]:
    """Payer and remark. Of ten lines six name the unit as the payer, two in the remark, one nearly;
    one is a stranger's."""
    remark = chance.choice(REMARKS)
    kind = row % 10
    if kind < 6:
        return name, remark
    if kind < 8:
        return "王建国", f"{name} {remark}"
    if kind == 8:
        return f"{name}分公司", remark
    return invented(chance).replace("矿", "材"), remark


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
