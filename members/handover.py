"""联络员交接: asked for by the unit, approved by staff, done when the successor has accepted."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from letters.writing import write
from members.days import day_of
from members.inviting import invite
from members.inviting import withdraw as withdraw_invitation
from members.models import Contact, Invitation, LiaisonHandover, MemberUnit, Representative
from members.people import end_access
from members.record import acting
from members.succession import hand_over

State, Outgoing = LiaisonHandover.State, LiaisonHandover.Outgoing
Role = Representative.Role


@transaction.atomic
def ask(
    *,
    unit: MemberUnit,
    outgoing: Contact | None,
    afterwards: str,
    last_day: dt.date,
    name: str,
    email: str,
    mobile: str = "",
    title: str = "",
    note: str = "",
    by: User,
    at: dt.datetime,
) -> LiaisonHandover:
    """Ask staff to let another person take over from the liaison ``outgoing``.

    Raises ``ValidationError`` if one is under way, if the successor is the liaison, or if access
    were to end after a day that is past.
    """
    email = email.strip().lower()
    if outgoing and outgoing.email.lower() == email:
        raise ValidationError({"email": _("This is the address of the liaison until now.")})
    if afterwards == Outgoing.LEAVES_LATER and last_day < day_of(at):
        raise ValidationError({"last_day": _("This day is past.")})
    handover = LiaisonHandover(
        unit=unit,
        outgoing=outgoing,
        seat=_seat_of(outgoing),
        afterwards=afterwards,
        last_day=last_day,
        name=name.strip(),
        email=email,
        mobile=mobile,
        title=title,
        note=note,
        asked_by=by,
        asked_at=at,
    )
    handover.full_clean()
    with acting(by=by, why=_("Hand-over of the liaison's work")):
        handover.save()
    return handover


@transaction.atomic
def approve(
    *, handover: LiaisonHandover, by: User, at: dt.datetime, answer: str = ""
) -> LiaisonHandover:
    """Invite the successor; one who acts for the unit already takes over at once.

    Raises ``ValidationError`` unless the hand-over waits for it.
    """
    handover = _locked(handover, {State.WAITING})
    why = answer or _("Hand-over of the liaison's work approved")
    handover.state, handover.answer = State.APPROVED, answer
    handover.decided_by, handover.decided_at = by, at
    colleague = _acting_already(handover)
    if colleague is None:
        handover.invitation = _invited(handover, by, at, why)
    with acting(by=by, why=why):
        handover.save()
        if colleague and _role(handover) == Role.MANAGER:
            colleague.role = Role.MANAGER
            colleague.save()
    if colleague:
        hand_over(handover=handover, person=colleague.user, at=at)
    return handover


@transaction.atomic
def invite_again(*, handover: LiaisonHandover, by: User, at: dt.datetime) -> LiaisonHandover:
    """Send the successor a new link; the old one is worthless. Raises ``ValidationError``."""
    handover = _locked(handover, {State.APPROVED})
    why = _("Invitation sent again")
    handover.invitation = _invited(handover, by, at, why)
    with acting(by=by, why=why):
        handover.save()
    return handover


@transaction.atomic
def refuse(*, handover: LiaisonHandover, by: User, at: dt.datetime, answer: str) -> LiaisonHandover:
    """Nothing changes; who asked gets a letter with the reason. Raises ``ValidationError``."""
    handover = _locked(handover, {State.WAITING})
    handover.state, handover.answer = State.REFUSED, answer
    handover.decided_by, handover.decided_at = by, at
    handover.full_clean()
    with acting(by=by, why=answer):
        handover.save()
    write(
        to=handover.asked_by.email,
        subject=_("The hand-over to %(name)s was not approved") % {"name": handover.name},
        text=_(
            "%(asker)s,\n\n"
            "you asked that %(name)s take over as liaison of %(unit)s. This was not approved:\n"
            "%(answer)s\n\n"
            "Nothing has changed. You can ask again in the portal.\n"
        )
        % {
            "asker": handover.asked_by,
            "name": handover.name,
            "unit": handover.unit,
            "answer": answer,
        },
        at=at,
    )
    return handover


@transaction.atomic
def withdraw(*, handover: LiaisonHandover, by: User, at: dt.datetime) -> LiaisonHandover:
    """The unit changes its mind before the successor accepts. Raises ``ValidationError``."""
    handover = _locked(handover, {State.WAITING, State.APPROVED})
    why = _("Hand-over withdrawn")
    _withdraw_link(handover.invitation, by, at, why)
    with acting(by=by, why=why):
        handover.state = State.WITHDRAWN
        handover.save()
    return handover


def end_due(on: dt.date, at: dt.datetime) -> int:
    """End the access of those whose last day is past, whether or not anybody has taken over.

    Returns how many. What was missed yesterday is done today.
    """
    due = LiaisonHandover.objects.filter(
        state__in=[State.APPROVED, State.DONE],
        afterwards=Outgoing.LEAVES_LATER,
        last_day__lt=on,
        seat__revoked_at__isnull=True,
        seat__isnull=False,
    )
    return sum(_ended(pk, at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _ended(pk: int, at: dt.datetime) -> bool:
    handover = LiaisonHandover.objects.select_for_update(of=("self",)).get(pk=pk)
    if handover.seat.revoked_at:
        return False
    with acting(by=handover.decided_by, why=_("Last day before the hand-over")):
        end_access(handover.seat, by=handover.decided_by, at=at)
    return True


def _locked(handover: LiaisonHandover, allowed: set[str]) -> LiaisonHandover:
    rows = LiaisonHandover.objects.select_for_update(of=("self",))
    handover = rows.select_related("unit", "asked_by", "outgoing").get(pk=handover.pk)
    if handover.state not in allowed:
        raise ValidationError(
            _("This cannot be done now: the hand-over is “%(state)s”.")
            % {"state": handover.get_state_display()},
            code="wrong_state",
        )
    return handover


def _invited(handover: LiaisonHandover, by: User, at: dt.datetime, why: str) -> Invitation:
    """A new invitation in place of one that the address may have."""
    open_ones = Invitation.objects.filter(
        unit=handover.unit, email__iexact=handover.email, accepted_at=None, revoked_at=None
    )
    for each in open_ones:
        _withdraw_link(each, by, at, why)
    return invite(
        unit=handover.unit,
        name=handover.name,
        email=handover.email,
        role=_role(handover),
        by=by,
        at=at,
        why=why,
    )


def _withdraw_link(invitation: Invitation | None, by: User, at: dt.datetime, why: str) -> None:
    if invitation and not invitation.accepted_at and not invitation.revoked_at:
        withdraw_invitation(invitation=invitation, by=by, at=at, why=why)


def _role(handover: LiaisonHandover) -> str:
    """A manager follows on a manager; a unit that has none gets one."""
    if handover.seat and handover.seat.role == Role.MANAGER:
        return Role.MANAGER
    managers = Representative.objects.active().filter(unit=handover.unit, role=Role.MANAGER)
    return Role.MEMBER if managers.exists() else Role.MANAGER


def _seat_of(contact: Contact | None) -> Representative | None:
    if contact is None or not contact.email:
        return None
    seats = Representative.objects.active().filter(unit=contact.unit_id)
    return seats.filter(user__email__iexact=contact.email).first()


def _acting_already(handover: LiaisonHandover) -> Representative | None:
    seats = Representative.objects.active().select_related("user").filter(unit=handover.unit)
    return seats.filter(user__email__iexact=handover.email).first()
