"""入会批准: the council's decision on an application that came in public, in one transaction.

It makes the unit, or takes a former member back under its old record, with contacts, tier, seats,
the liaison's invitation and the first dues notice. If any part fails, nothing is saved.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from members.days import day_of
from members.ending import close_what_outlived
from members.inviting import invite
from members.models import (
    ApplicationStep,
    CommitteeSeat,
    Contact,
    DuesNotice,
    FormerName,
    Invitation,
    MembershipApplication,
    MemberUnit,
    Representative,
    SpecialCommittee,
    Term,
    Tier,
    TierAppointment,
)
from members.notices import TIME_TO_PAY, announce, raise_notice
from members.record import acting
from members.telling import tell
from members.trail import entered, locked

DAY = dt.timedelta(days=1)
Decision = MembershipApplication.Decision
Kind = ApplicationStep.Kind
Role = Contact.Role
Stage = MembershipApplication.Stage


@dataclass(frozen=True)
class Admission:
    """What a decision made. ``notice`` is None where the unit had its notice of the year before,
    ``invitation`` where the liaison can sign in for the unit or is invited already."""

    unit: MemberUnit
    is_known: bool  # it was in the register before: the record goes on
    name_before: str
    appointment: TierAppointment
    seats: tuple[CommitteeSeat, ...]
    contacts: tuple[Contact, ...]
    laid_aside: tuple[Contact, ...]
    notice: DuesNotice | None
    invitation: Invitation | None

    @property
    def amount(self) -> str:
        """The yuan that the notice asks for; fen only where there are any."""
        return f"{self.notice.amount:,.2f}".removesuffix(".00") if self.notice else ""


@transaction.atomic
def admit(
    *,
    application: MembershipApplication,
    decided_on: dt.date,
    resolution: str,
    tier: Tier,
    committees: Iterable[SpecialCommittee],
    by: User,
    at: dt.datetime,
) -> Admission:
    """Approve by the council's minutes ``resolution`` of ``decided_on``.

    Raises ``ValidationError`` where the application is not before the council, the minutes have
    no number, the day lies in the future or before the filing, no term or dues standard is
    recorded for it, the unit is a member then, or its name belongs to another unit.
    """
    application = locked(application)
    _refuse(application, decided_on, resolution, day_of(at))
    resolution = resolution.strip()
    with acting(by=by, why=resolution):
        is_known = MemberUnit.objects.filter(credit_code=application.credit_code).exists()
        unit, name_before = _unit(application, decided_on)
        close_what_outlived(unit)
        _approve(application, unit, decided_on, resolution, by)
        appointment = _appoint(unit, tier, decided_on, resolution)
        seats = tuple(_seat(unit, committee, decided_on) for committee in committees)
        contacts, laid_aside = _contacts(application, unit)
        notice = _notice(unit, decided_on, by, at, resolution)
        invitation = _invite(unit, application, by, at, resolution)
        entered(application, Kind.APPROVED, by=by, at=at, note=resolution)
    admission = Admission(
        unit=unit,
        is_known=is_known,
        name_before=name_before,
        appointment=appointment,
        seats=seats,
        contacts=contacts,
        laid_aside=laid_aside,
        notice=notice,
        invitation=invitation,
    )
    tell(application, Kind.APPROVED, at=at, admission=admission)
    return admission


def foreseen(**facts) -> Admission:
    """What `admit` would make of the same arguments: it is done, looked at, and undone."""
    with transaction.atomic():
        admission = admit(**facts)
        transaction.set_rollback(True)
    return admission


# --- Its parts ----------------------------------------------------------------------------------


def _refuse(
    application: MembershipApplication, decided_on: dt.date, resolution: str, on: dt.date
) -> None:
    if not application.is_under_way:
        raise ValidationError(_("This application has been decided already."))
    if application.stage != Stage.COUNCIL:
        raise ValidationError(_("The application has not passed its reviews yet."))
    if not resolution.strip():
        raise ValidationError({"resolution": _("Enter the number of the council's minutes.")})
    if decided_on > on:
        raise ValidationError({"decided_on": _("The day of a decision does not lie ahead.")})


def _unit(application: MembershipApplication, decided_on: dt.date) -> tuple[MemberUnit, str]:
    """The unit as it applied, saved, and the name it had before if that was another."""
    code = application.credit_code
    unit = MemberUnit.objects.select_for_update().filter(credit_code=code).first()
    unit = unit or MemberUnit(credit_code=code)
    if other := MemberUnit.objects.exclude(pk=unit.pk).filter(name=application.name).first():
        raise ValidationError(
            _("Another unit is called %(name)s (%(code)s). Clear this up first.")
            % {"name": other.name, "code": other.credit_code}
        )
    name_before = unit.name if unit.name != application.name else ""
    unit.name = application.name
    form = application.form
    for field in ("kind", "province", "address", "postcode", "phone", "website"):
        setattr(unit, field, getattr(form, field) or getattr(unit, field))
    unit.full_clean()
    unit.save()
    if name_before:
        FormerName.objects.get_or_create(
            unit=unit, name=name_before, defaults={"until": decided_on - DAY}
        )
    return unit, name_before


def _approve(
    application: MembershipApplication,
    unit: MemberUnit,
    decided_on: dt.date,
    resolution: str,
    by: User,
) -> None:
    application.unit = unit
    application.decision = Decision.APPROVED
    application.decided_on = decided_on
    application.resolution = resolution
    application.decided_by = by
    application.full_clean()
    application.save()


def _appoint(unit: MemberUnit, tier: Tier, decided_on: dt.date, resolution: str) -> TierAppointment:
    terms = Term.objects.filter(starts_on__lte=decided_on)
    term = terms.exclude(ends_on__lt=decided_on).order_by("-starts_on").first()
    if term is None:
        raise ValidationError({"decided_on": _("No term is recorded for this day.")})
    appointment = TierAppointment(
        unit=unit, tier=tier, term=term, starts_on=decided_on, resolution=resolution
    )
    appointment.full_clean()
    appointment.save()
    return appointment


def _seat(unit: MemberUnit, committee: SpecialCommittee, decided_on: dt.date) -> CommitteeSeat:
    seat = CommitteeSeat(unit=unit, committee=committee, starts_on=decided_on)
    seat.full_clean()
    seat.save()
    return seat


def _contacts(
    application: MembershipApplication, unit: MemberUnit
) -> tuple[tuple[Contact, ...], tuple[Contact, ...]]:
    """The people named in the application, and earlier ones who are contacts no longer.

    The liaison serves every purpose that nobody else was named for.
    """
    named = list(application.contacts.all())
    served = {role for each in named for role in each.roles}
    earlier = list(unit.contacts.filter(is_active=True))
    contacts = tuple(_contact(unit, each, served) for each in named)
    kept = {contact.pk for contact in contacts}
    laid_aside = tuple(contact for contact in earlier if contact.pk not in kept)
    unit.contacts.filter(pk__in=[contact.pk for contact in laid_aside]).update(is_active=False)
    return contacts, laid_aside


def _contact(unit: MemberUnit, named, served: set[str]) -> Contact:
    known = unit.contacts.filter(email__iexact=named.email).first() if named.email else None
    contact = known or Contact(unit=unit)
    is_liaison = Role.LIAISON in named.roles
    contact.roles = [
        role for role in Role if role in named.roles or (is_liaison and role not in served)
    ]
    contact.name, contact.title = named.name, named.title
    contact.email, contact.mobile = named.email, named.mobile
    contact.is_active, contact.deputy_roles = True, []
    contact.full_clean()
    contact.save()
    return contact


def _notice(
    unit: MemberUnit, decided_on: dt.date, by: User, at: dt.datetime, why: str
) -> DuesNotice | None:
    year = decided_on.year
    if unit.notices.standing().filter(year=year, kind=DuesNotice.Kind.ANNUAL).exists():
        return None
    due_on = max(decided_on, day_of(at)) + TIME_TO_PAY
    notice = raise_notice(unit=unit, year=year, on=decided_on, due_on=due_on, by=by, at=at, why=why)
    announce([notice], at=at)
    return notice


def _invite(
    unit: MemberUnit,
    application: MembershipApplication,
    by: User,
    at: dt.datetime,
    why: str,
) -> Invitation | None:
    liaison = application.contacts.get(roles__contains=[Role.LIAISON])
    acts = Representative.objects.active().filter(unit=unit, user__email__iexact=liaison.email)
    invited = Invitation.objects.open(at).filter(unit=unit, email__iexact=liaison.email)
    if acts.exists() or invited.exists():
        return None
    with translation.override("zh-hans"):  # the letter goes to the unit
        return invite(
            unit=unit,
            name=liaison.name,
            email=liaison.email,
            role=Representative.Role.MANAGER,
            by=by,
            at=at,
            why=why,
        )
