"""The content decides what a file is."""

import pytest
from django.core.exceptions import ValidationError

from files import kinds
from files.fields import UploadField
from files.kinds import checked
from files.models import shortened
from tests.files.making import DOCX, JPEG, PDF, PNG, WITH_MACROS, XLSX, archive, upload


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "章程.pdf", "pdf"),
        (PDF, "章程.PDF", "pdf"),
        (JPEG, "照片.jpg", "jpeg"),
        (JPEG, "照片.jpeg", "jpeg"),
        (PNG, "照片.png", "png"),
        (DOCX, "推荐书.docx", "docx"),
        (XLSX, "名单.xlsx", "xlsx"),
    ],
)
def test_accepted_kinds(content, name, kind):
    assert checked(upload(content, name)).code == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.pdf", "empty"),
        (b"<html><script>alert(1)</script></html>", "报告.pdf", "kind"),
        (b"MZ\x90\0", "报告.pdf", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "图.png", "kind"),
        (archive("a.txt"), "推荐书.docx", "kind"),
        (DOCX[:60], "推荐书.docx", "kind"),
        (WITH_MACROS, "推荐书.docx", "kind"),
        (PDF, "报告.docx", "name"),
        (XLSX, "推荐书.docx", "name"),
        (PDF, "报告.pdf.exe", "name"),
        (PDF, "报告", "name"),
    ],
)
def test_everything_else_is_refused(content, name, code):
    with pytest.raises(ValidationError) as refused:
        checked(upload(content, name))

    assert refused.value.code == code


def test_the_limit_is_inclusive(monkeypatch):
    monkeypatch.setattr(kinds, "LIMIT", len(PDF))
    checked(upload(PDF))

    with pytest.raises(ValidationError) as refused:
        checked(upload(PDF + b"\n"))
    assert refused.value.code == "too_large"


def test_the_form_says_it_at_the_field():
    with pytest.raises(ValidationError) as refused:
        UploadField().clean(upload(b"MZ", "a.pdf"))

    assert refused.value.code == "kind"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/材料.pdf", "材料.pdf"),
        ("C:\\桌面\\材料.pdf", "材料.pdf"),
        ("材\r\n料\x00.pdf", "材料.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_the_uploaders_name_is_kept_without_what_does_harm(name, kept):
    assert shortened(name) == kept
