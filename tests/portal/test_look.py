"""What every page keeps to: no inline style or script, and nothing wider than a small phone."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command

import portal
from benefits.models import BenefitItem
from tests.events.factories import EventFactory, SeriesFactory
from tests.factories import ContactFactory
from tests.portal.factories import person_of

TEMPLATES = sorted((Path(portal.__file__).parent / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_style_or_script_stands_in_a_page(path):
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.fixture
def address(live_server, client, unit, today, page):
    """Signs the browser in for a unit with a full charter; gives the server's address."""
    call_command("load_charter", verbosity=0)
    ContactFactory(unit=unit, email="a-rather-long-address-of-somebody@department.unit.example")
    item = BenefitItem.objects.get(code="china-mining-conference")
    series = SeriesFactory(code="conference", benefit_item=item)
    EventFactory(series=series, starts_on=today, ends_on=today, is_announced=True)
    client.force_login(person_of(unit, role="manager"))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return live_server.url


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_is_wider_than_a_small_phone(address, page, unit, today, language):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page.set_viewport_size({"width": 360, "height": 640})
    paths = ["/rights/", "/rights/china-mining-conference/", "/publications/", "/events/"]
    paths += ["/unit/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"]

    wider = [path for path in paths if overflow(page, f"{address}{path}") > 0]

    assert wider == []


def overflow(page, address: str) -> int:
    page.goto(address)
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.mark.django_db(transaction=True)
def test_choosing_a_day_changes_the_statement_in_place(address, page):
    page.goto(f"{address}/rights/")
    page.evaluate("window.stillHere = true")

    page.fill("#id_on", "2001-02-03")
    page.wait_for_selector(".notice.attention")

    assert page.url == f"{address}/rights/?on=2001-02-03"
    assert page.evaluate("window.stillHere") is True
    assert page.inner_text(".count b") == "0"


@pytest.mark.django_db(transaction=True)
def test_what_one_can_press_is_large_enough_for_a_thumb(address, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/rights/")

    heights = page.eval_on_selector_all(
        ".places a, .button, .go, .jump a, .why summary, .tools a, .tools button, .day input",
        "elements => elements.map(element => element.getBoundingClientRect().height)",
    )

    assert [height for height in heights if height < 44] == []
    assert len(heights) > 50
