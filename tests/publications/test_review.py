"""三审: who may sign what, what makes a signature void, and that nothing goes out without three."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from members.record import acting
from publications import arranging, course, masthead, release, review
from publications.content import content_of, digest_of
from publications.models import Article, Issue, ReviewComment, ReviewStep, Section
from tests.at_once import at_once
from tests.factories import UserFactory
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    SectionFactory,
    approved,
    issue_with_article,
    signed_off,
)

AT = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
Stage, Change, State = ReviewStep.Stage, ReviewStep.Change, Issue.State


def person(**fields):
    return UserFactory(is_superuser=True, **fields)


def draft(**fields) -> Issue:
    """Written and not mailed: its release needs signatures and nothing else."""
    return issue_with_article(publication=PublicationFactory(is_mailed=False), **fields)


def submitted(by=None, **fields) -> Issue:
    issue = draft(**fields)
    review.submit(issue=issue, by=by or person(), at=AT, note="已看过")
    return issue


def standing(issue) -> list[str]:
    rows = ReviewStep.objects.filter(issue=issue, decision="approved", voided_at__isnull=True)
    return list(rows.order_by("pk").values_list("stage", flat=True))


def run(sql: str, *arguments) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)


@pytest.mark.django_db
class TestTheCourse:
    def test_three_people_sign_in_turn_and_it_goes_out(self):
        issue = submitted()
        for stage in Stage:
            assert course.missing(issue)
            approved(issue, stage)
        assert course.missing(issue) == []
        release.release(issue=issue, at=AT, by=person())
        assert issue.state == State.RELEASED

    @pytest.mark.parametrize("signatures", [0, 1, 2])
    def test_none_goes_out_with_less(self, signatures):
        issue = submitted()
        for stage in list(Stage)[:signatures]:
            approved(issue, stage)
        with pytest.raises(ValidationError):
            release.release(issue=issue, at=AT, by=person())
        with pytest.raises(ValidationError):
            release.schedule(issue=issue, release_at=AT + dt.timedelta(days=900), by=person())

    def test_one_out_of_turn_is_refused(self):
        issue = submitted()
        with pytest.raises(PermissionDenied, match="轮到一审"):
            approved(issue, Stage.SECOND)

    def test_nobody_signs_twice(self):
        issue, somebody = submitted(), person()
        approved(issue, Stage.FIRST, by=somebody)
        with pytest.raises(PermissionDenied, match="三个不同的人"):
            approved(issue, Stage.SECOND, by=somebody)

    def test_who_submits_signs_the_first_review_at_most(self):
        editor = person()
        issue = submitted(by=editor)
        approved(issue, Stage.FIRST)
        with pytest.raises(PermissionDenied, match="只能签一审"):
            approved(issue, Stage.SECOND, by=editor)

    def test_a_role_signs_its_own_review_only(self):
        issue = submitted()
        with pytest.raises(PermissionDenied, match="不签一审"):
            approved(issue, Stage.FIRST, by=UserFactory())

    def test_what_was_changed_while_it_was_read_is_not_signed(self):
        issue = submitted()
        read = digest_of(content_of(issue))
        Article.objects.update(body="改过。")
        with pytest.raises(ValidationError) as refused:
            review.approve(issue=issue, stage=Stage.FIRST, digest=read, by=person(), at=AT)
        assert refused.value.code == "changed"

    def test_it_is_submitted_once(self):
        issue = submitted()
        with pytest.raises(ValidationError, match="审稿中"):
            review.submit(issue=issue, by=person(), at=AT, note="再送")

    def test_an_empty_one_is_not_submitted(self):
        issue = IssueFactory()
        with pytest.raises(ValidationError, match="无可审读"):
            review.submit(issue=issue, by=person(), at=AT)

    def test_personal_data_stops_it_whatever_is_explained(self):
        issue = draft()
        Article.objects.update(body="联系人手机13800138000。")
        with pytest.raises(ValidationError, match="个人信息"):
            review.submit(issue=issue, by=person(), at=AT, note="已看过")


@pytest.mark.django_db
class TestReturned:
    def test_it_goes_back_with_remarks_and_every_signature_is_void(self):
        issue = submitted()
        approved(issue, Stage.FIRST)
        article = Article.objects.get()
        review.send_back(
            issue=issue, stage=Stage.SECOND, by=person(), at=AT, remarks={article.pk: "数字有误"}
        )
        assert (issue.state, standing(issue)) == (State.DRAFT, [])
        assert list(ReviewComment.objects.values_list("title", "text")) == [
            (article.title, "数字有误")
        ]
        assert course.missing(issue) == ["本期已被二审退回。"]

    def test_a_remark_is_settled_before_it_is_submitted_again(self):
        issue, editor = submitted(), person()
        article = Article.objects.get()
        review.send_back(
            issue=issue, stage=Stage.FIRST, by=person(), at=AT, remarks={article.pk: "改题"}
        )
        with pytest.raises(ValidationError, match="1条审稿意见"):
            review.submit(issue=issue, by=editor, at=AT, note="改好了")
        remark = ReviewComment.objects.get()
        review.settle(comment=remark, reply="已改", by=editor, at=AT)
        with pytest.raises(ValidationError, match="处理过"):
            review.settle(comment=remark, reply="已改", by=editor, at=AT)
        assert review.submit(issue=issue, by=editor, at=AT, note="改好了").number == 2

    def test_nothing_said_is_no_return(self):
        issue = submitted()
        with pytest.raises(ValidationError, match="写明要改什么"):
            review.send_back(issue=issue, stage=Stage.FIRST, by=person(), at=AT, comment=" ")
        assert issue.state == State.IN_REVIEW

    def test_another_issues_article_takes_no_remark(self):
        issue, foreign = submitted(), ArticleFactory()
        review.send_back(
            issue=issue,
            stage=Stage.FIRST,
            by=person(),
            at=AT,
            comment="重写",
            remarks={foreign.pk: "x"},
        )
        assert not ReviewComment.objects.exists()


# --- What makes a signature void ---------------------------------------------------------------


def rewritten(issue, article):
    Article.objects.filter(pk=article.pk).update(body="改过。")


def retitled(issue, article):
    article.title = "新题"
    article.save(update_fields=["title"])


def starred(issue, article):
    arranging.highlight(article=article, is_highlight=not article.is_highlight)


def added(issue, article):
    ArticleFactory.build(section=article.section, position=1009).save()


def removed(issue, article):
    article.delete()


def put_in_stock(issue, article):
    arranging.move(article=article, to=issue.publication)


def swapped(issue, article):
    arranging.shift(article=article, by=1)


def section_added(issue, article):
    arranging.add_section(issue=issue, title="国际矿业")


def section_renamed(issue, article):
    arranging.rename_section(section=article.section, title="部委动态")


def section_moved(issue, article):
    arranging.move_section(section=article.section, position=2)


def section_removed(issue, article):
    arranging.remove_section(section=issue.sections.get(articles__isnull=True))


def renumbered(issue, article):
    Issue.objects.filter(pk=issue.pk).update(number=99)


CHANGES = {
    rewritten: Change.ARTICLE_CHANGED,
    retitled: Change.ARTICLE_CHANGED,
    starred: Change.ARTICLE_CHANGED,
    added: Change.ARTICLE_ADDED,
    removed: Change.ARTICLE_REMOVED,
    put_in_stock: Change.ARTICLE_PLACED,
    swapped: Change.ARTICLE_MOVED,
    section_added: Change.SECTION_ADDED,
    section_renamed: Change.SECTION_CHANGED,
    section_moved: Change.SECTION_MOVED,
    section_removed: Change.SECTION_REMOVED,
    renumbered: Change.ISSUE_CHANGED,
}


@pytest.mark.django_db
class TestVoided:
    @pytest.fixture
    def issue(self):
        issue = draft()
        section = issue.sections.get()
        ArticleFactory(section=section, title="第二篇", position=1001)
        SectionFactory(issue=issue, title="地勘单位", position=1002)
        return signed_off(issue)

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
    def test_every_change_makes_the_signatures_void_and_says_what(self, issue, change):
        article = Article.objects.order_by("position").first()
        editor = person()
        with acting(by=editor, why="校改"):
            change(issue, article)
        assert standing(issue) == []
        void = ReviewStep.objects.filter(issue=issue)
        assert set(void.values_list("void_change", "voided_by")) == {(CHANGES[change], editor.pk)}
        assert course.missing(issue)
        with pytest.raises(ValidationError):
            release.release(issue=issue, at=AT, by=person())

    def test_a_set_time_does_not_save_it(self, issue):
        release.schedule(issue=issue, release_at=AT + dt.timedelta(days=900), by=person())
        rewritten(issue, Article.objects.first())
        with pytest.raises(ValidationError):
            release.release(issue=issue, at=AT + dt.timedelta(days=900))

    def test_what_changes_nothing_voids_nothing(self, issue):
        for article in Article.objects.all():
            article.save()
        Article.objects.update(page=3)
        Section.objects.filter(issue=issue, position=1002).update(position=1007)
        issue.save()
        assert standing(issue) == list(Stage)

    def test_signed_anew_it_goes_out(self, issue):
        rewritten(issue, Article.objects.first())
        for stage in Stage:
            approved(issue, stage)
        release.release(issue=issue, at=AT, by=person())
        assert ReviewStep.objects.filter(issue=issue).count() == 6

    def test_it_is_said_in_words(self, issue):
        with acting(by=person(name="吴编辑"), why=""):
            rewritten(issue, Article.objects.get(title="第二篇"))
        [first, *_others] = course.missing(issue)
        assert "文章有改动" in first
        assert "《第二篇》" in first
        assert "吴编辑" in first


# --- The database itself ------------------------------------------------------------------------


@pytest.mark.django_db
class TestByHand:
    """Statements typed by hand: what no code of ours asks first."""

    def refused(self, constraint, sql, *arguments):
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            run(sql, *arguments)
        assert error.value.__cause__.diag.constraint_name == constraint

    def test_no_release_without_three_signatures(self):
        issue = submitted()
        approved(issue, Stage.FIRST)
        approved(issue, Stage.SECOND)
        sql = "UPDATE publications_issue SET state = 'released', released_at = now() WHERE id = %s"
        self.refused("issue_released_after_three_reviews", sql, issue.pk)
        approved(issue, Stage.FINAL)
        run(sql, issue.pk)

    def test_no_release_of_what_was_changed_in_the_same_statement(self):
        issue = signed_off(draft())
        self.refused(
            "issue_released_after_three_reviews",
            "UPDATE publications_issue SET state = 'released', released_at = now(), number = 77 "
            "WHERE id = %s",
            issue.pk,
        )

    def test_no_change_after_the_release(self):
        issue = signed_off(draft())
        release.release(issue=issue, at=AT, by=person())
        frozen = "issue_content_frozen"
        self.refused(frozen, "UPDATE publications_article SET body = 'x'")
        self.refused(frozen, "DELETE FROM publications_article")
        self.refused(frozen, "UPDATE publications_section SET title = 'x'")
        self.refused(frozen, "UPDATE publications_issue SET title = 'x' WHERE id = %s", issue.pk)
        self.refused(
            "issue_stays_released",
            "UPDATE publications_issue SET state = 'draft', released_at = NULL WHERE id = %s",
            issue.pk,
        )

    def test_a_void_signature_stays_void_and_none_is_deleted(self):
        issue = signed_off(draft())
        rewritten(issue, Article.objects.first())
        for sql in (
            "UPDATE publications_reviewstep SET voided_at = NULL, voided_by_id = NULL, "
            "void_change = ''",
            "UPDATE publications_reviewstep SET stage = 'final'",
            "DELETE FROM publications_reviewstep",
            "DELETE FROM publications_issueversion",
            "UPDATE publications_issueversion SET digest = 'x'",
        ):
            with (
                pytest.raises(DatabaseError),
                transaction.atomic(),
            ):
                run(sql)
        assert standing(issue) == []

    def test_one_person_has_one_signature(self):
        issue = submitted()
        step = approved(issue, Stage.FIRST)
        self.refused(
            "review_three_people",
            "INSERT INTO publications_reviewstep (issue_id, round_id, stage, decision, by_id, "
            "name, at, comment, version_id, void_change, void_title) SELECT issue_id, round_id, "
            "'second', decision, by_id, name, at, comment, version_id, '', '' "
            "FROM publications_reviewstep WHERE id = %s",
            step.pk,
        )


@pytest.mark.django_db
class TestMasthead:
    def test_it_fills_itself_from_who_signed(self):
        issue = draft(masthead="地址：北京\n一审：手写\n三审：手写")
        review.submit(issue=issue, by=person(name="吴编辑"), at=AT, note="已看过")
        for stage, name in zip(Stage, ("甲", "乙", "丙"), strict=True):
            approved(issue, stage, by=person(name=name))
        issue.refresh_from_db()
        assert masthead.lines_of(issue) == [
            "地址：北京",
            "责任编辑：吴编辑",
            "一审：甲  二审：乙  三审：丙",
        ]

    def test_a_back_issue_keeps_the_lines_it_was_printed_with(self):
        issue = IssueFactory(is_back_issue=True, masthead="责任编辑：旧人", editor=person())
        assert masthead.lines_of(issue) == ["责任编辑：旧人"]


# --- At the same moment --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_sign_the_same_review(self):
        issue = submitted()
        people = [person(), person()]
        answers = at_once(*(lambda by=by: approved(issue, Stage.FIRST, by=by) for by in people))
        assert sum(isinstance(answer, PermissionDenied) for answer in answers) == 1
        assert standing(issue) == [Stage.FIRST]

    def test_one_person_signs_two_reviews(self):
        issue, somebody = submitted(), person()
        at_once(
            lambda: approved(issue, Stage.FIRST, by=somebody),
            lambda: approved(issue, Stage.SECOND, by=somebody),
        )
        assert standing(issue) == [Stage.FIRST]

    @pytest.mark.parametrize("turn", range(6))
    def test_a_change_at_the_moment_of_the_release(self, turn):
        """Before it, and then nothing goes out; or after it, and then it is refused."""
        issue = signed_off(draft())
        by, signed = person(), content_of(issue)
        answers = at_once(
            lambda: release.release(issue=issue, at=AT, by=by),
            lambda: Article.objects.update(body="改过。"),
        )
        release_failed, change_failed = (isinstance(each, Exception) for each in answers)
        assert release_failed != change_failed
        stored = Issue.objects.get()
        if release_failed:
            assert (stored.state, standing(issue)) == (State.IN_REVIEW, [])
        else:
            assert (stored.state, content_of(issue)) == (State.RELEASED, signed)

    def test_a_change_at_the_moment_of_the_last_signature(self):
        issue = submitted()
        for stage in (Stage.FIRST, Stage.SECOND):
            approved(issue, stage)
        read, last = digest_of(content_of(issue)), person()
        at_once(
            lambda: review.approve(issue=issue, stage="final", digest=read, by=last, at=AT),
            lambda: Article.objects.update(body="改过。"),
        )
        assert standing(issue) == []
