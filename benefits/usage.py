"""What a unit has used of an item: each use is a row of the app that provides the service.

There is no ledger beside those rows. Each app counts its own in its ``usage.py``:
``uses(unit, first, last)`` gives the uses whose service date lies from ``first`` to ``last``,
both included, in a fixed number of queries.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True)
class Use:
    """One use: how much of which item, in what form, on which service date, and by which row.

    ``what`` says it in the reader's language: “张三 · 2026 年会”. ``is_counted`` is false
    for what is worth telling but takes nothing from the promised number, such as a paid seat.
    """

    item_id: int
    on: dt.date
    quantity: int
    medium: str
    what: str
    source: Model
    is_counted: bool = True
