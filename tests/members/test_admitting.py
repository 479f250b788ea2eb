import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from letters.models import Letter
from members import admitting
from members.admitting import admit, foreseen
from members.models import (
    ApplicationStep,
    CommitteeSeat,
    Contact,
    DuesNotice,
    DuesStandard,
    Invitation,
    MembershipApplication,
    MemberUnit,
    Term,
    TierAppointment,
)
from members.reviewing import pass_on, send_back
from members.standing import Basis, standing
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    ContactFactory,
    PaymentFactory,
    RepresentativeFactory,
    SeatFactory,
    StandardFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
    member,
)
from tests.members.applicants import AT, CODE, EMAIL, NAME, before_the_council, sent
from tests.members.factories import day

pytestmark = pytest.mark.django_db

MINUTES = "理事会纪要〔2026〕3号"
MADE = (MemberUnit, Contact, TierAppointment, CommitteeSeat, DuesNotice, Invitation)


def decided(application, decided_on: str = "2026-03-13", verb=admit, at=None, **fields):
    on = day(decided_on)
    at = at or dt.datetime.combine(on, dt.time(4), dt.UTC)
    facts = {
        "decided_on": on,
        "resolution": MINUTES,
        "tier": application.form.tier,
        "committees": list(application.form.committees.all()),
        "by": UserFactory(name="会员部"),
        "at": at,
    }
    return verb(application=application, **facts | fields)


def refused(function, *arguments, **named) -> list[str]:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        function(*arguments, **named)
    return caught.value.messages


def count() -> list[int]:
    return [model.objects.count() for model in MADE]


# --- The reviews --------------------------------------------------------------------------------


def test_the_reviews_come_one_after_the_other_with_who_and_when():
    application, clerk = sent(), UserFactory(name="会员部")
    facts = {"by": clerk, "at": AT}

    application = pass_on(application=application, stage="preliminary", note="齐全", **facts)
    problem = refused(pass_on, application=application, stage="preliminary", note="", **facts)
    application = pass_on(application=application, stage="review", note="", **facts)

    steps = application.steps.filter(by=clerk).values_list("kind", "note", "at")
    assert problem == ["申请已不在这一审查阶段。"]
    assert application.stage == "council"
    assert list(steps) == [("preliminary", "齐全", AT), ("review", "", AT)]


@pytest.mark.parametrize("stages", [[], ["preliminary"], ["preliminary", "review"]])
def test_it_is_returned_from_any_review_with_words_for_the_applicant(stages):
    application = sent()
    for stage in stages:
        pass_on(application=application, stage=stage, note="", by=UserFactory(), at=AT)

    application = send_back(application=application, note="执照不清楚", by=UserFactory(), at=AT)

    letter = Letter.objects.order_by("pk").last()
    assert application.stage == "returned"
    assert letter.subject == "请补正新申铜业有限公司的入会申请"
    assert letter.text.count("执照不清楚") == 1
    assert list(MembershipApplication.objects.waiting_for_staff()) == []


def test_a_return_says_what_is_to_be_corrected():
    facts = {"application": sent(), "by": UserFactory(), "at": AT}

    assert refused(send_back, note="  ", **facts) == ["请说明需要补正的内容。"]


def test_what_is_with_the_applicant_is_neither_passed_nor_approved():
    application = before_the_council()
    send_back(application=application, note="补", by=UserFactory(), at=AT)

    facts = {"application": application, "note": "", "by": UserFactory(), "at": AT}
    assert refused(pass_on, stage="council", **facts) == ["申请已退回，正由申请单位补正。"]
    assert refused(decided, application) == ["申请尚未通过初审和复审。"]


# --- The council's decision ---------------------------------------------------------------------


def test_approval_makes_everything_at_once():
    made = decided(before_the_council())

    unit = MemberUnit.objects.get()
    application, appointment = unit.applications.get(), unit.appointments.get()
    notice, invitation = unit.notices.get(), unit.invitations.get()
    assert (unit.name, unit.credit_code, unit.province) == (NAME, CODE, "江西")
    assert (application.decision, application.decided_on) == ("approved", day("2026-03-13"))
    assert (application.resolution, application.decided_by.name) == (MINUTES, "会员部")
    assert (appointment.tier.code, appointment.starts_on) == ("council", day("2026-03-13"))
    assert unit.seats.get().starts_on == day("2026-03-13")
    assert (notice.year, notice.amount) == (2026, Decimal(20_000))
    assert notice.due_on == day("2026-05-12")
    assert (invitation.email, invitation.role) == (EMAIL, "manager")
    assert (made.unit, made.is_known, made.name_before) == (unit, False, "")


def test_the_liaison_serves_what_nobody_else_was_named_for():
    decided(before_the_council())

    roles = {contact.name: contact.roles for contact in Contact.objects.all()}
    assert roles == {
        "李联络": ["liaison", "bulletin", "parcels", "events"],
        "钱会计": ["finance"],
    }


def test_the_liaison_is_written_to_and_invited_in_chinese_whatever_the_staff_read():
    with translation.override("en"):
        decided(before_the_council())

    letters = list(Letter.objects.order_by("-pk")[:2])
    assert [letter.subject for letter in letters] == [
        "新申铜业有限公司已成为会员单位",
        "邀请您代表新申铜业有限公司办理会员服务",
    ]
    assert letters[0].text.count("20,000元") == 1


def test_every_row_is_recorded_with_the_minutes():
    decided(before_the_council())

    unit = MemberUnit.objects.get()
    rows = (unit, unit.appointments.get(), unit.seats.get(), unit.notices.get())
    whys = {row.events.order_by("-pgh_id").first().pgh_context["why"] for row in rows}
    assert whys == {MINUTES}


def test_the_preview_shows_what_then_happens_and_saves_nothing():
    application = before_the_council()
    letters, before = Letter.objects.count(), count()

    seen = decided(application, verb=foreseen)
    saved = count(), Letter.objects.count()
    made = decided(application)

    assert saved == (before, letters)
    application.refresh_from_db()
    assert application.decision == "approved"
    assert seen.unit.name == made.unit.name
    assert (seen.notice.amount, seen.notice.due_on) == (made.notice.amount, made.notice.due_on)
    assert [str(each) for each in seen.contacts] == [str(each) for each in made.contacts]
    assert seen.invitation.email == made.invitation.email


@pytest.mark.parametrize("part", ["raise_notice", "invite", "tell", "_seat"])
def test_if_any_part_fails_nothing_is_saved(part, monkeypatch):
    application = before_the_council()
    letters, before = Letter.objects.count(), count()

    def fails(*arguments, **named):
        raise RuntimeError(part)

    monkeypatch.setattr(admitting, part, fails)
    with pytest.raises(RuntimeError):
        decided(application)

    application.refresh_from_db()
    assert (count(), Letter.objects.count()) == (before, letters)
    assert (application.decision, application.unit) == ("pending", None)
    assert not application.steps.filter(kind=ApplicationStep.Kind.APPROVED).exists()


def test_without_a_standard_it_says_so_and_saves_nothing():
    application = before_the_council()
    DuesStandard.objects.all().delete()

    problem = refused(decided, application)

    assert problem == ["尚未登记新申铜业有限公司所属级别 2026 年度的会费标准。"]
    assert MemberUnit.objects.count() == 0


def test_without_a_term_it_says_so():
    application = before_the_council()
    Term.objects.all().delete()

    assert refused(decided, application) == ["这一天没有登记届次，请先登记。"]


def test_the_minutes_have_a_number_and_a_day_that_is_not_ahead():
    application = before_the_council()

    assert refused(decided, application, resolution=" ") == ["请填写会议纪要编号。"]
    assert refused(decided, application, "2026-03-13", at=AT) == ["审批日期不能晚于今天。"]
    assert refused(decided, application, "2026-03-01") == ["审批日期早于申请日期。"]


def test_it_is_approved_once():
    application = before_the_council()
    decided(application)

    assert refused(decided, application) == ["这份申请已经审批过了。"]


def test_the_name_of_another_unit_is_not_taken():
    other = UnitFactory(name=NAME)

    assert refused(decided, before_the_council()) == [
        f"另有单位名为“{NAME}”（{other.credit_code}），请先核实。"
    ]


@pytest.mark.parametrize(
    ("decided_on", "year"), [("2026-12-31", 2026), ("2027-01-01", 2027), ("2028-02-29", 2028)]
)
def test_the_year_of_joining_is_that_of_the_decision(decided_on, year):
    application = before_the_council()
    StandardFactory(tier=application.form.tier, year=2028)

    made = decided(application, decided_on)
    PaymentFactory(unit=made.unit, year=year, amount=20_000, paid_on=day(decided_on))

    assert made.notice.year == year
    answer = standing(made.unit, day(decided_on))
    assert (answer.basis, answer.joined_on) == (Basis.THIS_YEAR_PAID, day(decided_on))


def test_other_units_of_the_same_time_are_in_nobodys_way():
    member(tier="council", joined_on=day("2020-01-01"), committee="fluorite")

    assert decided(before_the_council()).appointment.tier.code == "council"


# --- Rejoining ----------------------------------------------------------------------------------


def former(**fields) -> MemberUnit:
    """A unit that left at the end of 2024; its tier and seat were never ended."""
    unit = UnitFactory(**{"name": "老申铜业公司", "credit_code": CODE} | fields)
    ApplicationFactory(unit=unit, decided_on=day("2019-05-01"), ended_on=day("2024-12-31"))
    AppointmentFactory(unit=unit, tier=TierFactory(code="ordinary"), starts_on=day("2019-05-01"))
    SeatFactory(unit=unit, starts_on=day("2019-05-01"))
    return unit


def test_a_former_member_is_taken_back_under_its_old_record():
    unit = former()

    made = decided(before_the_council())

    unit.refresh_from_db()
    assert (made.unit, made.is_known, made.name_before) == (unit, True, "老申铜业公司")
    assert MemberUnit.objects.count() == 1
    assert unit.name == NAME
    former_name = unit.former_names.get()
    assert (former_name.name, former_name.until) == ("老申铜业公司", day("2026-03-12"))
    days = unit.appointments.order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(days) == [
        (day("2019-05-01"), day("2024-12-31")),
        (day("2026-03-13"), None),
    ]
    assert unit.seats.count() == 2


def test_it_counts_as_joined_in_the_year_of_the_new_decision():
    unit = former()
    decided(before_the_council())
    PaymentFactory(unit=unit, year=2026, amount=20_000, paid_on=day("2026-03-20"))

    assert standing(unit, day("2024-12-31")).joined_on == day("2019-05-01")
    assert standing(unit, day("2025-06-01")).basis == Basis.NOT_A_MEMBER
    answer = standing(unit, day("2026-03-20"))
    assert (answer.basis, answer.joined_on) == (Basis.THIS_YEAR_PAID, day("2026-03-13"))


def test_contacts_are_not_doubled_and_earlier_ones_are_laid_aside():
    unit = former()
    known = ContactFactory(unit=unit, name="老李", email=EMAIL.upper())
    other = ContactFactory(unit=unit, name="老王")

    made = decided(before_the_council())

    known.refresh_from_db()
    other.refresh_from_db()
    assert (known.name, known.is_active, other.is_active) == ("李联络", True, False)
    assert made.laid_aside == (other,)
    assert unit.contacts.count() == 3


def test_whoever_can_sign_in_already_is_not_invited():
    unit = former()
    RepresentativeFactory(unit=unit, user=UserFactory(email=EMAIL))

    assert decided(before_the_council()).invitation is None


def test_the_notice_of_the_year_is_not_raised_twice():
    unit = former()
    DuesNotice.objects.create(
        unit=unit,
        year=2026,
        tier=TierFactory(code="ordinary"),
        amount=5000,
        due_on=day("2026-03-01"),
        raised_at=AT,
        raised_by=UserFactory(),
    )

    assert decided(before_the_council()).notice is None
    assert unit.notices.count() == 1


def test_a_member_is_not_taken_in_twice():
    application = before_the_council()
    member(name="同号单位", credit_code=CODE)

    assert refused(decided, application) == ["该单位在这段时间内已是会员。"]
    assert MemberUnit.objects.get().name == "同号单位"
