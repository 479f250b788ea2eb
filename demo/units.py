"""Some 300 invented units: every tier and committee, and every case of the standing rule."""

import datetime as dt
import itertools
import random
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from stdnum.cn import uscc

from accounts.models import User
from benefits.models import ExceptionalGrant
from members.models import (
    CommitteeSeat,
    Contact,
    DuesPayment,
    DuesStandard,
    FormerName,
    MembershipApplication,
    MemberUnit,
    SpecialCommittee,
    Term,
    Tier,
    TierAppointment,
)

PLACES = [
    "云岭", "青峰", "苍河", "白石湾", "龙泉坪", "赤水源", "金沙湖", "紫荆山",
    "北斗岭", "望海", "松涛", "石鼓", "银滩", "铁岭坡", "玉屏", "长风",
    "归雁", "沐川河", "丹霞谷", "平湖", "千山", "雪莲", "碧江", "星火",
]  # fmt: skip
TRADES = [
    ("矿业集团有限公司", MemberUnit.Kind.ENTERPRISE),
    ("黄金股份有限公司", MemberUnit.Kind.ENTERPRISE),
    ("有色金属有限公司", MemberUnit.Kind.ENTERPRISE),
    ("煤业有限责任公司", MemberUnit.Kind.ENTERPRISE),
    ("萤石科技有限公司", MemberUnit.Kind.ENTERPRISE),
    ("矿山装备有限公司", MemberUnit.Kind.ENTERPRISE),
    ("绿色建材矿业有限公司", MemberUnit.Kind.ENTERPRISE),
    ("地质勘查院", MemberUnit.Kind.INSTITUTION),
    ("核工业地质大队", MemberUnit.Kind.INSTITUTION),
    ("矿产资源研究所", MemberUnit.Kind.RESEARCH),
    ("碳封存技术研究中心", MemberUnit.Kind.RESEARCH),
    ("地质职业学院", MemberUnit.Kind.SCHOOL),
    ("矿业协会", MemberUnit.Kind.ASSOCIATION),
]
PROVINCES = [
    "北京", "河北", "山西", "内蒙古", "辽宁", "江西", "山东", "河南",
    "湖南", "广西", "四川", "贵州", "云南", "陕西", "甘肃", "新疆",
]  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = [
    "文博", "雨桐", "志远", "建华", "晓岚", "思齐", "明哲", "静怡",
    "国梁", "海燕", "子昂", "丽娟", "永康", "佳宁", "振宇", "秋实",
]  # fmt: skip

TIERS = [("vice_president", 24), ("executive_council", 48), ("council", 78), ("ordinary", 150)]
DUES = {
    "vice_president": Decimal(100_000),
    "executive_council": Decimal(50_000),
    "council": Decimal(20_000),
    "ordinary": Decimal(5_000),
}
# How often each case of the standing rule occurs among a hundred units.
CASES = (
    ["steady"] * 56
    + ["this_year_unpaid"] * 11
    + ["skipped_last_year"] * 5
    + ["long_unpaid"] * 4
    + ["partly_paid"] * 3
    + ["refunded"] * 2
    + ["not_confirmed"] * 4
    + ["new_and_paid"] * 5
    + ["new_unpaid"] * 2
    + ["withdrawn"] * 3
    + ["rejoined"] * 1
    + ["promoted"] * 3
    + ["applicant"] * 1
)


@dataclass
class Rows:
    """Rows gathered to be inserted together."""

    applications: list = field(default_factory=list)
    appointments: list = field(default_factory=list)
    seats: list = field(default_factory=list)
    payments: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    former_names: list = field(default_factory=list)
    grants: list = field(default_factory=list)

    def save(self) -> None:
        for model, rows in (
            (MembershipApplication, self.applications),
            (TierAppointment, self.appointments),
            (CommitteeSeat, self.seats),
            (DuesPayment, self.payments),
            (Contact, self.contacts),
            (FormerName, self.former_names),
            (ExceptionalGrant, self.grants),
        ):
            model.objects.bulk_create(rows)


@dataclass
class Maker:
    """Writes one unit's history after another, the same on every machine."""

    on: dt.date
    finance: User
    chance: random.Random
    rows: Rows = field(default_factory=Rows)

    def __post_init__(self) -> None:
        self.year = self.on.year
        self.tiers = {tier.code: tier for tier in Tier.objects.all()}
        self.committees = list(SpecialCommittee.objects.all())
        self.term, _ = Term.objects.get_or_create(
            name="第六届",
            defaults={
                "name_en": "Sixth term",
                "starts_on": dt.date(self.year - 4, 1, 1),
                "ends_on": dt.date(self.year + 1, 12, 31),
            },
        )

    def day(self, year: int, first: int = 1, last: int = 12) -> dt.date:
        """Some day of the months ``first`` to ``last``, never after ``on``."""
        made = dt.date(year, self.chance.randint(first, last), self.chance.randint(1, 28))
        return min(made, self.on)

    def apply(self, unit: MemberUnit, joined_on: dt.date, ended_on: dt.date | None = None) -> None:
        self.rows.applications.append(
            MembershipApplication(
                unit=unit,
                filed_on=joined_on - dt.timedelta(days=40),
                decision=MembershipApplication.Decision.APPROVED,
                decided_on=joined_on,
                decided_by=self.finance,
                resolution=f"{joined_on.year}年理事会会议纪要",
                ended_on=ended_on,
                ended_because="单位申请退会" if ended_on else "",
            )
        )

    def appoint(self, unit: MemberUnit, tier: str, first: dt.date, last: dt.date | None) -> None:
        self.rows.appointments.append(
            TierAppointment(
                unit=unit, tier=self.tiers[tier], term=self.term, starts_on=first, ends_on=last
            )
        )

    def pay(self, unit: MemberUnit, tier: str, year: int, *, share: str = "1", **fields) -> None:
        paid_on = fields.pop("paid_on", None) or self.day(year, 1, 5)
        confirmed = fields.pop("confirmed", True)
        at = dt.datetime.combine(paid_on, dt.time(2), dt.UTC) if confirmed else None
        self.rows.payments.append(
            DuesPayment(
                unit=unit,
                year=year,
                amount=DUES[tier] * Decimal(share),
                paid_on=paid_on,
                reference=f"{unit.name} {year}年度会费",
                confirmed_at=at,
                confirmed_by=self.finance if confirmed else None,
                **fields,
            )
        )

    def history(self, unit: MemberUnit, tier: str, case: str) -> None:
        """The unit's membership, tier and payments for one case of the standing rule."""
        year = self.year
        if case == "applicant":
            self.rows.applications.append(
                MembershipApplication(unit=unit, filed_on=self.on - dt.timedelta(days=12))
            )
            return
        joined = self.day(
            year if case in ("new_and_paid", "new_unpaid") else year - self.chance.randint(2, 4),
            1,
            6,
        )
        left = dt.date(year - 1, 9, 30) if case in ("withdrawn", "rejoined") else None
        self.apply(unit, joined, left)
        if case == "promoted":
            promoted_on = dt.date(year, 4, 1)
            self.appoint(unit, "ordinary", joined, promoted_on - dt.timedelta(days=1))
            self.appoint(unit, tier, promoted_on, None)
            tier = "ordinary"  # the year's dues follow the tier with which the year began
        else:
            self.appoint(unit, tier, joined, left)
        if case == "rejoined":
            again = dt.date(year, 2, 10)
            self.apply(unit, again)
            self.appoint(unit, tier, again, None)
        self.payments(unit, tier, case, joined.year)

    def payments(self, unit: MemberUnit, tier: str, case: str, since: int) -> None:
        year = self.year
        unpaid = {
            "this_year_unpaid": {year},
            "skipped_last_year": {year - 1},
            "long_unpaid": {year, year - 1, year - 2},
            "new_unpaid": {year},
            "withdrawn": {year, year - 1},
            "rejoined": {year - 1},
            "partly_paid": {year},
            "refunded": {year},
            "not_confirmed": {year},
        }.get(case, set())
        for paid in range(since, year + 1):
            if paid not in unpaid:
                self.pay(unit, tier, paid)
        if case == "partly_paid":
            self.pay(unit, tier, year, share="0.6")
        elif case == "refunded":
            paid_on = self.day(year, 1, 2)
            self.pay(unit, tier, year, paid_on=paid_on)
            back_on = min(paid_on + dt.timedelta(days=20), self.on)
            self.pay(unit, tier, year, paid_on=back_on, kind=DuesPayment.Kind.REFUND)
        elif case == "not_confirmed":
            self.pay(unit, tier, year, paid_on=self.on - dt.timedelta(days=3), confirmed=False)

    def person(self) -> str:
        return self.chance.choice(SURNAMES) + self.chance.choice(GIVEN)

    def contacts(self, unit: MemberUnit, index: int) -> None:
        """A liaison always, a bulletin contact mostly, now and then one who unsubscribed."""
        host = f"unit{index:03d}.example"
        liaison = Contact(
            unit=unit,
            name=self.person(),
            title="办公室主任",
            email=f"office@{host}",
            mobile=f"1380000{index:04d}",
            roles=[Contact.Role.LIAISON, Contact.Role.PARCELS, Contact.Role.EVENTS],
        )
        self.rows.contacts.append(liaison)
        if index % 37 == 5:
            return  # nobody for the bulletin: the unit is left out, with the reason
        liaison.roles.append(Contact.Role.BULLETIN)
        if index % 4 == 0:
            self.rows.contacts.append(
                Contact(
                    unit=unit,
                    name=self.person(),
                    title="信息专员",
                    email=f"news@{host}",
                    roles=[Contact.Role.BULLETIN],
                )
            )
        if index % 41 == 7:
            liaison.unsubscribed_at = dt.datetime.combine(
                self.on - dt.timedelta(days=60), dt.time(3), dt.UTC
            )
        if index % 3 == 0:
            self.rows.contacts.append(
                Contact(
                    unit=unit,
                    name=self.person(),
                    title="财务",
                    email=f"finance@{host}",
                    roles=[Contact.Role.FINANCE],
                )
            )

    def extras(self, unit: MemberUnit, index: int, case: str) -> None:
        """Committee seats, former names, and a few exceptional grants."""
        if index % 5 == 0 and case not in ("applicant", "withdrawn"):
            committee = self.committees[(index // 5) % len(self.committees)]
            self.rows.seats.append(
                CommitteeSeat(
                    unit=unit, committee=committee, starts_on=dt.date(self.year - 1, 10, 1)
                )
            )
        if index % 23 == 3:
            self.rows.former_names.append(
                FormerName(
                    unit=unit,
                    name=f"{unit.name[:2]}第{index}矿务局",
                    until=dt.date(self.year - 2, 6, 30),
                )
            )
        if case == "long_unpaid" and index % 2 == 0:
            self.rows.grants.append(
                ExceptionalGrant(
                    unit=unit,
                    reason="单位改制，会费延期缴纳已获批准",
                    approved_by=self.finance,
                    starts_on=dt.date(self.year, 1, 1),
                    ends_on=dt.date(self.year, 12, 31),
                )
            )


def names(chance: random.Random) -> list[tuple[str, str]]:
    """(name, kind) of every unit, in a fixed random order."""
    made = [(place + trade, kind) for place, (trade, kind) in itertools.product(PLACES, TRADES)]
    chance.shuffle(made)
    return made


def credit_code(index: int) -> str:
    """An invented code with a right check digit."""
    body = f"91110000{700_000_000 + index * 7919:09d}"
    return body + uscc.calc_check_digit(body)


@transaction.atomic
def load_units(*, on: dt.date, finance: User) -> dict[str, MemberUnit]:
    """Write the demo units; returns one unit for each ``tier:case`` to show.

    The tiers and committees must be there (``load_charter``).
    """
    chance = random.Random(1990)
    maker = Maker(on, finance, chance)
    for year in range(on.year - 5, on.year + 2):
        for code, amount in DUES.items():
            DuesStandard.objects.get_or_create(
                tier=maker.tiers[code],
                year=year,
                defaults={"amount": amount, "resolution": "会员代表大会决议（示例）"},
            )
    order = [tier for tier, count in TIERS for _ in range(count)]
    chance.shuffle(order)
    units = MemberUnit.objects.bulk_create(
        MemberUnit(
            name=name,
            kind=kind,
            credit_code=credit_code(index),
            province=PROVINCES[index % len(PROVINCES)],
            address=f"{PROVINCES[index % len(PROVINCES)]}某市矿山路{index + 1}号",
            postcode=f"{100_000 + index * 37}",
            phone=f"010-5550{index:04d}",
        )
        for index, (name, kind) in enumerate(names(chance)[: len(order)])
    )
    shown: dict[str, MemberUnit] = {}
    for index, (unit, tier) in enumerate(zip(units, order, strict=True)):
        case = CASES[(index * 37) % len(CASES)]
        maker.history(unit, tier, case)
        maker.contacts(unit, index)
        maker.extras(unit, index, case)
        shown.setdefault(f"{tier}:{case}", unit)
    maker.rows.save()
    return shown
