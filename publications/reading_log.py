"""Note that a unit opened an issue or its PDF: once for each unit and issue, and how often."""

import datetime as dt

from django.db import connection

from benefits.entitlement import Entitlement
from publications.models import Issue

OPENED = """
    INSERT INTO publications_reading AS reading (
           issue_id, unit_id, first_at, last_at, times, tier_id, basis, medium)
    VALUES (%s, %s, %s, %s, 1, %s, %s, %s)
        ON CONFLICT (issue_id, unit_id) DO UPDATE
       SET times = reading.times + 1, last_at = greatest(reading.last_at, excluded.last_at)
"""


def opened(*, issue: Issue, answer: Entitlement, at: dt.datetime) -> None:
    """The unit of ``answer``, which is a yes, has opened the issue.

    One statement, so that two at once are both counted. What was decided at the first opening
    stays on the row.
    """
    tier = answer.tier and answer.tier.pk
    decided = (tier, str(answer.basis), answer.medium)
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [issue.pk, answer.unit.pk, at, at, *decided])
