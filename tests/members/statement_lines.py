"""The lines with known answers of ``data/statement_lines.yaml``, and the units they speak of."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import yaml

from members.models import MemberUnit, StatementLine
from members.statement_matching import Verdict, judge
from members.statement_register import Register
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    PaymentFactory,
    StandardFactory,
    TierFactory,
    UnitFactory,
)
from tests.members.factories import PENDING, day

PLACE = Path(__file__).with_name("data") / "statement_lines.yaml"
TIERS = ("ordinary", "council", "executive_council", "vice_president")
YEARS = range(2024, 2028)


@dataclass(frozen=True)
class Known:
    """One line and its answer: ``unit`` and ``years`` for one to be booked."""

    payer: str
    remark: str
    amount: Decimal
    answer: str
    paid_on: dt.date
    account: str

    @property
    def is_clear(self) -> bool:
        return bool(self.years) and not self.answer.endswith("maybe")

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(map(int, re.findall(r"\d{4}", self.answer)))

    @property
    def unit(self) -> str:
        """The unit that it is about, or that a person should be offered; "" for any."""
        words = self.answer.split()
        return "".join(words[1:2]) if words[0] in ("ask", "none") else words[0]


def load_units() -> dict[str, MemberUnit]:
    for code in TIERS:
        for year in YEARS:
            StandardFactory(tier=TierFactory(code=code), year=year)
    described = yaml.safe_load(PLACE.read_text(encoding="utf-8"))["units"]
    return {str(key): unit_from(text) for key, text in described.items()}


def unit_from(text: str) -> MemberUnit:
    """``name | tier | former names; … | years paid | left, joined or applied``."""
    parts = [part.strip() for part in text.split("|")] + [""] * 4
    name, tier, former, paid, spell = parts[:5]
    unit = UnitFactory(name=name)
    for each in filter(None, map(str.strip, former.split(";"))):
        unit.former_names.create(name=each)
    word, _blank, date = spell.partition(" ")
    joined_on = day(date) if word == "joined" else dt.date(2019, 5, 1)
    if word == "applied":
        ApplicationFactory(unit=unit, filed_on=joined_on, decision=PENDING, decided_on=None)
    else:
        left_on = day(date) if word == "left" else None
        ApplicationFactory(unit=unit, decided_on=joined_on, ended_on=left_on)
    if tier != "none":
        AppointmentFactory(
            unit=unit, tier=TierFactory(code=tier or "ordinary"), starts_on=joined_on
        )
        for year in re.findall(r"\d{4}", paid or "2024 2025"):
            standard = unit.appointments.get().tier.dues_standards.get(year=year)
            PaymentFactory(
                unit=unit,
                year=int(year),
                amount=standard.amount,
                paid_on=dt.date(min(int(year), 2025), 3, 1),
            )
    return unit


def load_lines(units: dict[str, MemberUnit]) -> list[Known]:
    rows = yaml.safe_load(PLACE.read_text(encoding="utf-8"))["lines"]
    return [known(units, *row) for row in rows]


def known(units, payer, remark, amount, answer, paid_on="2026-03-10", account="") -> Known:
    text = re.sub(r"%\{(.+?)\}", lambda found: units[found[1]].credit_code, str(remark))
    when = paid_on if isinstance(paid_on, dt.date) else day(paid_on)
    return Known(str(payer), text, Decimal(str(amount)), answer, when, account)


def verdict_on(each: Known, register: Register) -> Verdict:
    line = StatementLine(
        paid_on=each.paid_on,
        amount=each.amount,
        payer=each.payer,
        remark=each.remark,
        payer_account=each.account,
    )
    [verdict] = judge([line], register)
    return verdict
