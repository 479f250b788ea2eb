"""Articles and sections in their order; two editors at once; the stock."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from publications import arranging, placing
from publications.models import Article, Issue, Section
from tests.factories import UserFactory
from tests.publications.factories import ArticleFactory, IssueFactory, SectionFactory, gone_out
from tests.publications.news import NewsFactory

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


def section(issue, *titles, name="要闻", position=1) -> Section:
    made = SectionFactory(issue=issue, title=name, position=position)
    for number, title in enumerate(titles, start=1):
        ArticleFactory(section=made, title=title, position=number)
    return made


def order(section) -> list[tuple[int, str]]:
    return list(section.articles.values_list("position", "title"))


def named(title) -> Article:
    return Article.objects.get(title=title)


def code_of(call) -> str:
    with pytest.raises(ValidationError) as refused:
        call()
    return refused.value.code


@pytest.mark.django_db
class TestInOneIssue:
    @pytest.fixture
    def issue(self):
        return IssueFactory()

    @pytest.fixture
    def news(self, issue):
        return section(issue, "甲", "乙", "丙")

    @pytest.mark.parametrize(
        ("position", "expected"),
        [(1, "丙甲乙"), (2, "甲丙乙"), (3, "甲乙丙"), (None, "甲乙丙"), (9, "甲乙丙")],
    )
    def test_an_article_goes_to_its_place(self, news, position, expected):
        arranging.move(article=named("丙"), to=news, position=position)
        assert order(news) == list(enumerate(expected, start=1))

    def test_between_sections_both_are_numbered_anew(self, issue, news):
        other = section(issue, "丁", name="国际", position=2)
        arranging.move(article=named("甲"), to=other, position=1)
        assert order(news) == [(1, "乙"), (2, "丙")]
        assert order(other) == [(1, "甲"), (2, "丁")]

    @pytest.mark.parametrize(("by", "expected"), [(-1, "乙甲丙"), (1, "甲丙乙")])
    def test_one_up_or_down(self, news, by, expected):
        arranging.shift(article=named("乙"), by=by)
        assert order(news) == list(enumerate(expected, start=1))

    def test_to_the_stock_and_back(self, issue, news):
        arranging.move(article=named("甲"), to=issue.publication)
        waiting = named("甲")
        assert (waiting.section, waiting.stock_of, waiting.position) == (None, issue.publication, 0)
        assert order(news) == [(1, "乙"), (2, "丙")]
        arranging.move(article=waiting, to=news, position=2)
        assert order(news) == [(1, "乙"), (2, "甲"), (3, "丙")]

    def test_to_another_open_issue(self, news):
        other = section(IssueFactory(), name="国际")
        arranging.move(article=named("乙"), to=other)
        assert (order(news), order(other)) == ([(1, "甲"), (2, "丙")], [(1, "乙")])

    def test_nothing_moves_out_of_or_into_what_has_gone_out(self, issue, news):
        gone = section(IssueFactory(), "旧")
        gone_out(gone.issue, at=AT)
        for article, to in [("甲", gone), ("旧", news), ("旧", issue.publication)]:
            code = code_of(lambda a=article, t=to: arranging.move(article=named(a), to=t))
            assert code == "frozen"
        assert code_of(lambda: arranging.add_section(issue=gone.issue, title="新")) == "frozen"
        assert code_of(lambda: arranging.remove_section(section=gone)) == "frozen"
        highlighted = lambda: arranging.highlight(article=named("旧"), is_highlight=True)  # noqa: E731
        assert code_of(highlighted) == "frozen"

    def test_sections_are_added_moved_renamed_and_removed(self, issue, news):
        made = arranging.add_section(issue=issue, title="  会员 动态 ")
        arranging.move_section(section=made, position=1)
        arranging.rename_section(section=news, title="重要新闻")
        listed = list(issue.sections.values_list("position", "title"))
        assert listed == [(1, "会员 动态"), (2, "重要新闻")]
        assert code_of(lambda: arranging.remove_section(section=news)) == "not_empty"
        arranging.remove_section(section=made)
        assert list(issue.sections.values_list("position", "title")) == [(1, "重要新闻")]

    @pytest.mark.parametrize("title", ["", "   ", "要闻", "长" * 61])
    def test_a_title_that_is_none_or_taken_or_too_long(self, issue, news, title):
        code = code_of(lambda: arranging.add_section(issue=issue, title=title))
        assert code == "title"

    def test_members_news_keeps_its_origin_in_the_stock(self, issue):
        text = NewsFactory()
        article = placing.place(submission=text, issue=issue, by=UserFactory(), at=AT)
        arranging.move(article=article, to=issue.publication)
        article.refresh_from_db()
        assert (article.submission, list(placing.candidates())) == (text, [])
        again = lambda: placing.place(  # noqa: E731
            submission=text, issue=issue, by=UserFactory(), at=AT
        )
        assert code_of(again) == "already_placed"
        placing.take_back(submission=text)
        assert list(placing.candidates()) == [text]


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_get_one_after_the_other():
    """Both put an article at the first place; without the lock, both would get number 1."""
    issue = IssueFactory()
    news = section(issue, "甲", "乙", "丙")
    other = section(issue, "丁", "戊", name="国际", position=2)
    start, refused = threading.Barrier(4), []

    def work(title, to):
        try:
            start.wait(timeout=10)
            arranging.move(article=named(title), to=to, position=1)
        except ValidationError as error:
            refused.append(error)
        finally:
            connection.close()

    pairs = [("丙", news), ("戊", news), ("甲", other), ("乙", other)]
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    assert [number for number, _title in order(news)] == [1, 2]
    assert [number for number, _title in order(other)] == [1, 2, 3]
    assert {title for _number, title in order(news)} == {"丙", "戊"}


@pytest.mark.django_db(transaction=True)
def test_a_release_meanwhile_is_seen():
    """The move waits for the row's lock, and then sees that the issue has gone out."""
    issue = IssueFactory()
    news, codes = section(issue, "甲", "乙"), []

    def work():
        codes.append(code_of(lambda: arranging.move(article=named("乙"), to=news, position=1)))
        connection.close()

    thread = threading.Thread(target=work)
    with transaction.atomic():
        Issue.objects.select_for_update().get(pk=issue.pk)
        thread.start()
        gone_out(issue, at=AT)
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()
    assert codes == ["frozen"]
