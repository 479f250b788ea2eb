"""Who did it, and why: said once around an act, kept beside every row that the act changes.

A model marked ``@recorded`` has a table beside it in which the database itself writes
every insert, update and delete; it takes no later change. `members.history` reads it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory

from accounts.models import User


@contextmanager
def acting(*, by: User | None, why: str) -> Iterator[None]:
    """``with acting(by=user, why="…"):`` around the writes of an act, inside its transaction.

    ``by`` is ``None`` where the clock or an applicant acts; ``why`` is a reason, a resolution's
    number or the name of a file, in the words of whoever decided. An act that is part of another
    and has no reason of its own keeps that of the whole.
    """
    with pghistory.context() as told:
        outer = dict(told.metadata)
        told.metadata.update(user=by.pk if by else None, why=why or outer.get("why", ""))
        try:
            yield
        finally:
            told.metadata.clear()
            told.metadata.update(outer)
