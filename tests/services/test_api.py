"""Services for machines: the same verbs, the same refusals, one unit at a time."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from services import handling, studies
from services.models import ServiceRequest
from tests.api.factories import headers, key_of_onlooker, key_of_unit
from tests.factories import member
from tests.services.factories import (
    answers_to,
    asked,
    delivered,
    good_today,
    in_hand,
    offering,
    staff,
    study,
    upload,
)

pytestmark = pytest.mark.django_db

API = "/api/v1"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def unit(db):
    return good_today()


@pytest.fixture
def key(unit):
    return key_of_unit(unit)


@pytest.fixture
def ask(client, key):
    """Ask as the unit's program: ``ask("get", "requests/")``."""
    return asker(client, key)


def asker(client, key):
    def ask(method: str, path: str, data=None, **options):
        options.setdefault("content_type", "application/json")
        if method == "get":
            options.pop("content_type")
        return getattr(client, method)(f"{API}/{path}", data, headers=headers(key), **options)

    return ask


def wish(made, **texts) -> dict:
    answers = {str(pk): text for pk, text in answers_to(made, **texts).items()}
    return {"offering": made.code, "answers": answers}


def test_services_are_listed_and_one_shows_its_form(ask):
    made = offering(target_working_days=7)
    made.questions.filter(role="text").update(is_asked=False)

    listed = ask("get", "offerings/").json()
    one = ask("get", "offerings/consulting/").json()

    assert [each["code"] for each in listed["results"]] == ["consulting"]
    assert one["target_working_days"] == 7
    assert one["item"] == "consulting"
    assert [each["label"] for each in one["questions"]] == ["题目"]
    assert [each["name"] for each in one["stages"]] == ["受理", "答复"]


def test_a_program_asks_writes_and_withdraws(ask, unit):
    made = offering()

    response = ask("post", "requests/", wish(made, title="选矿回收率"))
    assert response.status_code == 201
    request = response.json()
    path = f"requests/{request['id']}/"
    ask("post", f"{path}messages/", {"text": "再补一句"})
    withdrawn = ask("post", f"{path}withdraw/")

    assert (request["title"], request["state"], request["unit"]) == (
        "选矿回收率",
        "submitted",
        unit.pk,
    )
    assert [step["kind"] for step in withdrawn.json()["steps"]] == ["filed", "wrote", "withdrawn"]
    assert withdrawn.json()["state"] == "withdrawn"


def test_a_file_is_added_and_handed_out(client, key, ask, unit, now):
    row = asked(offering(), unit, at=now)
    path = f"{API}/requests/{row.pk}/files/"

    added = client.post(path, {"file": upload("图.pdf", b"%PDF-1.7 x")}, headers=headers(key))
    refused = client.post(path, {"file": upload("a.exe", b"MZ")}, headers=headers(key))

    assert (added.status_code, refused.status_code) == (201, 400)
    [file] = added.json()["files"]
    assert (file["name"], file["is_delivered"]) == ("图.pdf", False)
    got = client.get(f"{path}{file['id']}/", headers=headers(key))
    assert b"".join(got.streaming_content) == b"%PDF-1.7 x"
    other = asked(row.offering, unit, at=now)
    assert ask("get", f"requests/{other.pk}/files/{file['id']}/").status_code == 404


def test_what_was_delivered_is_rated_once(ask, unit, now):
    row = delivered(asked(offering(), unit, at=now), at=now)
    path = f"requests/{row.pk}/rate/"

    rated = ask("post", path, {"rating": 4, "words": "很及时"})
    again = ask("post", path, {"rating": 5})
    too_many = ask("post", path, {"rating": 6})

    assert (rated.status_code, rated.json()["rating"]) == (200, 4)
    assert (again.status_code, again.json()) == (400, {"detail": ["这件申请已经评过分。"]})
    assert (too_many.status_code, list(too_many.json())) == (400, ["rating"])


def test_a_unit_that_is_not_entitled_is_refused_with_the_reasons(client):
    made = offering()
    ask = asker(client, key_of_unit(member()))

    response = ask("post", "requests/", wish(made))

    assert response.status_code == 403
    assert response.json()["entitled"] is False
    assert response.json()["because"]
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"offering": "nothing"}, "offering"),
        ({"offering": "consulting", "answers": {"x": "y"}}, "answers"),
        ({"offering": "consulting", "answers": ["x"]}, "answers"),
        ({}, "offering"),
    ],
)
def test_a_wish_of_the_wrong_shape_is_refused_at_its_field(ask, data, field):
    offering()

    response = ask("post", "requests/", data)

    assert (response.status_code, list(response.json())) == (400, [field])


def test_a_missing_answer_is_named_by_its_question(ask):
    made = offering()
    text = made.questions.get(role="text")

    response = ask("post", "requests/", wish(made, text=""))

    assert response.status_code == 400
    assert list(response.json()) == [f"question_{text.pk}"]


def test_another_units_request_is_not_found(client, unit, now):
    row = asked(offering(), unit, at=now)
    ask = asker(client, key_of_unit(good_today()))

    assert ask("get", "requests/").json()["results"] == []
    for method, path, data in [
        ("get", "", None),
        ("post", "messages/", {"text": "话"}),
        ("post", "rate/", {"rating": 5}),
        ("post", "withdraw/", None),
    ]:
        assert ask(method, f"requests/{row.pk}/{path}", data).status_code == 404
    row.refresh_from_db()
    assert row.state == "submitted"


def test_internal_notes_are_told_to_no_program(ask, client, unit, now):
    row = in_hand(asked(offering(), unit, at=now), at=now)
    handling.note(request=row, text="内部密语", by=row.owner, at=now)
    by_staff = asker(client, key_of_onlooker())

    for each in (ask, by_staff):
        for path in ("requests/", f"requests/{row.pk}/"):
            assert "密语" not in each("get", path).content.decode()


def test_staff_look_at_all_units_and_change_nothing(client, unit, now):
    row = asked(offering(), unit, at=now)
    asked(row.offering, good_today(), at=now)
    ask = asker(client, key_of_onlooker())

    assert ask("get", "requests/").json()["count"] == 2
    assert ask("post", f"requests/{row.pk}/withdraw/").status_code == 403
    assert ask("post", "requests/", wish(row.offering)).status_code == 403


def test_the_list_takes_the_same_queries_for_three_requests(ask, unit, now):
    made = offering()
    asked(made, unit, at=now)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ask("get", "requests/").status_code == 200
        return len(captured)

    queries()  # the day of the token's first use is written
    first = queries()
    for _ in range(2):
        asked(made, unit, at=now)

    assert queries() == first


def test_studies_are_those_the_unit_may_read(client, ask, unit, now):
    row = study(concerned=[unit], issued_on=timezone.localdate())
    study(row.offering, concerned=[unit], issued_on=dt.date(2026, 1, 5), title="未发布")
    studies.publish(study=row, by=staff(), at=now)
    other = asker(client, key_of_unit(good_today()))
    by_staff = asker(client, key_of_onlooker())

    def files(each) -> list:
        results = each("get", "studies/").json()["results"]
        return [(study["title"], [file["part"] for file in study["files"]]) for study in results]

    assert files(ask) == [("尾矿库整治专题", ["report"])]
    assert files(other) == []
    assert files(by_staff) == [("尾矿库整治专题", ["report", "common"])]
    got = ask("get", f"studies/{row.pk}/report/")
    assert b"".join(got.streaming_content) == b"%PDF-1.7 report"
    assert ask("get", f"studies/{row.pk}/common/").status_code == 404
    assert other("get", f"studies/{row.pk}/report/").status_code == 404
