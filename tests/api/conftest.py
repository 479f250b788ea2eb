import datetime as dt

import pytest
from django.utils import timezone

from tests.api.factories import key_of_onlooker, key_of_unit
from tests.factories import member, redated


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
def stranger(db):
    return member(name="别家矿业有限公司", paid=(2025, 2026))


class Api:
    """A program that asks with its key, in Chinese unless it says otherwise."""

    def __init__(self, client, key: str):
        self.client, self.key = client, key

    def get(self, address: str, language: str = "zh-hans", **query):
        return self.client.get(f"/api/v1/{address}", query, headers=self.headers(language))

    def post(self, address: str, data: dict | None = None, language: str = "zh-hans"):
        headers = self.headers(language)
        return self.client.post(
            f"/api/v1/{address}", data or {}, "application/json", headers=headers
        )

    def headers(self, language: str) -> dict[str, str]:
        return {"authorization": f"Token {self.key}", "accept-language": language}


@pytest.fixture
def api(client, unit) -> Api:
    """Asks for the unit."""
    return Api(client, key_of_unit(unit))


@pytest.fixture
def staff(client, db) -> Api:
    """Asks as staff who may look at everything."""
    return Api(client, key_of_onlooker())
