"""往期: issues that appeared before this system kept them. They are read, and never sent out."""

import datetime as dt
from zoneinfo import ZoneInfo

from publications import release as releasing
from publications.models import Issue

# When the bulletin used to go out.
HOUR = 9
ZONE = ZoneInfo("Asia/Shanghai")


def released_at(issued_on: dt.date) -> dt.datetime:
    """The moment from which a back issue counts as released: the morning of its own date."""
    return dt.datetime.combine(issued_on, dt.time(HOUR), tzinfo=ZONE)


def release(*, issue: Issue, by=None) -> Issue:
    """Open a back issue to its readers as of its own date; nothing is sent.

    Raises ``ValidationError`` where it is not ready or went out already.
    """
    releasing.release(issue=issue, at=released_at(issue.issued_on), by=by)
    return issue
