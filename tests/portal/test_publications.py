"""刊物: the list, the reading page and the PDF, all by one rule judged at the date of issue."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from benefits.charter import load
from benefits.charter_file import CHARTER_FILE, parse
from benefits.models import ExceptionalGrant
from members.models import MemberUnit
from publications import catalogue, pictures
from publications.models import Reading
from publications.printing import confirm
from tests.factories import (
    PaymentFactory,
    StandardFactory,
    TierFactory,
    UserFactory,
    member,
    redated,
)
from tests.portal.factories import person_of, promise
from tests.portal.pages import Page, queries_of
from tests.publications.drawing import drawing, upload
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    ItemFactory,
    PublicationFactory,
    SectionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def bulletin(db):
    """The weekly bulletin, promised to ordinary members."""
    publication = PublicationFactory()
    promise(publication.benefit_item)
    return publication


def released(publication, on: dt.date, number: int = 1, **fields):
    at = dt.datetime.combine(on, dt.time(9), dt.UTC)
    return IssueFactory(
        publication=publication,
        issued_on=on,
        number=number,
        state="released",
        released_at=at,
        **fields,
    )


def address(issue, name: str = "issue") -> str:
    return reverse(name, args=[issue.publication.code, issue.year, issue.number])


@pytest.fixture
def autumn(today):
    """A day on which the reader's unit was entitled: after its payment of last year."""
    return dt.date(today.year - 1, 9, 4)


@pytest.fixture
def winter(today):
    """A day on which it was not: nothing was paid for the year before."""
    return dt.date(today.year - 1, 2, 6)


def test_the_list_marks_what_may_be_read(reader, bulletin, autumn, winter):
    released(bulletin, autumn, 36, serial_number=700)
    released(bulletin, winter, 6)

    page = Page(reader.get("/publications/"))

    assert page.each("go") == [
        f"第36期总第700期{autumn.year}年9月4日可阅读",
        f"第6期{winter.year}年2月6日出刊当天不享有",
    ]


def test_the_list_shows_the_newest_year_and_offers_the_others(reader, bulletin, today):
    released(bulletin, dt.date(2024, 5, 1))
    released(bulletin, dt.date(2023, 5, 1))

    newest, older = reader.get("/publications/"), reader.get("/publications/?year=2023")

    assert Page(newest).each("jump") == ["2024年2023年"]
    assert [shelf.lines[0].issue.year for shelf in newest.context["shelves"]] == [2024]
    assert [shelf.lines[0].issue.year for shelf in older.context["shelves"]] == [2023]


@pytest.mark.parametrize("year", ["1999", "x", "2024\x00"])
def test_a_year_without_issues_is_not_found(reader, bulletin, year):
    released(bulletin, dt.date(2024, 5, 1))

    assert reader.get("/publications/", {"year": year}).status_code == 404


def test_the_list_hides_what_is_not_released(reader, bulletin, autumn):
    IssueFactory(publication=bulletin, issued_on=autumn)

    assert Page(reader.get("/publications/")).each("empty") == [
        "还没有发布过刊物。发布后即可在这里阅读。"
    ]


def shown(page: Page) -> list[tuple[str, str]]:
    """Each publication with what stands large beside it."""
    return list(zip(page.each("h2"), page.each("figure"), strict=True))


def test_every_publication_is_listed_with_the_right_to_it(reader, bulletin, autumn):
    """Also one without an issue, and one that is promised to others only."""
    report = PublicationFactory(code="report", is_mailed=False)
    promise(report.benefit_item, "council", quantity=1, medium="paper")
    promise(PublicationFactory(code="yearbook", is_mailed=False).benefit_item)
    released(bulletin, autumn)
    released(report, autumn)

    response = reader.get("/publications/")
    page = Page(response)

    codes = ["weekly-bulletin", "report", "yearbook"]
    assert shown(page) == [
        ("《中国矿业信息》", "贵单位今天的权益：不限"),
        ("《report》", "贵单位今天的权益：未列入"),
        ("《yearbook》", "贵单位今天的权益：不限"),
    ]
    assert [shelf.answer.entitled for shelf in response.context["shelves"]] == [True, False, True]
    assert page.each("quiet") == [f"{autumn.year}年还没有发布。"]
    assert page.each("ask") == [f"为什么？《{code}》" for code in codes]
    assert len(page.each("reasons")) == 3


# Written down by hand from the charter: what stands large for each tier.
THREE, TWO, ONE = "每期 3 册", "每期 2 册", "每期 1 册"
ONLINE, NONE, PRINTED = "不限", "未列入", "纸质版"
SHOWN = {
    "vice_president": [ONLINE, THREE, THREE, TWO, TWO, ONLINE, ONLINE, PRINTED, *[NONE] * 4],
    "executive_council": [ONLINE, TWO, TWO, ONE, ONE, ONLINE, ONLINE, PRINTED, *[NONE] * 4],
    "council": [ONLINE, ONE, ONE, NONE, NONE, ONLINE, ONLINE, PRINTED, *[NONE] * 4],
    "ordinary": [ONLINE, ONLINE, ONLINE, NONE, NONE, ONLINE, ONLINE, PRINTED, *[NONE] * 4],
}


def test_the_twelve_publications_for_each_tier_and_for_a_committee(client, today):
    load(parse(CHARTER_FILE), today=today)
    catalogue.load()
    units = {tier: paid_up(tier, today) for tier in SHOWN}
    seated = paid_up("ordinary", today, committee="fluorite")

    def shelves(unit):
        client.force_login(person_of(unit))
        return client.get("/publications/").context["shelves"]

    found = {tier: [shelf.figure.text for shelf in shelves(unit)] for tier, unit in units.items()}
    own = {shelf.publication.code for shelf in shelves(seated) if shelf.answer.entitled}

    assert found == SHOWN
    assert own & {"fluorite-report", "ccs-newsletter"} == {"fluorite-report"}
    assert len(own) == 7


def paid_up(tier: str, today: dt.date, **fields):
    unit = member(tier=tier, paid=(today.year - 1, today.year), **fields)
    redated(unit.payments.filter(year=today.year), dt.date(today.year, 1, 1))
    return unit


def test_the_right_is_in_the_words_of_a_refusal_while_dues_are_open(client, lapsed, bulletin):
    client.force_login(person_of(lapsed))

    page = Page(client.get("/publications/"))

    assert page.each("figure") == ["贵单位今天的权益：暂不享有"]
    assert page.each("facts") == ["每周恢复资格后：不限"]


# --- On paper ----------------------------------------------------------------------------------


@pytest.fixture
def report(db):
    """A report of which the reader's unit gets two printed copies."""
    publication = PublicationFactory(code="report", name="《年度报告》", is_mailed=False)
    promise(publication.benefit_item, quantity=2, medium="paper")
    return publication


def posted(issue, on: dt.date):
    at = dt.datetime.combine(on, dt.time(9), dt.UTC)
    return confirm(issue=issue, posted_on=on, at=at, by=UserFactory())


def test_what_was_posted_stands_beside_the_issue(reader, unit, report, autumn):
    MemberUnit.objects.filter(pk=unit.pk).update(address="青禾路1号")
    issue = released(report, autumn)
    posted(issue, autumn)

    words = f"2 册· {autumn.year}年9月4日寄出"
    assert Page(reader.get("/publications/")).each("posted") == [words.replace(" ", "")]
    assert Page(reader.get(address(issue))).each("posted") == [f"纸质版：{words}".replace(" ", "")]


def test_what_will_be_posted_says_when(reader, unit, report, autumn, today):
    MemberUnit.objects.filter(pk=unit.pk).update(address="青禾路1号")
    # A day on which what is paid counts, and that is not yet: next year's first half.
    later = dt.date(today.year + 1, 6, 30)
    posted(released(report, autumn), later)

    assert Page(reader.get("/publications/")).each("posted") == [
        f"2册·定于{later.year}年6月30日寄出"
    ]


def test_what_was_not_posted_says_why(reader, unit, report, autumn):
    MemberUnit.objects.filter(pk=addressed_other(report)).update(address="他处")
    posted(released(report, autumn), autumn)

    assert Page(reader.get("/publications/")).each("posted") == ["没有寄送：没有登记邮寄地址"]


def test_what_was_not_posted_for_open_dues_says_so(client, lapsed, unit, report, autumn):
    MemberUnit.objects.update(address="某路1号")
    posted(released(report, autumn), autumn)
    client.force_login(person_of(lapsed))

    assert Page(client.get("/publications/")).each("posted") == ["没有寄送：当年会费未缴清"]


def test_who_is_promised_no_copies_misses_none(client, unit, report, autumn):
    MemberUnit.objects.update(address="某路1号")
    promise(report.benefit_item, "council")
    online = paid_up("council", dt.date(autumn.year + 1, 9, 4), name="电子版单位")
    posted(released(report, autumn), autumn)
    client.force_login(person_of(online))

    assert Page(client.get("/publications/")).each("posted") == []


def addressed_other(report) -> int:
    """Another unit that gets the report: a run must reach somebody."""
    other = member(paid=(2025, 2026), name="另一单位")
    redated(other.payments, dt.date(2000, 1, 1))
    for year in range(2020, 2040):
        standard = StandardFactory(tier=TierFactory(code="ordinary"), year=year)
        PaymentFactory(unit=other, year=year, amount=standard.amount, paid_on=dt.date(2020, 1, 1))
    return other.pk


# --- The list's issues -------------------------------------------------------------------------


def test_a_pdf_can_be_fetched_from_the_list(reader, bulletin, autumn):
    issue = released(bulletin, autumn, 36, pdf=pdf())
    released(bulletin, autumn, 37)

    page = Page(reader.get("/publications/"))

    assert page.each("pdf") == ["PDF第36期"]
    assert address(issue, "issue_pdf") in reader.get("/publications/").content.decode()


def test_many_issues_are_folded(reader, bulletin, autumn):
    for number in range(1, 9):
        released(bulletin, autumn - dt.timedelta(days=8 - number), number)

    [shelf] = reader.get("/publications/").context["shelves"]

    assert [line.issue.number for line in shelf.latest] == [8, 7, 6, 5, 4, 3]
    assert [line.issue.number for line in shelf.earlier] == [2, 1]
    assert Page(reader.get("/publications/")).each("more")[0].startswith("这一年更早的2期")


def test_the_list_asks_as_often_for_three_issues_as_for_one(reader, unit, bulletin, report, autumn):
    released(bulletin, autumn, 36)
    first = queries_of(reader, "/publications/")
    released(bulletin, autumn + dt.timedelta(days=7), 37)
    MemberUnit.objects.filter(pk=unit.pk).update(address="青禾路1号")
    for number in (1, 2):
        posted(released(report, autumn, number), autumn)

    assert queries_of(reader, "/publications/") == first


def test_an_issue_is_read_with_its_sections_and_sources(reader, bulletin, autumn):
    issue = released(bulletin, autumn, 36, serial_number=700)
    section = SectionFactory(issue=issue, title="政策动态")
    ArticleFactory(
        section=section, title="第一篇", body="**重点**在此。", source="某通讯社", is_highlight=True
    )
    ArticleFactory(section=section, title="第二篇", body="<script>alert(1)</script>")

    response = reader.get(address(issue))
    page = Page(response)

    assert page.each("number") == [f"{autumn.year}年第36期总第700期"]
    assert page.each("highlights") == ["本期要闻第一篇"]
    assert page.each("contents") == ["目录政策动态第一篇第二篇"]
    assert page.each("text") == ["重点在此。", "<script>alert(1)</script>"]
    assert page.each("source") == ["（某通讯社）"]


def test_an_issue_leads_to_the_issues_beside_it(reader, bulletin, autumn):
    week = dt.timedelta(days=7)
    first = released(bulletin, autumn, 36)
    second = released(bulletin, autumn + week, 37)
    third = released(bulletin, dt.date(autumn.year + 1, 1, 1), 1)
    IssueFactory(publication=bulletin, issued_on=autumn + 2 * week, number=38)
    released(PublicationFactory(code="other"), autumn + week, 37)

    context = reader.get(address(second)).context

    assert (context["earlier"], context["later"]) == (first, third)


def test_reading_asks_as_often_for_three_articles_as_for_one(reader, bulletin, autumn):
    issue = released(bulletin, autumn)
    ArticleFactory(section=SectionFactory(issue=issue))
    first = queries_of(reader, address(issue))
    ArticleFactory(section=SectionFactory(issue=issue))
    ArticleFactory(section=SectionFactory(issue=issue))

    assert queries_of(reader, address(issue)) == first


@pytest.mark.parametrize("name", ["issue", "issue_pdf"])
def test_opening_an_issue_is_noted_for_the_unit(reader, unit, bulletin, autumn, name):
    issue = released(bulletin, autumn, pdf=pdf())

    for _time in range(2):
        b"".join(reader.get(address(issue, name)))

    assert list(Reading.objects.values_list("issue", "unit", "times", "medium")) == [
        (issue.pk, unit.pk, 2, "electronic")
    ]


def test_looking_at_the_headers_is_no_reading(reader, bulletin, autumn):
    reader.head(address(released(bulletin, autumn)))

    assert Reading.objects.count() == 0


@pytest.mark.parametrize("name", ["issue", "issue_pdf"])
def test_a_refusal_is_no_reading(reader, bulletin, winter, name):
    reader.get(address(released(bulletin, winter, pdf=pdf()), name))

    assert Reading.objects.count() == 0


@pytest.mark.parametrize("name", ["issue", "issue_pdf"])
def test_who_is_not_entitled_reads_why_and_what_would_change_it(reader, bulletin, winter, name):
    issue = released(bulletin, winter, pdf=pdf())
    ArticleFactory(section=SectionFactory(issue=issue), body="机密正文")

    response = reader.get(address(issue, name))
    page, answer = Page(response), response.context["answer"]

    assert response.status_code == 403
    assert page.each("h1") == ["本期未向贵单位开放"]
    assert page.each("h2") == ["原因", "怎样可以享有"]
    assert len(page.each("li")) >= len(answer.because) + len(answer.would_change) > 2
    assert "机密正文" not in page.words


def test_an_exceptional_grant_opens_the_issue(client, lapsed, bulletin, autumn):
    StandardFactory(tier=TierFactory(code="ordinary"), year=autumn.year)
    issue = released(bulletin, autumn)
    client.force_login(person_of(lapsed))
    refused = client.get(address(issue)).status_code
    ExceptionalGrant.objects.create(
        unit=lapsed, reason="审批中", approved_by=UserFactory(), starts_on=autumn, ends_on=autumn
    )

    assert (refused, client.get(address(issue)).status_code) == (403, 200)


@pytest.mark.parametrize("state", ["draft", "scheduled", "held"])
@pytest.mark.parametrize("name", ["issue", "issue_pdf"])
def test_what_is_not_released_is_not_found(reader, bulletin, autumn, state, name):
    release_at = None if state == "draft" else dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
    issue = IssueFactory(
        publication=bulletin, issued_on=autumn, state=state, release_at=release_at, pdf=pdf()
    )

    assert reader.get(address(issue, name)).status_code == 404


@pytest.mark.parametrize(
    "path", ["weekly-bulletin/2020/1/", "nothing/2020/1/", "weekly-bulletin/2020/99999999999999/"]
)
def test_an_unknown_issue_is_not_found(reader, bulletin, path):
    assert reader.get(f"/publications/{path}").status_code == 404


def test_the_pdf_comes_as_a_file_with_a_chinese_name(reader, bulletin, autumn):
    issue = released(bulletin, autumn, 36, pdf=pdf())

    response = reader.get(address(issue, "issue_pdf"))

    name = "%E3%80%8A%E4%B8%AD%E5%9B%BD%E7%9F%BF%E4%B8%9A%E4%BF%A1%E6%81%AF%E3%80%8B"
    number = f"{autumn.year}%E5%B9%B4%E7%AC%AC36%E6%9C%9F.pdf"
    assert b"".join(response.streaming_content) == b"%PDF-1.7 sample"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}{number}"


def test_an_issue_without_a_pdf_has_none_to_download(reader, bulletin, autumn):
    assert reader.get(address(released(bulletin, autumn), "issue_pdf")).status_code == 404
    assert Reading.objects.count() == 0


def test_a_pdf_that_is_gone_from_the_disk_is_not_found(reader, bulletin, autumn):
    issue = released(bulletin, autumn, pdf=pdf())
    issue.pdf.storage.delete(issue.pdf.name)

    assert reader.get(address(issue, "issue_pdf")).status_code == 404


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def pdf() -> ContentFile:
    return ContentFile(b"%PDF-1.7 sample", name="issue.pdf")


def test_items_of_other_publications_do_not_open_this_one(reader, bulletin, autumn):
    report = PublicationFactory(code="report", benefit_item=ItemFactory(code="report"))
    issue = released(report, autumn)

    assert reader.get(address(issue)).status_code == 403


# --- Pictures --------------------------------------------------------------------------------


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return pictures.take(upload(drawing()), by=None, at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


def illustrated(publication, on: dt.date, picture):
    issue = released(publication, on)
    body = f"![走势](picture:{picture.digest})"
    ArticleFactory(section=SectionFactory(issue=issue), body=body)
    return issue


def picture_address(issue, digest: str) -> str:
    return f"{address(issue)}pictures/{digest}/"


def test_an_article_shows_its_pictures(reader, bulletin, autumn, picture):
    issue = illustrated(bulletin, autumn, picture)

    place = picture_address(issue, picture.digest)
    response = reader.get(place)

    assert f'<img src="{place}" alt="走势"' in reader.get(address(issue)).content.decode()
    assert (response.content, response["Content-Type"]) == (pictures.content(picture), "image/png")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_picture_of_another_issue_is_not_found(reader, bulletin, autumn, winter, picture):
    illustrated(bulletin, winter, picture)
    issue = released(bulletin, autumn, 2)

    assert reader.get(picture_address(issue, picture.digest)).status_code == 404
    assert reader.get(picture_address(issue, "no digest")).status_code == 404


def test_a_picture_is_not_shown_to_who_may_not_read(reader, bulletin, winter, picture):
    issue = illustrated(bulletin, winter, picture)

    assert reader.get(picture_address(issue, picture.digest)).status_code == 404
