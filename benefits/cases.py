"""Cases that the people who own the charter can read and add to: a unit's history, an item, a day
and the answer that is expected. The file is explained at the top of `cases.yaml`; its words are
Chinese whatever language is switched on."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import uscc

from accounts.models import User
from benefits.basis import Basis
from benefits.entitlement import entitlement, judged
from benefits.models import BenefitItem, ExceptionalGrant, Extent, Medium
from benefits.yaml_lines import BadFile, Entry, Faults, read
from members.models import (
    CommitteeSeat,
    DuesPayment,
    DuesStandard,
    MembershipApplication,
    MemberUnit,
    SpecialCommittee,
    Term,
    Tier,
    TierAppointment,
)

CASES_FILE = Path(__file__).with_name("cases.yaml")
YES_NO = {"是": True, "否": False}
MEDIA = {
    "纸质": Medium.PAPER,
    "电子版": Medium.ELECTRONIC,
    "免费名额": Medium.SEAT,
    "服务": Medium.RIGHT,
    "优惠": Medium.DISCOUNT,
}
AMOUNTS = {"不限": Extent.UNLIMITED, "未写明": Extent.NOT_STATED}
BASES = {
    "章程": Basis.CHARTER,
    "特批": Basis.EXCEPTIONAL_GRANT,
    "未承诺": Basis.NOT_PROMISED,
    "非会员": Basis.NOT_A_MEMBER,
    "无级别": Basis.NO_TIER,
    "无会费标准": Basis.NO_STANDARD,
    "当年会费未缴": Basis.THIS_YEAR_UNPAID,
    "上年会费未缴": Basis.LAST_YEAR_UNPAID,
}
WORDS = {str(value): word for words in (MEDIA, AMOUNTS, BASES) for word, value in words.items()}


@dataclass(frozen=True)
class Expected:
    """An answer in the file's words: 是 · 3 · 纸质 · 章程."""

    entitled: bool
    amount: str
    medium: str
    basis: str

    def __str__(self) -> str:
        yes = "是" if self.entitled else "否"
        return " · ".join(part for part in (yes, self.amount, self.medium, self.basis) if part)


@dataclass
class Case:
    """One case. The unit's rows are made when it is run; only ``unit`` is missing in them."""

    title: str
    line: int
    item: BenefitItem
    on: dt.date
    expected: Expected
    rows: list = field(default_factory=list)
    standards: list[DuesStandard] = field(default_factory=list)

    @property
    def years(self) -> tuple[int, int]:
        """The years whose dues can decide."""
        return self.on.year - 1, self.on.year

    def __str__(self) -> str:
        return self.title


@dataclass(frozen=True)
class Failure:
    case: Case
    found: str

    def __str__(self) -> str:
        return _("line %(line)d, %(title)s: expected %(expected)s, found %(found)s") % {
            "line": self.case.line,
            "title": self.case.title,
            "expected": self.case.expected,
            "found": self.found,
        }


# --- Running -----------------------------------------------------------------------------------


def run(case: Case) -> Failure | None:
    """Make the unit, ask both forms of the rule, take everything back."""
    with transaction.atomic():
        unit = made_unit()
        DuesStandard.objects.filter(year__in=case.years).delete()
        DuesStandard.objects.bulk_create(case.standards)
        staff = User.objects.create(email="charter.cases@check.invalid", name="核对用例")
        term = Term.objects.create(name="核对用例", starts_on=dt.date(1990, 1, 1))
        common = {"unit": unit, "term": term, "approved_by": staff, "confirmed_by": staff}
        for row in case.rows:
            row.pk, row._state.adding = None, True
            save_with(row, common)
        found = {answer_alone(unit, case), answer_in_set(unit, case)}
        transaction.set_rollback(True)
    if found == {case.expected}:
        return None
    return Failure(case, " / ".join(sorted(map(str, found))))


def save_with(row, common: dict) -> None:
    """Save a row with whichever of the common rows its model refers to."""
    for name, value in common.items():
        if name == "confirmed_by" and not getattr(row, "confirmed_at", None):
            continue
        if name in {each.name for each in row._meta.fields}:
            setattr(row, name, value)
    row.save(force_insert=True)


def made_unit() -> MemberUnit:
    """A unit under a credit code of a place that does not exist."""
    body = "91000000" + "999999999"
    code = body + uscc.calc_check_digit(body)
    return MemberUnit.objects.create(name="核对用例", credit_code=code)


def answer_alone(unit: MemberUnit, case: Case) -> Expected:
    answer = entitlement(unit, case.item, case.on)
    amount = "不限" if answer.unlimited else str(answer.quantity or "未写明")
    return Expected(
        answer.entitled,
        amount if answer.entitled else "",
        WORDS[answer.medium] if answer.medium else "",
        WORDS[str(answer.basis)],
    )


def answer_in_set(unit: MemberUnit, case: Case) -> Expected:
    answer = judged(MemberUnit.objects.filter(pk=unit.pk), case.item, case.on).get()
    amount = answer.allowed_quantity or WORDS.get(answer.allowed_extent, "")
    medium = answer.allowed_medium
    return Expected(
        answer.is_entitled, str(amount), WORDS[medium] if medium else "", WORDS[answer.basis]
    )


# --- Reading -----------------------------------------------------------------------------------


def parse(path: Path) -> list[Case]:
    """The cases of the file. Raises ``BadFile``; names are looked up in the database."""
    return Reader(path).cases()


class Reader:
    """Reads one file, with the names that its cases may use."""

    def __init__(self, path: Path):
        self.root, self.faults = read(path), Faults()
        self.tiers = {tier.name: tier for tier in Tier.objects.all()}
        self.committees = {row.name: row for row in SpecialCommittee.objects.all()}
        self.items = {item.name: item for item in BenefitItem.objects.select_related("group")}
        self.dues: dict[str, Decimal] = {}

    def cases(self) -> list[Case]:
        found: list[Case] = []
        with self.faults.collected():
            fields = self.root.fields(required=["会费标准", "情形"])
            for name, amount in fields["会费标准"].entries().items():
                with self.faults.collected():
                    self._tier_named(name, amount)
                    self.dues[name] = amount.amount()
            self.faults.raise_any()
            for entry in fields["情形"].items():
                with self.faults.collected():
                    found.append(self._case(entry))
        self.faults.raise_any()
        return found

    def _tier_named(self, name: str, entry: Entry) -> Tier:
        if name not in self.tiers:
            raise entry.fault(_("there is no such tier"))
        return self.tiers[name]

    def _case(self, entry: Entry) -> Case:
        fields = entry.fields(
            required=["说明", "单位", "权益项", "日期", "应为"], optional=["会费标准"]
        )
        on = fields["日期"].day()
        case = Case(
            title=fields["说明"].text(),
            line=entry.line,
            item=fields["权益项"].choice(self.items),
            on=on,
            expected=self._expected(fields["应为"]),
        )
        history = fields["单位"].fields(
            required=["入会"], optional=["级别", "退会", "专委会", "缴费", "特批"]
        )
        joined = self._membership(history, case)
        for tier, first, last in self._dated(history, "级别", self.tiers, joined):
            case.rows.append(TierAppointment(tier=tier, starts_on=first, ends_on=last))
        for committee, first, last in self._dated(history, "专委会", self.committees, joined):
            case.rows.append(CommitteeSeat(committee=committee, starts_on=first, ends_on=last))
        case.rows += self._payments(history, case)
        case.rows += self._grants(history)
        if "会费标准" in fields:
            fields["会费标准"].choice({"无": None})
        else:
            case.standards = self._standards(case)
        return case

    def _membership(self, history: dict[str, Entry], case: Case) -> dt.date:
        joined = history["入会"].day()
        left = history["退会"].day() if "退会" in history else None
        case.rows.append(
            MembershipApplication(
                filed_on=joined,
                decided_on=joined,
                ended_on=left,
                decision=MembershipApplication.Decision.APPROVED,
            )
        )
        return joined

    def _dated(
        self, history: dict[str, Entry], name: str, known: dict, joined: dt.date
    ) -> Iterator[tuple]:
        """What was held from when to when; a bare name is held from the day of joining."""
        if name not in history:
            return
        entry = history[name]
        if not entry.is_list:
            yield entry.choice(known), joined, None
            return
        for each in entry.items():
            fields = each.fields(required=[name, "自"], optional=["至"])
            last = fields["至"].day() if "至" in fields else None
            yield fields[name].choice(known), fields["自"].day(), last

    def _payments(self, history: dict[str, Entry], case: Case) -> Iterator[DuesPayment]:
        if "缴费" not in history:
            return
        first = next((row.tier for row in case.rows if isinstance(row, TierAppointment)), None)
        for entry in history["缴费"].items():
            fields = entry.fields(required=["年度", "日期"], optional=["金额", "退费", "未确认"])
            if "金额" not in fields and first is None:
                raise entry.fault(_("without a tier, give the amount paid"))
            day = fields["日期"].day()
            is_refund = "退费" in fields and fields["退费"].choice(YES_NO)
            is_open = "未确认" in fields and fields["未确认"].choice(YES_NO)
            yield DuesPayment(
                kind=DuesPayment.Kind.REFUND if is_refund else DuesPayment.Kind.PAYMENT,
                year=fields["年度"].number(least=1990),
                amount=fields["金额"].amount() if "金额" in fields else self.dues[first.name],
                paid_on=day,
                confirmed_at=None
                if is_open
                else dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC),
            )

    def _grants(self, history: dict[str, Entry]) -> Iterator[ExceptionalGrant]:
        if "特批" not in history:
            return
        for entry in history["特批"].items():
            fields = entry.fields(required=["自", "至"], optional=["权益项", "数量", "形式"])
            gives, quantity = ExceptionalGrant.Gives.AS_CHARTER, None
            if "数量" in fields:
                extent, quantity = self._amount(fields["数量"])
                gives = ExceptionalGrant.Gives(extent)
            yield ExceptionalGrant(
                item=fields["权益项"].choice(self.items) if "权益项" in fields else None,
                gives=gives,
                quantity=quantity,
                medium=fields["形式"].choice(MEDIA) if "形式" in fields else "",
                reason="核对用例",
                starts_on=fields["自"].day(),
                ends_on=fields["至"].day(),
            )

    def _standards(self, case: Case) -> list[DuesStandard]:
        return [
            DuesStandard(tier=self.tiers[name], year=year, amount=amount)
            for name, amount in self.dues.items()
            for year in case.years
        ]

    def _amount(self, entry: Entry) -> tuple[str, int | None]:
        if entry.text() in AMOUNTS:
            return AMOUNTS[entry.text()].value, None
        return Extent.QUANTITY.value, entry.number(least=1)

    def _expected(self, entry: Entry) -> Expected:
        fields = entry.fields(required=["享有", "依据"], optional=["数量", "形式"])
        entitled = fields["享有"].choice(YES_NO)
        given = {name for name in ("数量", "形式") if name in fields}
        if len(given) != (2 if entitled else 0):
            raise entry.fault(_("give number and form for a yes, neither for a no"))
        if not entitled:
            return Expected(False, "", "", WORDS[fields["依据"].choice(BASES)])
        extent, quantity = self._amount(fields["数量"])
        medium = WORDS[fields["形式"].choice(MEDIA)]
        amount = str(quantity or WORDS[extent])
        return Expected(True, amount, medium, WORDS[fields["依据"].choice(BASES)])


__all__ = ["CASES_FILE", "BadFile", "Case", "Failure", "parse", "run"]
