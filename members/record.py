"""Who did it, and why: said once around an act, kept beside every row that the act changes.

A model marked ``@pghistory.track()`` has a table beside it in which the database itself writes
every insert, update and delete; it takes no later change. `members.history` reads it.
"""

import pghistory

from accounts.models import User


def acting(*, by: User | None, why: str) -> pghistory.context:
    """``with acting(by=user, why="…"):`` around the writes of an act, inside its transaction.

    ``by`` is ``None`` where the clock or an applicant acts; ``why`` is a reason, a resolution's
    number or the name of a file, in the words of whoever decided. Empty, it leaves the one said
    around it.
    """
    said = {"why": why} if why else {}
    return pghistory.context(user=by.pk if by else None, **said)
