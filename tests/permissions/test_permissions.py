"""The permission table: every address, every method, every role, against a reviewed table."""

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.permissions.addresses import addresses
from tests.permissions.world import ROLES, World

TABLE = Path(__file__).with_name("table.txt")
METHODS = {"GET": ["get"], "POST": ["post"], "OTHER": ["put", "patch", "delete"]}
LETTERS = {200: "o", 204: "o", 400: "b", 403: "x", 404: "-", 405: "m"}


def read_table() -> dict[str, dict[str, str]]:
    """``{address: {"GET": letters, "POST": letters, "OTHER": letters}}``, a letter for a role."""
    rows = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, *columns = line.split()
            assert name not in rows, f"{name} stands twice in {TABLE.name}"
            assert [len(column) for column in columns] == [len(ROLES)] * len(METHODS), line
            rows[name] = dict(zip(METHODS, columns, strict=True))
    return rows


def outcome(response) -> str:
    """One letter for what the server said; a server error is none."""
    if response.status_code in (301, 302):
        return "L" if "/accounts/login/" in response.url else ">"
    return LETTERS[response.status_code]


def ask(client: Client, method: str, url: str) -> str:
    """Send the request and undo whatever it did."""
    with transaction.atomic():
        response = getattr(client, method)(url)
        if response.streaming:
            b"".join(response.streaming_content)
        response.close()
        transaction.set_rollback(True)
    return outcome(response)


def test_every_address_stands_in_the_table_and_no_other():
    assert sorted(read_table()) == [address.name for address in addresses()]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.django_db
def test_role_may_do_what_the_table_says(role, world: World):
    table = read_table()
    place = ROLES.index(role)
    wrong = []
    for address in addresses():
        url = reverse(address.name, kwargs=world.fill(address))
        for column, methods in METHODS.items():
            client = world.client(role)
            said = {ask(client, method, url) for method in methods}
            expected = table.get(address.name, {}).get(column, "?" * len(ROLES))[place]
            if said != {expected}:
                wrong.append(f"{address.name} {column}: {''.join(sorted(said))}, not {expected}")
    assert wrong == []
