"""A queryset joined to computed rows is used like any other."""

import pytest
from django.db.models import Count, Q

from members.derived import join_rows
from members.models import MemberUnit, TierAppointment
from tests.factories import UnitFactory, member

pytestmark = pytest.mark.django_db


def with_number_of_tiers():
    """Units with ``had_tiers``: how many appointments they have, NULL for none."""
    rows = TierAppointment.objects.order_by().values("unit_id").annotate(tiers=Count("pk"))
    return join_rows(MemberUnit.objects.all(), rows, name="had", key="unit_id", on="pk")


@pytest.fixture
def units() -> list[MemberUnit]:
    return [member(name="甲"), UnitFactory(name="乙")]


def test_what_has_no_row_stays(units):
    found = with_number_of_tiers().annotate(tiers=Q(had_tiers=1)).order_by("pk")

    assert list(found) == units
    assert list(with_number_of_tiers().filter(had_tiers__isnull=True)) == [units[1]]


def test_conditions_are_combined(units):
    found = with_number_of_tiers()

    assert found.filter(Q(had_tiers=1) | Q(name="乙")).count() == 2
    assert list(found.exclude(name="乙")) == [units[0]]
    assert found.filter(had_tiers=1, name="乙").exists() is False


def test_it_stands_inside_other_queries_and_itself(units):
    one = with_number_of_tiers().filter(had_tiers=1)

    assert list(MemberUnit.objects.filter(pk__in=one.values("pk"))) == [units[0]]
    assert list(with_number_of_tiers().filter(pk__in=one.values("pk"))) == [units[0]]
    assert one.aggregate(units=Count("pk")) == {"units": 1}


def test_relations_are_followed_beside_it(units):
    found = with_number_of_tiers().filter(had_tiers=1, appointments__tier__code="ordinary")

    assert list(found.prefetch_related("appointments")) == [units[0]]
