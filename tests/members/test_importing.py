"""A sheet from the upload to the register and back: the check, saving, undoing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from files.sheets import rows_of
from members import importing
from members.models import (
    Contact,
    DuesPayment,
    MembershipApplication,
    MemberUnit,
    SheetImport,
    TierAppointment,
)
from members.sheet_undo import obstacles
from members.sheets import table
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    ContactFactory,
    PaymentFactory,
    TermFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
    credit_code,
)
from tests.members.sheets import (
    APPOINTMENTS,
    AT,
    CONTACTS,
    MEMBERSHIPS,
    PAYMENTS,
    UNITS,
    checked,
    problems,
    saved,
    undone,
    worked,
    xlsx,
)

pytestmark = pytest.mark.django_db
State = SheetImport.State


def unit_row(number: int, name: str | None = None) -> list:
    return [name or f"新{number}矿业", credit_code(10**8 + number), "河北省", "050000", "+86 311"]


# --- The check ---------------------------------------------------------------------------------


def test_a_check_counts_and_saves_nothing():
    there = UnitFactory(name="老矿业", province="河北省")

    sheet = checked(
        "units",
        UNITS,
        unit_row(1),
        ["老矿业", there.credit_code, "河北省"],
    )

    assert sheet.state == State.CHECKED
    assert sheet.found == {"new": 1, "changed": 0, "unchanged": 1, "wrong": 0}
    assert MemberUnit.objects.count() == 1


def test_what_is_wrong_is_named_by_row_and_column():
    UnitFactory(name="老矿业", credit_code=credit_code(7))

    sheet = checked(
        "units",
        UNITS,
        unit_row(1),
        ["坏代码矿业", "91110000100000009A", None, None, None],
        [None, credit_code(8), None, None, None],
        ["另一名称", credit_code(7), None, None, None],
        unit_row(1),
        ["长邮编", credit_code(9), None, "0500001234567", None],
    )

    assert [cell for cell, _message in problems(sheet)] == ["B3", "A4", "A5", "B6", "D7"]
    assert sheet.found == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 5}


def test_the_marked_sheet_has_the_findings_and_can_be_brought_in_again():
    sheet = checked("units", UNITS, unit_row(1), ["坏代码矿业", "123", None, None, None])

    rows = list(rows_of(sheet.marked))

    assert rows[0] == [*UNITS, "核对结果", "问题"]
    assert rows[1] == [*unit_row(1), "新增"]
    assert rows[2][:2] == ["坏代码矿业", "123"]
    assert rows[2][5] == "有误"
    assert rows[2][6].startswith("统一社会信用代码：")
    with sheet.marked.open("rb") as marked:
        again = checked("units", upload=ContentFile(marked.read(), "again.xlsx"))
    assert (again.found, again.ignored) == (sheet.found, [])


def test_rows_above_the_headings_and_blank_rows_are_passed_over():
    sheet = checked("units", ["会员单位名单"], [], UNITS, [], unit_row(1), [], unit_row(2), [" "])

    assert sheet.found == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}


def test_headings_in_english_with_stars_and_unknown_ones():
    sheet = checked(
        "units",
        ["Unified social credit code *", "name (required)", "colour"],
        [*unit_row(1)[1::-1]],
    )

    assert sheet.found["new"] == 1
    assert sheet.ignored == ["colour"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["甲", "乙"]], "找不到表头"),
        ([["名称", "名称", "邮编"]], "重复"),
        ([], "找不到表头"),
    ],
)
def test_what_is_no_such_sheet_is_refused_with_the_reason(rows, words):
    sheet = checked("units", *rows)

    assert sheet.state == State.REFUSED
    assert words in sheet.trouble


def test_more_rows_than_can_be_taken_are_refused(monkeypatch):
    monkeypatch.setattr(table, "MOST", 2)

    sheet = checked("units", UNITS, *map(unit_row, range(3)))

    assert sheet.state == State.REFUSED


def test_a_check_asks_as_much_for_thirty_rows_as_for_three():
    def queries(first: int, last: int) -> int:
        rows = [unit_row(number) for number in range(first, last)]
        with CaptureQueriesContext(connection) as captured:
            checked("units", UNITS, *rows)
        return len(captured)

    queries(0, 1)
    assert queries(1, 4) == queries(10, 40)


# --- Saving ------------------------------------------------------------------------------------


def test_saving_makes_and_changes_what_was_shown():
    there = UnitFactory(name="老矿业", province="山西省", phone="1")
    person = UserFactory(is_staff=True)

    sheet = saved("units", UNITS, unit_row(1), ["老矿业", None, "河北省", 50000, None], by=person)

    assert sheet.state == State.SAVED
    assert sheet.found == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}
    new = MemberUnit.objects.get(name="新1矿业")
    assert (new.postcode, new.phone, new.kind) == ("050000", "+86 311", "enterprise")
    there.refresh_from_db()
    assert (there.province, there.postcode, there.phone) == ("河北省", "050000", "1")


def test_who_and_the_file_stand_beside_each_change():
    person = UserFactory(is_staff=True)

    saved("units", UNITS, unit_row(1), by=person)

    event = MemberUnit.pgh_event_model.objects.get()
    assert event.pgh_context == {"user": person.pk, "why": "名单.xlsx"}


def test_one_wrong_row_keeps_all_of_them_out():
    sheet = checked("units", UNITS, unit_row(1), ["坏", "1", None, None, None])

    with pytest.raises(ValidationError):
        importing.save(sheet=sheet, by=sheet.uploaded_by, at=AT)
    assert MemberUnit.objects.count() == 0


def test_the_good_rows_can_be_saved_without_the_wrong_ones():
    sheet = saved("units", UNITS, unit_row(1), ["坏", "1", None, None, None], leave_out_wrong=True)

    assert sheet.state == State.SAVED
    assert MemberUnit.objects.get().name == "新1矿业"


def test_a_register_that_changed_since_the_check_is_checked_again():
    sheet = checked("units", UNITS, unit_row(1), unit_row(2))
    UnitFactory(name="别的矿业", credit_code=unit_row(2)[1])
    importing.save(sheet=sheet, by=sheet.uploaded_by, at=AT)

    sheet = worked(sheet)

    assert (sheet.state, MemberUnit.objects.count()) == (State.CHECKING, 1)
    sheet = worked(sheet)
    assert sheet.state == State.CHECKED
    assert sheet.found == {"new": 1, "changed": 0, "unchanged": 0, "wrong": 1}
    assert sheet.trouble


def test_what_only_the_database_refuses_is_named_by_its_row(monkeypatch):
    unit = UnitFactory(name="老矿业")
    rows = [[unit.name, f"人{n}", "联络员", None, None] for n in range(5)]
    rows[3][4] = "联络员"
    monkeypatch.setattr("members.sheets.contacts.ContactSheet.compare", lambda self, rows: None)

    sheet = checked("contacts", [*CONTACTS, "作为后备"], *rows)

    assert problems(sheet) == [("5", "每项用途请选择：由本人负责，或作为后备。不能两者都选。")]
    assert sheet.found == {"new": 4, "changed": 0, "unchanged": 0, "wrong": 1}


def test_a_sheet_cannot_be_saved_twice():
    sheet = saved("units", UNITS, unit_row(1))

    with pytest.raises(ValidationError):
        importing.save(sheet=sheet, by=sheet.uploaded_by, at=AT)


def test_a_work_that_keeps_breaking_is_given_up():
    sheet = importing.take(
        subject="units", upload=xlsx(UNITS), language="en", by=UserFactory(), at=AT
    )
    SheetImport.objects.update(tries=importing.MOST_TRIES)

    sheet = worked(sheet)

    assert sheet.state == State.REFUSED
    assert sheet.trouble == "It could not be finished. Tell whoever runs this site."


def test_an_empty_cell_leaves_what_is_there_and_a_word_empties_it():
    unit = UnitFactory(phone="1", address="样例路")

    saved("units", ["名称", "地址", "电话"], [unit.name, None, "（清空）"])

    unit.refresh_from_db()
    assert (unit.phone, unit.address) == ("", "样例路")


# --- Contacts, appointments, payments ------------------------------------------------------------


def test_contacts_are_known_by_address_and_else_by_name():
    unit = UnitFactory(name="老矿业")
    ContactFactory(unit=unit, name="张三", email="zhang@unit.example", roles=["liaison"])
    ContactFactory(unit=unit, name="李四", email="", roles=["finance"])

    sheet = saved(
        "contacts",
        CONTACTS,
        ["老矿业", "张三丰", "联络员", "Zhang@unit.example"],
        ["老矿业", "李四", "会费财务", "li@unit.example"],
        ["老矿业", "王五", "会议活动、联络员", None],
        ["老矿业", "王五", "联络员", None],
        ["没有的矿业", "赵六", "联络员", None],
        leave_out_wrong=True,
    )

    assert sheet.found == {"new": 1, "changed": 2, "unchanged": 0, "wrong": 2}
    assert [cell for cell, _message in problems(sheet)] == ["B5", "A6"]
    assert set(Contact.objects.values_list("name", "email")) == {
        ("张三丰", "Zhang@unit.example"),
        ("李四", "li@unit.example"),
        ("王五", ""),
    }
    assert Contact.objects.get(name="王五").roles == ["liaison", "events"]


def test_units_become_members_by_a_sheet_and_are_none_again_when_it_is_undone():
    here, left, rejoined = (UnitFactory() for _each in range(3))
    clerk = UserFactory(is_staff=True)

    sheet = saved(
        "memberships",
        MEMBERSHIPS,
        [here.credit_code, "2019年5月1日", "会字〔2019〕3号", None, None],
        [left.credit_code, "2015-03-01", None, "2024-12-31", "单位注销"],
        [rejoined.credit_code, "2015-03-01", None, "2020-06-30", "自愿退会"],
        [rejoined.credit_code, "2020-07-01", None, None, None],
        by=clerk,
    )

    assert sheet.found == {"new": 4, "changed": 0, "unchanged": 0, "wrong": 0}
    on = dt.date(2026, 3, 1)
    assert set(MemberUnit.objects.members(on)) == {here, rejoined}
    made = MembershipApplication.objects.get(unit=here)
    assert (made.filed_on, made.decided_on) == (dt.date(2019, 5, 1), dt.date(2019, 5, 1))
    assert (made.resolution, made.decided_by) == ("会字〔2019〕3号", clerk)
    assert MembershipApplication.objects.get(unit=left).ended_by == clerk

    assert undone(sheet).state == State.UNDONE
    assert not MemberUnit.objects.members(on).exists()


def test_wrong_memberships_are_named_whether_there_or_in_the_file():
    member_since_2019, other, third = (UnitFactory() for _each in range(3))
    ApplicationFactory(unit=member_since_2019, decided_on=dt.date(2019, 5, 1))

    sheet = checked(
        "memberships",
        MEMBERSHIPS,
        [member_since_2019.credit_code, "2020-01-01", None, None, None],
        [member_since_2019.credit_code, "2019-05-01", None, "2025-12-31", "退会"],
        [other.credit_code, "2015-01-01", None, "2016-01-01", None],
        [other.credit_code, "2017-01-01", None, "2016-01-01", "写反了"],
        [third.credit_code, "2026-11-26", None, None, None],
        [third.credit_code, "2026-11-25", None, None, None],
        [third.credit_code, None, None, None, None],
    )

    cells = [cell for cell, _message in problems(sheet)]
    assert cells == ["B2", "D3", "E3", "E4", "D5", "B6", "B8"]
    assert sheet.new == 1


def test_an_application_under_way_is_no_membership_to_a_sheet():
    pending = ApplicationFactory(decision="pending", filed_on=dt.date(2026, 11, 2), decided_on=None)

    sheet = saved("memberships", MEMBERSHIPS, [pending.unit.credit_code, "2019-05-01"])

    assert sheet.new == 1
    pending.refresh_from_db()
    assert pending.decision == "pending"


def test_a_tier_follows_another_that_a_row_above_ends():
    TierFactory(code="council")
    unit = AppointmentFactory(starts_on=dt.date(2020, 1, 1), resolution="旧").unit
    TermFactory(name="第六届")
    code = unit.credit_code

    sheet = saved(
        "appointments",
        APPOINTMENTS,
        [code, "会员单位", "第五届", "2020-01-01", "2025年12月31日", None],
        [code, "理事单位", "第六届", dt.date(2026, 1, 1), None, "会字1号"],
    )

    assert sheet.found == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}
    assert list(
        TierAppointment.objects.order_by("starts_on").values_list("ends_on", "resolution")
    ) == [(dt.date(2025, 12, 31), "旧"), (None, "会字1号")]


def test_tiers_that_overlap_are_named_whether_there_or_in_the_file():
    unit = AppointmentFactory(starts_on=dt.date(2020, 1, 1)).unit
    other = UnitFactory()

    sheet = checked(
        "appointments",
        APPOINTMENTS,
        [unit.credit_code, "会员单位", "第五届", "2026-01-01", None, None],
        [other.credit_code, "会员单位", "第五届", "2026-01-01", "2026-12-31", None],
        [other.credit_code, "会员单位", "第五届", "2026-12-31", None, None],
        [other.credit_code, "会员单位", "第五届", "2027-01-01", "2026-01-01", None],
        [unit.credit_code, "副会长单位", "第五届", "2020-01-01", None, None],
    )

    assert [cell for cell, _message in problems(sheet)] == ["D2", "D4", "E5", "B6"]


def test_a_payment_is_recognised_or_new_and_never_changed():
    unit = UnitFactory(name="老矿业")
    PaymentFactory(unit=unit, year=2026, paid_on=dt.date(2026, 3, 1), reference="A1")

    sheet = saved(
        "payments",
        PAYMENTS,
        ["老矿业", "2026年度", "¥5,000.00", "2026/3/1", "A1"],
        ["老矿业", 2026, 5000, dt.date(2026, 3, 1), "A2"],
        ["老矿业", 2026, 5000.5, 46082, None],
    )

    assert sheet.found == {"new": 2, "changed": 0, "unchanged": 1, "wrong": 0}
    assert list(
        DuesPayment.objects.filter(confirmed_at=None)
        .order_by("amount")
        .values_list("paid_on", "amount")
    ) == [(dt.date(2026, 3, 1), 5000), (dt.date(2026, 3, 1), Decimal("5000.50"))]


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["老矿业", 26, 5000, "2026-03-01", "1"], "B2"),
        (["老矿业", 1900, 5000, "2026-03-01", "1"], "B2"),
        (["老矿业", 2026, 0, "2026-03-01", "1"], "C2"),
        (["老矿业", 2026, "5000.001", "2026-03-01", "1"], "C2"),
        (["老矿业", 2026, "五千", "2026-03-01", "1"], "C2"),
        (["老矿业", 2026, 5000, "2026-02-29", "1"], "D2"),
        (["老矿业", 2026, 5000, None, "1"], "D2"),
        (["老矿业", 2026, 5000, "2026-03-01", "6.2E+18"], "E2"),
        (["老矿业", 2026, 5000, "2026-03-01", 6.2e18], "E2"),
        (["旧名矿业", 2026, 5000, "2026-03-01", "1"], "A2"),
    ],
)
def test_wrong_cells_of_a_payment(row, cell):
    unit = UnitFactory(name="老矿业")
    unit.former_names.create(name="旧名矿业")

    sheet = checked("payments", PAYMENTS, row)

    assert [where for where, _message in problems(sheet)] == [cell]


# --- Undoing -----------------------------------------------------------------------------------


def test_undoing_removes_what_was_new_and_restores_what_was_changed():
    there = UnitFactory(name="老矿业", province="山西省")
    sheet = saved("units", UNITS, unit_row(1), ["老矿业", None, "河北省", None, None])

    sheet = undone(sheet)

    assert sheet.state == State.UNDONE
    there.refresh_from_db()
    assert (MemberUnit.objects.count(), there.province) == (1, "山西省")


def test_undoing_a_follow_up_of_tiers():
    old = AppointmentFactory(starts_on=dt.date(2020, 1, 1))
    code = old.unit.credit_code
    sheet = saved(
        "appointments",
        APPOINTMENTS,
        [code, "会员单位", "第五届", "2020-01-01", "2025-12-31", None],
        [code, "会员单位", "第五届", "2026-01-01", None, None],
    )

    undone(sheet)

    assert TierAppointment.objects.get().ends_on is None


def test_what_rests_on_a_new_row_or_changed_it_stands_against_undoing():
    sheet = saved("units", UNITS, *map(unit_row, range(1, 5)))
    ContactFactory(unit=MemberUnit.objects.get(name="新1矿业"))
    MemberUnit.objects.filter(name="新2矿业").update(phone="2")
    MemberUnit.objects.get(name="新3矿业").delete()

    assert [(each.row, each.name, each.why) for each in obstacles(sheet)] == [
        (2, "新1矿业", "已被使用：联系人。"),
        (3, "新2矿业", "之后已被修改：电话。"),
    ]
    sheet = undone(sheet)
    assert (sheet.state, MemberUnit.objects.count()) == (State.SAVED, 3)
    assert sheet.trouble


def test_a_confirmed_payment_stands_against_undoing():
    unit = UnitFactory(name="老矿业")
    sheet = saved("payments", PAYMENTS, ["老矿业", 2026, 5000, "2026-03-01", "1"])
    DuesPayment.objects.update(confirmed_at=AT, confirmed_by=UserFactory())

    sheet = undone(sheet)

    assert (sheet.state, unit.payments.count()) == (State.SAVED, 1)
