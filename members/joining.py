"""入会: deciding applications, and ending memberships."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import MembershipApplication

Decision = MembershipApplication.Decision


def approve(
    *, application: MembershipApplication, decided_on: dt.date, resolution: str, by: User
) -> MembershipApplication:
    """Make the unit a member from ``decided_on``.

    Raises ``ValidationError`` if the application is decided already, if the day lies before the
    filing, or if the unit is a member in that time.
    """
    return _decide(application, Decision.APPROVED, decided_on, resolution, by)


def reject(
    *, application: MembershipApplication, decided_on: dt.date, resolution: str, by: User
) -> MembershipApplication:
    """Turn the application down. Raises ``ValidationError`` as `approve` does."""
    return _decide(application, Decision.REJECTED, decided_on, resolution, by)


@transaction.atomic
def end_membership(
    *, application: MembershipApplication, ended_on: dt.date, because: str, by: User
) -> MembershipApplication:
    """End the membership after its last day ``ended_on``.

    Raises ``ValidationError`` if there is no open membership, or if it began after that day.
    """
    application = MembershipApplication.objects.select_for_update().get(pk=application.pk)
    if application.decision != Decision.APPROVED:
        raise ValidationError(_("Only an approved membership can end."))
    if application.ended_on is not None:
        raise ValidationError(_("This membership has ended already."))
    application.ended_on = ended_on
    application.ended_because = because
    application.ended_by = by
    application.full_clean()
    application.save()
    return application


@transaction.atomic
def _decide(
    application: MembershipApplication,
    decision: Decision,
    decided_on: dt.date,
    resolution: str,
    by: User,
) -> MembershipApplication:
    application = MembershipApplication.objects.select_for_update().get(pk=application.pk)
    if application.decision != Decision.PENDING:
        raise ValidationError(_("This application has been decided already."))
    application.decision = decision
    application.decided_on = decided_on
    application.resolution = resolution
    application.decided_by = by
    application.full_clean()
    application.save()
    return application
