"""An application for membership on its way, as far as a test wishes."""

import datetime as dt

from accounts.models import User
from members.applying import attach, begin, fill_in, send
from members.models import ApplicationFile, MembershipApplication
from members.reviewing import pass_on
from tests.factories import (
    CommitteeFactory,
    StandardFactory,
    TermFactory,
    TierFactory,
    UserFactory,
    credit_code,
)
from tests.files.making import upload

CODE = credit_code(777)
NAME = "新申铜业有限公司"
EMAIL = "li@xinshen.example"
AT = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
VALUES = {
    "kind": "enterprise",
    "province": "江西",
    "address": "江西省某市铜都路8号",
    "postcode": "330000",
    "phone": "0791-5550001",
    "website": "",
    "introduction": "开采与选矿。",
}
LIAISON = {"name": "李联络", "email": EMAIL, "mobile": "13900000001", "roles": ["liaison"]}
FINANCE = {"name": "钱会计", "email": "", "mobile": "13900000002", "roles": ["finance"]}


def draft(*, name: str = NAME, code: str = CODE, at: dt.datetime = AT) -> MembershipApplication:
    return begin(name=name, credit_code=code, liaison="李联络", email=EMAIL, at=at)


def complete(*, tier: str = "council", at: dt.datetime = AT, **fields) -> MembershipApplication:
    """A draft in which nothing is missing."""
    application = draft(at=at, **fields)
    application = fill_in(
        application=application,
        values=VALUES | {"tier": TierFactory(code=tier)},
        committees=[CommitteeFactory(code="fluorite")],
        contacts=[LIAISON, FINANCE],
    )
    for purpose in ApplicationFile.Purpose.values:
        attach(application=application, purpose=purpose, file=upload(name=f"{purpose}.pdf"), at=at)
    return application


def sent(*, at: dt.datetime = AT, **fields) -> MembershipApplication:
    return send(application=complete(at=at, **fields), at=at)


def before_the_council(*, by: User | None = None, **fields) -> MembershipApplication:
    """Sent, and through both reviews; the standards of 2024 to 2027 and a term are recorded."""
    application = sent(**fields)
    by = by or UserFactory(name="会员部")
    for stage in ("preliminary", "review"):
        application = pass_on(application=application, stage=stage, note="", by=by, at=AT)
    for year in range(2024, 2028):
        StandardFactory(tier=application.form.tier, year=year)
    TermFactory()
    return application


def one_of_each_application() -> list:
    """An application under review, and a file of it."""
    application = sent()
    return [application, application.files.first()]
