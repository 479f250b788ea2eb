"""Publications and released issues for machines: a unit reads what it may, staff by their role."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile

from publications import searching
from publications.models import Reading
from tests.api.factories import headers, key_of_staff, key_of_unit
from tests.factories import StandardFactory, member
from tests.portal.pages import queries_of
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
    promised,
)
from tests.publications.printed import POSTED_ON, addressed, confirmed, released, report

pytestmark = pytest.mark.django_db

ISSUED_ON = dt.date(2026, 3, 13)
PUBLICATIONS, ISSUES = "/api/v1/publications/", "/api/v1/issues/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def bulletin():
    publication = PublicationFactory()
    promised(publication.benefit_item)
    return publication


@pytest.fixture
def unit():
    """Entitled in March 2026."""
    StandardFactory(year=2026)
    return member(paid=(2025,))


@pytest.fixture
def ours(client, unit):
    client.defaults |= {"HTTP_AUTHORIZATION": f"Token {key_of_unit(unit)}"}
    client.get("/api/v1/units/")  # the first use of a day is noted on the token
    return client


def whole(publication, **fields):
    issue = released(publication, ISSUED_ON, **{"number": 7, "serial_number": 689} | fields)
    ArticleFactory(section=SectionFactory(issue=issue, title="政策动态"), title="第一篇", page=3)
    return issue


def pdf() -> ContentFile:
    return ContentFile(b"%PDF-1.7 sample", name="issue.pdf")


# --- Publications ------------------------------------------------------------------------------


def test_each_publication_comes_with_the_units_right_on_the_day(ours, bulletin):
    printed = report(ordinary=2)

    answers = ours.get(PUBLICATIONS, {"on": "2026-03-13"}).json()["results"]

    assert [(each["code"], each["item"], each["is_mailed"]) for each in answers] == [
        (bulletin.code, bulletin.benefit_item.code, True),
        (printed.code, printed.benefit_item.code, False),
    ]
    rights = [each["right"] for each in answers]
    assert [(right["entitled"], right["medium"], right["quantity"]) for right in rights] == [
        (True, "electronic", None),
        (True, "paper", 2),
    ]
    assert {right["on"] for right in rights} == {"2026-03-13"}


def test_another_day_is_judged_anew(ours, bulletin):
    right = ours.get(f"{PUBLICATIONS}{bulletin.code}/", {"on": "2026-07-01"}).json()["right"]

    assert (right["entitled"], right["basis"]) == (False, "this_year_unpaid")


def test_staff_see_publications_without_anybodys_right(client, bulletin):
    answer = client.get(PUBLICATIONS, headers=headers(key_of_staff("read_only"))).json()

    assert [each["right"] for each in answer["results"]] == [None]


def test_the_publications_ask_the_same_for_more(ours, bulletin):
    first = queries_of(ours, PUBLICATIONS)
    report(ordinary=1)
    PublicationFactory(code="other")

    assert queries_of(ours, PUBLICATIONS) == first


# --- Issues ------------------------------------------------------------------------------------


def test_released_issues_are_listed_newest_first_with_what_the_unit_may(ours, unit, bulletin):
    first = whole(bulletin, pdf=pdf())
    second = released(bulletin, dt.date(2026, 7, 3), number=26)
    IssueFactory(publication=bulletin, number=27)

    answer = ours.get(ISSUES).json()

    assert (answer["count"], [each["id"] for each in answer["results"]]) == (
        2,
        [second.pk, first.pk],
    )
    assert [each["may_read"] for each in answer["results"]] == [False, True]
    assert answer["results"][1] | {"released_at": None} == {
        "id": first.pk,
        "publication": "weekly-bulletin",
        "year": 2026,
        "number": 7,
        "serial_number": 689,
        "title": "",
        "issued_on": "2026-03-13",
        "released_at": None,
        "has_pdf": True,
        "may_read": True,
        "parcel": None,
    }


def test_the_list_is_narrowed_by_publication_and_year(ours, bulletin):
    whole(bulletin)
    wanted = released(report(ordinary=1), dt.date(2025, 3, 1))

    def ids(**query):
        return [each["id"] for each in ours.get(ISSUES, query).json()["results"]]

    assert ids(publication="report") == ids(year=2025) == [wanted.pk]
    assert ids(publication="report", year=2026) == []


@pytest.mark.parametrize(
    "query", [{"publication": "nothing"}, {"year": "x"}, {"year": "1"}, {"state": "draft"}]
)
def test_a_wish_that_cannot_be_read_is_refused_at_its_name(ours, query):
    response = ours.get(ISSUES, query)

    assert (response.status_code, list(response.json())) == (400, list(query))


def test_an_issue_is_read_and_the_reading_is_noted(ours, unit, bulletin):
    issue = whole(bulletin, masthead="编辑部")

    answer = ours.get(f"{ISSUES}{issue.pk}/").json()

    assert (answer["masthead"], answer["may_read"]) == ("编辑部", True)
    assert answer["sections"] == [
        {
            "title": "政策动态",
            "articles": [
                {
                    "title": "第一篇",
                    "source": "",
                    "body": "正文。",
                    "page": 3,
                    "is_highlight": False,
                }
            ],
        }
    ]
    assert list(Reading.objects.values_list("issue", "unit", "times")) == [(issue.pk, unit.pk, 1)]


@pytest.mark.parametrize("part", ["", "pdf/"])
def test_a_unit_without_the_right_is_refused_with_the_reasons(client, bulletin, part):
    issue = whole(bulletin, pdf=pdf())
    StandardFactory(year=2025)
    lapsed = headers(key_of_unit(member()))

    response = client.get(f"{ISSUES}{issue.pk}/{part}", headers=lapsed)

    answer = response.json()
    assert (response.status_code, answer["entitled"]) == (403, False)
    assert answer["basis"] == "last_year_unpaid"
    assert len(answer["because"]) > 0
    assert len(answer["would_change"]) > 0
    assert "sections" not in answer
    assert Reading.objects.count() == 0


def test_the_pdf_comes_as_a_file_and_counts_as_a_reading(ours, bulletin):
    issue = whole(bulletin, pdf=pdf())

    response = ours.get(f"{ISSUES}{issue.pk}/pdf/", headers={"accept": "application/pdf"})

    assert b"".join(response.streaming_content) == b"%PDF-1.7 sample"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == ('attachment; filename="weekly-bulletin-2026-7.pdf"')
    assert Reading.objects.get().times == 1


def test_a_pdf_that_is_not_there_is_not_found_and_no_reading(ours, bulletin):
    without = whole(bulletin)
    gone = whole(bulletin, number=8, serial_number=690, pdf=pdf())
    gone.pdf.storage.delete(gone.pdf.name)

    codes = [ours.get(f"{ISSUES}{each.pk}/pdf/").status_code for each in (without, gone)]

    assert (codes, Reading.objects.count()) == ([404, 404], 0)


@pytest.mark.parametrize("part", ["", "pdf/"])
def test_what_is_not_released_is_not_found(ours, bulletin, part):
    draft = IssueFactory(publication=bulletin, pdf=pdf())

    assert ours.get(f"{ISSUES}{draft.pk}/{part}").status_code == 404


def test_looking_at_the_headers_is_no_reading(ours, bulletin):
    issue = whole(bulletin)

    assert ours.head(f"{ISSUES}{issue.pk}/").status_code == 200
    assert Reading.objects.count() == 0


def test_staff_read_by_their_role_and_no_unit_has_read(client, bulletin):
    issue = whole(bulletin, pdf=pdf())
    staff = headers(key_of_staff("finance"))

    answer = client.get(f"{ISSUES}{issue.pk}/", headers=staff).json()
    file = client.get(f"{ISSUES}{issue.pk}/pdf/", headers=staff)

    assert (answer["may_read"], len(answer["sections"])) == (None, 1)
    assert b"".join(file.streaming_content) == b"%PDF-1.7 sample"
    assert Reading.objects.count() == 0


def test_printed_copies_are_told_to_their_unit_alone(client):
    unit, other = addressed("甲", "vice_president"), addressed("乙")
    issue = released(report())
    confirmed(issue)

    def parcel(asking) -> dict:
        answer = client.get(ISSUES, headers=headers(key_of_unit(asking))).json()
        return answer["results"][0]["parcel"]

    sent = {"state": "to_post", "reason": "", "posted_on": POSTED_ON.isoformat()}
    assert parcel(unit) == sent | {"copies": 3}
    assert parcel(other) == sent | {"copies": 1}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(ours, bulletin, method):
    issue = whole(bulletin)
    addresses = [ISSUES, f"{ISSUES}{issue.pk}/", PUBLICATIONS]

    codes = {getattr(ours, method)(each, {}, "application/json").status_code for each in addresses}

    assert codes == {405}


def test_the_issues_ask_the_same_for_more(ours, bulletin):
    whole(bulletin)
    first = queries_of(ours, ISSUES)
    for number in (8, 9):
        whole(bulletin, number=number, serial_number=690 + number)

    assert queries_of(ours, ISSUES) == first


def test_reading_asks_the_same_for_more_articles(ours, bulletin):
    issue = whole(bulletin)
    first = queries_of(ours, f"{ISSUES}{issue.pk}/")
    ArticleFactory.create_batch(2, section=SectionFactory(issue=issue))

    assert queries_of(ours, f"{ISSUES}{issue.pk}/") == first


# --- Articles ----------------------------------------------------------------------------------

ARTICLES = "/api/v1/articles/"


def test_a_unit_finds_articles_of_its_own_issues_only(ours, bulletin):
    """On 13 March 2026 it was entitled, on 3 July 2026 it was not: the year is not paid."""
    mine = whole(bulletin)
    other = released(bulletin, dt.date(2026, 7, 3), number=27)
    ArticleFactory(section=SectionFactory(issue=other), title="第一篇，不可读")
    draft = IssueFactory(publication=bulletin, number=40)
    ArticleFactory(section=SectionFactory(issue=draft), title="第一篇草稿")
    searching.sweep()

    found = ours.get(ARTICLES, {"q": "第一篇"}).json()

    assert found["count"] == 1
    assert [(row["title"], row["section"], row["issue"]) for row in found["results"]] == [
        ("第一篇", "政策动态", mine.pk)
    ]


def test_staff_find_the_articles_of_all_that_went_out(client, bulletin):
    whole(bulletin)
    ArticleFactory(section__issue=IssueFactory(publication=bulletin), title="第一篇草稿")
    searching.sweep()
    key = key_of_staff("editor")

    found = client.get(ARTICLES, {"q": "第一篇"}, headers=headers(key)).json()

    assert [row["title"] for row in found["results"]] == ["第一篇"]


def test_articles_come_in_parts_and_narrow(ours, bulletin):
    issue = whole(bulletin)
    ArticleFactory(section=issue.sections.get(), title="第一篇之二")
    searching.sweep()

    part = ours.get(ARTICLES, {"q": "第一篇", "limit": 1, "offset": 1}).json()

    assert (part["count"], len(part["results"]), part["next"]) == (2, 1, None)
    assert ours.get(ARTICLES, {"q": "第一篇", "year": 2025}).json()["count"] == 0
    assert ours.get(ARTICLES, {"q": "第一篇", "section": "政策动态"}).json()["count"] == 2
    assert ours.get(ARTICLES).status_code == 400


def test_articles_take_as_many_queries_for_three_as_for_one(ours, bulletin):
    issue = whole(bulletin)
    searching.sweep()
    first = queries_of(ours, f"{ARTICLES}?q=第一篇")
    for _each in range(2):
        ArticleFactory(section=issue.sections.get(), title="第一篇")
    searching.sweep()

    assert queries_of(ours, f"{ARTICLES}?q=第一篇") == first
