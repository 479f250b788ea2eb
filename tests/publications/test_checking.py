"""What an editor is told before review, and what is let stand."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from publications import checking
from publications.models import Article, Issue, LinkCheck
from tests.factories import UserFactory
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
)

AT = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
ID_NUMBER = "11010519491231002X"
GOOD = "本会今日发布半年报告，全文刊登于网站。"


def issue_of(body=GOOD, **fields) -> Issue:
    """An issue in which nothing else is to be found."""
    issue = IssueFactory()
    article = {"source": "本会", "is_highlight": True, "title": "报告发布"} | fields
    ArticleFactory(section=SectionFactory(issue=issue), body=body, **article)
    return issue


def kinds(issue) -> list[str]:
    return [found.kind for found in checking.findings(issue)]


pytestmark = pytest.mark.django_db


def test_a_clean_issue_has_nothing():
    assert checking.findings(issue_of()) == []


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "+8619912345678",
        "手机：13800138000。",
        "电话13800138000转",
    ],
)
def test_a_personal_mobile_number(text):
    assert kinds(issue_of(f"联系人{text}")) == ["mobile"]


@pytest.mark.parametrize(
    "text",
    [
        "010-66557688",
        "12800138000",
        "138001380001",
        "编号A2138001380009",
        "0.13800138000123",
        "1380013800",
        "2013800138000",
        "91110000138001380X",
    ],
)
def test_other_numbers_are_none(text):
    assert kinds(issue_of(f"号码{text}见后")) == []


def test_a_persons_id_number_by_its_check_digit():
    assert kinds(issue_of(f"身份证{ID_NUMBER}。")) == ["identity"]


def test_nor_is_any_number_of_eighteen_digits():
    assert kinds(issue_of("合同110105194912310021。")) == []


@pytest.mark.parametrize("field", ["title", "source"])
def test_personal_data_in_titles_and_sources(field):
    assert kinds(issue_of(**{field: "找王工13800138000"})) == ["mobile"]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"body": " \n"}, "empty"),
        ({"source": ""}, "no_source"),
        ({"title": "长" * 41}, "long_title"),
        ({"body": "产量为待核实吨"}, "placeholder"),
        ({"body": "产量为???吨"}, "placeholder"),
        ({"body": "乱\ufffd码"}, "odd"),
        ({"body": f"![图](picture:{'0' * 64})"}, "picture"),
        ({"is_highlight": False}, "no_highlight"),
    ],
)
def test_what_is_found_in_an_article(fields, kind):
    assert kinds(issue_of(**fields)) == [kind]


def test_a_title_of_forty_characters_is_taken_in():
    assert kinds(issue_of(title="长" * 40)) == []


def test_of_the_issue_as_a_whole():
    empty = IssueFactory()
    assert kinds(empty) == ["nothing"]
    SectionFactory(issue=empty, title="地勘单位")
    assert kinds(empty) == ["nothing", "empty_section"]


def test_gaps_of_the_numbering():
    first = issue_of(title="甲", body="甲文。")
    later = issue_of(title="乙", body="乙文。")
    numbers = {"publication": first.publication, "year": 2026, "issued_on": dt.date(2026, 3, 20)}
    Issue.objects.filter(pk=first.pk).update(number=6, issued_on=dt.date(2026, 3, 6), year=2026)
    Issue.objects.filter(pk=later.pk).update(number=8, **numbers)
    assert kinds(Issue.objects.get(pk=later.pk)) == ["numbering"]
    Issue.objects.filter(pk=later.pk).update(number=7)
    assert kinds(Issue.objects.get(pk=later.pk)) == []


class TestTwice:
    @pytest.fixture
    def earlier(self):
        return issue_of(title="旧题", body="同样的\n\n文字。")

    def later(self, earlier, **fields) -> Issue:
        issue = issue_of(**fields)
        Issue.objects.filter(pk=issue.pk).update(
            publication=earlier.publication,
            number=earlier.number + 1,
            issued_on=earlier.issued_on + dt.timedelta(days=7),
            year=(earlier.issued_on + dt.timedelta(days=7)).year,
        )
        return Issue.objects.get(pk=issue.pk)

    def test_the_same_text_in_an_earlier_issue_however_its_lines_break(self, earlier):
        [found] = checking.findings(self.later(earlier, title="新题", body="同样的文字。"))
        assert found.kind == "twice"
        assert "同样的文字" in found.sentence

    def test_the_same_title(self, earlier):
        [found] = checking.findings(self.later(earlier, title="旧题", body="另一篇。"))
        assert "同题" in found.sentence

    def test_within_the_issue(self):
        issue = issue_of(title="甲", body="一样。")
        section = issue.sections.get()
        ArticleFactory(section=section, title="乙", body="一 样。", position=1001, source="本会")
        assert kinds(issue) == ["twice"]

    def test_another_publications_issue_is_another_matter(self, earlier):
        other = issue_of(title="旧题", body="同样的文字。")
        Issue.objects.filter(pk=other.pk).update(publication=PublicationFactory(code="yearbook"))
        other.refresh_from_db()
        assert checking.findings(other) == []


class TestLinks:
    def test_only_what_was_asked_and_is_gone_is_told(self):
        issue = issue_of("见 https://a.example/x 和 https://b.example/y、http://10.0.0.1/z。")
        assert kinds(issue) == []
        for url, outcome in (
            ("https://a.example/x", "dead"),
            ("https://b.example/y", "no_answer"),
            ("http://10.0.0.1/z", "not_public"),
        ):
            LinkCheck.objects.create(url=url, outcome=outcome, checked_at=AT)
        assert [found.about for found in checking.findings(issue)] == [
            "https://a.example/x",
            "http://10.0.0.1/z",
        ]


class TestSettled:
    def test_what_was_let_stand_is_silent_until_the_text_changes(self):
        issue = issue_of("会务组手机13800138000。")
        [found] = checking.unsettled(issue)
        by = UserFactory()
        checking.settle(issue=issue, fingerprint=found.fingerprint, by=by, at=AT, why="会务公开")
        assert checking.unsettled(issue) == []
        assert len(checking.findings(issue)) == 1
        Article.objects.update(body="换成手机13900139000。")
        assert len(checking.unsettled(issue)) == 1

    def test_twice_is_once(self):
        issue = issue_of(source="")
        [found] = checking.findings(issue)
        for _turn in range(2):
            checking.settle(issue=issue, fingerprint=found.fingerprint, by=UserFactory(), at=AT)
        assert issue.settled_findings.count() == 1

    def test_what_is_gone_is_refused(self):
        issue = issue_of()
        with pytest.raises(ValidationError, match="不存在"):
            checking.settle(issue=issue, fingerprint="x", by=UserFactory(), at=AT)


def test_the_number_of_queries_does_not_grow(django_assert_max_num_queries):
    issue = issue_of()
    section = issue.sections.get()
    for place in range(1001, 1030):
        ArticleFactory(section=section, title=f"第{place}篇", body=f"文{place}", position=place)
    with django_assert_max_num_queries(12):
        checking.findings(issue)
