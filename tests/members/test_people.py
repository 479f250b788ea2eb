"""Who acts for a unit, who is its liaison, and how one follows on another."""

import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from letters.models import Letter
from members import contacts, handover, inviting, people
from members.models import ApiToken, Contact, Invitation, LiaisonHandover, Representative
from members.tokens import found as token_found
from members.tokens import make
from tests.events.test_races import CONNECTIONS, Crowd
from tests.factories import ContactFactory, RepresentativeFactory, UnitFactory, UserFactory

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
PASSWORD = "a long enough password"
LIAISON, FINANCE = Contact.Role.LIAISON, Contact.Role.FINANCE
Outgoing = LiaisonHandover.Outgoing


def manager_of(unit, **user) -> Representative:
    return RepresentativeFactory(unit=unit, role="manager", user=UserFactory(**user))


def refused(verb, **arguments) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        verb(**arguments)
    return caught.value.messages


def key_of(invitation: Invitation) -> str:
    """The key in the letter that the invitation went out with."""
    letter = Letter.objects.filter(to=invitation.email).latest("pk")
    return letter.text.split("/invitation/")[1].split("/")[0]


# --- Contacts ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_last_liaison_stays():
    contact = ContactFactory(name="王芳", roles=[LIAISON])
    by = UserFactory()
    contact.roles = [FINANCE]

    assert refused(contacts.keep, contact=contact, by=by, why="变更") == [
        "王芳是贵单位唯一的联络员。请先指定另一位联络员。"
    ]
    assert refused(contacts.retire, contact=contact, by=by, why="离职") != []

    ContactFactory(unit=contact.unit, roles=[LIAISON])
    contacts.retire(contact=contact, by=by, why="离职")
    contact.refresh_from_db()
    assert contact.is_active is False


@pytest.mark.django_db
def test_a_new_address_gets_the_bulletin_again():
    contact = ContactFactory(unsubscribed_at=AT)
    contact.email = "new@unit.example"

    contacts.keep(contact=contact, by=UserFactory(), why="换邮箱")

    contact.refresh_from_db()
    assert contact.unsubscribed_at is None


# --- People with access ------------------------------------------------------------------------


@pytest.mark.django_db
def test_removing_a_person_ends_access_and_keys_at_once():
    unit = UnitFactory()
    boss, leaver = manager_of(unit), manager_of(unit)
    _token, key = make(user=leaver.user, unit=unit, name="OA", at=AT)

    people.remove(seat=leaver, by=boss.user, at=AT, why="离职")

    assert list(Representative.objects.active().filter(unit=unit)) == [boss]
    assert token_found(key, AT) is None
    assert ApiToken.objects.get().revoked_by == boss.user


@pytest.mark.django_db
def test_the_last_manager_stays_unless_staff_say_otherwise():
    unit = UnitFactory()
    boss = manager_of(unit, name="李强")
    only = ["李强是贵单位唯一的管理员。请先把另一人设为管理员。"]

    assert refused(people.remove, seat=boss, by=boss.user, at=AT, why="离职") == only
    assert refused(people.change_role, seat=boss, role="member", by=boss.user, why="-") == only

    people.remove(seat=boss, by=UserFactory(is_staff=True), at=AT, why="离职")
    assert list(Representative.objects.active()) == []


@pytest.mark.django_db
def test_only_a_manager_of_the_same_unit_removes_people():
    unit = UnitFactory()
    seat = RepresentativeFactory(unit=unit)

    for by in (seat.user, manager_of(UnitFactory()).user):
        assert refused(people.remove, seat=seat, by=by, at=AT, why="-") == [
            "只有贵单位的管理员可以这样做。"
        ]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_managers_who_remove_each_other_at_once_leave_one():
    unit = UnitFactory()
    seats = [manager_of(unit) for _each in range(CONNECTIONS)]

    def attempt(seat, by):
        try:
            people.remove(seat=seat, by=by.user, at=AT, why="-")
        except ValidationError as error:
            return error.messages

    with Crowd() as crowd:
        crowd.together([partial(attempt, seats[i - 1], seats[i]) for i in range(CONNECTIONS)])

    assert Representative.objects.active().filter(unit=unit, role="manager").count() >= 1


# --- Invitations -------------------------------------------------------------------------------


def invited(unit, email="new@unit.example", role="member") -> Invitation:
    by = UserFactory()
    return inviting.invite(unit=unit, name="赵新", email=email, role=role, by=by, at=AT, why="邀请")


@pytest.mark.django_db
def test_whoever_accepts_acts_for_the_unit():
    unit = UnitFactory()
    key = key_of(invited(unit))

    person = inviting.accept(key=key, user=None, password=PASSWORD, at=AT)

    assert (person.name, person.email) == ("赵新", "new@unit.example")
    assert person.check_password(PASSWORD)
    assert person.emailaddress_set.get().verified
    assert Representative.objects.active().get(user=person).unit == unit
    assert inviting.found(key, AT) is None


@pytest.mark.django_db
def test_a_weak_password_is_refused_and_nothing_happens():
    key = key_of(invited(UnitFactory()))

    with pytest.raises(ValidationError) as caught:
        inviting.accept(key=key, user=None, password="12345678", at=AT)

    assert list(caught.value.message_dict) == ["password"]
    assert inviting.found(key, AT) is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("later", "is_open"),
    [(dt.timedelta(days=14, seconds=-1), True), (dt.timedelta(days=14), False)],
)
def test_a_link_works_for_fourteen_days(later, is_open):
    key = key_of(invited(UnitFactory()))

    assert (inviting.found(key, AT + later) is not None) == is_open


@pytest.mark.django_db
def test_an_invitation_makes_a_member_a_manager_and_never_the_other_way():
    unit = UnitFactory()
    member = RepresentativeFactory(unit=unit)
    manager = manager_of(unit)
    for seat, role in ((member, "manager"), (manager, "member")):
        invitation = Invitation.objects.create(
            unit=unit,
            name="-",
            email=seat.user.email,
            role=role,
            digest=inviting.digest(seat.user.email),
            invited_by=UserFactory(),
            invited_at=AT,
            expires_at=AT + inviting.LIFETIME,
        )
        inviting.accept(key=invitation.email, user=seat.user, password=None, at=AT)

    assert set(unit.representatives.values_list("user", "role")) == {
        (member.user_id, "manager"),
        (manager.user_id, "manager"),
    }


@pytest.mark.django_db
def test_a_closed_account_is_not_opened_by_an_invitation():
    closed = UserFactory(is_active=False)
    key = key_of(invited(UnitFactory(), email=closed.email))

    assert refused(inviting.accept, key=key, user=None, password=None, at=AT) == [
        "这个账号已停用。请联系协会重新启用。"
    ]


# --- Hand-over ---------------------------------------------------------------------------------


class Case:
    """A unit with a liaison who manages it; the hand-over to somebody new is asked for."""

    def __init__(self, afterwards=Outgoing.STAYS, last_day=dt.date(2026, 3, 31), **new):
        self.unit = UnitFactory()
        self.seat = manager_of(self.unit, email="old@unit.example")
        self.old = ContactFactory(
            unit=self.unit, name="王芳", email="old@unit.example", roles=[LIAISON, FINANCE]
        )
        self.staff = UserFactory(is_staff=True)
        self.row = handover.ask(
            unit=self.unit,
            outgoing=self.old,
            afterwards=afterwards,
            last_day=last_day,
            by=self.seat.user,
            at=AT,
            **{"name": "赵新", "email": "new@unit.example", "mobile": "13800000000"} | new,
        )

    def approve(self):
        self.row = handover.approve(handover=self.row, by=self.staff, at=AT)
        return self

    def accept(self):
        key = key_of(self.row.invitation)
        self.person = inviting.accept(key=key, user=None, password=PASSWORD, at=AT)
        self.row.refresh_from_db()
        self.old.refresh_from_db()
        self.seat.refresh_from_db()
        return self

    def contacts(self) -> dict[str, list[str]]:
        active = Contact.objects.filter(unit=self.unit, is_active=True)
        return dict(active.values_list("email", "roles"))


@pytest.mark.django_db
def test_nothing_changes_before_the_successor_accepts():
    case = Case(afterwards=Outgoing.LEAVES_AT_ONCE).approve()

    assert case.row.state == "approved"
    assert case.row.invitation.role == "manager"
    assert case.contacts() == {"old@unit.example": [LIAISON, FINANCE]}
    assert list(Representative.objects.active()) == [case.seat]


@pytest.mark.django_db
def test_who_stays_keeps_the_other_purposes_and_access():
    case = Case().approve().accept()

    assert (case.row.state, case.row.done_at) == ("done", AT)
    assert case.contacts() == {"old@unit.example": [FINANCE], "new@unit.example": [LIAISON]}
    assert case.seat.revoked_at is None


@pytest.mark.django_db
def test_who_leaves_gives_up_everything_when_the_successor_accepts():
    case = Case(afterwards=Outgoing.LEAVES_AT_ONCE).approve().accept()

    assert case.contacts() == {"new@unit.example": [LIAISON, FINANCE]}
    assert case.seat.revoked_at == AT
    assert Representative.objects.active().get().user == case.person


@pytest.mark.django_db
@pytest.mark.parametrize("has_accepted", [True, False])
def test_who_leaves_later_keeps_access_until_the_last_day_whoever_has_accepted(has_accepted):
    case = Case(afterwards=Outgoing.LEAVES_LATER).approve()
    if has_accepted:
        case.accept()

    assert handover.end_due(dt.date(2026, 3, 31), AT) == 0
    assert handover.end_due(dt.date(2026, 4, 2), AT) == 1
    assert handover.end_due(dt.date(2026, 4, 2), AT) == 0

    case.seat.refresh_from_db()
    assert case.seat.revoked_at == AT


@pytest.mark.django_db
def test_a_colleague_who_acts_already_takes_over_at_approval():
    case = Case()
    handover.withdraw(handover=case.row, by=case.seat.user, at=AT)
    colleague = RepresentativeFactory(unit=case.unit)
    case.row = handover.ask(
        unit=case.unit,
        outgoing=case.old,
        afterwards=Outgoing.STAYS,
        last_day=dt.date(2026, 3, 31),
        name="钱同事",
        email=colleague.user.email,
        by=case.seat.user,
        at=AT,
    )
    case.approve()

    colleague.refresh_from_db()
    assert (case.row.state, colleague.role) == ("done", "manager")
    assert case.contacts() == {"old@unit.example": [FINANCE], colleague.user.email: [LIAISON]}


@pytest.mark.django_db
def test_what_is_refused_tells_who_asked():
    case = Case()

    handover.refuse(handover=case.row, by=case.staff, at=AT, answer="请先盖章")

    [letter] = Letter.objects.filter(to="old@unit.example")
    assert "请先盖章" in letter.text
    assert refused(handover.approve, handover=case.row, by=case.staff, at=AT) == [
        "现在不能这样做：这项交接的状态是“未批准”。"
    ]


@pytest.mark.django_db
def test_a_withdrawn_handover_takes_its_link_along():
    case = Case().approve()
    key = key_of(case.row.invitation)

    handover.withdraw(handover=case.row, by=case.seat.user, at=AT)

    assert inviting.found(key, AT) is None


@pytest.mark.django_db
def test_one_handover_at_a_time_and_to_somebody_else():
    case = Case()
    again = {
        "unit": case.unit,
        "outgoing": case.old,
        "afterwards": Outgoing.LEAVES_LATER,
        "last_day": dt.date(2026, 3, 13),
        "name": "孙",
        "by": case.staff,
    }

    assert refused(handover.ask, **again, email="s@unit.example", at=AT) == [
        "该单位已有一项交接正在办理。"
    ]
    assert refused(handover.ask, **again, email="OLD@unit.example", at=AT) == [
        "这是原联络员的邮箱。"
    ]
    # In China the 13th is over when it is 16:00 in Greenwich.
    late = dt.datetime(2026, 3, 13, 16, tzinfo=dt.UTC)
    assert refused(handover.ask, **again, email="s@unit.example", at=late) == ["这一天已经过去。"]
