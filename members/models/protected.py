"""What is decided stays: the database refuses to delete such a row, or to change what it says.

Triggers, because a mistake in code or a statement typed by hand is to be refused as well. A row
may still move to another unit where two records of one unit are merged.
"""

from functools import reduce
from operator import or_

import pgtrigger

# The code of a violated check, so that Django raises ``IntegrityError``.
REFUSE = """
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = '{name}',
        MESSAGE = format('A row of %s that was decided cannot be {done}', TG_TABLE_NAME);
"""


def kept(name: str, *, where: pgtrigger.Q | None = None) -> pgtrigger.Trigger:
    """Rows (of those ``where`` selects) cannot be deleted."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=where,
        func=REFUSE.format(name=name, done="deleted"),
    )


def unchanged(name: str, *fields: str, where: pgtrigger.Q | None = None) -> pgtrigger.Trigger:
    """The ``fields`` of rows (of those ``where`` selects) cannot be changed."""
    changes = (pgtrigger.Q(**{f"old__{each}__df": pgtrigger.F(f"new__{each}")}) for each in fields)
    changed = reduce(or_, changes)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=where & changed if where else changed,
        func=REFUSE.format(name=name, done="changed"),
    )
