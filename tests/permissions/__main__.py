"""``python -m tests.permissions``: write the table as it is now, to be reviewed in git's diff.

Asks the addresses that the table does not have yet; with ``--all``, every one. Whether the others
still answer as the table says is for the tests to tell.
"""

import os
import sys
from tempfile import TemporaryDirectory

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import transaction  # noqa: E402  (the apps must be there first)
from django.test.utils import (  # noqa: E402
    override_settings,
    setup_databases,
    setup_test_environment,
    teardown_databases,
)

from tests.permissions.addresses import addresses  # noqa: E402
from tests.permissions.asking import METHODS, letter  # noqa: E402
from tests.permissions.table import read_table, write_table  # noqa: E402
from tests.permissions.world import ROLES, World  # noqa: E402


def main() -> None:
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        with (
            TemporaryDirectory() as folder,
            override_settings(MEDIA_ROOT=folder),
            transaction.atomic(),
        ):
            known = {} if "--all" in sys.argv else read_table()
            write_table(answers(World(), known))
            transaction.set_rollback(True)
    finally:
        teardown_databases(databases, verbosity=0)


def answers(world: World, known: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    rows = {}
    for address in addresses():
        if address.route in known:
            rows[address.route] = known[address.route]
            continue
        url = address.url(world.argument)
        rows[address.route] = {
            column: "".join(letter(world.headers(role, url), column, url) for role in ROLES)
            for column in METHODS
        }
    return rows


main()
