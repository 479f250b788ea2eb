"""The pages on which an issue is checked, read, signed, returned and its record printed."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.roles import load_roles
from publications import review
from publications.content import content_of, digest_of
from publications.models import Article, Issue, ReviewComment, ReviewStep
from tests.factories import UserFactory
from tests.publications.factories import (
    ArticleFactory,
    PublicationFactory,
    approved,
    issue_with_article,
)
from tests.publications.test_editing import staff_of

AT = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def issue():
    return issue_with_article(publication=PublicationFactory(is_mailed=False))


def address(page, issue) -> str:
    return reverse(f"admin:publications_issue_{page}", args=[issue.pk])


def named(name: str, *roles: str) -> Client:
    load_roles()
    user = UserFactory(is_staff=True, name=name)
    user.groups.set(Group.objects.filter(name__in=roles))
    client = Client()
    client.force_login(user)
    return client


def shown(client, issue) -> str:
    return client.get(address("reviews", issue)).content.decode()


def send(client, issue, act, **fields):
    return client.post(address("reviews", issue), {"act": act, **fields}, follow=True)


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def sign(client, issue, stage):
    digest = client.get(address("reviews", issue)).context["digest"]
    return send(client, issue, "approve", stage=stage, digest=digest)


def test_from_the_editor_to_the_release(issue):
    editor = named("吴编辑", "editor")
    send(editor, issue, "submit", note="来源见正文")
    for stage, name in zip(ReviewStep.Stage, ("甲", "乙", "丙"), strict=True):
        page = sign(named(name, f"{stage}_reviewer"), issue, stage)
        assert name in page.content.decode()
    assert "三人已就现在的内容签字" in shown(editor, issue)
    editor.post(address("releasing", issue), {"act": "release"})
    issue.refresh_from_db()
    assert issue.state == Issue.State.RELEASED
    record = editor.get(address("review_record", issue)).content.decode()
    for word in ("吴编辑", "甲", "乙", "丙", "来源见正文", digest_of(content_of(issue))):
        assert word in record


def test_a_role_sees_the_buttons_of_its_own_review_only(issue):
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    assert 'value="approve"' in shown(staff_of("first_reviewer"), issue)
    for role in ("second_reviewer", "final_reviewer", "read_only", "editor"):
        page = shown(staff_of(role), issue)
        assert 'value="approve"' not in page
        assert "不签一审" in page


def test_who_may_not_is_refused_and_nothing_happens(issue):
    reader = staff_of("read_only")
    assert "不能送审" in said(send(reader, issue, "submit", note="x"))[0]
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    assert "不签一审" in said(sign(reader, issue, "first"))[0]
    assert not ReviewStep.objects.exists()


def test_it_is_returned_with_a_remark_and_the_editor_settles_it(issue):
    editor = staff_of("editor")
    send(editor, issue, "submit", note="看过")
    article = Article.objects.get()
    fields = {f"remark-{article.pk}": "产量与附表不符", "stage": "first"}
    send(staff_of("first_reviewer"), issue, "return", **fields)
    assert "产量与附表不符" in shown(editor, issue)
    remark = ReviewComment.objects.get()
    send(editor, issue, "settle", remark=remark.pk, reply="已按附表改正")
    assert "已按附表改正" in shown(editor, issue)
    assert "已送审" in said(send(editor, issue, "submit", note="改好了"))[0]


def test_what_a_reviewer_typed_is_not_lost_when_the_signature_is_refused(issue):
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    reviewer, article = staff_of("first_reviewer"), Article.objects.get()
    digest = reviewer.get(address("reviews", issue)).context["digest"]
    Article.objects.update(body="改过。")
    fields = {"stage": "first", "digest": digest, "comment": "总评：很好"}
    page = send(reviewer, issue, "approve", **fields, **{f"remark-{article.pk}": "此处再核"})
    text = page.content.decode()
    for words in ("内容有改动", "总评：很好", "此处再核", "自上次审定以来的改动"):
        assert words in text
    assert not ReviewStep.objects.exists()


def test_a_change_in_the_admin_voids_and_names_who_did_it(issue):
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    approved(issue, "first", by=UserFactory(name="甲", is_superuser=True))
    article = Article.objects.get()
    editor = named("吴编辑", "editor")
    page = reverse("admin:publications_article_change", args=[article.pk])
    form = editor.get(page).context["adminform"].form
    fields = {"title": "新题", "body": article.body, "source": "本会", "seen": form.initial["seen"]}
    editor.post(page, fields)
    assert Article.objects.get().title == "新题"
    text = shown(staff_of("second_reviewer"), issue)
    assert "甲所签的一审已失效" in text
    assert "吴编辑" in text


def test_what_changed_is_told_against_the_last_decision_also_when_changed_back(issue):
    """The text that was signed last, not the one that was stored last."""
    reviewer, hour = staff_of("second_reviewer"), dt.timedelta(hours=1)
    before = Article.objects.get().body
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    Article.objects.update(body="改过。")
    approved(issue, "first", at=AT + hour)
    Article.objects.update(body=before)
    approved(issue, "first", at=AT + 2 * hour)
    assert reviewer.get(address("reviews", issue)).context["changed"] == []
    Article.objects.update(body="改过。")
    assert reviewer.get(address("reviews", issue)).context["changed"] == [
        Article.objects.get().title
    ]


@pytest.mark.parametrize("page", ["room", "article"])
def test_whoever_changes_a_signed_issue_is_told_before_and_after(issue, page):
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    approved(issue, "first", by=UserFactory(name="甲", is_superuser=True))
    article = Article.objects.get()
    places = {
        "room": address("edit", issue),
        "article": reverse("admin:publications_article_change", args=[article.pk]),
    }
    editor = staff_of("editor")
    assert "甲（一审）已签字" in editor.get(places[page]).content.decode()
    article.delete() if page == "room" else Article.objects.update(title="新题")
    text = editor.get(places[page]).content.decode()
    assert "甲的一审签字已失效" in text
    assert "已签字。" not in text


def test_findings_are_settled_with_a_reason(issue):
    Article.objects.update(body="会务手机13800138000。")
    editor = staff_of("editor")
    page = editor.get(address("checks", issue))
    assert "个人手机号" in page.content.decode()
    [finding] = [
        row for group in page.context["groups"] for row, _place in group["rows"] if row.is_personal
    ]
    fields = {"act": "settle", "finding": finding.fingerprint, "why": "会务公开"}
    page = editor.post(address("checks", issue), fields, follow=True)
    assert "会务公开" in page.content.decode()
    assert issue.settled_findings.count() == 1


def test_a_reader_settles_nothing(issue):
    Article.objects.update(body="会务手机13800138000。")
    reader = staff_of("read_only")
    answer = reader.post(address("checks", issue), {"act": "settle", "finding": "x"})
    assert answer.status_code == 403
    assert issue.settled_findings.count() == 0


@pytest.mark.parametrize("page", ["checks", "reviews", "review_record"])
def test_the_number_of_queries_does_not_grow_with_the_articles(
    issue, page, django_assert_max_num_queries
):
    section = issue.sections.get()
    for place in range(1001, 1025):
        ArticleFactory(section=section, title=f"第{place}篇", body=f"文{place}", position=place)
    review.submit(issue=issue, by=UserFactory(), at=AT, note="看过")
    reader = staff_of("first_reviewer")
    reader.get(address(page, issue))
    with django_assert_max_num_queries(45):
        reader.get(address(page, issue))
