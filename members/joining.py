"""入会: deciding an application that staff entered for a unit, and turning one down.

An application that came in public is decided in `admitting.admit`, which makes the unit.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import ApplicationStep, MembershipApplication, MemberUnit
from members.record import acting
from members.telling import tell
from members.trail import entered, locked

Decision = MembershipApplication.Decision
Kind = ApplicationStep.Kind


@transaction.atomic
def file_for(*, application: MembershipApplication, by: User) -> MembershipApplication:
    """Enter an application of a known unit, unsaved so far, as staff received it.

    Raises ``ValidationError`` at ``unit`` where another one for it is under way.
    """
    refuse_second(application.unit, but=application)
    application.name = application.unit.name
    application.credit_code = application.unit.credit_code
    application.full_clean()
    with acting(by=by, why=_("Entered by staff")):
        application.save()
    return application


@transaction.atomic
def approve(
    *,
    application: MembershipApplication,
    decided_on: dt.date,
    resolution: str,
    by: User,
    at: dt.datetime,
) -> MembershipApplication:
    """Make the unit a member from ``decided_on``, by the council's minutes ``resolution``.

    Raises ``ValidationError`` without the number of the minutes, if the application is decided
    already or came in public, if the day lies before the filing, or if the unit is a member then.
    """
    if application.is_public:
        raise ValidationError(_("Take this application through its reviews to the council."))
    if not resolution.strip():
        raise ValidationError({"resolution": _("Enter the number of the council's minutes.")})
    application = _decide(application, Decision.APPROVED, decided_on, resolution, by)
    entered(application, Kind.APPROVED, by=by, at=at)
    return application


@transaction.atomic
def reject(
    *,
    application: MembershipApplication,
    decided_on: dt.date,
    resolution: str,
    by: User,
    at: dt.datetime,
    note: str = "",
) -> MembershipApplication:
    """Turn the application down; the applicant reads ``note``.

    Raises ``ValidationError`` if it is decided already, or if the day lies before the filing.
    """
    application = _decide(application, Decision.REJECTED, decided_on, resolution, by, note)
    entered(application, Kind.REJECTED, by=by, at=at, note=note)
    tell(application, Kind.REJECTED, at=at, note=note.strip())
    return application


def refuse_second(unit: MemberUnit, *, but: MembershipApplication) -> None:
    """Raises ``ValidationError`` at ``unit`` where it has another application under way."""
    under_way = MembershipApplication.objects.under_way().exclude(pk=but.pk)
    if under_way.filter(Q(unit=unit) | Q(credit_code=unit.credit_code)).exists():
        raise ValidationError({"unit": _("An application of this unit is under way already.")})


def _decide(
    application: MembershipApplication,
    decision: Decision,
    decided_on: dt.date,
    resolution: str,
    by: User,
    note: str = "",
) -> MembershipApplication:
    application = locked(application)
    if not application.is_under_way:
        raise ValidationError(_("This application has been decided already."))
    application.decision = decision
    application.decided_on = decided_on
    application.resolution = resolution.strip()
    application.decided_by = by
    application.full_clean()
    with acting(by=by, why=note or resolution or str(decision.label)):
        application.save()
    return application
