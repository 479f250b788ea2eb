"""Columns read what people type; an export comes back unchanged; a template explains itself."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import load_workbook

from files.sheets import rows_of
from members.models import Contact, DuesPayment, MemberUnit
from members.sheets import SHEETS
from members.sheets.columns import (
    Choice,
    Choices,
    Code,
    Column,
    CreditCode,
    Day,
    Money,
    Postcode,
    Year,
    YesNo,
    heading,
)
from members.sheets.export import exported
from members.sheets.template import template
from tests.factories import (
    ApplicationFactory,
    AppointmentFactory,
    ContactFactory,
    PaymentFactory,
    TermFactory,
    TierFactory,
    UnitFactory,
    UserFactory,
)
from tests.members.sheets import AT, checked, saved

KINDS = MemberUnit.Kind.choices
ROLES = Contact.Role.choices


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        (Column("", ""), "　甲\r\n乙 ", "甲\n乙"),
        (Column("", ""), "a\x0bb\x00", "ab"),
        (Column("", ""), 12.0, "12"),
        (Column("", ""), "   ", None),
        (Code("", ""), 13800000000.0, "13800000000"),
        (Code("", ""), 13800000000, "13800000000"),
        (CreditCode("", ""), "９１11 0000-ａ", "91110000A"),
        (Postcode("", ""), 50000, "050000"),
        (Postcode("", ""), "50000", "50000"),
        (Day("", ""), dt.datetime(2026, 3, 1), dt.date(2026, 3, 1)),  # noqa: DTZ001
        (Day("", ""), "2026年3月1日", dt.date(2026, 3, 1)),
        (Day("", ""), "2026/3/1", dt.date(2026, 3, 1)),
        (Day("", ""), "2026.03.01", dt.date(2026, 3, 1)),
        (Day("", ""), "20260301", dt.date(2026, 3, 1)),
        (Day("", ""), "2028-02-29", dt.date(2028, 2, 29)),
        (Day("", ""), 46082, dt.date(2026, 3, 1)),
        (Money("", ""), "￥１，６００．５０元", Decimal("1600.50")),
        (Money("", ""), 0.1 + 0.2, Decimal("0.30")),
        (Year("", ""), "2026 年度", 2026),
        (Year("", ""), 2026.0, 2026),
        (Choice("", "", KINDS), "企业", "enterprise"),
        (Choice("", "", KINDS), "Enterprise", "enterprise"),
        (Choices("", "", ROLES), "会费财务，联络员", ["liaison", "finance"]),
        (YesNo("", ""), "√", True),
        (YesNo("", ""), False, False),
    ],
)
def test_a_cell_is_read_as_it_is_meant(column, cell, value):
    assert column.read(cell) == value


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (Column("", ""), "#N/A"),
        (Code("", ""), "1.38E+10"),
        (Code("", ""), 6.2e18),
        (Day("", ""), "2026-02-29"),
        (Day("", ""), "明天"),
        (Money("", ""), "1e3"),
        (Money("", ""), "1.005"),
        (Money("", ""), "NaN"),
        (Money("", ""), dt.datetime(2026, 3, 1)),  # noqa: DTZ001
        (Year("", ""), "26"),
        (Choice("", "", KINDS), "公司"),
        (YesNo("", ""), "也许"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_refused(column, cell):
    with pytest.raises(ValidationError):
        column.read(cell)


def test_headings_are_compared_without_stars_brackets_and_spaces():
    assert {heading("名称*"), heading(" 名 称（必填）"), heading("名称")} == {"名称"}


# --- Exports -----------------------------------------------------------------------------------

NASTY = ["=1+1", "+86", "-5", "@a", "“甲”\n乙", "'=x", "a\x0bb", " 空 格 ", "_x000D_", "1E"]


def full_register() -> None:
    TierFactory(code="council")
    TermFactory(name="第六届", name_en="The sixth")
    for number, text in enumerate(NASTY):
        unit = UnitFactory(name=f"{text}矿业{number}", note=text, address=text, phone="+86 10")
        for email in ("", "", f"a{number}@unit.example"):
            ContactFactory(unit=unit, name=text, email=email, roles=["liaison"], title=text)
        ApplicationFactory(
            unit=unit, ended_on=dt.date(2020, 12, 31), ended_because=text, resolution=text
        )
        ApplicationFactory(unit=unit, filed_on=dt.date(2021, 1, 1), decided_on=dt.date(2021, 1, 1))
        AppointmentFactory(unit=unit, ends_on=dt.date(2025, 12, 31), resolution=text)
        AppointmentFactory(
            unit=unit, starts_on=dt.date(2026, 1, 1), tier=TierFactory(code="council")
        )
        for _twice in range(2):
            PaymentFactory(unit=unit, reference=text, amount=Decimal("5000.10"))
        PaymentFactory(unit=unit, kind=DuesPayment.Kind.REFUND, reason=text)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("subject", SHEETS)
def test_our_own_export_comes_back_unchanged(subject, language):
    full_register()
    sheet = SHEETS[subject]
    with override(language), exported(sheet) as file:
        upload = ContentFile(file.read(), "导出.xlsx")

    again = checked(subject, upload=upload)

    assert again.found == {
        "new": 0,
        "changed": 0,
        "unchanged": sheet.model.objects.count(),
        "wrong": 0,
    }


class AnyText(TestCase):
    """Whatever a form would keep in a unit comes back unchanged."""

    @settings(max_examples=15, deadline=None)
    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
    def test_any_text_comes_back_unchanged(self, text):
        UnitFactory(name="甲矿业", note=text, address=text)
        with exported(SHEETS["units"]) as file:
            upload = ContentFile(file.read(), "导出.xlsx")

        assert checked("units", upload=upload).found["unchanged"] == 1


@pytest.mark.django_db
def test_no_exported_text_is_a_formula():
    UnitFactory(name="=1+1", note="@SUM(A1)")

    with exported(SHEETS["units"]) as file:
        cells = load_workbook(file).active[2]

    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


@pytest.mark.django_db
@pytest.mark.parametrize("subject", SHEETS)
def test_an_export_asks_once_for_all_rows(subject):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured, exported(SHEETS[subject]):
            return len(captured)

    unit = UnitFactory()
    PaymentFactory(unit=unit)
    ContactFactory(unit=unit)
    AppointmentFactory(unit=unit)
    ApplicationFactory(unit=unit)
    once = queries()
    full_register()
    assert queries() == once


# --- Templates ---------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("subject", SHEETS)
def test_a_template_says_what_is_needed_and_offers_what_can_be_chosen(subject, language):
    TierFactory(code="council")
    TermFactory(name="第六届")
    with override(language):
        book = load_workbook(template(SHEETS[subject]))

    page = book.worksheets[0]
    needed = {column.field for column in SHEETS[subject].columns if column.needed}
    assert sum(str(cell.value).endswith("*") for cell in page[1]) == len(needed)
    assert all(cell.comment for cell in page[1])
    assert page.freeze_panes == "A2"
    assert page.cell(2, 2).number_format == "@"
    offered = {each.formula1 for each in page.data_validations.dataValidation}
    choices = {"units": 1, "memberships": 0, "contacts": 1, "appointments": 2, "payments": 1}
    assert len(offered) == choices[subject]


@pytest.mark.django_db
def test_a_template_that_was_filled_in_is_read():
    file = template(SHEETS["units"])
    book = load_workbook(file)
    book.worksheets[0].append([])
    for at, cell in enumerate(["新矿业", "911100001000000010"], start=1):
        book.worksheets[0].cell(2, at, cell)
    book.save(file)

    upload = ContentFile(file.getvalue(), "模板.xlsx")
    rows = [row for row in rows_of(upload) if any(row)]

    assert len(rows) == 2
    assert checked("units", upload=upload).rows == 1


@pytest.mark.django_db
def test_a_csv_from_an_old_excel_is_read():
    csv = "名称,统一社会信用代码\r\n新矿业,91110000000000007T\r\n".encode("gbk")
    sheet = checked("units", upload=ContentFile(csv, "名单.csv"))

    assert sheet.rows == 1


@pytest.mark.django_db
def test_what_was_saved_comes_back_unchanged():
    PaymentFactory(unit=UnitFactory(name="甲"), confirmed_at=AT, confirmed_by=UserFactory())
    saved(
        "payments",
        ["会员单位", "会费年度", "金额（元）", "缴费日期"],
        ["甲", 2025, 1, "2025-12-31"],
    )

    with exported(SHEETS["payments"]) as file:
        again = checked("payments", upload=ContentFile(file.read(), "导出.xlsx"))

    assert again.found["unchanged"] == 2
