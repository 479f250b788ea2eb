"""谁收到本期: who gets an issue, and why. Rights are judged at the issue's date."""

from collections.abc import Sequence

from benefits.entitlement import Basis, Entitlement, entitlement, entitlements_on, judged
from members.models import Contact, MemberUnit
from publications.models import Delivery, Issue, Parcel

# An address that SMTP can carry without extensions. Others are left out, with the reason.
ADDRESS = r"^[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"

# One row per contact of an entitled unit, or per unit where there is nobody to write to; deputies
# are written to where nobody they stand in for can be reached (as `Contact.objects.to_write_to`).
# Units that are no members on the day are not on the list.
RECIPIENTS = """
    WITH judged (unit_id, is_entitled, basis, tier_id) AS MATERIALIZED ({units})
    SELECT judged.unit_id, contact.id AS contact_id, coalesce(contact.email, '') AS address,
           CASE WHEN NOT judged.is_entitled THEN 'not_entitled'
                WHEN found.reason = '' THEN 'queued'
                ELSE 'left_out' END AS state,
           found.reason, judged.tier_id, judged.basis
      FROM judged
      LEFT JOIN members_contact AS contact
             ON judged.is_entitled AND contact.unit_id = judged.unit_id
            AND contact.is_active
            AND (contact.roles @> ARRAY[%s]::varchar[]
                 OR contact.deputy_roles @> ARRAY[%s]::varchar[]
                    AND NOT EXISTS (
                        SELECT 1 FROM members_contact AS first
                         WHERE first.unit_id = judged.unit_id AND first.is_active
                           AND first.roles @> ARRAY[%s]::varchar[]
                           AND first.unsubscribed_at IS NULL
                           AND first.failed_address <> first.email AND first.email ~ %s))
     CROSS JOIN LATERAL (
           SELECT CASE WHEN NOT judged.is_entitled THEN judged.basis
                       WHEN contact.id IS NULL THEN 'no_contact'
                       WHEN contact.unsubscribed_at IS NOT NULL THEN 'unsubscribed'
                       WHEN contact.email !~ %s THEN 'bad_address'
                       WHEN contact.failed_address = contact.email THEN 'failed_address'
                       ELSE '' END AS reason) AS found
     WHERE judged.basis <> %s
"""


def may_read(unit: MemberUnit, issue: Issue) -> Entitlement:
    """Whether the unit may read the issue online or download it, with the reasons."""
    return entitlement(unit, issue.publication.benefit_item, issue.issued_on)


def readable(unit: MemberUnit, issues: Sequence[Issue]) -> list[Issue]:
    """Those of the issues that `may_read` opens to the unit, each judged at its own date.

    So what a unit was entitled to stays open to it when its membership lapses. In two queries for
    any number of issues; they come with ``publication__benefit_item__group``.
    """
    questions = [(issue.publication.benefit_item, issue.issued_on) for issue in issues]
    answers = entitlements_on(unit, questions)
    return [issue for issue, answer in zip(issues, answers, strict=True) if answer.entitled]


def judged_recipients(issue: Issue) -> tuple[str, Sequence]:
    """The question "who gets it, and who not, and why" as one SELECT and its parameters.

    The plan inserts what it selects and the preview shows it, so that the two cannot differ.
    Columns: unit_id, contact_id, address, state, reason, tier_id, basis.
    """
    units = judged(MemberUnit.objects.all(), issue.publication.benefit_item, issue.issued_on)
    asked = units.order_by().values_list("pk", "is_entitled", "basis", "tier_held")
    sql, parameters = asked.query.sql_with_params()
    role = Contact.Role.BULLETIN.value
    own = (role, role, role, ADDRESS, ADDRESS, Basis.NOT_A_MEMBER.value)
    return RECIPIENTS.format(units=sql), (*parameters, *own)


def in_words(reason: str) -> str:
    """A row's reason for a reader, in the active language."""
    for codes in (Delivery.Reason, Parcel.Reason, Basis):
        if reason in codes.values:
            return str(codes(reason).label)
    return reason
