"""The API's description: complete, without a warning, and drawn from our own files alone."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command

from config.api import ROUTES
from config.api_docs import described
from config.openapi import SUBJECTS


def test_the_schema_is_valid_and_without_a_warning(tmp_path):
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "api.yml"))


def test_every_collection_has_a_subject():
    assert [name for name, _view_set in ROUTES if name not in SUBJECTS] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_operation_says_what_it_does_in_the_reader_s_language(client, language):
    answer = client.get("/api/v1/schema/", headers={"accept-language": language})
    operations = [
        operation for path in answer.json()["paths"].values() for operation in path.values()
    ]

    summaries = [operation.get("summary", "") for operation in operations]
    subjects = {tag for operation in operations for tag in operation["tags"]}

    words = [*summaries, *subjects]
    assert len(summaries) > len(ROUTES)
    assert [text for text in words if not text or is_chinese(text) != (language == "zh-hans")] == []


def is_chinese(text: str) -> bool:
    return any("一" <= sign <= "鿿" for sign in text)


def test_every_operation_says_how_it_refuses():
    paths = described("en")["paths"]
    refusals = [
        {code for code in operation["responses"] if code >= "400"}
        for path in paths.values()
        for method, operation in path.items()
        if method == "get"
    ]

    assert [codes for codes in refusals if not codes >= {"400", "401", "403", "404", "429"}] == []


@pytest.mark.django_db
def test_anyone_may_read_the_description(client):
    answers = [client.get(f"/api/v1/{page}/").status_code for page in ("docs", "schema")]

    assert answers == [200, 200]


def test_the_page_draws_without_an_error_and_without_another_site(page, live_server):
    said, asked = [], set()
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.add(urlsplit(request.url)))

    page.goto(f"{live_server.url}/api/v1/docs/")
    page.get_by_role("heading", name="会员服务平台").wait_for()
    page.get_by_text("/api/v1/units/{id}/entitlement/").click()
    page.get_by_text("权益项代码").first.wait_for()

    elsewhere = {url.netloc for url in asked if url.scheme != "data"}
    assert (said, elsewhere) == ([], {urlsplit(live_server.url).netloc})


EXAMPLE = re.compile(r'curl -H "\$AUTH" (?:-H "Accept-Language: en" )?"\$API/(.*)"$', re.MULTILINE)


def test_the_examples_of_the_guide_are_answered(api, unit):
    call_command("load_charter", verbosity=0)
    call_command("load_catalogue", verbosity=0)
    guide = (settings.BASE_DIR / "docs" / "api.md").read_text(encoding="utf-8")
    addresses = [each.replace("units/1/", f"units/{unit.pk}/") for each in EXAMPLE.findall(guide)]

    codes = {
        address: api.client.get(f"/api/v1/{address}", headers=api.headers("en")).status_code
        for address in addresses
    }

    assert (len(codes), set(codes.values())) == (5, {200})
