"""One unit is absorbed by another."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from members.merging import merge, preview
from members.models import CommitteeSeat, MemberUnit, TierAppointment, UnitMerger
from members.standing import Basis, standing
from tests.factories import (
    ContactFactory,
    RepresentativeFactory,
    SeatFactory,
    UserFactory,
    member,
)
from tests.members.factories import day

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
ON = day("2026-02-28")


@pytest.fixture
def absorbed():
    unit = member(name="乙矿业", paid=(2025, 2026))
    unit.former_names.create(name="乙矿山厂", until=day("2020-01-01"))
    SeatFactory(unit=unit)
    return unit


@pytest.fixture
def into():
    return member(name="甲矿业", tier="council", paid=(2025,))


def merged(absorbed, into, on=ON, **more) -> UnitMerger:
    return merge(
        absorbed=absorbed,
        into=into,
        on=on,
        resolution="2026年第2号",
        by=UserFactory(),
        at=AT,
        **more,
    )


def test_membership_tier_and_seats_end_with_the_day(absorbed, into):
    merged(absorbed, into)

    application = absorbed.applications.get()
    assert (application.ended_on, application.ended_because) == (ON, "并入甲矿业")
    for model in (TierAppointment, CommitteeSeat):
        assert [row.ends_on for row in model.objects.filter(unit=absorbed)] == [ON]
    assert standing(absorbed, ON).is_good is True
    assert standing(absorbed, day("2026-03-01")).basis == Basis.NOT_A_MEMBER


def test_dues_stay_with_whom_they_were_paid_by(absorbed, into):
    merged(absorbed, into)

    assert absorbed.payments.count() == 2
    assert into.payments.count() == 1


def test_the_name_leads_to_the_unit_it_is_part_of_now(absorbed, into):
    merged(absorbed, into)

    assert set(MemberUnit.objects.named("乙矿业")) == {absorbed, into}
    assert set(into.former_names.values_list("name", "until")) == {
        ("乙矿业", ON),
        ("乙矿山厂", day("2020-01-01")),
    }


def test_the_chosen_contacts_and_people_go_along(absorbed, into):
    goes = ContactFactory(unit=absorbed, roles=["liaison", "finance"])
    stays = ContactFactory(unit=absorbed, roles=["bulletin"])
    known = ContactFactory(unit=absorbed, email="li@unit.example", roles=["events"])
    ContactFactory(unit=into, email="Li@unit.example", roles=["liaison"])
    seat = RepresentativeFactory(unit=absorbed, role="manager")
    RepresentativeFactory(unit=absorbed)

    merged(absorbed, into, contacts=[goes, known], people=[seat])

    for contact in (goes, stays, known):
        contact.refresh_from_db()
    assert (goes.unit, goes.roles, goes.is_active) == (into, ["finance"], True)
    assert (stays.unit, stays.is_active) == (absorbed, False)
    assert (known.unit, known.is_active) == (absorbed, False)
    assert [each.user for each in into.representatives.all()] == [seat.user]
    assert into.representatives.get().role == "member"


def test_the_preview_is_what_then_is_and_changes_nothing(absorbed, into):
    facts = {"absorbed": absorbed, "into": into, "on": ON, "resolution": "-", "at": AT}

    sides = preview(**facts, by=UserFactory())

    assert UnitMerger.objects.count() == 0
    assert [side.before.standing for side in sides] == [
        standing(unit, day("2026-03-01")) for unit in (absorbed, into)
    ]
    merged(absorbed, into)
    assert [side.after.standing for side in sides] == [
        standing(unit, day("2026-03-01")) for unit in (absorbed, into)
    ]
    assert [len(side.before.seats) for side in sides] == [1, 0]
    assert [len(side.after.seats) for side in sides] == [0, 0]


def test_what_is_refused(absorbed, into):
    def refused(one, other, on=ON):
        with pytest.raises(ValidationError) as caught:
            merged(one, other, on)
        return caught.value.messages

    assert refused(absorbed, absorbed) == ["单位不能并入自己。"]
    assert refused(absorbed, into, day("2026-03-14")) == ["请在合并当天或之后登记。"]
    assert refused(absorbed, into, day("2019-04-30")) == ["乙矿业在这一天不是会员。"]
    merged(absorbed, into)
    assert refused(absorbed, into, day("2026-01-31")) != []
    assert refused(into, absorbed) == ["乙矿业在次日不是会员。"]
