"""入会审查: staff take an application through its reviews to the council, or return it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import ApplicationStep, MembershipApplication
from members.record import acting
from members.telling import tell
from members.trail import entered, locked

Kind = ApplicationStep.Kind
Stage = MembershipApplication.Stage
# Where the application goes when it passes, and what is written in its trail.
NEXT = {
    Stage.PRELIMINARY: (Stage.REVIEW, Kind.PASSED_PRELIMINARY),
    Stage.REVIEW: (Stage.COUNCIL, Kind.PASSED_REVIEW),
}


@transaction.atomic
def pass_on(
    *, application: MembershipApplication, stage: str, note: str, by: User, at: dt.datetime
) -> MembershipApplication:
    """The review ``stage`` is passed. The note is for staff.

    Raises ``ValidationError`` where the application is not in that review (any more).
    """
    application = _under_review(application)
    if application.stage != stage or stage not in NEXT:
        raise ValidationError(_("The application is no longer in this review."))
    application.stage, kind = NEXT[stage]
    with acting(by=by, why=note or str(kind.label)):
        application.save()
        entered(application, kind, by=by, at=at, note=note)
    return application


@transaction.atomic
def send_back(
    *, application: MembershipApplication, note: str, by: User, at: dt.datetime
) -> MembershipApplication:
    """Return it to the applicant, who reads in ``note`` what to correct.

    Raises ``ValidationError`` where nothing is said, or where it is not under review.
    """
    application = _under_review(application)
    if not note.strip():
        raise ValidationError({"note": _("Say what is to be corrected.")})
    application.stage = Stage.RETURNED
    with acting(by=by, why=note):
        application.save()
        entered(application, Kind.RETURNED, by=by, at=at, note=note)
    tell(application, Kind.RETURNED, at=at, note=note.strip())
    return application


def _under_review(application: MembershipApplication) -> MembershipApplication:
    application = locked(application)
    if not application.is_under_way:
        raise ValidationError(_("This application has been decided already."))
    if application.stage == Stage.RETURNED:
        raise ValidationError(_("The application is with the applicant, who is to correct it."))
    if not application.is_public:
        raise ValidationError(_("Staff entered this application: decide on it at once."))
    return application
