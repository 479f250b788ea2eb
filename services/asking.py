"""What a unit does: ask for a service, write, add files, correct the form, withdraw, rate."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from benefits.refusal import entitled
from cases.questions import QuestionForm, name_of
from members.days import day_of
from members.models import MemberUnit
from services import numbering
from services.models import OfferingQuestion, RequestAnswer, RequestStep, ServiceOffering
from services.models import ServiceRequest as Request
from services.telling import tell
from services.trail import entered, kept, locked, said
from services.working_days import working_day_after

Kind = RequestStep.Kind
Role = OfferingQuestion.Role
State = Request.State


@transaction.atomic
def ask(
    *,
    unit: MemberUnit,
    offering: ServiceOffering,
    answers: Mapping[int, str],
    by,
    at: dt.datetime,
    files: Iterable[File] = (),
) -> Request:
    """File a request; the right is judged on the day of ``at``.

    ``answers``: each question's id with its answer. Raises `NotEntitled`, and
    ``ValidationError`` for a service that is closed (``not_open``) or was used (``once``), for
    answers that do not fit (at ``question_<id>``), and for files that are not accepted.
    """
    on = day_of(at)
    refuse_closed(offering)
    answer = entitled(unit, offering.benefit_item, on)
    if offering.is_once:
        # Two people of the unit ask at the same time: the second waits here, and then sees.
        MemberUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        refuse_twice(unit, offering)
    questions = list(offering.questions.asked())
    answers = checked(questions, answers)
    request = Request.objects.create(
        number=numbering.next_number(on.year),
        offering=offering,
        unit=unit,
        title=title_of(offering, questions, answers),
        owner=offering.owner,
        asked_by=by,
        filed_on=on,
        due_on=working_day_after(on, offering.target_working_days),
        tier=answer.tier,
        basis=answer.basis,
        is_once=offering.is_once,
    )
    write_answers(request, answers)
    kept(request, files, by=by, at=at, is_delivered=False)
    entered(request, Kind.FILED, by=by, at=at)
    tell(request, "received", at=at)
    return request


@transaction.atomic
def write(
    *, request: Request, text: str, by, at: dt.datetime, files: Iterable[File] = ()
) -> Request:
    """A message to the association; where it has asked something, the answer.

    Raises ``ValidationError``.
    """
    current = locked(request, *Request.OPEN)
    kept(current, files, by=by, at=at, is_delivered=False)
    entered(current, Kind.WROTE, by=by, at=at, comment=said(text))
    hand_back(current)
    return current


@transaction.atomic
def amend(*, request: Request, answers: Mapping[int, str], by, at: dt.datetime) -> Request:
    """Correct the form while the association waits for the unit. Raises ``ValidationError``."""
    current = locked(request, State.WAITING_FOR_UNIT)
    questions = list(current.offering.questions.asked())
    answers = checked(questions, answers)
    current.title = title_of(current.offering, questions, answers)
    current.save(update_fields=["title"])
    write_answers(current, answers)
    entered(current, Kind.AMENDED, by=by, at=at)
    hand_back(current)
    return current


@transaction.atomic
def attach(*, request: Request, files: Iterable[File], by, at: dt.datetime) -> Request:
    """Add files while the request is open. Raises ``ValidationError``."""
    current = locked(request, *Request.OPEN)
    rows = kept(current, files, by=by, at=at, is_delivered=False)
    if not rows:
        raise ValidationError(_("Choose a file first."), code="empty")
    names = "\n".join(row.name for row in rows)
    entered(current, Kind.ATTACHED, by=by, at=at, comment=names)
    return current


@transaction.atomic
def withdraw(*, request: Request, by, at: dt.datetime) -> Request:
    """The unit no longer needs it. Raises ``ValidationError``."""
    current = locked(request, *Request.OPEN)
    current.state = State.WITHDRAWN
    current.closed_at = at
    current.save(update_fields=["state", "closed_at"])
    entered(current, Kind.WITHDRAWN, by=by, at=at)
    return current


@transaction.atomic
def rate(*, request: Request, rating: int, words: str = "", by, at: dt.datetime) -> Request:
    """Say how it was, once: 1 (poor) to 5 (very good). Raises ``ValidationError``."""
    current = locked(request, State.CLOSED)
    if current.rating is not None:
        raise ValidationError(_("This request has been rated already."), code="rated")
    if rating not in range(1, 6):
        raise ValidationError(_("Give one to five points."), code="rating")
    current.rating, current.rating_words, current.rated_at = rating, words.strip(), at
    current.save(update_fields=["rating", "rating_words", "rated_at"])
    entered(current, Kind.RATED, by=by, at=at, comment=current.rating_words)
    return current


# --- What it rests on ---------------------------------------------------------------------------


def refuse_closed(offering: ServiceOffering) -> None:
    if not offering.is_open:
        raise ValidationError(
            _("This service takes no requests at present. Please ask again later."),
            code="not_open",
        )


def earlier(unit: MemberUnit, offering: ServiceOffering) -> Request | None:
    """The request that has used up what exists once per unit; ``None`` while it is free."""
    if not offering.is_once:
        return None
    return Request.objects.counted().filter(unit=unit, offering=offering).first()


def refuse_twice(unit: MemberUnit, offering: ServiceOffering) -> None:
    if used := earlier(unit, offering):
        raise ValidationError(
            _(
                "Each unit has this service once, and yours asked for it on %(day)s "
                "(%(number)s, %(state)s)."
            )
            % {
                "day": date_format(used.filed_on),
                "number": used.number,
                "state": used.get_state_display(),
            },
            code="once",
        )


def checked(questions: list[OfferingQuestion], answers: Mapping[int, str]) -> dict[int, str]:
    """The answers as they are kept. Raises ``ValidationError`` at the fields of the form."""
    form = QuestionForm(questions, {name_of(pk): text for pk, text in answers.items()})
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    return form.answers()


def title_of(
    offering: ServiceOffering, questions: list[OfferingQuestion], answers: Mapping[int, str]
) -> str:
    """The answer to the question for the title, on one line; else the service's name."""
    asked = next((each for each in questions if each.role == Role.TITLE), None)
    title = answers.get(asked.pk, "") if asked else ""
    return " ".join(title.split()) or offering.name


def write_answers(request: Request, answers: Mapping[int, str]) -> None:
    """Keep the answers in the place of earlier ones."""
    RequestAnswer.objects.bulk_create(
        [RequestAnswer(request=request, question_id=pk, text=text) for pk, text in answers.items()],
        update_conflicts=True,
        unique_fields=["request", "question"],
        update_fields=["text"],
    )


def hand_back(request: Request) -> None:
    """The association's turn again, where it waited for the unit."""
    if request.is_waiting_for_unit:
        request.state = State.ACCEPTED if request.accepted_at else State.SUBMITTED
        request.save(update_fields=["state"])
