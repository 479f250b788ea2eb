"""What the database holds, and how the refusal reads."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from members.models import Contact, DuesPayment, MembershipApplication, MemberUnit, TierAppointment
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    CommitteeFactory,
    ContactFactory,
    PaymentFactory,
    RepresentativeFactory,
    SeatFactory,
    StandardFactory,
    TierFactory,
    UnitFactory,
    credit_code,
)
from tests.members.factories import day

pytestmark = pytest.mark.django_db

Decision = MembershipApplication.Decision


def refusal(row) -> list[str]:
    """What `full_clean` says in Chinese; the database must refuse the same row."""
    with translation.override("zh-hans"), pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.messages


def constraint_broken_by(row) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        row.save()
    return caught.value.__cause__.diag.constraint_name


# --- Periods -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2020-12-31", "2021-06-30"),
        ("2020-06-01", "2020-06-01"),
        ("2019-01-01", None),
        ("2019-01-01", "2020-01-01"),
    ],
)
def test_appointments_of_a_unit_do_not_overlap(first, last):
    known = AppointmentFactory(starts_on=day("2020-01-01"), ends_on=day("2020-12-31"))
    row = AppointmentFactory.build(
        unit=known.unit,
        tier=known.tier,
        term=known.term,
        starts_on=day(first),
        ends_on=day(last),
    )

    assert refusal(row) == ["该单位在这段时间内已有会员级别，请先为原级别填写最后一天。"]
    assert constraint_broken_by(row) == "appointment_no_overlap"


def test_appointments_may_follow_each_other_and_units_do_not_disturb_each_other():
    known = AppointmentFactory(starts_on=day("2020-01-01"), ends_on=day("2020-12-31"))

    AppointmentFactory(unit=known.unit, tier=known.tier, starts_on=day("2021-01-01"))
    AppointmentFactory(tier=known.tier, starts_on=day("2020-01-01"))

    assert TierAppointment.objects.on(day("2020-12-31")).count() == 2
    assert TierAppointment.objects.on(day("2021-01-01")).count() == 2


def test_a_period_does_not_end_before_it_begins():
    row = AppointmentFactory.build(
        unit=UnitFactory(),
        tier=TierFactory(),
        term=AppointmentFactory().term,
        starts_on=day("2020-01-02"),
        ends_on=day("2020-01-01"),
    )

    assert refusal(row) == ["最后一天早于第一天。"]


def test_a_unit_sits_once_on_a_committee_at_a_time():
    known = SeatFactory(starts_on=day("2020-01-01"))
    row = SeatFactory.build(unit=known.unit, committee=known.committee, starts_on=day("2021-01-01"))
    SeatFactory(
        unit=known.unit, committee=CommitteeFactory(code="ccs"), starts_on=day("2021-01-01")
    )

    assert refusal(row) == ["该单位在这段时间内已是这个专委会的委员。"]
    assert constraint_broken_by(row) == "seat_no_overlap"


# --- Membership --------------------------------------------------------------------------------


def test_memberships_of_a_unit_do_not_overlap():
    known = ApplicationFactory(decided_on=day("2020-01-01"))
    row = ApplicationFactory.build(unit=known.unit, decided_on=day("2021-01-01"))

    assert refusal(row) == ["该单位在这段时间内已是会员。"]
    assert constraint_broken_by(row) == "membership_no_overlap"


def test_rejected_and_pending_applications_may_stand_beside_a_membership():
    known = ApplicationFactory(decided_on=day("2020-01-01"))

    ApplicationFactory(unit=known.unit, decision=Decision.REJECTED, decided_on=day("2021-01-01"))
    ApplicationFactory(
        unit=known.unit, decision=Decision.PENDING, filed_on=day("2021-01-01"), decided_on=None
    )

    assert known.unit.applications.count() == 3


APPLICATIONS = {
    "membership_decision_dated": (
        {"decision": Decision.APPROVED, "filed_on": "2020-01-01"},
        "审批结果和审批日期必须同时填写。",
    ),
    "membership_decided_after_filing": (
        {"decision": Decision.APPROVED, "filed_on": "2020-01-02", "decided_on": "2020-01-01"},
        "审批日期早于申请日期。",
    ),
    "membership_end_only_if_approved": (
        {
            "decision": Decision.REJECTED,
            "filed_on": "2020-01-01",
            "decided_on": "2020-01-01",
            "ended_on": "2020-02-01",
        },
        "只有已批准的会员资格才能终止。",
    ),
}


@pytest.mark.parametrize("name", APPLICATIONS)
def test_applications_make_sense(name):
    fields, message = APPLICATIONS[name]
    dates = {key: day(fields.get(key)) for key in ("filed_on", "decided_on", "ended_on")}
    row = MembershipApplication(unit=UnitFactory(), **fields | dates)

    assert refusal(row) == [message]
    assert constraint_broken_by(row) == name


# --- Units -------------------------------------------------------------------------------------


def test_credit_code_with_a_wrong_check_digit_is_refused():
    code = credit_code(7)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    row = UnitFactory.build(credit_code=wrong)

    assert refusal(row) == ["统一社会信用代码的校验位不符，请检查是否有一位输错。"]


@pytest.mark.parametrize(
    "code", ["123", "9111000000000000I7", "统一社会信用代码统一社会信用代码统一"]
)
def test_credit_code_of_another_form_is_refused(code):
    row = UnitFactory.build(credit_code=code)

    assert refusal(row) == ["统一社会信用代码为18位，由数字和大写字母组成（不含I、O、S、V、Z）。"]


def test_credit_code_is_kept_without_spaces_in_capitals():
    unit = UnitFactory.build(credit_code=f" {credit_code(8).lower()} ")

    unit.full_clean()

    assert unit.credit_code == credit_code(8)


def test_credit_code_and_name_are_unique():
    known = UnitFactory()

    same_code = UnitFactory.build(credit_code=known.credit_code)
    same_name = UnitFactory.build(name=known.name)

    assert refusal(same_code) == ["已有单位使用这个统一社会信用代码。"]
    assert refusal(same_name) == ["具有 名称 的 会员单位 已存在。"]
    assert constraint_broken_by(same_name) == "members_memberunit_name_key"


# --- People ------------------------------------------------------------------------------------


def test_bulletin_contact_needs_an_address():
    row = ContactFactory.build(unit=UnitFactory(), roles=[Contact.Role.BULLETIN], email="")

    assert refusal(row) == ["接收电子刊物的联系人必须填写电子邮箱。"]
    assert constraint_broken_by(row) == "contact_bulletin_needs_email"


def test_broken_address_is_refused():
    row = ContactFactory.build(unit=UnitFactory(), email="张三@矿业")

    assert refusal(row) == ["请输入有效的电子邮箱。"]


def test_an_address_stands_once_at_a_unit_whatever_its_case():
    known = ContactFactory(email="zhang@unit.example")
    row = ContactFactory.build(unit=known.unit, email="Zhang@unit.example")
    ContactFactory(email="zhang@unit.example")

    assert refusal(row) == ["该单位已有使用这个电子邮箱的联系人。"]
    assert constraint_broken_by(row) == "contact_email_once_per_unit"


def test_a_user_acts_once_for_a_unit_and_again_after_it_was_revoked():
    known = RepresentativeFactory()
    row = RepresentativeFactory.build(user=known.user, unit=known.unit)

    assert refusal(row) == ["该用户已可代表这个单位操作。"]
    assert constraint_broken_by(row) == "representative_once"
    known.revoked_at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    known.save()
    row.pk = None
    row.save()


# --- Money -------------------------------------------------------------------------------------


def test_amounts_are_above_zero():
    payment = PaymentFactory.build(unit=UnitFactory(), amount=0, confirmed_by=None)
    payment.confirmed_at = None
    standard = StandardFactory.build(tier=TierFactory(), amount=-1)

    assert refusal(payment) == ["金额必须大于零；退费请在“类别”中选择。"]
    assert constraint_broken_by(payment) == "payment_positive"
    assert refusal(standard) == ["会费金额必须大于零。"]
    assert constraint_broken_by(standard) == "dues_standard_positive"


def test_a_confirmation_names_a_person():
    payment = DuesPayment(
        unit=UnitFactory(),
        year=2026,
        amount=5000,
        paid_on=day("2026-03-01"),
        confirmed_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
    )

    assert refusal(payment) == ["确认到账必须同时记录确认人。"]
    assert constraint_broken_by(payment) == "payment_confirmed_by_someone"


def test_a_tier_has_one_standard_a_year():
    known = StandardFactory()
    row = StandardFactory.build(tier=known.tier, year=known.year, amount=1)

    assert refusal(row) == ["该级别这一年已有会费标准。"]
    assert constraint_broken_by(row) == "dues_standard_once"


def test_units_are_found_by_former_name_and_code():
    unit = UnitFactory(name="新名矿业")
    unit.former_names.create(name="老名矿务局")
    UnitFactory(name="别家矿业")

    found = [
        list(MemberUnit.objects.named(text))
        for text in ("老名", " 新名 ", unit.credit_code.lower())
    ]

    assert found == [[unit]] * 3


@pytest.mark.django_db
def test_a_whole_name_or_code_means_one_unit_and_a_part_all_that_have_it():
    short, long = UnitFactory(name="青禾铜业"), UnitFactory(name="青禾铜业集团")
    emptied = UnitFactory(name="青禾")
    MemberUnit.objects.filter(pk=emptied.pk).update(credit_code=None, duplicate_of=short)

    assert list(MemberUnit.objects.meant(" 青禾铜业 ")) == [short]
    assert list(MemberUnit.objects.meant(long.credit_code.lower())) == [long]
    assert set(MemberUnit.objects.meant("青禾")) == {short, long}
