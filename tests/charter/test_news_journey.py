"""A member's news from end to end in a real browser: sent in, accepted, placed, released, found."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from publications.models import Issue, Publication
from publications.release import release
from services.models import ServiceRequest
from tests.factories import ContactFactory, UserFactory, member, redated
from tests.portal.factories import person_of
from tests.publications.factories import signed_off

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "首批三万二千米岩心已经上架，提前五天预约即可查看。"


@pytest.fixture
def unit():
    """A council unit in good standing today, with somebody who gets the bulletin."""
    for command in ("load_charter", "load_catalogue"):
        call_command(command, verbosity=0)
    year = timezone.localdate().year
    made = member(
        tier="council", joined_on=dt.date(2020, 5, 1), paid=(year - 1, year), name="青峰地质勘查院"
    )
    redated(made.payments.filter(year=year), dt.date(year, 1, 1))
    ContactFactory(unit=made)
    return made


@pytest.fixture
def as_person(page, client, live_server):
    """The page, signed in as a person and at an address."""

    def go(user, address: str):
        client.force_login(user)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return go


def test_a_unit_sends_in_its_news_and_finds_it_in_the_issue(unit, as_person):
    liaison, staff = person_of(unit), UserFactory(is_staff=True, is_superuser=True)
    page = as_person(liaison, reverse("offering", args=["member-news"]))
    page.fill("label:has-text('标题') + input", "岩心库向会员开放")
    page.fill("textarea", BODY)
    page.select_option("select", index=1)
    page.get_by_role("button", name="投送稿件").click()
    page.wait_for_selector("h1:has-text('岩心库向会员开放')")
    request = ServiceRequest.objects.get()

    approve = reverse("admin:services_servicerequest_approve", args=[request.pk])
    page = as_person(staff, approve)
    page.get_by_role("button", name="采用稿件").click()
    page.wait_for_load_state()
    today = timezone.localdate()
    issue = Issue.objects.create(
        publication=Publication.objects.get(is_mailed=True),
        issued_on=today,
        year=today.year,
        number=7,
    )
    page = as_person(staff, reverse("admin:publications_issue_news", args=[issue.pk]))
    page.get_by_label("岩心库向会员开放").check()
    page.get_by_role("button", name="把勾选的来稿放进本期").click()
    page.wait_for_selector("button:has-text('撤回')")
    release(issue=signed_off(Issue.objects.get()), at=timezone.now(), by=staff)

    page = as_person(liaison, reverse("service_request", args=[request.pk]))
    page.locator(".notice a").click()
    page.get_by_role("link", name="岩心库向会员开放").click()

    assert page.locator(".column > h2").all_inner_texts() == ["会员动态"]
    assert page.locator(".piece .text p").all_inner_texts() == [BODY]
