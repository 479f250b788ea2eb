"""The table's file: a line for an address, a column for a method, a letter for a role."""

from pathlib import Path

from tests.permissions.asking import METHODS
from tests.permissions.world import ROLES

FILE = Path(__file__).with_name("table.txt")
HEAD = """\
# The permission table. Reviewed by people; tests/permissions/test_permissions.py holds it.
#
# A line for an address; three columns: GET, POST, and PUT, PATCH and DELETE together.
# A letter for a role, in groups:
#   1 anonymous
#   2 member, manager of the unit whose things the addresses name
#   3 member, manager of another unit
#   4 manager of a unit that has not paid
#   5 staff: member_services, editor, first_reviewer, second_reviewer, final_reviewer, finance,
#     events, read_only
#   6 superuser
# What the letters mean:
#   o done   > sent on   L sent to sign in   x forbidden   - not found   m method not allowed
#   b the request was not understood (a form without its fields)   t no token
# Below api/ each role asks with a token: of its unit, or, for staff, of its own.
"""
GROUPS = (1, 2, 2, 1, 8, 1)


def read_table() -> dict[str, dict[str, str]]:
    """``{route: {"GET": letters, "POST": letters, "OTHER": letters}}``."""
    rows = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            *columns, route = line.split(" | ", len(METHODS))
            assert route not in rows, f"{route} stands twice"
            letters = [column.replace(" ", "") for column in columns]
            assert [len(each) for each in letters] == [len(ROLES)] * len(METHODS), line
            rows[route] = dict(zip(METHODS, letters, strict=True))
    return rows


def write_table(rows: dict[str, dict[str, str]]) -> None:
    lines = [
        " | ".join(grouped(row[method]) for method in METHODS) + f" | {route}"
        for route, row in sorted(rows.items())
    ]
    FILE.write_text(HEAD + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def grouped(letters: str) -> str:
    parts, at = [], 0
    for size in GROUPS:
        parts.append(letters[at : at + size])
        at += size
    return " ".join(parts)
