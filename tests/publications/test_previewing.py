"""Looking at an issue in print while it is edited: typeset once, kept for a while."""

import datetime as dt
import os

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from publications import pictures, previewing
from publications.previewing import preview
from tests.factories import UserFactory
from tests.publications.drawing import drawing, upload
from tests.publications.factories import ArticleFactory, IssueFactory, issue_with_article

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def stored_apart(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def address(name: str, issue, *more) -> str:
    return reverse(f"admin:publications_issue_{name}", args=[issue.pk, *more])


def files() -> list[str]:
    if not default_storage.exists(previewing.FOLDER):
        return []
    return sorted(default_storage.listdir(previewing.FOLDER)[1])


def test_the_same_text_is_typeset_once():
    issue = issue_with_article()
    first = preview(issue)
    kept_at = default_storage.get_modified_time(f"{previewing.FOLDER}/{first.digest}.pdf")
    assert preview(issue) == first
    assert files() == [f"{first.digest}.pdf"]
    assert kept_at == default_storage.get_modified_time(f"{previewing.FOLDER}/{first.digest}.pdf")


def test_another_text_is_another_preview():
    issue = issue_with_article()
    first = preview(issue)
    ArticleFactory(section=issue.sections.get(), title="又一篇")
    assert preview(issue).digest != first.digest


def test_an_uploaded_pdf_that_cannot_be_read_says_so(staff):
    issue = IssueFactory(pdf=ContentFile(b"%PDF-1.7 cut off", name="1.pdf"))
    part = staff.get(address("preview_pages", issue)).content.decode()
    assert "上传的PDF无法读取，请重新上传。" in part
    assert files() == []


def test_pages_are_shown_as_pictures(staff):
    issue = issue_with_article()
    part = staff.get(address("preview_pages", issue))
    made = part.context["preview"]
    assert made.pages == 3  # cover, contents, the article
    for number in range(1, 4):
        response = staff.get(address("preview_page", issue, made.digest, number))
        assert response.content.startswith(PNG)
        assert response["Content-Type"] == "image/png"
    assert staff.get(address("preview_page", issue, made.digest, 4)).status_code == 404
    assert staff.get(address("preview_page", issue, made.digest, 0)).status_code == 404
    assert staff.get(address("preview_page", issue, "0" * 64, 1)).status_code == 404


def test_the_pdf_can_be_opened(staff):
    issue = issue_with_article()
    made = staff.get(address("preview_pages", issue)).context["preview"]
    response = staff.get(address("preview_pdf", issue, made.digest))
    assert response.content.startswith(b"%PDF-")
    assert response["Content-Type"] == "application/pdf"


def test_what_cannot_be_printed_says_why(staff):
    issue = issue_with_article(title="")
    ArticleFactory(section=issue.sections.get(), title="怪字", body="\U0001f9a9")
    [sentence] = staff.get(address("preview_pages", issue)).context["refusals"]
    assert "怪字" in sentence


def test_a_pdf_of_the_editors_is_what_is_shown(staff):
    issue = issue_with_article()
    made = preview(issue)
    own = previewing.kept(made.digest)
    issue.pdf.save("own.pdf", ContentFile(own))
    ArticleFactory(section=issue.sections.get(), body="不在其中")
    assert preview(issue).pages == made.pages


def test_an_empty_issue_has_nothing_to_print(staff):
    part = staff.get(address("preview_pages", IssueFactory()))
    assert (part.status_code, part.context.get("preview")) == (200, None)


def test_old_previews_are_forgotten(stored_apart):
    old, new = preview(issue_with_article()), preview(issue_with_article(title="另一期"))
    long_ago = (timezone.now() - dt.timedelta(days=3)).timestamp()
    os.utime(stored_apart / previewing.FOLDER / f"{old.digest}.pdf", (long_ago, long_ago))
    assert previewing.forget(timezone.now()) == 1
    assert files() == [f"{new.digest}.pdf"]


def test_nothing_to_forget_is_no_error():
    assert previewing.forget(timezone.now()) == 0


def test_a_picture_is_shown_with_the_issue_that_shows_it(staff):
    picture = pictures.take(upload(drawing()), by=None, at=timezone.now())
    issue = issue_with_article()
    assert staff.get(address("picture", issue, picture.digest)).status_code == 404
    ArticleFactory(section=issue.sections.get(), body=f"![图](picture:{picture.digest})")
    assert staff.get(address("picture", issue, picture.digest)).content.startswith(PNG)
