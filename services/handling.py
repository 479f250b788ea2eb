"""What staff do with a request: take it in hand, move it on, ask, note, deliver, decline."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from members.days import day_of
from services.models import RequestStep, Stage
from services.models import ServiceRequest as Request
from services.telling import tell
from services.trail import entered, kept, locked, said

Kind = RequestStep.Kind
State = Request.State


@transaction.atomic
def accept(*, request: Request, owner, by, at: dt.datetime, stage: Stage | None = None) -> Request:
    """Take a new request in hand, at its first stage unless said otherwise.

    Raises ``ValidationError``.
    """
    current = locked(request, State.SUBMITTED)
    refuse_strangers(owner)
    stage = stage or current.offering.stages.order_by("position", "pk").first()
    refuse_foreign(current, stage)
    current.state = State.ACCEPTED
    current.owner, current.stage, current.accepted_at = owner, stage, at
    current.save(update_fields=["state", "owner", "stage", "accepted_at"])
    entered(current, Kind.ACCEPTED, by=by, at=at, stage=stage)
    tell(current, "accepted", at=at)
    return current


@transaction.atomic
def assign(*, request: Request, owner, by, at: dt.datetime) -> Request:
    """Give an open request to a member of staff. Raises ``ValidationError``."""
    current = locked(request, *Request.OPEN)
    refuse_strangers(owner)
    current.owner = owner
    current.save(update_fields=["owner"])
    entered(current, Kind.ASSIGNED, by=by, at=at, comment=str(owner))
    return current


@transaction.atomic
def move(*, request: Request, stage: Stage, by, at: dt.datetime) -> Request:
    """To another stage of the same service. Raises ``ValidationError``."""
    current = locked(request, State.ACCEPTED, State.WAITING_FOR_UNIT)
    refuse_foreign(current, stage)
    if stage == current.stage:
        raise ValidationError(_("The request is at this stage already."), code="same_stage")
    current.stage = stage
    current.save(update_fields=["stage"])
    entered(current, Kind.MOVED, by=by, at=at, stage=stage)
    return current


@transaction.atomic
def ask_unit(*, request: Request, question: str, by, at: dt.datetime) -> Request:
    """Ask the unit for something; its turn until it answers. Raises ``ValidationError``."""
    current = locked(request, *Request.OPEN)
    question = said(question)
    current.state = State.WAITING_FOR_UNIT
    current.save(update_fields=["state"])
    entered(current, Kind.ASKED, by=by, at=at, comment=question)
    tell(current, "asked", at=at, words=question)
    return current


@transaction.atomic
def tell_unit(*, request: Request, text: str, by, at: dt.datetime) -> Request:
    """A message that needs no answer; also after the end. Raises ``ValidationError``."""
    current = locked(request, *State)
    text = said(text)
    entered(current, Kind.TOLD, by=by, at=at, comment=text)
    tell(current, "told", at=at, words=text)
    return current


@transaction.atomic
def note(*, request: Request, text: str, by, at: dt.datetime) -> Request:
    """A note among staff, at any time; the unit never sees it. Raises ``ValidationError``."""
    current = locked(request, *State)
    entered(current, Kind.NOTED, by=by, at=at, comment=said(text))
    return current


@transaction.atomic
def close(
    *, request: Request, delivered: str, by, at: dt.datetime, files: Iterable[File] = ()
) -> Request:
    """Deliver: say what the unit got, with the files handed over. Raises ``ValidationError``."""
    current = locked(request, State.ACCEPTED, State.WAITING_FOR_UNIT)
    kept(current, files, by=by, at=at, is_delivered=True)
    end_delivered(current, said(delivered), by=by, at=at)
    tell(current, "closed", at=at)
    return current


def end_delivered(current: Request, delivered: str, *, by, at: dt.datetime) -> None:
    """Write down the end of a locked request."""
    current.state = State.CLOSED
    current.closed_at, current.delivered, current.delivered_on = at, delivered, day_of(at)
    current.save(update_fields=["state", "closed_at", "delivered", "delivered_on", "news"])
    entered(current, Kind.CLOSED, by=by, at=at, comment=delivered)


@transaction.atomic
def decline(*, request: Request, reason: str, by, at: dt.datetime) -> Request:
    """Say no, with the reason; the right is not used up. Raises ``ValidationError``."""
    current = locked(request, *Request.OPEN)
    reason = said(reason)
    current.state = State.DECLINED
    current.closed_at = at
    current.save(update_fields=["state", "closed_at"])
    entered(current, Kind.DECLINED, by=by, at=at, comment=reason)
    tell(current, "declined", at=at, words=reason)
    return current


def refuse_strangers(owner) -> None:
    if not (owner.is_staff and owner.is_active):
        raise ValidationError(
            _("Only an active member of staff can be in charge."), code="not_staff"
        )


def refuse_foreign(request: Request, stage: Stage | None) -> None:
    if stage is not None and stage.offering_id != request.offering_id:
        raise ValidationError(
            _("This stage belongs to another service. Choose one of this service."),
            code="stage",
        )
