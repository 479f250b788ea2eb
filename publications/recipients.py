"""The list of who gets an issue and who not, to be looked at: counted, searched, page by page.

Before the release it is what the plan would write (one SELECT of ``eligibility``); after it, the
frozen rows themselves. A publication that is not mailed has readers instead of recipients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from publications.eligibility import in_words, judged_recipients
from publications.models import Delivery, Distribution, Issue


class Kind(models.TextChoices):
    RECEIVES = "receives", _("gets it")
    LEFT_OUT = "left_out", _("entitled, but left out")
    NOT_ENTITLED = "not_entitled", _("not entitled")


FROZEN = """
    SELECT unit_id, contact_id, address, state, reason, tier_id, basis
      FROM publications_delivery WHERE distribution_id = %s
"""
READERS = """
    SELECT DISTINCT unit_id, NULL::bigint AS contact_id, '' AS address,
           CASE WHEN state = 'not_entitled' THEN state ELSE 'queued' END AS state,
           CASE WHEN state = 'not_entitled' THEN reason ELSE '' END AS reason, tier_id, basis
      FROM ({recipients}) AS every
"""
LISTED = """
    WITH source AS ({source}), listed AS (
        SELECT unit_id, contact_id, address, tier_id,
               CASE WHEN state = 'not_entitled' THEN 'not_entitled'
                    WHEN state = ANY(%s) THEN 'left_out' ELSE 'receives' END AS kind,
               CASE WHEN state = 'not_entitled' OR state = ANY(%s) THEN reason
                    ELSE basis END AS why
          FROM source)
"""
COUNTS = "SELECT kind, why, count(*), count(DISTINCT unit_id) FROM listed GROUP BY kind, why"
ROWS = """
    SELECT listed.unit_id, unit.name, coalesce(contact.name, ''), listed.address,
           coalesce(tier.name, ''), listed.kind, listed.why, count(*) OVER ()
      FROM listed
      JOIN members_memberunit AS unit ON unit.id = listed.unit_id
      LEFT JOIN members_contact AS contact ON contact.id = listed.contact_id
      LEFT JOIN members_tier AS tier ON tier.id = listed.tier_id
     WHERE (%s = '' OR listed.kind = %s) AND (%s = '' OR listed.why = %s)
       AND (%s = '' OR unit.name ILIKE %s OR unit.credit_code ILIKE %s OR listed.address ILIKE %s)
     ORDER BY unit.name, listed.address
     LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class Count:
    """How many rows there are for one reason."""

    kind: str
    why: str
    rows: int
    units: int

    @property
    def label(self) -> str:
        return in_words(self.why)


@dataclass(frozen=True)
class Row:
    unit_id: int
    unit: str
    contact: str
    address: str
    tier: str
    kind: str
    why: str

    @property
    def kind_label(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def why_label(self) -> str:
        return in_words(self.why)


class Recipients:
    """The list of one issue. ``counts`` and each ``page`` are one query."""

    def __init__(self, issue: Issue):
        self.issue = issue
        self.distribution = Distribution.objects.filter(issue=issue).first()
        source, parameters = self._source()
        left = [state.value for state in Delivery.LEFT]
        self._sql = LISTED.replace("{source}", source)
        self._parameters = (*parameters, left, left)

    def _source(self) -> tuple[str, Sequence]:
        if self.distribution:
            return FROZEN, (self.distribution.pk,)
        recipients, parameters = judged_recipients(self.issue)
        if self.issue.publication.is_mailed:
            return recipients, parameters
        return READERS.replace("{recipients}", recipients), parameters

    @property
    def is_frozen(self) -> bool:
        return self.distribution is not None

    @cached_property
    def counts(self) -> list[Count]:
        """By kind and reason, those who get it first, the largest reason first."""
        order = {kind: place for place, kind in enumerate(Kind.values)}
        found = [Count(*row) for row in self._fetch(COUNTS, ())]
        return sorted(found, key=lambda count: (order[count.kind], -count.rows, count.why))

    def total(self, kind: str) -> int:
        return sum(count.rows for count in self.counts if count.kind == kind)

    @property
    def receives(self) -> int:
        return self.total(Kind.RECEIVES)

    @property
    def left_out(self) -> int:
        return self.total(Kind.LEFT_OUT)

    @property
    def not_entitled(self) -> int:
        return self.total(Kind.NOT_ENTITLED)

    def page(
        self, *, kind: str = "", why: str = "", search: str = "", start: int = 0, size: int = 50
    ) -> tuple[list[Row], int]:
        """The rows from ``start`` and how many there are in all, by the unit's name."""
        search = search.strip()
        like = f"%{escaped(search)}%"
        given = (kind, kind, why, why, search, like, like, like, size, start)
        found = self._fetch(ROWS, given)
        return [Row(*row[:7]) for row in found], found[0][7] if found else 0

    def _fetch(self, select: str, parameters: Sequence) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql + select, (*self._parameters, *parameters))
            return cursor.fetchall()


def escaped(text: str) -> str:
    """The text with nothing in it that LIKE reads as a pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
