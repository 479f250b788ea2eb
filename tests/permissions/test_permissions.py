"""The permission table: every address, every method, every role, against a reviewed table.

After adding an address, run ``python -m tests.permissions`` and review what git shows has changed
in ``table.txt``.
"""

import pytest
from django.db import transaction

from tests.permissions.addresses import addresses
from tests.permissions.asking import METHODS, letter
from tests.permissions.table import read_table
from tests.permissions.world import ROLES, World


def test_every_address_stands_in_the_table_and_no_other():
    assert sorted(read_table()) == [address.route for address in addresses()]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once: every request is undone by itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", ROLES)
def test_role_may_do_what_the_table_says(role, world):
    table = read_table()
    place = ROLES.index(role)
    wrong = []
    for address in addresses():
        url = address.url(world.argument)
        for column in METHODS:
            said = letter(world.client(role), column, url)
            expected = table[address.route][column][place]
            if said != expected:
                wrong.append(f"{address.route} {column}: {said}, not {expected}")
    assert wrong == []
