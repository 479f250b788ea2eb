"""Addresses that mail does not reach: marked, and the unit's liaison asked for others."""

import datetime as dt
import re
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from letters.models import Letter
from letters.writing import write
from members.models import Contact, Representative
from members.record import acting

# What a mail server says when there is no such mailbox. Refusals of the content or of the sender
# say nothing about the address.
NO_SUCH_MAILBOX = re.compile(
    r"^55[013] (?!5\.7\.)|\b5\.1\.\d|\b5\.2\.1\b|no such (user|recipient|mailbox|account)"
    r"|(user|mailbox|account|recipient|address) (is )?"
    r"(unknown|unavailable|not found|disabled|does not exist|doesn't exist)|unknown user",
    re.IGNORECASE,
)
MONTH = dt.timedelta(days=30)
LIAISON = Contact.Role.LIAISON


class Failure(NamedTuple):
    """What a mail server answered for good, when a message was due at ``at``."""

    address: str
    at: dt.datetime
    reply: str


def mark(failures: Iterable[Failure]) -> int:
    """Mark the contacts whose address it is. Repeating it changes nothing.

    A failure older than the one known tells nothing new: somebody said since that it is right.
    """
    return sum(
        Contact.objects.filter(email=failure.address, is_active=True)
        .filter(Q(failed_at__isnull=True) | Q(failed_at__lt=failure.at))
        .update(failed_address=failure.address, failed_at=failure.at, failure=failure.reply[:300])
        for failure in failures
        if NO_SUCH_MAILBOX.search(failure.reply)
    )


def mark_from_letters(at: dt.datetime) -> int:
    """Mark the addresses whose newest letter of the last month was refused for good."""
    over = Letter.objects.filter(state__in=[Letter.State.SENT, Letter.State.FAILED])
    newest = over.filter(to=OuterRef("to")).order_by("-written_at", "-pk").values("pk")[:1]
    failed = Letter.objects.filter(state=Letter.State.FAILED, written_at__gt=at - MONTH)
    found = failed.filter(pk=Subquery(newest)).values_list("to", "due_at", "reply")
    return mark(Failure(*row) for row in found)


def vouch(*, contact: Contact, by: User, why: str) -> None:
    """The address is right after all: write to it again."""
    with transaction.atomic(), acting(by=by, why=why):
        Contact.objects.filter(pk=contact.pk).update(failed_address="", asked_about="")


def not_asked_yet() -> QuerySet[Contact]:
    """Addresses to repair about which nobody at the unit was written to."""
    return Contact.objects.to_repair().exclude(email="").exclude(asked_about=F("email"))


def ask_liaisons(at: dt.datetime) -> int:
    """One letter to the liaison of each unit about the addresses to repair; once for each address.

    Never to the address itself. Returns how many letters were written.
    """
    due = not_asked_yet().filter(unit__duplicate_of__isnull=True).order_by("unit_id", "pk")
    units = groupby(due.values_list("unit_id", "pk"), key=lambda row: row[0])
    return sum(_ask(unit, [pk for _unit, pk in rows], at) for unit, rows in list_of(units))


def list_of(groups: Iterable) -> list[tuple[int, list]]:
    """The groups with their rows, read before anything is changed."""
    return [(key, list(rows)) for key, rows in groups]


@transaction.atomic
def _ask(unit: int, contacts: list[int], at: dt.datetime) -> int:
    """Write to everybody who can help; somebody else may be doing it at the same time."""
    rows = not_asked_yet().filter(pk__in=contacts).select_related("unit")
    bad = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    helpers = _helpers(unit, {contact.email.lower() for contact in bad})
    if not bad or not helpers:
        return 0
    Contact.objects.filter(pk__in=[each.pk for each in bad]).update(asked_about=F("email"))
    for address, name in helpers.items():
        write(to=address, subject=_subject(bad), text=_text(name, bad), at=at)
    return len(helpers)


def _helpers(unit: int, bad: set[str]) -> dict[str, str]:
    """The liaison or the deputy; else the unit's managers. Address to name."""
    liaisons = Contact.objects.to_write_to(LIAISON).filter(unit=unit).order_by("pk")
    managers = Representative.objects.active().filter(unit=unit, role=Representative.Role.MANAGER)
    for people in (
        liaisons.values_list("email", "name"),
        managers.order_by("pk").values_list("user__email", "user__name"),
    ):
        found = {address: name for address, name in people if address.lower() not in bad}
        if found:
            return found
    return {}


def _subject(bad: list[Contact]) -> str:
    return _("%(unit)s: another e-mail address for %(names)s, please") % {
        "unit": bad[0].unit,
        "names": "、".join(contact.name for contact in bad),
    }


def _text(name: str, bad: list[Contact]) -> str:
    return _(
        "%(name)s,\n\n"
        "these people of %(unit)s do not get our mail:\n"
        "%(lines)s\n\n"
        "Please give us another address, or name somebody else for the purpose:\n"
        "%(link)s\n\n"
        "Until then their deputies get the mail, where there are any.\n"
    ) % {
        "name": name,
        "unit": bad[0].unit,
        "lines": "\n".join(_line(contact) for contact in bad),
        "link": f"{settings.SITE_URL}/unit/people/",
    }


def _line(contact: Contact) -> str:
    reason = _("mail comes back") if contact.is_address_failed else _("has unsubscribed")
    return f"{contact.name}  {contact.email}  {reason}"
