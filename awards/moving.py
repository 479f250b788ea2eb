"""A move of an application from one state to the next.

Whoever moves it holds its row locked, has checked the state first, and leaves an entry in the
trail and a letter to the applicant, all in one transaction.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import ApplicationStep, AwardApplication
from awards.telling import tell

State = AwardApplication.State
What = ApplicationStep.What

STATES = {
    What.SUBMITTED: State.SUBMITTED,
    What.RESUBMITTED: State.SUBMITTED,
    What.RETURNED: State.RETURNED,
    What.ACCEPTED: State.ACCEPTED,
    What.DECLINED: State.DECLINED,
    What.RECOMMENDED: State.RECOMMENDED,
    What.NOT_RECOMMENDED: State.NOT_RECOMMENDED,
    What.AWARDED: State.AWARDED,
    What.NOT_AWARDED: State.NOT_AWARDED,
    What.WITHDRAWN: State.WITHDRAWN,
}


def locked(application: AwardApplication) -> AwardApplication:
    """The row as it stands now, locked until the transaction ends.

    Raises ``ValidationError`` where it was a draft and is gone.
    """
    rows = AwardApplication.objects.select_for_update(of=["self"])
    found = rows.select_related("unit", "cycle__award__benefit_item").filter(pk=application.pk)
    if not (current := found.first()):
        raise ValidationError(_("This draft has been discarded."), code="gone")
    return current


def require(application: AwardApplication, *states: str) -> None:
    """Raises ``ValidationError`` where the application is in none of the states."""
    if application.state not in states:
        raise ValidationError(
            _(
                "The application is now “%(state)s”, so this can no longer be done. "
                "Reload the page to see what can."
            ),
            code="wrong_state",
            params={"state": application.get_state_display()},
        )


def move(
    application: AwardApplication, what: str, *, at: dt.datetime, by: User, comment: str = ""
) -> AwardApplication:
    """Save the application in the state after ``what``, note it, and tell the applicant.

    Raises ``ValidationError`` for a text that is too long.
    """
    application.state = STATES[what]
    check(application)
    application.save()
    step = ApplicationStep.objects.create(
        application=application, what=what, at=at, by=by, comment=comment
    )
    tell(application, step)
    return application


def check(application: AwardApplication) -> None:
    """Lengths and choices. What belongs together is held by the database; related rows are known.

    Raises ``ValidationError`` by field.
    """
    application.clean_fields(exclude={"cycle", "unit", "tier", "created_by", "filed_by"})
