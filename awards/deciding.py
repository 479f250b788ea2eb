"""What the association does with an application: check, return, decide, recommend, record."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import ApplicationStep, AwardApplication
from awards.moving import locked, move, require
from members.days import day_of

State = AwardApplication.State
What = ApplicationStep.What


@transaction.atomic
def accept(
    *, application: AwardApplication, at: dt.datetime, by: User, comment: str = ""
) -> AwardApplication:
    """The formal check is passed; the review begins. Raises ``ValidationError``."""
    application = locked(application)
    require(application, State.SUBMITTED)
    return move(application, What.ACCEPTED, at=at, by=by, comment=comment)


@transaction.atomic
def return_for_completion(
    *, application: AwardApplication, complete_by: dt.date, comment: str, at: dt.datetime, by: User
) -> AwardApplication:
    """Let the unit complete it until the end of the day ``complete_by``.

    A returned one can be given another day. Raises ``ValidationError`` by field without a
    comment, or with a day that has passed.
    """
    application = locked(application)
    require(application, State.SUBMITTED, State.RETURNED)
    refuse_silence(comment, "comment", _("Say what is to be completed."))
    if complete_by < day_of(at):
        raise ValidationError({"complete_by": _("This day has passed. Choose a later one.")})
    application.complete_by = complete_by
    return move(application, What.RETURNED, at=at, by=by, comment=comment)


@transaction.atomic
def decline(
    *, application: AwardApplication, reason: str, at: dt.datetime, by: User
) -> AwardApplication:
    """Not admitted to the review. A returned one only once its time is over.

    Raises ``ValidationError``.
    """
    application = locked(application)
    require(application, State.SUBMITTED, State.RETURNED)
    refuse_silence(reason, "reason", _("Give the reason; the unit reads it."))
    if application.state == State.RETURNED and day_of(at) <= application.complete_by:
        raise ValidationError(
            _("The unit has until %(day)s to complete it. Decide after that day."),
            code="too_early",
            params={"day": date_format(application.complete_by)},
        )
    application.complete_by = None
    return move(application, What.DECLINED, at=at, by=by, comment=reason)


@transaction.atomic
def recommend(
    *,
    application: AwardApplication,
    to: str,
    document: str,
    on: dt.date,
    at: dt.datetime,
    by: User,
    comment: str = "",
) -> AwardApplication:
    """Recommended onwards: to whom, by which document (may be empty), on which day.

    Raises ``ValidationError`` by field.
    """
    application = locked(application)
    require(application, State.ACCEPTED)
    refuse_silence(to, "to", _("Say to whom it is recommended."))
    refuse_day(on, "on", application.filed_on, at)
    application.recommended_to, application.document = to, document
    application.recommended_on = on
    return move(application, What.RECOMMENDED, at=at, by=by, comment=comment)


@transaction.atomic
def not_recommend(
    *, application: AwardApplication, reason: str, at: dt.datetime, by: User
) -> AwardApplication:
    """The review does not lead to a recommendation. Raises ``ValidationError``."""
    application = locked(application)
    require(application, State.ACCEPTED)
    refuse_silence(reason, "reason", _("Give the reason; the unit reads it."))
    return move(application, What.NOT_RECOMMENDED, at=at, by=by, comment=reason)


@transaction.atomic
def record_outcome(
    *,
    application: AwardApplication,
    is_awarded: bool,
    level: str,
    on: dt.date,
    at: dt.datetime,
    by: User,
    comment: str = "",
) -> AwardApplication:
    """What became of a recommendation, as announced on the day ``on``.

    ``level`` is the award's level or the appraisal's result; an award needs it. Raises
    ``ValidationError`` by field.
    """
    application = locked(application)
    require(application, State.RECOMMENDED)
    if is_awarded:
        refuse_silence(level, "level", _("Say which level or result it is."))
    refuse_day(on, "on", application.recommended_on, at)
    application.outcome, application.announced_on = level, on
    what = What.AWARDED if is_awarded else What.NOT_AWARDED
    return move(application, what, at=at, by=by, comment=comment)


@transaction.atomic
def note(*, application: AwardApplication, text: str, at: dt.datetime, by: User) -> ApplicationStep:
    """A note among staff; the unit never sees it. Raises ``ValidationError``."""
    application = locked(application)
    if application.state == State.DRAFT:
        raise ValidationError(_("A draft is the unit's own business."), code="wrong_state")
    refuse_silence(text, "text", _("Write the note."))
    return ApplicationStep.objects.create(
        application=application, what=What.NOTE, at=at, by=by, comment=text, is_internal=True
    )


def refuse_silence(text: str, field: str, words: str) -> None:
    if not text.strip():
        raise ValidationError({field: words})


def refuse_day(on: dt.date, field: str, earliest: dt.date, at: dt.datetime) -> None:
    """The day lies between what came before and today."""
    if not earliest <= on <= day_of(at):
        words = _("Choose a day from %(first)s to %(last)s.")
        days = {"first": date_format(earliest), "last": date_format(day_of(at))}
        raise ValidationError({field: words % days})
