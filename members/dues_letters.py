"""Letters that ask for dues, in Chinese, to the unit's contacts for dues or else its liaisons."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Model
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from letters.models import Letter
from letters.writing import Draft, write_many
from members.addressees import finance_addresses
from members.models import BankAccount, DuesNotice
from members.remarks import remark
from members.standing_words import day, yuan

TEMPLATE = "members/mail/dues.txt"


@dataclass(frozen=True)
class Asking:
    """One unit asked for an amount; ``row`` (a notice or a reminder) keeps the letters."""

    row: Model
    notice: DuesNotice
    amount: Decimal
    subject: str
    opening: str


def notices_asking(notices: Iterable[DuesNotice]) -> list[Asking]:
    """The letter of each notice."""
    with translation.override("zh-hans"):
        return [
            Asking(
                row=notice,
                notice=notice,
                amount=notice.amount,
                subject=_("Notice of the dues of %(year)s") % {"year": notice.year},
                opening=_("Please pay the dues of %(year)s by %(day)s.")
                % {"year": notice.year, "day": day(notice.due_on)},
            )
            for notice in notices
        ]


def send(asking: list[Asking], addresses: dict[int, list[str]], *, at: dt.datetime) -> int:
    """Write them all, and keep with each row which letters are its own; returns how many."""
    account = BankAccount.objects.filter(is_active=True).first()
    with translation.override("zh-hans"):
        to_each = [
            (each.row, Draft(address, each.subject, text))
            for each in asking
            for text in [_text(each, account)]
            for address in addresses.get(each.notice.unit_id, ())
        ]
    letters = write_many([draft for _row, draft in to_each], at=at)
    _keep(zip((row for row, _draft in to_each), letters, strict=True))
    return len(letters)


def addresses_of(notices: Iterable[DuesNotice]) -> dict[int, list[str]]:
    return finance_addresses(notice.unit_id for notice in notices)


def _text(asking: Asking, account: BankAccount | None) -> str:
    notice = asking.notice
    facts = {
        "unit": notice.unit,
        "notice": notice,
        "opening": asking.opening,
        "amount": yuan(asking.amount),
        "account": account,
        "remark": remark(notice.unit.name, notice.year),
        "link": settings.SITE_URL + reverse("dues_notice", args=[notice.pk]),
        "association": settings.ASSOCIATION_NAME,
    }
    return get_template(TEMPLATE).render(facts)


def _keep(pairs: Iterable[tuple[Model, Letter]]) -> None:
    """Rows and their letters belong together; all rows are of one model."""
    pairs = list(pairs)
    if not pairs:
        return
    through = type(pairs[0][0]).letters.through
    name = type(pairs[0][0])._meta.model_name
    through.objects.bulk_create(
        (through(**{f"{name}_id": row.pk, "letter_id": letter.pk}) for row, letter in pairs),
        batch_size=2000,
    )
