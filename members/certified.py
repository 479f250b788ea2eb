"""What a member certificate says, and whether it holds on a day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from files.typesetting import unprintable
from members.models import (
    MemberCertificate,
    MembershipApplication,
    MemberUnit,
    Tier,
    TierAppointment,
)


@dataclass(frozen=True)
class Holding:
    """What holds for a unit on a day, and the certificate it has."""

    unit: MemberUnit
    on: dt.date
    is_member: bool
    appointment: TierAppointment | None
    certificate: MemberCertificate | None

    @property
    def tier(self) -> Tier | None:
        """The tier of a member; a unit that is none has none."""
        return self.appointment.tier if self.is_member and self.appointment else None

    @property
    def valid_until(self) -> dt.date | None:
        """The last day of the appointment, or else of its term; ``None`` where both are open."""
        return self.appointment.ends_on or self.appointment.term.ends_on

    @property
    def no_longer(self) -> list[str]:
        """Where the certificate does not say what holds."""
        return [] if self.certificate is None else list(differences(self.certificate, self))

    @property
    def refusal(self) -> str:
        """Why no certificate can be issued now; empty where one can."""
        if not self.is_member:
            return _("is not a member")
        if self.tier is None:
            return _("has no tier")
        if self.valid_until and self.valid_until < self.on:
            return _("the term of its tier is over")
        if lost := unprintable(self.unit.name):
            return _("has characters in its name that cannot be printed: %(lost)s") % {"lost": lost}
        if self.certificate and not self.no_longer:
            return _("has %(number)s, which still holds") % {"number": self.certificate}
        return ""


def differences(certificate: MemberCertificate, holding: Holding):
    """The same questions as `outdated`, in words."""
    if not holding.is_member:
        yield _("the unit is no longer a member")
    elif holding.tier is None:
        yield _("the unit has no tier now")
    elif holding.tier.pk != certificate.tier_id:
        yield _("the tier is now %(tier)s") % {"tier": holding.tier}
    if certificate.unit_name != holding.unit.name:
        yield _("the unit's name is now %(name)s") % {"name": holding.unit}
    if certificate.has_expired(holding.on):
        yield _("it was valid until its last day")


def holdings(units: Iterable[MemberUnit], on: dt.date) -> list[Holding]:
    """What holds for each of the units on the day ``on``, in three queries for all of them."""
    units = list(dict.fromkeys(units))
    of_units = {"unit__in": units}
    members = set(
        MembershipApplication.objects.in_force(on).filter(**of_units).values_list("unit", flat=True)
    )
    appointments = TierAppointment.objects.on(on).filter(**of_units).select_related("tier", "term")
    certificates = MemberCertificate.objects.valid().filter(**of_units).select_related("tier")
    held = {row.unit_id: row for row in appointments}
    having = {row.unit_id: row for row in certificates}
    return [
        Holding(unit, on, unit.pk in members, held.get(unit.pk), having.get(unit.pk))
        for unit in units
    ]


def holding(unit: MemberUnit, on: dt.date) -> Holding:
    """What holds for one unit on the day ``on``."""
    return holdings([unit], on)[0]


def outdated(certificates: QuerySet[MemberCertificate], on: dt.date) -> QuerySet[MemberCertificate]:
    """Those, not voided, that no longer say what holds on the day ``on``."""
    members = MembershipApplication.objects.in_force(on).filter(unit=OuterRef("unit"))
    as_said = TierAppointment.objects.on(on).filter(unit=OuterRef("unit"), tier=OuterRef("tier"))
    return certificates.valid().filter(
        ~Exists(members) | ~Exists(as_said) | ~Q(unit_name=F("unit__name")) | Q(valid_until__lt=on)
    )
