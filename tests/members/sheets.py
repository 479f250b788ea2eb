"""Sheets as staff would upload them."""

import datetime as dt

from django.core.files.base import ContentFile

from files.sheets import write_xlsx
from members import importing
from members.models import SheetImport
from tests.factories import UserFactory, credit_code

AT = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
UNITS = ["名称", "统一社会信用代码", "省份", "邮编", "电话"]
MEMBERSHIPS = ["统一社会信用代码", "入会日期", "决议文号", "会员资格最后一天", "终止原因"]
CONTACTS = ["会员单位", "姓名", "联系事项", "电子邮箱"]
APPOINTMENTS = ["统一社会信用代码", "会员级别", "届", "第一天", "最后一天", "决议文号"]
PAYMENTS = ["会员单位", "会费年度", "金额（元）", "缴费日期", "银行流水号"]


def xlsx(*rows, name: str = "名单.xlsx") -> ContentFile:
    return ContentFile(write_xlsx(rows).read(), name)


def checked(subject: str, *rows, by=None, upload=None) -> SheetImport:
    """A sheet that was taken in and checked."""
    sheet = importing.take(
        subject=subject,
        upload=upload or xlsx(*rows),
        language="zh-hans",
        by=by or UserFactory(is_staff=True),
        at=AT,
    )
    return worked(sheet)


def saved(subject: str, *rows, leave_out_wrong: bool = False, **options) -> SheetImport:
    sheet = checked(subject, *rows, **options)
    importing.save(sheet=sheet, leave_out_wrong=leave_out_wrong, by=sheet.uploaded_by, at=AT)
    return worked(sheet)


def undone(sheet: SheetImport) -> SheetImport:
    importing.undo(sheet=sheet, by=sheet.uploaded_by, at=AT)
    return worked(sheet)


def worked(sheet: SheetImport) -> SheetImport:
    importing.work(sheet.pk)
    return SheetImport.objects.get(pk=sheet.pk)


def problems(sheet: SheetImport) -> list[tuple[str, str]]:
    """Each as (cell, message)."""
    return [(f"{each.column}{each.row}", each.message) for each in sheet.problems.all()]


def one_of_each_sheet(*, by) -> list[SheetImport]:
    """A sheet of units that was saved."""
    return [saved("units", UNITS, ["导入矿业有限公司", credit_code(999), None, None, None], by=by)]
