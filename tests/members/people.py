"""One object of each kind that belongs to a unit's people."""

import datetime as dt

from accounts.models import User
from members import handover, inviting
from members.folding import fold
from members.merging import merge
from members.models import Contact, Invitation, LiaisonHandover, MemberUnit
from tests.factories import UnitFactory, member

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


def merged_and_folded(*, by: User, at: dt.datetime) -> list:
    """A unit that was absorbed by another, and one that was entered twice."""
    absorbed, into = member(name="并入矿业有限公司"), member(name="合并矿业有限公司")
    facts = {"on": at.date() - dt.timedelta(days=1), "resolution": "样例"}
    merger = merge(absorbed=absorbed, into=into, by=by, at=at, **facts)
    kept, duplicate = UnitFactory(name="保留矿业有限公司"), UnitFactory(name="重复矿业有限公司")
    return [merger, fold(kept=kept, duplicate=duplicate, why="样例", by=by, at=at)]
