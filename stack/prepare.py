"""Bring the catalogs, the tables and the data of a local run up to date.

One process for all of it: Django starts once, so that a second `make run` takes seconds.
Every step may be repeated; it does nothing where its work is done already.
"""

import os
import sys
from io import StringIO
from pathlib import Path

from stack.supervisor import step
from stack.translations import apps, compile_catalogs

# What a new database needs, in this order: (what it says meanwhile, the command).
DATA = [
    ("Tables", "migrate"),
    ("Staff roles", "load_roles"),
    ("Charter", "load_charter"),
    ("Publications, events, awards and services", "load_catalogue"),
    ("Demo members and issues", "load_demo"),
]


def main(sign_ins: Path) -> None:
    with step("Translations"):
        compile_catalogs(apps())
    with step("Django"):
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()

    from django.core.management import call_command

    for title, command in DATA:
        with step(title):
            call_command(command, verbosity=0, stdout=StringIO())
    listed = StringIO()
    call_command("load_demo", "--show-sign-ins", stdout=listed)
    sign_ins.write_text(listed.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
