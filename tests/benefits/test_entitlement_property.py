"""One unit, one unit's list and the set: three askings, one answer, over generated charters."""

import datetime as dt
from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benefits.entitlement import entitlement, entitlements, judged
from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent, Medium
from members.models import (
    CommitteeSeat,
    DuesPayment,
    DuesStandard,
    MembershipApplication,
    MemberUnit,
    TierAppointment,
)
from tests.benefits.factories import ItemFactory
from tests.factories import (
    CommitteeFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UserFactory,
    credit_code,
)

pytestmark = pytest.mark.django_db

TIERS = ("vice_president", "council", "ordinary")
COMMITTEES = ("ccs", "fluorite")
ITEMS = 2
NUMBERS = count(1)

# Few days, so that they meet: either side of the boundaries of years, halves and rows.
DAYS = st.sampled_from(
    [
        dt.date(2025, 3, 1),
        dt.date(2025, 12, 31),
        dt.date(2026, 1, 1),
        dt.date(2026, 3, 13),
        dt.date(2026, 6, 30),
        dt.date(2026, 7, 1),
        dt.date(2026, 10, 20),
    ]
)


@st.composite
def periods(draw, *, open_end: bool = True) -> tuple[dt.date, dt.date | None]:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    return first, None if open_end and draw(st.booleans()) else last


AMOUNTS = st.one_of(
    st.tuples(st.just(Extent.QUANTITY), st.integers(0, 3)),
    st.tuples(st.sampled_from([Extent.UNLIMITED, Extent.NOT_STATED]), st.none()),
)
SINCE_LONG_AGO = st.just((dt.date(2019, 5, 1), None))
# (item, holder, part) -> medium, amount, audience, period
CHARTERS = st.dictionaries(
    st.tuples(st.integers(0, ITEMS - 1), st.sampled_from(TIERS + COMMITTEES), st.integers(1, 2)),
    st.tuples(
        st.sampled_from(Medium.values),
        AMOUNTS,
        st.sampled_from(Allowance.Audience.values),
        SINCE_LONG_AGO | periods(),
    ),
    min_size=4,
    max_size=8,
)
# item or None for all -> what it gives, period
GRANTS = st.dictionaries(
    st.sampled_from([None, *range(ITEMS)]),
    st.tuples(
        st.one_of(st.none(), st.integers(1, 4), st.just("unlimited")), periods(open_end=False)
    ),
    max_size=2,
)
HISTORIES = st.fixed_dictionaries(
    {
        "membership": SINCE_LONG_AGO | periods() | st.none(),
        "tier": st.tuples(st.sampled_from(TIERS), SINCE_LONG_AGO | periods()) | st.none(),
        "seats": st.dictionaries(st.sampled_from(COMMITTEES), periods(), max_size=2),
        "payments": st.just([(year, dt.date(2025, 3, 1), 1000) for year in (2024, 2025, 2026)])
        | st.lists(
            st.tuples(
                st.sampled_from([2025, 2026, 2024]),
                st.sampled_from([dt.date(2025, 3, 1), dt.date(2026, 3, 13)]),
                st.sampled_from([1000, 500]),
            ),
            min_size=1,
            max_size=4,
        ),
        "grants": GRANTS,
    }
)


class World:
    """The rows that every example shares."""

    def __init__(self):
        self.tiers = {code: TierFactory(code=code) for code in TIERS}
        self.committees = {code: CommitteeFactory(code=code) for code in COMMITTEES}
        self.term, self.staff = TermFactory(), UserFactory()
        self.items = [ItemFactory() for _number in range(ITEMS)]
        for tier in self.tiers.values():
            for year in (2024, 2025, 2026):
                StandardFactory(tier=tier, year=year, amount=Decimal(1000))
        DuesStandard.objects.filter(tier__code="council", year=2024).delete()

    def make_charter(self, charter: dict) -> None:
        Allowance.objects.bulk_create(
            Allowance(
                item=self.items[item],
                tier=self.tiers.get(holder),
                committee=self.committees.get(holder),
                part=part,
                medium=medium,
                extent=extent,
                quantity=quantity,
                audience=audience,
                clause="条款",
                starts_on=first,
                ends_on=last,
            )
            for (item, holder, part), (medium, (extent, quantity), audience, (first, last)) in (
                charter.items()
            )
        )

    def make_unit(self, history: dict) -> MemberUnit:
        number = next(NUMBERS)
        unit = MemberUnit.objects.create(name=f"单位{number}", credit_code=credit_code(number))
        if history["membership"]:
            first, last = history["membership"]
            MembershipApplication.objects.create(
                unit=unit,
                filed_on=first,
                decision=MembershipApplication.Decision.APPROVED,
                decided_on=first,
                ended_on=last,
            )
        if history["tier"]:
            code, (first, last) = history["tier"]
            TierAppointment.objects.create(
                unit=unit, tier=self.tiers[code], term=self.term, starts_on=first, ends_on=last
            )
        CommitteeSeat.objects.bulk_create(
            CommitteeSeat(unit=unit, committee=self.committees[code], starts_on=first, ends_on=last)
            for code, (first, last) in history["seats"].items()
        )
        DuesPayment.objects.bulk_create(
            DuesPayment(
                unit=unit,
                year=year,
                amount=paid,
                paid_on=day,
                confirmed_at=dt.datetime.combine(day, dt.time(), dt.UTC),
                confirmed_by=self.staff,
            )
            for year, day, paid in history["payments"]
        )
        ExceptionalGrant.objects.bulk_create(
            self.grant(unit, item, gives, first, last)
            for item, (gives, (first, last)) in history["grants"].items()
        )
        return unit

    def grant(self, unit, item, gives, first, last) -> ExceptionalGrant:
        kinds = {None: ExceptionalGrant.Gives.AS_CHARTER, "unlimited": "unlimited"}
        kind = "charter" if item is None else kinds.get(gives, "quantity")
        return ExceptionalGrant(
            unit=unit,
            item=None if item is None else self.items[item],
            gives=kind,
            quantity=gives if kind == "quantity" else None,
            medium="" if kind == "charter" else Medium.SEAT,
            reason="样本",
            approved_by=self.staff,
            starts_on=first,
            ends_on=last,
        )


def from_set(units, item: BenefitItem, on: dt.date) -> dict:
    return {
        row.pk: (
            row.is_entitled,
            row.allowed_quantity,
            row.allowed_extent == Extent.UNLIMITED,
            row.allowed_medium,
            row.basis,
            row.tier_held,
        )
        for row in judged(units, item, on)
    }


def from_answer(answer) -> tuple:
    tier = answer.tier and answer.tier.pk
    how_much = (answer.quantity, answer.unlimited, answer.medium)
    return answer.entitled, *how_much, str(answer.basis), tier


def test_one_unit_its_list_and_the_set_agree():
    world = World()
    bases = set()

    @settings(
        max_examples=40,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(charter=CHARTERS, histories=st.lists(HISTORIES, min_size=1, max_size=3), on=DAYS)
    def agree(charter, histories, on):
        with transaction.atomic():
            world.make_charter(charter)
            units = [world.make_unit(history) for history in histories]
            asked = MemberUnit.objects.filter(pk__in=[unit.pk for unit in units])
            listed = {unit.pk: entitlements(unit, on, world.items) for unit in units}
            for number, item in enumerate(world.items):
                found = from_set(asked, item, on)
                assert found == {pk: from_answer(answers[number]) for pk, answers in listed.items()}
                bases.update(basis for _a, _b, _c, _d, basis, _e in found.values())
            assert found[units[0].pk] == from_answer(entitlement(units[0], item, on))
            transaction.set_rollback(True)

    agree()
    assert {"charter", "not_promised", "not_a_member", "exceptional_grant"} <= bases
