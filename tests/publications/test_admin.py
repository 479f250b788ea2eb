"""What editors see and press: lists, the issue's page, and the pages around its release."""

import datetime as dt

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications import release
from publications.models import Article, Issue, Section
from tests.factories import UserFactory
from tests.publications.factories import (
    GUARDS,
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
    issue_with_article,
    promised,
    recipient,
    signed_off,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
PDF = b"%PDF-1.7\n%%EOF\n"
ISSUES = reverse("admin:publications_issue_changelist")
ADD = reverse("admin:publications_issue_add")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def staff(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True, name="王编辑"))
    return client


def address(name: str, *arguments) -> str:
    return reverse(f"admin:publications_{name}", args=arguments)


def fields(publication, **changed) -> dict:
    """The form of an issue with an empty list of sections."""
    return {
        "publication": publication.pk,
        "issued_on": "2026-03-13",
        "number": 7,
        "serial_number": 689,
        "title": "样本专刊",
        "masthead": "",
        "sections-TOTAL_FORMS": 0,
        "sections-INITIAL_FORMS": 0,
    } | changed


def errors(response) -> dict:
    return response.context["adminform"].form.errors


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def section_rows(*rows: tuple) -> dict:
    """(section or None, title, position) for the sections' rows."""
    form = {
        "sections-TOTAL_FORMS": len(rows),
        "sections-INITIAL_FORMS": sum(section is not None for section, _title, _place in rows),
    }
    for index, (section, title, position) in enumerate(rows):
        form |= {
            f"sections-{index}-id": section.pk if section else "",
            f"sections-{index}-title": title,
            f"sections-{index}-position": position,
        }
    return form


# --- Lists -----------------------------------------------------------------------------------


def released_issue(number: int) -> Issue:
    issue = issue_with_article(number=number)
    release.release(issue=signed_off(issue), at=AT)
    return issue


@pytest.fixture
def rights():
    promised(PublicationFactory().benefit_item)
    recipient()


@pytest.mark.parametrize(
    "name", ["publication", "issue", "section", "article", "distribution", "delivery"]
)
def test_lists_ask_the_same_number_of_queries(staff, rights, name, django_assert_max_num_queries):
    def count() -> int:
        with django_assert_max_num_queries(60) as captured:
            assert staff.get(address(f"{name}_changelist")).status_code == 200
        return len(captured)

    released_issue(1)
    one = count()
    for number in (2, 3):
        released_issue(number)
        issue_with_article(publication=PublicationFactory(code=f"other-{number}"))

    assert count() == one


def test_the_list_finds_an_issue_by_an_articles_title(staff):
    wanted = ArticleFactory(title="青石岭见矿").section.issue
    issue_with_article()

    found = staff.get(ISSUES, {"q": "青石岭"}).context["cl"].queryset

    assert list(found) == [wanted]


def test_an_empty_list_is_shown(staff):
    assert staff.get(ISSUES).status_code == 200


# --- The issue's page ------------------------------------------------------------------------


def test_the_next_numbers_are_proposed(staff):
    IssueFactory(issued_on=dt.date(2020, 3, 6), number=6, serial_number=688)

    form = staff.get(ADD).context["adminform"].form

    assert form.initial["serial_number"] == 689
    assert form.initial["number"] == 1


def test_an_issue_is_created_with_its_sections(staff):
    response = staff.post(
        ADD,
        fields(
            PublicationFactory(),
            **section_rows((None, "聚焦", ""), (None, "简讯", "")),
        ),
    )

    assert (response.status_code, response.url) == (302, ISSUES)
    issue = Issue.objects.get()
    assert (issue.year, issue.number, issue.state) == (2026, 7, Issue.State.DRAFT)
    assert list(issue.sections.values_list("title", "position")) == [("聚焦", 1), ("简讯", 2)]


def test_numbers_that_are_taken_are_refused_at_their_fields(staff):
    publication = PublicationFactory()
    IssueFactory(publication=publication, number=7, serial_number=689)

    response = staff.post(ADD, fields(publication))

    assert errors(response) == {
        "number": ["2026年已有第7期（2026年3月13日）。下一期是第8期。"],
        "serial_number": ["总刊号689是2026年第7期的。下一个总刊号是690。"],
    }
    assert Issue.objects.count() == 1


def test_gaps_are_pointed_out_when_saved(staff):
    publication = PublicationFactory()
    IssueFactory(
        publication=publication, issued_on=dt.date(2026, 3, 20), number=4, serial_number=686
    )

    response = staff.post(ADD, fields(publication), follow=True)

    assert said(response)[:3] == [
        "2026年的期号从4跳到了7，请核对。",
        "总刊号从686跳到了689，请核对。",
        "出刊日期早于第4期（2026年3月20日），请核对。",
    ]
    assert Issue.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "一行\n两行", "标题只能有一行，请去掉换行。"),
        ("title", "一行\u2028两行", "标题只能有一行，请去掉换行。"),
        ("number", 0, "确保该值大于或等于1。"),
    ],
)
def test_bad_values_are_refused_at_their_fields(staff, field, value, message):
    response = staff.post(ADD, fields(PublicationFactory(), **{field: value}))

    assert errors(response) == {field: [message]}
    assert Issue.objects.count() == 0


def test_sections_change_places(staff):
    issue = IssueFactory(number=7, serial_number=689)
    first = SectionFactory(issue=issue, title="甲", position=1)
    second = SectionFactory(issue=issue, title="乙", position=2)

    staff.post(
        address("issue_change", issue.pk),
        fields(issue.publication, **section_rows((first, "甲", 2), (second, "乙", 1))),
    )

    assert list(issue.sections.values_list("title", "position")) == [("乙", 1), ("甲", 2)]


def test_a_section_with_articles_is_not_deleted_by_a_tick(staff):
    article = ArticleFactory(section__title="甲", section__position=1)
    issue = article.section.issue

    response = staff.post(
        address("issue_change", issue.pk),
        fields(
            issue.publication,
            **section_rows((article.section, "甲", 1)) | {"sections-0-DELETE": "on"},
        ),
    )

    formset = response.context["inline_admin_formsets"][0].formset
    assert formset.non_form_errors() == ["栏目《甲》里还有文章。请先把文章移走或删除，再删除栏目。"]
    assert issue.sections.count() == 1


def test_articles_change_places_and_become_highlights(staff):
    section = SectionFactory()
    first = ArticleFactory(section=section, title="甲", position=1)
    second = ArticleFactory(section=section, title="乙", position=2)
    form = {"title": "改名", "articles-TOTAL_FORMS": 2, "articles-INITIAL_FORMS": 2}
    for index, (article, place) in enumerate(((first, 2), (second, 1))):
        form |= {
            f"articles-{index}-id": article.pk,
            f"articles-{index}-title": article.title,
            f"articles-{index}-position": place,
            f"articles-{index}-is_highlight": "on",
        }

    staff.post(address("section_change", section.pk), form)

    section.refresh_from_db()
    assert section.title == "改名"
    assert list(section.articles.values_list("title", "position", "is_highlight")) == [
        ("乙", 1, True),
        ("甲", 2, True),
    ]


# --- The PDF ---------------------------------------------------------------------------------


def with_pdf(staff, data: bytes, name: str = "七.pdf"):
    return staff.post(ADD, fields(PublicationFactory(), pdf=SimpleUploadedFile(name, data)))


def test_a_pdf_is_stored_and_handed_out(staff):
    with_pdf(staff, PDF)

    issue = Issue.objects.get()
    assert issue.pdf.name == "issues/weekly-bulletin/2026/7.pdf"
    response = staff.get(address("issue_pdf", issue.pk))
    assert (response["Content-Type"], b"".join(response.streaming_content)) == (
        "application/pdf",
        PDF,
    )


def test_what_is_no_pdf_is_refused_and_the_old_file_stays(staff):
    with_pdf(staff, PDF)
    issue = Issue.objects.get()

    response = staff.post(
        address("issue_change", issue.pk),
        fields(issue.publication, pdf=SimpleUploadedFile("七.pdf", b"PK\x03\x04 a Word file")),
    )

    assert errors(response) == {"pdf": ["这个文件不是PDF。请导出为PDF后再试。"]}
    issue.refresh_from_db()
    with issue.pdf.open() as file:
        assert file.read() == PDF


def test_an_issue_without_pdf_hands_out_none(staff):
    assert staff.get(address("issue_pdf", IssueFactory().pk)).status_code == 404


# --- Articles --------------------------------------------------------------------------------


def test_an_article_is_written_at_the_end_of_its_section(staff):
    section = ArticleFactory(position=1).section

    response = staff.post(
        address("article_add"),
        {
            "section": section.pk,
            "title": "第二篇",
            "source": "样本社",
            "page": 3,
            "is_highlight": "on",
            "body": "## 小标题\n\n正文。",
        },
    )

    assert response.status_code == 302
    article = section.articles.get(title="第二篇")
    assert (article.position, article.source, article.is_highlight) == (2, "样本社", True)


def test_the_form_of_an_article_does_not_move_it(staff):
    """Moving is done in the room, where its order is seen."""
    article = ArticleFactory(position=1)
    other = ArticleFactory(section__issue=article.section.issue, position=1).section
    page = staff.get(address("article_change", article.pk))
    form = page.context["adminform"].form

    staff.post(
        address("article_change", article.pk),
        {"section": other.pk, "title": "改了", "body": "正文。", "seen": form.initial["seen"]},
    )

    article.refresh_from_db()
    assert (article.title, article.section == other, article.position) == ("改了", False, 1)


# --- Frozen ----------------------------------------------------------------------------------


@pytest.fixture
def frozen(rights):
    return released_issue(7)


def test_what_has_gone_out_cannot_be_changed(staff, frozen):
    article = Article.objects.get()

    for name, row in (
        ("issue_change", frozen),
        ("section_change", article.section),
        ("article_change", article),
    ):
        assert staff.get(address(name, row.pk)).status_code == 200
        assert staff.post(address(name, row.pk), {"title": "改了"}).status_code == 403


def test_the_pdf_of_what_has_gone_out_is_still_handed_out(staff, frozen):
    with pgtrigger.ignore(*GUARDS):
        Issue.objects.filter(pk=frozen.pk).update(pdf="issues/weekly-bulletin/2026/7.pdf")

    page = staff.get(address("issue_change", frozen.pk)).content.decode()

    assert page.count(f'href="{address("issue_pdf", frozen.pk)}"') == 1


def test_what_has_gone_out_cannot_be_deleted(staff, frozen):
    article = Article.objects.get()

    for name, row in (
        ("issue_delete", frozen),
        ("section_delete", article.section),
        ("article_delete", article),
    ):
        assert staff.post(address(name, row.pk), {"post": "yes"}).status_code == 403
    staff.post(
        ISSUES,
        {"action": "delete_selected", "_selected_action": [frozen.pk], "post": "yes"},
    )
    assert (Issue.objects.count(), Section.objects.count(), Article.objects.count()) == (1, 1, 1)


def test_no_article_is_added_to_what_has_gone_out(staff, frozen):
    section = frozen.sections.get()

    response = staff.post(
        address("article_add"), {"section": section.pk, "title": "迟到", "body": "正文。"}
    )

    assert list(errors(response)) == ["section"]
    assert section.articles.count() == 1
