"""Which models the database keeps every change of."""

from functools import partial

import pghistory
from django.db import models


def recorded(model: type[models.Model] | None = None, *, exclude: tuple[str, ...] = ()):
    """A class decorator: every insert, update and delete of a row is written down for good.

    By triggers of the database, one statement for a statement, into ``<Model>Event``, which takes
    no update and no delete. Who and why come from `members.record`. What ``exclude`` names is not
    written down.
    """
    if model is None:
        return partial(recorded, exclude=exclude)
    # Made anew for each model: pgtrigger tells operations apart by identity.
    every_change = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*every_change, exclude=list(exclude))(model)
