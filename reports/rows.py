"""The rows that consume, from the four apps that provide: which app answers for which items."""

import datetime as dt
from collections import defaultdict

from awards.usage import uses as of_awards
from benefits.models import BenefitItem
from benefits.usage import Use
from events.usage import uses as of_events
from members.models import MemberUnit
from publications.usage import uses as of_publications
from services.usage import uses as of_services

CountedPer = BenefitItem.CountedPer

# The relation that ties an app's row to the item, and the app's own count.
READERS = {
    "publication": of_publications,
    "event_series": of_events,
    "award": of_awards,
    "offering": of_services,
}
# Before any use there can be.
BEGINNING = dt.date(1990, 1, 1)


def uses_of(
    unit: MemberUnit, items: list[BenefitItem], year: int, on: dt.date
) -> dict[int, list[Use]]:
    """The unit's uses by the item's id, the newest first.

    Those of the year up to ``on``; for what is counted once per unit, ever up to ``on``. A seat
    at an event to come in the year is taken already.
    """
    new_year, year_end = dt.date(year, 1, 1), dt.date(year, 12, 31)
    ever = {item.pk for item in items if item.counted_per == CountedPer.UNIT}
    found: dict[int, list[Use]] = defaultdict(list)
    for relation, uses in READERS.items():
        own = provided(items, relation)
        first = BEGINNING if ever & own else new_year
        last = year_end if relation == "event_series" else on
        for use in uses(unit, first, last) if own else ():
            if use.on >= new_year or use.item_id in ever:
                found[use.item_id].append(use)
    return found


def provided(items: list[BenefitItem], relation: str) -> set[int]:
    """Ids of the items that an app provides; the relation was fetched with them."""
    return {item.pk for item in items if hasattr(item, relation)}
