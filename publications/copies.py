"""册数: how many printed copies of an issue a unit gets, where they go, or why it gets none.

Rights are judged at the day of posting. The charter's number counts; where it states none, each
unit gets the publication's ``default_copies``. Copies go to the unit's contact for parcels, else
to the deputy, else to its liaison, else to the unit itself; to the contact's own postal address,
else to the unit's.
"""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from benefits.entitlement import Basis, Entitlement, judged
from benefits.models import Allowance, ExceptionalGrant, Extent, Medium
from members.models import Contact, MemberUnit
from publications.models import Issue, Parcel, Publication

Reason = Parcel.Reason
# What was not posted within a year was never to be: older issues were entered afterwards.
YEAR = dt.timedelta(days=365)

# One row per member unit. Contacts are gone through once, for all units together.
PARCELS = """
    WITH judged (unit_id, is_entitled, extent, quantity, medium, basis, tier_id)
      AS MATERIALIZED ({units}),
    promise AS (
        SELECT unit_id, tier_id, basis,
               CASE WHEN NOT is_entitled OR medium <> %s THEN 0
                    WHEN extent = %s THEN quantity
                    ELSE %s END AS copies,
               CASE WHEN NOT is_entitled THEN basis ELSE %s END AS refusal
          FROM judged WHERE basis <> %s),
    person AS (
        SELECT DISTINCT ON (unit_id) unit_id, name, address, mobile
          FROM members_contact
         WHERE is_active
           AND (roles && ARRAY[%s, %s]::varchar[] OR deputy_roles @> ARRAY[%s]::varchar[])
         ORDER BY unit_id, roles @> ARRAY[%s]::varchar[] DESC,
                  deputy_roles @> ARRAY[%s]::varchar[] DESC, btrim(address) = '', id)
    SELECT promise.unit_id, promise.copies, promise.tier_id, promise.basis,
           CASE WHEN promise.copies = 0 THEN 'not_entitled'
                WHEN goes.address = '' THEN 'left_out'
                ELSE 'to_post' END AS state,
           CASE WHEN promise.copies = 0 THEN promise.refusal
                WHEN goes.address = '' THEN %s
                ELSE '' END AS reason,
           CASE WHEN promise.copies > 0 THEN coalesce(person.name, unit.name)
                ELSE '' END AS recipient,
           CASE WHEN promise.copies > 0 THEN goes.address ELSE '' END AS address,
           CASE WHEN promise.copies > 0 AND goes.address = btrim(unit.address) THEN unit.postcode
                ELSE '' END AS postcode,
           CASE WHEN promise.copies > 0
                THEN coalesce(nullif(person.mobile, ''), unit.phone) ELSE '' END AS phone
      FROM promise
      JOIN members_memberunit AS unit ON unit.id = promise.unit_id
      LEFT JOIN person ON person.unit_id = promise.unit_id
     CROSS JOIN LATERAL (
           SELECT coalesce(nullif(btrim(person.address), ''), btrim(unit.address)) AS address
           ) AS goes
"""


def copies(answer: Entitlement, publication: Publication) -> int:
    """The printed copies of one issue that the answer gives: 0 for a no and for another medium."""
    if not answer.entitled or answer.medium != Medium.PAPER:
        return 0
    return publication.default_copies if answer.quantity is None else answer.quantity


def judged_parcels(issue: Issue, posted_on: dt.date) -> tuple[str, Sequence]:
    """The question "how many go where" for every unit, as one SELECT and its parameters.

    The confirmation inserts what it selects and the preview shows it, so that the two cannot
    differ. Columns: unit_id, copies, tier_id, basis, state, reason, recipient, address, postcode,
    phone. Units that are no members on the day are not on the list.
    """
    units = judged(MemberUnit.objects.all(), issue.publication.benefit_item, posted_on)
    asked = units.order_by().values_list(
        "pk",
        "is_entitled",
        "allowed_extent",
        "allowed_quantity",
        "allowed_medium",
        "basis",
        "tier_held",
    )
    sql, parameters = asked.query.sql_with_params()
    parcels = Contact.Role.PARCELS.value
    own = (
        *(Medium.PAPER.value, Extent.QUANTITY.value, issue.publication.default_copies),
        *(Reason.ELECTRONIC.value, Basis.NOT_A_MEMBER.value),
        *(parcels, Contact.Role.LIAISON.value, parcels, parcels, parcels),
        Reason.NO_ADDRESS.value,
    )
    return PARCELS.format(units=sql), (*parameters, *own)


def is_printed(publication: Publication, on: dt.date) -> bool:
    """Whether printed copies of it are promised to anybody on the day."""
    item = publication.benefit_item_id
    return paper(on).filter(item=item).exists() or granted(on).filter(item=item).exists()


def paper(on: dt.date | OuterRef) -> QuerySet[Allowance]:
    """What the charter promises on paper on the day."""
    return Allowance.objects.promised(on).filter(medium=Medium.PAPER).exclude(quantity=0)


def granted(on: dt.date | OuterRef) -> QuerySet[ExceptionalGrant]:
    """Exceptional grants of printed copies on the day."""
    return ExceptionalGrant.objects.on(on).filter(medium=Medium.PAPER)


def to_be_posted(on: dt.date) -> QuerySet[Issue]:
    """Issues of the year before ``on`` that promised printed copies and were not posted yet.

    Back issues were posted before this system kept count.
    """
    issued_on, item = OuterRef("issued_on"), OuterRef("publication__benefit_item")
    promised = Exists(paper(issued_on).filter(item=item)) | Exists(
        granted(issued_on).filter(item=item)
    )
    issues = Issue.objects.released().filter(
        issued_on__gt=on - YEAR, print_run__isnull=True, is_back_issue=False
    )
    return issues.filter(promised)
