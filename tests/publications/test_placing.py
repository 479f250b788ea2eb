"""Members' news comes into an issue once, before it goes out, and can be taken back until then."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from publications.models import Article, Issue, Section
from publications.placing import SECTION, candidates, paragraphs, place, placed_in, take_back
from publications.release import release
from tests.at_once import at_once
from tests.factories import UnitFactory, UserFactory
from tests.publications.factories import (
    IssueFactory,
    PublicationFactory,
    SectionFactory,
    issue_with_article,
    promised,
    recipient,
    signed_off,
)
from tests.publications.news import NewsFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


@pytest.fixture
def issue():
    return IssueFactory()


def put(text, issue, **given) -> Article:
    return place(submission=text, issue=issue, **({"by": UserFactory(), "at": AT} | given))


def code_of(call) -> str:
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.code


def test_a_text_becomes_an_article_of_the_units(issue):
    unit, editor = UnitFactory(name="青峰地质勘查院"), UserFactory()
    text = NewsFactory(unit=unit, title="岩心库 开放", body="第一段。\n第二段。")

    article = put(text, issue, by=editor)

    assert (article.title, article.source) == ("岩心库 开放", "青峰地质勘查院")
    assert article.body == "第一段。\n\n第二段。"
    assert (article.section.title, article.section.issue) == (SECTION, issue)
    assert (article.placed_by, article.placed_at) == (editor, AT)
    assert text.article == article


def test_it_goes_behind_what_the_section_holds(issue):
    SectionFactory(issue=issue, title="重要新闻", position=1)
    section = SectionFactory(issue=issue, title=SECTION, position=2)

    places = [put(NewsFactory(), issue) for _number in range(2)]

    assert [(article.section, article.position) for article in places] == [
        (section, 1),
        (section, 2),
    ]


def test_the_section_is_made_behind_the_others(issue):
    SectionFactory(issue=issue, title="重要新闻", position=5)

    put(NewsFactory(), issue)

    assert list(issue.sections.values_list("title", "position")) == [
        ("重要新闻", 5),
        (SECTION, 6),
    ]


def test_a_text_is_placed_once(issue):
    text = NewsFactory(title="岩心库开放")
    put(text, issue)

    with pytest.raises(ValidationError) as refused:
        put(text, IssueFactory(number=999))

    assert refused.value.code == "already_placed"
    assert refused.value.messages == [f"《岩心库开放》已经放在{issue}里。"]
    assert Article.objects.count() == 1


def test_the_database_holds_that_too(issue):
    article = put(NewsFactory(), issue)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.create(
            section=article.section,
            position=9,
            title="又一次",
            body="正文。",
            submission=article.submission,
            placed_at=AT,
            placed_by=article.placed_by,
        )


def test_a_text_has_somebody_who_placed_it(issue):
    article = put(NewsFactory(), issue)

    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(placed_by=None)


@pytest.mark.parametrize("state", ["draft", "scheduled", "held"])
def test_until_the_issue_goes_out_a_text_can_be_placed(state):
    issue = IssueFactory(state=state, release_at=None if state == "draft" else AT)

    assert put(NewsFactory(), issue).section.issue == issue


def test_an_issue_that_went_out_takes_nothing_and_gives_nothing_back():
    issue = issue_with_article()
    promised(issue.publication.benefit_item)
    recipient()
    placed, waiting = NewsFactory(), NewsFactory()
    put(placed, issue)
    release(issue=signed_off(issue), at=AT)

    assert code_of(lambda: put(waiting, issue)) == "frozen"
    assert code_of(lambda: take_back(submission=placed)) == "frozen"
    assert [article.submission for article in placed_in(issue)] == [placed]


def test_what_is_taken_back_waits_again(issue):
    text = NewsFactory()
    put(text, issue)

    take_back(submission=text)

    assert list(candidates()) == [text]
    assert put(text, IssueFactory(number=999)).submission == text


def test_what_stands_nowhere_cannot_be_taken_back():
    assert code_of(lambda: take_back(submission=NewsFactory())) == "not_placed"


def test_a_text_whose_article_an_editor_deleted_waits_again(issue):
    text = NewsFactory()
    put(text, issue).delete()

    assert list(candidates()) == [text]


def test_those_waiting_longest_come_first(issue):
    first, second, third = NewsFactory.create_batch(3)
    put(second, issue)

    assert list(candidates()) == [first, third]


def test_a_long_name_of_a_unit_is_cut_to_the_source(issue):
    article = put(NewsFactory(unit__name="长" * 120), issue)

    assert article.source == "长" * 100


def test_a_title_of_several_lines_becomes_one(issue):
    assert put(NewsFactory(title="岩心库\n开放"), issue).title == "岩心库 开放"


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("一段。\n两段。", "一段。\n\n两段。"),
        ("　　一段。\r\n　　两段。", "一段。\n\n两段。"),
        ("一段。\n\n- 甲\n- 乙", "一段。\n\n- 甲\n- 乙"),
        ("\n一段。\n", "一段。"),
    ],
)
def test_lines_become_paragraphs(text, markdown):
    assert paragraphs(text) == markdown


@pytest.mark.django_db(transaction=True)
def test_two_editors_place_the_same_text_at_once():
    text, one, other = (
        NewsFactory(),
        IssueFactory(),
        IssueFactory(publication=PublicationFactory(code="other")),
    )
    by = UserFactory()

    results = at_once(
        lambda: put(text, one, by=by) and "placed", lambda: put(text, other, by=by) and "placed"
    )

    assert sorted(getattr(each, "code", each) for each in results) == ["already_placed", "placed"]
    assert Article.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_editors_place_into_one_issue_at_once():
    texts, issue, by = NewsFactory.create_batch(2), IssueFactory(), UserFactory()

    at_once(*(lambda text=text: put(text, issue, by=by) for text in texts))

    assert Section.objects.count() == 1
    assert sorted(Article.objects.values_list("position", flat=True)) == [1, 2]
    assert Issue.objects.get() == issue
