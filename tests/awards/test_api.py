"""Machines: a unit's token goes the whole way, and sees nothing of others."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.roles import load_roles
from awards import applying, deciding
from awards.models import AwardApplication
from cases.questions import Kind
from members import tokens
from members.models import Representative
from tests.awards.factories import (
    AT,
    CycleFactory,
    QuestionFactory,
    RequirementFactory,
    applicant,
    draft,
    promise,
    submitted,
    upload,
)
from tests.factories import RepresentativeFactory, UserFactory, member, redated
from tests.portal.pages import queries_of

pytestmark = pytest.mark.django_db

CYCLES, APPLICATIONS = "/api/v1/award-cycles/", "/api/v1/award-applications/"
DAY = dt.timedelta(days=1)
State = AwardApplication.State


def machine(unit=None, user=None) -> APIClient:
    """A client with a token of the unit, or of a member of staff."""
    if unit:
        user = UserFactory()
        RepresentativeFactory(user=user, unit=unit, role=Representative.Role.MANAGER)
    _token, key = tokens.make(user=user, unit=unit, name="程序", at=timezone.now())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    client.user = user
    return client


def staff(role: str) -> APIClient:
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return machine(user=user)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit(today):
    made = applicant(paid=(today.year - 1, today.year))
    redated(made.payments, dt.date(today.year - 1, 1, 1))
    return made


@pytest.fixture
def cycle(today):
    found = CycleFactory(year=today.year, opens_on=today - DAY, closes_at=timezone.now() + 9 * DAY)
    promise(found.award.benefit_item)
    return found


def test_cycles_come_with_questions_and_materials(unit, cycle):
    question = QuestionFactory(cycle=cycle, label="类别", kind=Kind.CHOICE, choices="甲\n乙")
    requirement = RequirementFactory(cycle=cycle, name="推荐表")
    hidden = CycleFactory(year=2020, is_announced=False)
    client = machine(unit)

    [found] = client.get(CYCLES).json()["results"]

    assert (found["id"], found["award"], found["item"], found["stage"]) == (
        cycle.pk,
        "patent",
        "patent",
        "open",
    )
    assert [(each["id"], each["kind"], each["choices"]) for each in found["questions"]] == [
        (question.pk, "choice", ["甲", "乙"])
    ]
    assert [(each["id"], each["name"]) for each in found["materials"]] == [
        (requirement.pk, "推荐表")
    ]
    assert client.get(f"{CYCLES}{cycle.pk}/").json() == found
    assert client.get(f"{CYCLES}{hidden.pk}/").status_code == 404


def test_cycles_are_filtered_by_whether_they_are_open(unit, cycle):
    CycleFactory(year=2020, name="旧")
    client = machine(unit)

    def ids(answer):
        return [found["id"] for found in client.get(CYCLES, {"open": answer}).json()["results"]]

    assert ids("true") == [cycle.pk]
    assert len(ids("false")) == 1


def test_a_unit_goes_the_whole_way(unit, cycle, today):
    question = QuestionFactory(cycle=cycle, label="授权日", kind=Kind.DATE)
    requirement = RequirementFactory(cycle=cycle, name="推荐表")
    client = machine(unit)

    made = client.post(APPLICATIONS, {"cycle": cycle.pk, "title": "破碎机"}, format="json")
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["missing"]) == (
        "draft",
        ["请填写“授权日”。", "请上传“推荐表”。"],
    )
    address = f"{APPLICATIONS}{made.json()['id']}/"
    refused = client.post(f"{address}submit/")
    assert (refused.status_code, refused.json()) == (
        400,
        {"detail": ["请填写“授权日”。", "请上传“推荐表”。"]},
    )

    written = client.patch(
        address, {"answers": {str(question.pk): "2020-03-02"}}, format="json"
    ).json()
    assert (written["title"], written["answers"]) == ("破碎机", {str(question.pk): "2020-03-02"})
    sent = client.post(
        f"{address}files/", {"file": upload("表.pdf"), "requirement": requirement.pk}
    )
    assert (sent.status_code, sent.json()["name"], sent.json()["requirement"]) == (
        201,
        "表.pdf",
        requirement.pk,
    )

    done = client.post(f"{address}submit/")
    assert (done.status_code, done.json()["state"], done.json()["number"]) == (
        200,
        "submitted",
        f"{today.year}-001",
    )
    assert [step["what"] for step in done.json()["steps"]] == ["started", "submitted"]
    application = AwardApplication.objects.get()
    assert (application.unit, application.created_by) == (unit, client.user)

    gone = client.post(f"{address}withdraw/", {"comment": "另报"}, format="json")
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert client.post(f"{address}withdraw/").status_code == 400


def test_files_are_listed_downloaded_and_taken_back(unit, cycle):
    application = applying.start(
        cycle=cycle, unit=unit, at=timezone.now(), by=UserFactory(), title="破碎机"
    )
    client = machine(unit)
    address = f"{APPLICATIONS}{application.pk}/files/"
    sent = client.post(address, {"file": upload("图.pdf")}).json()

    assert client.get(address).json() == [sent]
    response = client.get(f"{address}{sent['id']}/", headers={"accept": "application/pdf"})
    assert b"".join(response.streaming_content) == b"%PDF-1.7 sample"
    assert response["Content-Disposition"].startswith("attachment;")
    assert client.delete(f"{address}{sent['id']}/").status_code == 204
    assert client.get(f"{address}{sent['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"file": upload("坏.pdf", b"MZ")}, "detail"),
        ({}, "file"),
        ({"file": upload(), "requirement": "0"}, "requirement"),
    ],
)
def test_an_unfit_upload_is_refused(unit, cycle, given, said):
    application = applying.start(cycle=cycle, unit=unit, at=timezone.now(), by=UserFactory())
    if "file" in given:
        given["file"].seek(0)

    response = machine(unit).post(f"{APPLICATIONS}{application.pk}/files/", given)

    assert (response.status_code, set(response.json())) == (400, {said})
    assert application.materials.count() == 0


def test_answers_must_fit_their_questions(unit, cycle):
    amount = QuestionFactory(cycle=cycle, kind=Kind.NUMBER)
    client = machine(unit)

    for answers in ({str(amount.pk): "很多"}, {"0": "有"}):
        response = client.post(APPLICATIONS, {"cycle": cycle.pk, "answers": answers}, format="json")
        assert (response.status_code, set(response.json())) == (400, {"answers"})

    assert AwardApplication.objects.count() == 0


def test_a_unit_without_the_right_is_refused_with_the_reasons(cycle):
    response = machine(member()).post(APPLICATIONS, {"cycle": cycle.pk}, format="json")

    assert (response.status_code, response.json()["entitled"]) == (403, False)
    assert response.json()["because"] != []


def test_a_unit_finds_its_own_applications_only(unit, cycle):
    own = applying.start(cycle=cycle, unit=unit, at=timezone.now(), by=UserFactory())
    year = timezone.localdate().year
    foreign = draft(applicant(paid=(year - 1, year)), cycle, at=timezone.now())
    material = applying.attach(
        application=foreign, requirement=None, upload=upload(), at=AT, by=foreign.created_by
    )
    client = machine(unit)
    address = f"{APPLICATIONS}{foreign.pk}/"

    assert [each["id"] for each in client.get(APPLICATIONS).json()["results"]] == [own.pk]
    assert client.get(address).status_code == 404
    assert client.patch(address, {"title": "改"}, format="json").status_code == 404
    assert client.post(f"{address}submit/").status_code == 404
    assert client.post(f"{address}withdraw/").status_code == 404
    assert client.get(f"{address}files/").status_code == 404
    assert client.post(f"{address}files/", {"file": upload()}).status_code == 404
    for one in (foreign, own):
        assert client.get(f"{APPLICATIONS}{one.pk}/files/{material.pk}/").status_code == 404
        assert client.delete(f"{APPLICATIONS}{one.pk}/files/{material.pk}/").status_code == 404


def test_staff_look_at_what_was_handed_in_and_change_nothing():
    filed = submitted()
    hidden = draft(cycle=filed.cycle)
    client = staff("read_only")

    found = client.get(APPLICATIONS).json()["results"]
    assert [each["id"] for each in found] == [filed.pk]
    assert client.get(f"{APPLICATIONS}{filed.pk}/").status_code == 200
    assert client.get(f"{APPLICATIONS}{hidden.pk}/").status_code == 404
    assert client.post(f"{APPLICATIONS}{filed.pk}/withdraw/").status_code == 403


def test_notes_among_staff_stay_there(unit, cycle):
    application = applying.start(
        cycle=cycle, unit=unit, at=timezone.now(), by=UserFactory(), title="破碎机"
    )
    applying.submit(application=application, at=timezone.now(), by=application.created_by)
    deciding.note(application=application, text="内部", at=timezone.now(), by=UserFactory())

    found = machine(unit).get(f"{APPLICATIONS}{application.pk}/").json()

    assert [step["what"] for step in found["steps"]] == ["started", "submitted"]


def test_lists_are_filtered_and_take_the_same_queries_for_more_rows(unit, cycle):
    def start():
        return applying.start(
            cycle=cycle, unit=unit, at=timezone.now(), by=UserFactory(), title="机"
        )

    client, first = machine(unit), start()
    applying.submit(application=first, at=timezone.now(), by=first.created_by)
    client.get(CYCLES)  # notes the day of the token's use
    before = [queries_of(client, CYCLES), queries_of(client, APPLICATIONS)]
    start()
    start()
    CycleFactory(year=2020, name="旧")
    QuestionFactory.create_batch(2, cycle=cycle)

    assert [queries_of(client, CYCLES), queries_of(client, APPLICATIONS)] == before
    found = client.get(APPLICATIONS, {"state": "submitted", "cycle": cycle.pk}).json()["results"]
    assert [each["id"] for each in found] == [first.pk]
