#!/usr/bin/env python
"""Django's command line for this project."""

import json
import os
import sys

from stack.places import RUN


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "DATABASE_URL" not in os.environ:
        use_what_make_run_started()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def use_what_make_run_started() -> None:
    """While ``make run`` is running here, commands work on its database, broker and mailbox."""
    state = RUN / "run.json"
    if state.exists():
        for name, value in json.loads(state.read_text())["environment"].items():
            os.environ.setdefault(name, value)
    elif "SECRET_KEY" not in os.environ:
        sys.exit("Set DATABASE_URL, REDIS_URL and SECRET_KEY (see README.md), or start `make run`.")


if __name__ == "__main__":
    main()
