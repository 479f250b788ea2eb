"""One object of each kind that belongs to a unit's people."""

import datetime as dt

from accounts.models import User
from members import handover, inviting
from members.models import Contact, Invitation, LiaisonHandover, MemberUnit

# Of an invitation that is open; its link is public.
INVITATION_KEY = "key-of-the-permission-walk"


def one_of_each_of_people(unit: MemberUnit, *, by: User, at: dt.datetime) -> list:
    """An open invitation to the unit, and a hand-over that waits for staff."""
    invitation = Invitation.objects.create(
        unit=unit,
        name="赵新",
        email="new@unit.example",
        role="member",
        digest=inviting.digest(INVITATION_KEY),
        invited_by=by,
        invited_at=at,
        expires_at=at + inviting.LIFETIME,
    )
    waiting = handover.ask(
        unit=unit,
        outgoing=Contact.objects.filter(unit=unit).first(),
        afterwards=LiaisonHandover.Outgoing.STAYS,
        last_day=at.date(),
        name="钱同事",
        email="next@unit.example",
        by=by,
        at=at,
    )
    return [invitation, waiting]
