"""The editors' pages in a real browser: what moves by itself, and a file chosen by hand."""

import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse

from publications import release
from publications.models import Delivery, Distribution, Issue
from tests.factories import UserFactory
from tests.publications.factories import (
    PublicationFactory,
    issue_with_article,
    promised,
    recipient,
    signed_off,
)

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
SAMPLE = Path(__file__).parent / "data/whole_issue.txt"


@pytest.fixture
def signed_in(page, live_server, client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def figures(page) -> list[str]:
    return page.locator("#progress dd").all_inner_texts()


def test_progress_moves_by_itself_until_all_is_sent(signed_in, live_server):
    issue = issue_with_article()
    promised(issue.publication.benefit_item)
    recipient()
    release.release(issue=signed_off(issue), at=AT)
    page = signed_in
    page.goto(live_server.url + reverse("admin:publications_issue_progress", args=[issue.pk]))
    assert figures(page) == ["1", "0", "1", "0", "0"]

    Delivery.objects.update(state=Delivery.State.ACCEPTED)
    Distribution.objects.update(state=Distribution.State.FINISHED)
    page.wait_for_selector("#progress:not([hx-get])", timeout=10_000)

    assert figures(page) == ["1", "1", "0", "0", "0"]


def test_an_issue_is_imported_by_choosing_its_file(signed_in, live_server):
    PublicationFactory()
    page = signed_in
    page.goto(live_server.url + reverse("admin:publications_issue_import_file"))

    page.set_input_files("input[type=file]", SAMPLE)
    page.click("button:has-text('查看识别结果')")
    page.click("button:has-text('保存为草稿')")
    page.wait_for_url("**/change/")

    assert Issue.objects.get().number == 18
