"""A member's news on its way, in a real browser: placed by an editor, found by the unit."""

import datetime as dt

import pytest
from django.urls import reverse

from publications.models import Issue
from publications.release import release
from tests.factories import UserFactory
from tests.portal.factories import person_of
from tests.publications.factories import (
    IssueFactory,
    PublicationFactory,
    promised,
    recipient,
    signed_off,
)
from tests.publications.news import NewsFactory

pytestmark = pytest.mark.django_db(transaction=True)

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


def sign_in(client, page, user, address: str) -> None:
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])


def test_news_placed_in_an_issue_is_found_there_by_the_unit(page, live_server, client):
    promised(PublicationFactory().benefit_item)
    unit = recipient(name="青峰地质勘查院")
    NewsFactory(unit=unit, title="岩心库向会员开放", body="首批三万二千米。\n提前五天预约。")
    issue = IssueFactory(number=7)

    sign_in(client, page, UserFactory(is_staff=True, is_superuser=True), live_server.url)
    page.goto(live_server.url + reverse("admin:publications_issue_news", args=[issue.pk]))
    page.get_by_label("岩心库向会员开放").check()
    page.get_by_role("button", name="把勾选的来稿放进本期").click()
    page.wait_for_selector("button:has-text('撤回')")

    release(issue=signed_off(Issue.objects.get()), at=AT)

    sign_in(client, page, person_of(unit), live_server.url)
    page.goto(f"{live_server.url}/publications/")
    page.get_by_role("link", name="第7期").first.click()
    page.get_by_role("link", name="岩心库向会员开放").click()

    assert page.locator(".column > h2").all_inner_texts() == ["会员动态"]
    assert page.locator(".piece .text p").all_inner_texts() == [
        "首批三万二千米。",
        "提前五天预约。",
    ]
    assert page.locator(".piece .source").all_inner_texts() == ["（青峰地质勘查院）"]
