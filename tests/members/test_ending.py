import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from members.ending import end_membership, ended_with, foreseen, reinstate
from members.models import MembershipApplication, MemberUnit, TierAppointment
from members.standing import Basis, standing
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    CommitteeFactory,
    RepresentativeFactory,
    SeatFactory,
    UserFactory,
    member,
)
from tests.members.factories import PENDING, day

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 14, 1, tzinfo=dt.UTC)


def end(unit: MemberUnit, last: str = "2026-03-13", verb=end_membership, **fields):
    return verb(
        application=unit.applications.get(),
        ended_on=day(last),
        **{"because": "申请退会", "resolution": "理事会纪要〔2026〕2号"} | fields,
        by=UserFactory(name="会员部"),
        at=AT,
    )


def take_back(unit: MemberUnit, because: str = "误录"):
    return reinstate(application=unit.applications.get(), because=because, by=UserFactory(), at=AT)


def refused(function, *arguments, **named) -> list[str]:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        function(*arguments, **named)
    return caught.value.messages


def last_days(unit: MemberUnit) -> list:
    return [unit.appointments.get().ends_on, *unit.seats.values_list("ends_on", flat=True)]


def test_membership_ends_after_its_last_day_with_tier_and_seats():
    unit = member(committee="fluorite", paid=(2025, 2026))

    end(unit)

    application = unit.applications.get()
    assert (application.ended_because, application.ended_by.name) == ("申请退会", "会员部")
    assert application.end_resolution == "理事会纪要〔2026〕2号"
    assert last_days(unit) == [day("2026-03-13")] * 2
    assert standing(unit, day("2026-03-13")).is_good
    assert standing(unit, day("2026-03-14")).basis == Basis.NOT_A_MEMBER
    assert application.steps.get().note == "申请退会 · 理事会纪要〔2026〕2号"


def test_what_ended_before_keeps_its_last_day():
    unit = member()
    SeatFactory(unit=unit, ends_on=day("2020-12-31"))

    end(unit)

    assert last_days(unit) == [day("2026-03-13"), day("2020-12-31")]


def test_people_keep_their_sign_in():
    unit = member()
    seat = RepresentativeFactory(unit=unit)

    end(unit)

    seat.refresh_from_db()
    assert seat.revoked_at is None


def test_every_row_is_recorded_with_who_and_why():
    unit = member()

    end(unit)

    event = unit.appointments.get().events.order_by("-pgh_id").first()
    assert event.ends_on == day("2026-03-13")
    assert event.pgh_context["why"] == "申请退会 · 理事会纪要〔2026〕2号"


def test_the_preview_is_what_then_happens_and_saves_nothing():
    unit = member(committee="fluorite", paid=(2025,))

    seen = end(unit, verb=foreseen)
    before = last_days(unit), unit.applications.get().ended_on
    done = end(unit)

    assert before == ([None, None], None)
    assert (seen.last.is_good, seen.last.because) == (True, done.last.because)
    assert seen.rows == done.rows
    assert unit.applications.get().steps.count() == 1


ENDINGS = {
    "pending": ({"decision": PENDING, "decided_on": None}, "只有已批准的会员资格才能终止。"),
    "ended": ({"ended_on": day("2025-12-31")}, "这段会员资格已经终止。"),
    "not begun": ({"decided_on": day("2026-03-14")}, "最后一天早于第一天。"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_what_cannot_end(name):
    fields, message = ENDINGS[name]
    application = ApplicationFactory(
        **{"filed_on": day("2020-01-01"), "decided_on": day("2020-01-01")} | fields
    )

    assert refused(end, application.unit) == [message]


def test_an_end_has_a_reason():
    assert refused(end, member(), because=" ") == ["请写明原因。"]


def test_a_tier_that_begins_later_is_removed_first():
    unit = member()
    unit.appointments.update(ends_on=day("2026-06-30"))
    AppointmentFactory(unit=unit, starts_on=day("2026-07-01"))

    assert refused(end, unit) == [
        f"“{TierAppointment.objects.first()}”自2026年7月1日开始，晚于会员资格的最后一天，请先删除。"
    ]


# --- Taking back a mistake ----------------------------------------------------------------------


def test_a_mistaken_end_is_taken_back_with_the_days_there_were_before():
    unit = member(committee="fluorite", paid=(2025, 2026))
    unit.appointments.update(ends_on=day("2027-12-31"))
    SeatFactory(
        unit=unit, committee=CommitteeFactory(code="nuclear"), ends_on=day("2026-03-13")
    )  # ran out that day by itself
    end(unit)

    rows = take_back(unit)

    assert len(rows) == 2
    assert unit.appointments.get().ends_on == day("2027-12-31")
    assert sorted(str(seat.ends_on) for seat in unit.seats.all()) == ["2026-03-13", "None"]
    assert standing(unit, day("2026-07-01")).is_good
    assert [step.kind for step in unit.applications.get().steps.all()] == ["ended", "reinstated"]


def test_what_was_never_ended_is_not_taken_back():
    assert refused(take_back, member()) == ["这段会员资格没有终止。"]


def test_an_end_is_not_taken_back_under_a_later_membership():
    unit = member()
    end(unit)
    ended = unit.applications.get()
    ApplicationFactory(unit=unit, decided_on=day("2026-05-01"))

    problem = refused(reinstate, application=ended, because="误录", by=UserFactory(), at=AT)

    assert problem == ["该单位在这段时间内已是会员。"]
    assert MembershipApplication.objects.get(pk=ended.pk).ended_on == day("2026-03-13")


def test_an_end_that_nothing_was_recorded_about_takes_nothing_along():
    unit = member()
    unit.applications.update(ended_on=day("2026-03-13"))
    unit.appointments.update(ends_on=day("2026-03-13"))

    assert ended_with(unit.applications.get()) == ()
