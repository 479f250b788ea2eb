"""Staff bring in a sheet: who may, what the pages say, what can be downloaded."""

import pytest
from django.core.files import File
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from files.sheets import rows_of, write_xlsx
from members import importing
from members.models import MemberUnit, SheetImport
from tests.factories import ContactFactory, UnitFactory, UserFactory, credit_code
from tests.members.sheets import AT, UNITS, checked, saved, worked, xlsx

pytestmark = pytest.mark.django_db
ADD = "/admin/members/sheetimport/add/"
ROW = ["新矿业", credit_code(5), "河北省", None, None]
WRONG = ["坏矿业", "1", None, None, None]


def page_of(sheet: SheetImport, rest: str = "change/") -> str:
    return f"/admin/members/sheetimport/{sheet.pk}/{rest}"


@pytest.fixture
def sheet():
    return checked("units", UNITS, ROW, WRONG)


def test_an_upload_is_taken_and_leads_to_its_page(as_role):
    client = as_role("member_services")

    answer = client.post(ADD, {"subject": "units", "file": xlsx(UNITS, ROW)})

    sheet = SheetImport.objects.get()
    assert (answer.status_code, answer.url) == (302, page_of(sheet))
    assert (sheet.name, sheet.state, sheet.uploaded_by.name) == (
        "名单.xlsx",
        "checking",
        "member_services",
    )


@pytest.mark.parametrize(
    ("role", "subjects"),
    [
        ("member_services", ["units", "memberships", "contacts", "appointments"]),
        ("finance", ["payments"]),
    ],
)
def test_each_role_brings_in_what_it_may_write(as_role, role, subjects):
    form = as_role(role).get(ADD).context["form"]

    assert [value for value, _label in form.fields["subject"].choices] == subjects


def test_others_bring_in_nothing(as_role, sheet):
    client = as_role("read_only")

    assert client.get(ADD).status_code == 403
    assert client.post(page_of(sheet), {"act": "save_good"}).status_code == 403
    assert client.get(page_of(sheet, "file/")).status_code == 403
    assert client.get(page_of(sheet)).status_code == 200


def test_finance_does_not_save_units(as_role, sheet):
    assert as_role("finance").post(page_of(sheet), {"act": "save_good"}).status_code == 403


def test_a_file_that_is_no_sheet_is_refused_at_the_field(as_superuser):
    answer = as_superuser.post(ADD, {"subject": "units", "file": xlsx(name="名单.pdf")})

    assert list(answer.context["form"].errors) == ["file"]
    assert not SheetImport.objects.exists()


def test_the_page_names_what_is_wrong_by_row_and_column(as_superuser, sheet):
    text = as_superuser.get(page_of(sheet)).content.decode()

    assert "有 1 行有误，整份文件均未保存" in text
    assert "B · 统一社会信用代码" in text
    assert "只保存无误的 1 行，舍去有误的 1 行" in text


def test_the_good_rows_are_saved_by_a_button(as_superuser, sheet):
    as_superuser.post(page_of(sheet), {"act": "save_good"})

    assert worked(sheet).state == "saved"
    assert MemberUnit.objects.get().name == "新矿业"


def test_a_button_that_no_longer_fits_says_so(as_superuser):
    sheet = saved("units", UNITS, ROW)

    answer = as_superuser.post(page_of(sheet), {"act": "save"}, follow=True)

    assert [str(each) for each in answer.context["messages"]] == ["只有已核对的表格才能保存。"]


def test_progress_refreshes_itself_until_it_is_done(as_superuser):
    sheet = importing.take(
        subject="units", upload=xlsx(UNITS, ROW), language="zh-hans", by=UserFactory(), at=AT
    )
    SheetImport.objects.update(rows=20_000, done=5_000)

    moving = as_superuser.get(page_of(sheet), headers={"HX-Request": "true"})
    worked(sheet)
    done = as_superuser.get(page_of(sheet), headers={"HX-Request": "true"})

    assert '<progress max="20000" value="5000"' in moving.content.decode()
    assert done.headers["HX-Refresh"] == "true"


def test_undoing_shows_first_what_stands_against_it(as_superuser):
    sheet = saved("units", UNITS, ROW)
    contact = ContactFactory(unit=MemberUnit.objects.get())

    page = as_superuser.get(page_of(sheet, "undo/"))
    assert [each.name for each in page.context["obstacles"]] == ["新矿业"]
    contact.delete()
    as_superuser.post(page_of(sheet, "undo/"))

    assert worked(sheet).state == "undone"
    assert not MemberUnit.objects.exists()


def test_downloads(as_superuser, sheet):
    for address in (
        page_of(sheet, "file/"),
        page_of(sheet, "marked/"),
        reverse("admin:members_sheetimport_template", args=["contacts"]),
        reverse("admin:members_sheetimport_export", args=["payments"]),
    ):
        answer = as_superuser.get(address)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert b"".join(answer.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("subject", ["nothing", "Units"])
def test_there_is_no_sheet_of_another_kind(as_superuser, subject):
    address = reverse("admin:members_sheetimport_template", args=[subject])
    assert as_superuser.get(address).status_code == 404


def test_the_chosen_rows_of_a_list_are_exported(as_superuser, tmp_path):
    chosen, _other = UnitFactory(name="甲矿业"), UnitFactory(name="乙矿业")

    answer = as_superuser.post(
        "/admin/members/memberunit/",
        {"action": "export_to_excel", "_selected_action": [chosen.pk]},
    )

    file = tmp_path / "a.xlsx"
    file.write_bytes(b"".join(answer.streaming_content))
    with file.open("rb") as opened:
        rows = list(rows_of(File(opened, "a.xlsx")))
    assert [row[0] for row in rows] == ["名称", "甲矿业"]


def test_the_list_asks_as_much_for_three_imports_as_for_one(as_superuser):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_superuser.get("/admin/members/sheetimport/").status_code == 200
        return len(captured)

    checked("units", UNITS, ROW)
    queries()
    once = queries()
    checked("units", UNITS, ROW)
    checked("units", UNITS, ROW)
    assert queries() == once


def test_staff_bring_in_a_sheet_and_undo_it(page, live_server, as_role, tmp_path):
    """In a browser, the worker's part done in between."""
    session = as_role("member_services").cookies["sessionid"].value
    file = tmp_path / "会员单位.xlsx"
    file.write_bytes(write_xlsx([UNITS, ROW, ["另一矿业", credit_code(6), "山西省"]]).read())
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    page.goto(f"{live_server.url}/admin/members/memberunit/")
    page.get_by_role("link", name="从 Excel 导入").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="核对文件").click()
    page.get_by_text("可以离开此页").wait_for()
    worked(SheetImport.objects.get())
    page.get_by_role("button", name="保存：新增 2 条，修改 0 条").click()
    page.get_by_text("可以离开此页").wait_for()
    worked(SheetImport.objects.get())
    page.get_by_role("link", name="撤销此次导入…").click()
    page.get_by_role("button", name="撤销此次导入").click()
    page.get_by_text("可以离开此页").wait_for()
    worked(SheetImport.objects.get())

    page.get_by_text("已撤销").first.wait_for()
    assert not MemberUnit.objects.exists()
