"""The trail of a membership application, and the lock under which it moves."""

import datetime as dt

from accounts.models import User
from members.models import ApplicationStep, MembershipApplication


def locked(application: MembershipApplication) -> MembershipApplication:
    """The application as it stands now; whoever comes second waits here, and then sees."""
    return MembershipApplication.objects.select_for_update().get(pk=application.pk)


def entered(
    application: MembershipApplication,
    kind: str,
    *,
    by: User | None,
    at: dt.datetime,
    note: str = "",
) -> ApplicationStep:
    """Write a step down; ``by`` is ``None`` for the applicant."""
    return ApplicationStep.objects.create(
        application=application, kind=kind, by=by, at=at, note=note.strip()
    )
