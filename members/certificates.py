"""会员证书: issuing, voiding and reissuing. Numbers of a year follow on each other without gaps."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from members.certified import Holding, holding, holdings
from members.models import MemberCertificate, MemberUnit
from members.record import acting


def number_of(year: int, serial: int) -> str:
    """How a certificate's number is written."""
    return f"会证字〔{year}〕{serial:04}号"


def address(certificate: MemberCertificate) -> str:
    """What the QR code holds: the public page that says what holds today."""
    return settings.SITE_URL + reverse("certificate", args=[certificate.key])


@transaction.atomic
def issue(
    *, units: Iterable[MemberUnit], on: dt.date, by: User, at: dt.datetime, why: str
) -> list[MemberCertificate]:
    """Issue a certificate to each unit that may have one; the rest are left out (`holdings`).

    A certificate that no longer says what holds is voided and replaced.
    """
    _lock()
    due = [each for each in holdings(units, on) if not each.refusal]
    with acting(by=by, why=why):
        return [_issue(each, by, at, _("; ").join(each.no_longer)) for each in due]


@transaction.atomic
def reissue(
    *, certificate: MemberCertificate, on: dt.date, by: User, at: dt.datetime, reason: str
) -> MemberCertificate:
    """Void the certificate and issue another in its place, saying what holds on the day ``on``.

    Raises ``ValidationError`` if it is void already, without a reason, or if the unit may have no
    certificate.
    """
    _lock()
    void(certificate=certificate, by=by, at=at, reason=reason)
    found = holding(certificate.unit, on)
    if found.refusal:
        raise ValidationError(
            _("%(unit)s %(refusal)s.") % {"unit": found.unit, "refusal": found.refusal}
        )
    with acting(by=by, why=reason):
        return _made(found, by, replaces=certificate)


@transaction.atomic
def void(
    *, certificate: MemberCertificate, by: User, at: dt.datetime, reason: str
) -> MemberCertificate:
    """Let the certificate count no longer; the public page says so at once.

    Raises ``ValidationError`` if it is void already, or without a reason.
    """
    certificate = MemberCertificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.is_void:
        raise ValidationError(_("This certificate is void already."))
    certificate.voided_at, certificate.voided_by = at, by
    certificate.void_reason = reason.strip()
    certificate.full_clean()
    with acting(by=by, why=reason):
        certificate.save()
    return certificate


def _lock() -> None:
    """One person at a time draws numbers; reading goes on."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE members_membercertificate IN SHARE ROW EXCLUSIVE MODE")


def _issue(found: Holding, by: User, at: dt.datetime, no_longer: str) -> MemberCertificate:
    if found.certificate is None:
        return _made(found, by)
    reason = _("Replaced: %(why)s") % {"why": no_longer}
    old = void(certificate=found.certificate, by=by, at=at, reason=reason[:200])
    return _made(found, by, replaces=old)


def _made(found: Holding, by: User, replaces: MemberCertificate | None = None) -> MemberCertificate:
    year = found.on.year
    of_year = MemberCertificate.objects.filter(year=year)
    serial = (of_year.aggregate(last=Max("serial"))["last"] or 0) + 1
    return MemberCertificate.objects.create(
        unit=found.unit,
        year=year,
        serial=serial,
        number=number_of(year, serial),
        unit_name=found.unit.name,
        tier=found.tier,
        issued_on=found.on,
        valid_until=found.valid_until,
        issued_by=by,
        replaces=replaces,
    )
