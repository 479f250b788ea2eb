"""What is printed: certificates, the notice of a receipt, and the register of receipts, as PDF."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import segno
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from files.typesetting import typeset
from members.certificates import address
from members.models import DuesReceipt, MemberCertificate, ReceiptBook
from members.register import months, table
from members.standing_words import day, yuan

TEMPLATES = Path(__file__).parent / "typst"


def certificates_pdf(certificates: Iterable[MemberCertificate]) -> bytes:
    """The certificates as they were issued, one a page."""
    rows = [_certificate(each) for each in certificates]
    return typeset(
        TEMPLATES / "certificate.typ",
        title=f"会员证书 {rows[0]['number']}" if len(rows) == 1 else "会员证书",
        association=settings.ASSOCIATION_NAME,
        certificates=rows,
    )


def _certificate(each: MemberCertificate) -> dict:
    return {
        "number": each.number,
        "unit": each.unit_name,
        "tier": each.tier.name,
        "tier_en": each.tier.name_en,
        "issued_on": each.issued_on.isoformat(),
        "valid_until": each.valid_until and each.valid_until.isoformat(),
        "address": address(each),
        "picture": picture(each),
    }


def picture(certificate: MemberCertificate) -> str:
    """The QR code of the public page, as an SVG image; a quarter of it may be soiled."""
    code = segno.make(address(certificate), error="q", micro=False)
    return code.svg_inline(border=2, light="#fff", dark="#1f2a30")


def receipt_pdf(receipt: DuesReceipt) -> bytes:
    """The notice that the receipt was issued, in the reader's language."""
    lines = [
        (_("Payer"), receipt.title),
        (_("Dues of the year"), str(receipt.year)),
        (_("Amount"), yuan(receipt.amount)),
        (_("Issued on"), day(receipt.issued_on)),
    ]
    void = ""
    if not receipt.is_valid:
        void = _("Void since %(date)s") % {"date": day(receipt.voided_on)}
    return typeset(
        TEMPLATES / "receipt.typ",
        language=_language(),
        association=settings.ASSOCIATION_NAME,
        title=_("Notice of a receipt for dues"),
        form=_("Receipt code %(code)s  No. %(number)s")
        % {"code": receipt.book.code, "number": receipt.written},
        void=void,
        lines=lines,
        note=_(
            "This notice says that the receipt was issued. It is not the official form itself and "
            "cannot be used in the accounts in its place."
        ),
    )


def register_pdf(book: ReceiptBook, *, on: dt.date) -> bytes:
    """The whole register of the book as it is on the day ``on``, with the totals by month."""
    names, *rows = table(book)
    return typeset(
        TEMPLATES / "register.typ",
        language=_language(),
        association=settings.ASSOCIATION_NAME,
        title=_("Register of receipts: code %(code)s, %(first)s to %(last)s")
        % {
            "code": book.code,
            "first": book.written(book.first_number),
            "last": book.written(book.last_number),
        },
        printed=_("As of %(date)s") % {"date": day(on)},
        names=names[1:],
        rows=[_row(*row[1:]) for row in rows],
        months_title=_("By month of issue"),
        month_names=[_("month"), _("issued"), _("of these void"), _("valid amount")],
        months=[
            [
                date_format(each["month"], "YEAR_MONTH_FORMAT"),
                each["issued"],
                each["void"],
                yuan(each["amount"]),
            ]
            for each in months(book)
        ],
    )


def _row(*cells) -> dict:
    """A line of the register; one that stands for no money is set apart by its colour too."""
    *_some, voided_on, _why, _later = cells
    is_receipt = cells[4] is not None
    return {"cells": [_cell(value) for value in cells], "stands": is_receipt and not voided_on}


def _cell(value) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _language() -> str:
    return (get_language() or "zh").split("-")[0]
