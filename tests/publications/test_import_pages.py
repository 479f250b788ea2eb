"""Import in the admin: upload, correct beside the text, save."""

import datetime as dt
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from publications import correcting
from publications.models import Distribution, Issue, IssueImport
from publications.parsing.blocks import Kind
from tests.factories import UserFactory
from tests.publications.factories import IssueFactory, PublicationFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2031, 5, 9, 1, tzinfo=dt.UTC)
SAMPLE = (Path(__file__).parent / "data/whole_issue.txt").read_text(encoding="utf-8")
IMPORT = reverse("admin:publications_issue_import_file")


@pytest.fixture
def editor():
    return UserFactory(is_staff=True, is_superuser=True, name="王编辑")


@pytest.fixture
def staff(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def row(editor):
    """The sample, uploaded."""
    PublicationFactory()
    return correcting.begin(data=SAMPLE.encode(), file_name="第18期.txt", by=editor, at=AT)


def upload(staff, data: bytes):
    return staff.post(IMPORT, {"file": SimpleUploadedFile("issue.txt", data)})


def page(row) -> str:
    return reverse("admin:publications_issue_import", args=[row.pk])


def facts(row, **changed) -> dict:
    values = {
        "publication": row.publication_id or "",
        "issued_on": row.issued_on.isoformat() if row.issued_on else "",
        "number": row.number or "",
        "serial_number": row.serial_number or "",
        "title": row.title,
        "masthead": row.masthead,
    }
    return values | changed


def number_of(row, beginning: str, kind: str) -> int:
    return next(
        each.number
        for each in correcting.blocks_of(row)
        if each.kind == kind and each.text.startswith(beginning)
    )


def titles(row) -> list[str]:
    return [each.title for each in correcting.parsed_of(row).articles]


# --- Upload ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_a_file_is_shown_before_anything_is_saved(staff, encoding):
    PublicationFactory()

    response = upload(staff, SAMPLE.encode(encoding))

    row = IssueImport.objects.get()
    shown = staff.get(page(row))
    assert response.headers["Location"] == page(row)
    assert (shown.context["figures"]["articles"], Issue.objects.count()) == (5, 0)
    assert correcting.lost(row) == 0


def test_the_same_file_again_goes_on_where_it_was(staff, row):
    response = upload(staff, SAMPLE.encode())

    assert response.headers["Location"] == page(row)
    assert IssueImport.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的。"),
        (b"%PDF-1.7", "PDF无法打开：文件已损坏，或设有密码。"),
        (b"PK\x03\x04...", "Word文件无法读取。请打开后重新另存为.docx再试。"),
        (b"\xd0\xcf\x11\xe0...", "这是旧版Word或WPS文件（.doc）。请另存为.docx再试。"),
        (b"abc\0def", "文件无法按文本读取，既不是UTF-8也不是GBK。请另存为UTF-8。"),
        (b" " * (1024 * 1024 + 1), "文件超过1MB。"),
    ],
)
def test_a_bad_file_is_refused_at_the_field(staff, data, message):
    response = upload(staff, data)

    assert response.context["form"].errors == {"file": [message]}
    assert IssueImport.objects.count() == 0


# --- Corrections -----------------------------------------------------------------------------


def test_a_paragraph_becomes_a_title_with_one_click(staff, row):
    number = number_of(row, "队长李样例说", Kind.PARAGRAPH)

    response = staff.post(page(row), facts(row, label=f"{number}:title"))

    row.refresh_from_db()
    assert response.headers["Location"] == f"{page(row)}?open={number}#part-{number}"
    assert titles(row)[1] == "队长李样例说，见矿之前谁也没有把握。"
    assert correcting.lost(row) == 0


def test_a_part_is_put_to_the_one_before_and_taken_apart_again(staff, row):
    number = number_of(row, "队长李样例说", Kind.PARAGRAPH)
    before = [each.solid for each in correcting.blocks_of(row)]
    line = next(each for each in correcting.blocks_of(row) if each.number == number).first

    staff.post(page(row), facts(row, merge=number))
    row.refresh_from_db()
    merged = next(
        each for each in correcting.blocks_of(row) if line in {at for at, _text in each.pieces}
    )
    staff.post(page(row), facts(row, split=f"{merged.number}:{line}"))

    row.refresh_from_db()
    assert [each.solid for each in correcting.blocks_of(row)] == before
    assert correcting.lost(row) == 0


def test_a_doubt_is_settled(staff, row):
    number = number_of(row, "读者来信", Kind.HIGHLIGHT)

    staff.post(page(row), facts(row, settle=number))

    row.refresh_from_db()
    assert correcting.doubtful(correcting.blocks_of(row)) == []


def test_what_was_typed_is_kept_by_a_correction(staff, row):
    number = number_of(row, "队长李样例说", Kind.PARAGRAPH)

    staff.post(page(row), facts(row, title="另一个题目", number="x", label=f"{number}:left_out"))

    row.refresh_from_db()
    assert (row.title, row.number) == ("另一个题目", 18)


@pytest.mark.parametrize(
    ("button", "value", "message"),
    [
        ("label", "9999:title", "这一段已经不在了：它已与另一段合并。"),
        ("label", "1:nonsense", "没有这一类内容。"),
        ("merge", "1", "这一段前面没有内容。"),
        ("split", "x:y", "这一段已经不在了：它已与另一段合并。"),
    ],
)
def test_an_impossible_correction_is_refused_in_words(staff, row, button, value, message):
    response = staff.post(page(row), facts(row, **{button: value}))

    assert response.context["form"].non_field_errors() == [message]


# --- The end ---------------------------------------------------------------------------------


def test_saved_as_a_draft(staff, row, editor):
    response = staff.post(page(row), facts(row, save="1"), follow=True)

    issue = Issue.objects.get()
    row.refresh_from_db()
    assert response.redirect_chain == [
        (reverse("admin:publications_issue_change", args=[issue.pk]), 302)
    ]
    assert (issue.state, issue.number, issue.sections.count()) == (Issue.State.DRAFT, 18, 2)
    assert (row.state, row.issue, row.closed_by) == (IssueImport.State.SAVED, issue, editor)
    assert LogEntry.objects.get().user == editor


def test_htmx_is_led_to_the_issue(staff, row):
    response = staff.post(page(row), facts(row, save="1"), headers={"HX-Request": "true"})

    assert response.headers["HX-Redirect"] == reverse(
        "admin:publications_issue_change", args=[Issue.objects.get().pk]
    )


def test_what_forbids_saving_stands_at_its_field(staff, row):
    IssueFactory(publication=row.publication, issued_on=dt.date(2031, 5, 2), number=18)

    taken = staff.post(page(row), facts(row, save="1"))
    empty = staff.post(page(row), facts(row, save="1", issued_on="", number=""))

    assert taken.context["form"].errors == {
        "number": ["2031年已有第18期（2031年5月2日）。下一期是第19期。"]
    }
    assert empty.context["form"].errors == {
        "issued_on": ["封面上没有日期（年月日）。"],
        "number": ["封面上没有本年期号，例如“第七期”。"],
    }
    row.refresh_from_db()
    assert (Issue.objects.count(), row.state) == (1, IssueImport.State.OPEN)


def test_given_up_and_uploaded_again(staff, row):
    staff.post(page(row), facts(row, discard="1"))
    upload(staff, SAMPLE.encode())

    states = [each.state for each in IssueImport.objects.order_by("pk")]
    assert states == [IssueImport.State.DISCARDED, IssueImport.State.OPEN]
    assert Issue.objects.count() == 0


def test_a_back_issue_is_released_as_of_its_date_and_sent_to_nobody(staff, row):
    row.is_back_issue = True
    row.save()

    staff.post(page(row), facts(row, save="1"))

    issue = Issue.objects.get()
    assert (issue.state, issue.is_back_issue, issue.released_at) == (
        Issue.State.RELEASED,
        True,
        dt.datetime(2031, 5, 9, 1, tzinfo=dt.UTC),
    )
    assert Distribution.objects.count() == 0


# --- Who may ---------------------------------------------------------------------------------


def test_who_may_not_import_sees_nothing(client, row):
    client.force_login(UserFactory(is_staff=True))

    assert [client.get(each).status_code for each in (IMPORT, page(row))] == [403, 403]


def test_corrections_need_the_token(editor, row):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)

    assert strict.post(page(row), facts(row, save="1")).status_code == 403


def test_an_import_that_is_not_there(staff):
    assert staff.get(reverse("admin:publications_issue_import", args=[9999])).status_code == 404


def test_the_page_asks_the_same_number_of_queries(staff, row, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        staff.get(page(row))
