"""`standing`, `standings`, `with_standing` and `in_good_standing` are one rule."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.models import (
    DuesAdjustment,
    DuesPayment,
    MembershipApplication,
    MemberUnit,
    TierAppointment,
)
from members.standing import GOOD, standing, standings, with_standing
from tests.factories import TermFactory, TierFactory, UserFactory, credit_code, never_paid
from tests.members.factories import load_standards

YEARS = range(2023, 2027)
BOUNDARIES = [(1, 1), (1, 2), (2, 28), (3, 1), (6, 29), (6, 30), (7, 1), (7, 2), (12, 30), (12, 31)]
DAYS = sorted(
    [dt.date(year, month, day) for year in YEARS for month, day in BOUNDARIES]
    + [dt.date(2024, 2, 29)]
)
UNITS = 40
Kind = DuesPayment.Kind
Decision = MembershipApplication.Decision


@st.composite
def spells(draw, *, most: int) -> list[tuple[dt.date, dt.date | None]]:
    """Periods that do not overlap, oldest first; the last may be open."""
    ends = sorted(draw(st.lists(st.sampled_from(DAYS), max_size=2 * most, unique=True)))
    return list(zip(ends[::2], [*ends[1::2], None], strict=False))[:most]


payments = st.lists(
    st.tuples(
        st.sampled_from([Kind.PAYMENT, Kind.PAYMENT, Kind.PAYMENT, Kind.REFUND]),
        st.sampled_from([2022, *YEARS]),
        st.sampled_from([Decimal("1"), Decimal("2499.99"), Decimal("2500"), Decimal("5000")]),
        st.sampled_from(DAYS),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=6,
)
adjustments = st.lists(
    st.tuples(
        st.sampled_from([2022, *YEARS]),
        st.sampled_from([Decimal("-5000"), Decimal("-2500"), Decimal("0.01"), Decimal("15000")]),
        st.sampled_from(DAYS),
    ),
    max_size=2,
)
histories = st.lists(
    st.tuples(
        spells(most=2),
        spells(most=3),
        st.lists(st.sampled_from(["ordinary", "council", "vice_president"]), min_size=3),
        payments,
        adjustments,
        st.sampled_from(Decision),
    ),
    min_size=UNITS // 2,
    max_size=UNITS,
)


@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(histories=histories, days=st.lists(st.sampled_from(DAYS), min_size=2, max_size=4))
def test_one_unit_and_sets_of_units_get_the_same_answer(histories, days):
    with transaction.atomic():
        units = create(histories)
        for on in days:
            compare(units, on)
        transaction.set_rollback(True)


def compare(units: list[MemberUnit], on: dt.date) -> None:
    answers = standings(units, on)
    by_rule = {pk: (answer.basis, answer.tier and answer.tier.pk) for pk, answer in answers.items()}
    by_database = {
        unit.pk: (unit.standing_basis, unit.tier_held)
        for unit in with_standing(MemberUnit.objects.all(), on)
    }
    good = {pk for pk, answer in answers.items() if answer.is_good}

    assert by_database == by_rule
    assert set(MemberUnit.objects.in_good_standing(on).values_list("pk", flat=True)) == good
    assert standing(units[0], on) == answers[units[0].pk]
    for answer in [answer for answer in answers.values() if answer.is_good][:2]:
        later = [answer.good_until, answer.good_until + dt.timedelta(days=1)]
        last, after = (standing_without_later_payments(answer, on) for on in later)
        assert (last in GOOD, after in GOOD) == (True, False)


def standing_without_later_payments(answer, on: dt.date):
    """The database's answer on another day, as if nothing were paid after the first."""
    with transaction.atomic():
        later = DuesPayment.objects.filter(
            unit=answer.unit, kind=Kind.PAYMENT, paid_on__gt=answer.on
        )
        never_paid(later)
        basis = with_standing(MemberUnit.objects.filter(pk=answer.unit.pk), on).get().standing_basis
        transaction.set_rollback(True)
    return basis


def create(histories: list) -> list[MemberUnit]:
    """Standards miss the vice-presidents, and the council units of 2025."""
    load_standards(range(2022, 2028), tiers=["ordinary"])
    load_standards(range(2022, 2025), tiers=["council"])
    tiers = {code: TierFactory(code=code) for code in ("ordinary", "council", "vice_president")}
    term, user = TermFactory(), UserFactory()
    units = MemberUnit.objects.bulk_create(
        MemberUnit(name=f"单位{n}", credit_code=credit_code(n)) for n in range(len(histories))
    )
    applications, appointments, paid, adjusted = [], [], [], []
    for unit, (memberships, held, codes, money, changes, extra) in zip(
        units, histories, strict=True
    ):
        applications += [application(unit, *days, Decision.APPROVED) for days in memberships]
        if extra != Decision.APPROVED:
            applications.append(application(unit, DAYS[0], None, extra))
        appointments += [
            TierAppointment(unit=unit, tier=tiers[code], term=term, starts_on=first, ends_on=last)
            for (first, last), code in zip(held, codes, strict=False)
        ]
        paid += [payment(unit, user, *row) for row in money]
        adjusted += [adjustment(unit, user, *row) for row in changes]
    MembershipApplication.objects.bulk_create(applications)
    TierAppointment.objects.bulk_create(appointments)
    DuesPayment.objects.bulk_create(paid)
    DuesAdjustment.objects.bulk_create(adjusted)
    return units


def application(unit, first, last, decision) -> MembershipApplication:
    return MembershipApplication(
        unit=unit,
        filed_on=first,
        decision=decision,
        decided_on=None if decision == Decision.PENDING else first,
        ended_on=last,
    )


def adjustment(unit, user, year, amount, applies_from) -> DuesAdjustment:
    return DuesAdjustment(
        unit=unit,
        kind=DuesAdjustment.Kind.CORRECTION,
        year=year,
        amount=amount,
        applies_from=applies_from,
        reason="理由",
        decided_at=dt.datetime.combine(applies_from, dt.time(9), dt.UTC),
        decided_by=user,
    )


def payment(unit, user, kind, year, amount, paid_on, confirmed) -> DuesPayment:
    return DuesPayment(
        unit=unit,
        kind=kind,
        year=year,
        amount=amount,
        paid_on=paid_on,
        confirmed_at=dt.datetime.combine(paid_on, dt.time(9), dt.UTC) if confirmed else None,
        confirmed_by=user if confirmed else None,
    )
