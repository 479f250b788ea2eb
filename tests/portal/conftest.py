"""What several of these tests start from."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories import member, redated
from tests.portal.factories import person_of


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit(db, today):
    """An ordinary member whose dues of last year and this year are paid, whatever the day."""
    unit = member(paid=(today.year - 1, today.year), name="青禾铜业有限公司")
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    return unit


@pytest.fixture
def reader(client, unit):
    """The client, signed in for the unit."""
    client.force_login(person_of(unit))
    return client


@pytest.fixture
def lapsed(db, today):
    """An ordinary member that has paid nothing since joining; its standards are known."""
    return member(name="北原矿山装备有限公司")
