"""Units that may be one organisation entered twice, for a person to compare."""

from dataclasses import dataclass

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from members.models import MemberUnit

MOST = 200


class Sign(models.TextChoices):
    """Why two units look like one, the strongest first."""

    NAME = "1", _("the same name, or a former name of the other")
    CORE = "2", _("names that differ in the legal form only")
    EMAIL = "3", _("contacts with the same e-mail address")


@dataclass(frozen=True)
class Candidate:
    one: MemberUnit
    other: MemberUnit
    sign: Sign


# Names without blanks and punctuation, full-width characters as plain ones; the core also without
# the legal form. Absorbed units share a name with the one they are part of; that is known.
PAIRS = r"""
    WITH named AS (
        SELECT id, name FROM members_memberunit WHERE duplicate_of_id IS NULL
         UNION ALL
        SELECT unit.id, former.name
          FROM members_formername AS former
          JOIN members_memberunit AS unit ON unit.id = former.unit_id
         WHERE unit.duplicate_of_id IS NULL),
    plain AS (
        SELECT id, lower(regexp_replace(normalize(name, NFKC), '[[:space:][:punct:]·]', '', 'g'))
               AS name FROM named),
    cored AS MATERIALIZED (
        SELECT id, name, regexp_replace(name, '(股份|有限|责任|总公司|公司|集团)', '', 'g') AS core
          FROM plain),
    pairs AS (
        SELECT one.id AS one, other.id AS other,
               CASE WHEN one.name = other.name THEN '1' ELSE '2' END AS sign
          FROM cored AS one JOIN cored AS other ON one.core = other.core AND one.id < other.id
         WHERE length(one.core) > 1
         UNION ALL
        SELECT one.unit_id, other.unit_id, '3'
          FROM members_contact AS one
          JOIN members_contact AS other
            ON lower(one.email) = lower(other.email) AND one.unit_id < other.unit_id
          JOIN members_memberunit AS first ON first.id = one.unit_id
          JOIN members_memberunit AS second ON second.id = other.unit_id
         WHERE one.email <> '' AND one.is_active AND other.is_active
           AND first.duplicate_of_id IS NULL AND second.duplicate_of_id IS NULL)
    SELECT one, other, min(sign) AS sign
      FROM pairs
     WHERE NOT EXISTS (SELECT 1 FROM members_unitmerger AS merger
                        WHERE (merger.absorbed_id, merger.into_id) IN ((one, other), (other, one)))
     GROUP BY one, other
     ORDER BY sign, one, other
     LIMIT %s
"""


def candidates() -> list[Candidate]:
    """The pairs, those with the strongest sign first; at most ``MOST``."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [MOST])
        pairs = cursor.fetchall()
    units = MemberUnit.objects.in_bulk({pk for one, other, _sign in pairs for pk in (one, other)})
    return [Candidate(units[one], units[other], Sign(sign)) for one, other, sign in pairs]
