"""Staff roles as data: what each may do in the admin.

A role is a group whose name is the role's code. `load_roles` makes the groups and their
permissions equal to this table. A line reads "model: what may be done"; a plain verb is one of
Django's four, anything else the codename of a permission of that model.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

VERBS = {"view", "add", "change", "delete"}
EDIT = "view add change delete"
KEEP = "view add change"

EVERYTHING_VIEWED = {
    "members.appointmentbatch": "view",
    "members.tierchange": "view",
    "members.seatchange": "view",
    "members.memberunit": "view",
    "members.formername": "view",
    "members.contact": "view",
    "members.membershipapplication": "view",
    "members.tier": "view",
    "members.term": "view",
    "members.tierappointment": "view",
    "members.specialcommittee": "view",
    "members.committeeseat": "view",
    "members.duesstandard": "view",
    "members.duespayment": "view",
    "members.duesaccount": "view",
    "members.duesadjustment": "view",
    "members.duesnotice": "view",
    "members.duesreminder": "view",
    "members.reminderrule": "view",
    "members.transferslip": "view",
    "members.bankaccount": "view",
    "members.unitinarrears": "view",
    "members.arrearsdecision": "view",
    "members.duesreceipt": "view",
    "members.receiptbook": "view",
    "members.membercertificate": "view",
    "members.representative": "view",
    "members.sheetimport": "view",
    "members.invitation": "view",
    "members.liaisonhandover": "view",
    "members.unitmerger": "view",
    "members.foldedduplicate": "view",
    "members.apitoken": "view",
    "benefits.benefitgroup": "view",
    "benefits.benefititem": "view",
    "benefits.allowance": "view",
    "benefits.exceptionalgrant": "view",
    "publications.publication": "view",
    "publications.issue": "view",
    "publications.section": "view",
    "publications.article": "view",
    "publications.sectiontemplate": "view",
    "publications.distribution": "view",
    "publications.delivery": "view",
    "publications.printrun": "view",
    "publications.parcel": "view",
    "news.newssubmission": "view",
    "letters.letter": "view",
    "events.eventseries": "view",
    "events.event": "view",
    "events.registration": "view",
    "events.attendee": "view",
    "reports.unitstatement": "view",
    "reports.cliffunit": "view",
    "reports.cliffletter": "view",
    "awards.award": "view",
    "awards.awardcycle": "view",
    "awards.cyclequestion": "view",
    "awards.materialrequirement": "view",
    "awards.awardapplication": "view",
    "services.serviceoffering": "view",
    "services.offeringquestion": "view",
    "services.stage": "view",
    "services.servicerequest": "view",
    "services.study": "view",
    "services.studycopy": "view",
}
# Accounts of payers: for those who need them, not for everybody on the staff.
BANK_VIEWED = {
    "members.bankstatement": "view",
    "members.statementline": "view",
    "members.columnmapping": "view",
}
REVIEWING = EVERYTHING_VIEWED | {
    "publications.issue": "view change",
    "publications.section": EDIT,
    "publications.article": "view change",
}


@dataclass(frozen=True)
class Role:
    """One group of staff; ``may`` maps "app.model" to what its people may do with it."""

    code: str
    label: str
    may: dict[str, str]

    def codenames(self) -> Iterator[tuple[str, str, str]]:
        """Each permission as (app, model, codename)."""
        for path, words in self.may.items():
            app, model = path.split(".")
            for word in words.split():
                yield app, model, f"{word}_{model}" if word in VERBS else word


ROLES = [
    Role(
        "member_services",
        _("Member services"),
        EVERYTHING_VIEWED
        | {
            "members.memberunit": KEEP,
            "members.formername": EDIT,
            "members.contact": EDIT,
            "members.membershipapplication": f"{EDIT} decide_application",
            "members.membercertificate": "view issue_certificate",
            "members.arrearsdecision": "view add",
            "members.term": KEEP,
            "members.tierappointment": EDIT,
            "members.appointmentbatch": f"{EDIT} apply_batch",
            "members.tierchange": EDIT,
            "members.seatchange": EDIT,
            "members.specialcommittee": KEEP,
            "members.committeeseat": EDIT,
            "members.representative": KEEP,
            "members.sheetimport": "view add",
            "members.invitation": KEEP,
            "members.liaisonhandover": "view decide_handover",
            "members.unitmerger": "view merge_units",
            "members.foldedduplicate": "view",
            "members.apitoken": "view change",
            "benefits.exceptionalgrant": KEEP,
            "publications.printrun": "view confirm_print_run",
            "letters.letter": "view change",
            "reports.cliffletter": "view write_cliff_letters",
            "awards.award": "view change",
            "awards.awardcycle": EDIT,
            "awards.cyclequestion": EDIT,
            "awards.materialrequirement": EDIT,
            "awards.awardapplication": "view decide_award",
            "services.serviceoffering": KEEP,
            "services.offeringquestion": EDIT,
            "services.stage": EDIT,
            "services.servicerequest": "view handle_request",
            "services.study": f"{EDIT} publish_study",
            "services.studycopy": EDIT,
            "accounts.user": KEEP,
        },
    ),
    Role(
        "editor",
        _("Editor"),
        EVERYTHING_VIEWED
        | {
            "publications.issue": f"{EDIT} import_issue submit_issue release_issue",
            "publications.section": EDIT,
            "publications.article": EDIT,
            "publications.sectiontemplate": EDIT,
            "publications.distribution": "view change",
            "publications.printrun": "view confirm_print_run",
        },
    ),
    Role(
        "first_reviewer",
        _("First reviewer"),
        REVIEWING | {"publications.issue": "view change submit_issue first_review_issue"},
    ),
    Role(
        "second_reviewer",
        _("Second reviewer"),
        REVIEWING | {"publications.issue": "view change submit_issue second_review_issue"},
    ),
    Role(
        "final_reviewer",
        _("Final reviewer"),
        REVIEWING
        | {
            "publications.issue": "view change submit_issue final_review_issue release_issue",
            "publications.distribution": "view change",
        },
    ),
    Role(
        "finance",
        _("Finance"),
        EVERYTHING_VIEWED
        | {
            "members.bankstatement": "view add change book_line",
            "members.statementline": "view",
            "members.columnmapping": "view delete",
            "members.duesstandard": KEEP,
            "reports.cliffletter": "view write_cliff_letters",
            "members.duespayment": f"{EDIT} confirm_payment",
            "members.duesadjustment": "view waive_dues",
            "members.duesnotice": "view raise_notices",
            "members.reminderrule": EDIT,
            "members.bankaccount": KEEP,
            "members.duesreceipt": "view issue_receipt",
            "members.receiptbook": EDIT,
            "members.sheetimport": "view add",
        },
    ),
    Role(
        "events",
        _("Events team"),
        EVERYTHING_VIEWED
        | {
            "events.eventseries": "view change",
            "events.event": EDIT,
            "events.registration": KEEP,
            "events.attendee": "view change check_in",
        },
    ),
    Role("read_only", _("Read only"), EVERYTHING_VIEWED | BANK_VIEWED),
]
LABELS = {role.code: role.label for role in ROLES}


def label_of(group: Group) -> str:
    """The role's name in the reader's language; a group made by hand shows its own."""
    return gettext(str(LABELS.get(group.name, group.name)))


@transaction.atomic
def load_roles() -> list[str]:
    """Make the groups equal to the table; returns the codes of those that were changed.

    Raises ``LookupError`` for a permission that does not exist. People keep their groups.
    """
    known = _permissions()
    groups = {group.name: group for group in Group.objects.prefetch_related("permissions")}
    return [role.code for role in ROLES if _load(role, groups.get(role.code), known)]


def _permissions() -> dict[tuple[str, str, str], int]:
    """The id of every permission there is, by (app, model, codename)."""
    rows = Permission.objects.values_list(
        "content_type__app_label", "content_type__model", "codename", "pk"
    )
    return {tuple(key): pk for *key, pk in rows}


def _load(role: Role, group: Group | None, known: dict[tuple[str, str, str], int]) -> bool:
    wanted = set(role.codenames())
    if missing := wanted - known.keys():
        raise LookupError(f"No such permission: {sorted(missing)}")
    ids = {known[key] for key in wanted}
    if group and ids == {permission.pk for permission in group.permissions.all()}:
        return False
    group = group or Group.objects.create(name=role.code)
    group.permissions.set(ids)
    return True
