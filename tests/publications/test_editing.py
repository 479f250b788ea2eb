"""Writing an article: two editors at once, the preview, what is pasted."""

import re
import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import load_roles
from publications import editing
from publications.models import Article, Picture
from tests.factories import UserFactory
from tests.publications.drawing import drawing, upload
from tests.publications.factories import ArticleFactory, IssueFactory, SectionFactory

ADD = reverse("admin:publications_article_add")
PREVIEW = reverse("admin:publications_article_preview")
PICTURE = reverse("admin:publications_article_picture")
MARKDOWN = reverse("admin:publications_article_markdown")


def staff_of(role: str) -> Client:
    load_roles()
    user = UserFactory(is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def page_of(article) -> str:
    return reverse("admin:publications_article_change", args=[article.pk])


def opened(client, article) -> dict[str, str]:
    """The form's fields as somebody has them open."""
    form = client.get(page_of(article)).context["adminform"].form
    return {"title": article.title, "body": article.body, "seen": form.initial["seen"]}


@pytest.mark.django_db
class TestTwoEditors:
    @pytest.fixture
    def article(self):
        return ArticleFactory(title="钼矿投产", body="第一段。\n\n第二段。")

    def test_who_saves_alone_is_led_back_to_the_room(self, article):
        client = staff_of("editor")
        answer = client.post(page_of(article), opened(client, article) | {"body": "新的正文。"})
        issue = article.section.issue
        assert answer.url == reverse("admin:publications_issue_edit", args=[issue.pk])
        assert Article.objects.get().body == "新的正文。"

    def test_who_saves_second_sees_both_texts_and_nothing_is_lost(self, article):
        first, second = staff_of("editor"), staff_of("editor")
        mine = opened(second, article) | {"body": "第一段。\n\n我的第二段。"}
        theirs = opened(first, article) | {"body": "第一段。\n\n他的第二段。"}
        first.post(page_of(article), theirs)

        page = second.post(page_of(article), mine)

        form = page.context["adminform"].form
        assert (page.status_code, Article.objects.get().body) == (200, theirs["body"])
        assert [error.code for error in form.non_field_errors().as_data()] == ["conflict"]
        assert [line.text for line in form.both()["theirs"] if line.is_alone] == ["他的第二段。"]
        assert [line.text for line in form.both()["mine"] if line.is_alone] == ["我的第二段。"]
        assert form["body"].value() == mine["body"]

    def test_saving_again_decides(self, article):
        first, second = staff_of("editor"), staff_of("editor")
        mine = opened(second, article) | {"body": "我的。"}
        first.post(page_of(article), opened(first, article) | {"body": "他的。"})
        page = second.post(page_of(article), mine)
        again = mine | {
            "seen": page.context["adminform"].form["seen"].value(),
            "body": "合在一起。",
        }
        assert second.post(page_of(article), again).status_code == 302
        assert Article.objects.get().body == "合在一起。"

    def test_moving_it_meanwhile_is_no_conflict(self, article):
        client = staff_of("editor")
        mine = opened(client, article) | {"body": "新的。"}
        other = SectionFactory(issue=article.section.issue)
        Article.objects.filter(pk=article.pk).update(section=other)
        assert client.post(page_of(article), mine).status_code == 302
        kept = Article.objects.get()
        assert (kept.section, kept.body) == (other, "新的。")

    def test_without_having_seen_anything_nothing_is_overwritten(self, article):
        client = staff_of("editor")
        page = client.post(page_of(article), {"title": "改", "body": "改"})
        assert (page.status_code, Article.objects.get().title) == (200, "钼矿投产")
        assert LogEntry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_first_and_then_sees_its_text():
    """Without the lock both would read the same text, and the later would win."""
    article, found = ArticleFactory(body="旧"), []
    ready = threading.Event()

    def second():
        ready.set()
        with transaction.atomic():
            found.append(editing.locked(article).body)
        connection.close()

    with transaction.atomic():
        editing.locked(article)
        thread = threading.Thread(target=second)
        thread.start()
        ready.wait(timeout=10)
        Article.objects.filter(pk=article.pk).update(body="新")
        thread.join(timeout=0.3)
        assert found == []
    thread.join()
    assert found == ["新"]


@pytest.mark.django_db
def test_a_deleted_article_is_said():
    article = ArticleFactory()
    kept = Article.objects.get()
    article.delete()
    with pytest.raises(ValidationError) as refused:
        editing.locked(kept)
    assert refused.value.code == "gone"


def test_texts_side_by_side():
    theirs, mine = editing.beside("甲\n\n乙\n丙", "甲\n\n丁\n丙\n戊")
    assert [line.text for line in theirs if line.is_alone] == ["乙"]
    assert [line.text for line in mine if line.is_alone] == ["丁", "戊"]
    assert "\n".join(line.text for line in mine) == "甲\n\n丁\n丙\n戊"


@pytest.mark.django_db
class TestNew:
    def test_it_is_written_for_a_section_or_the_stock(self):
        client, section = staff_of("editor"), SectionFactory()
        publication = section.issue.publication
        client.post(ADD, {"section": section.pk, "title": "甲", "body": "一。"})
        answer = client.post(ADD, {"stock_of": publication.pk, "title": "乙", "body": "二。"})
        assert answer.url == reverse("admin:publications_issue_edit", args=[section.issue_id])
        assert list(section.articles.values_list("title", flat=True)) == ["甲"]
        assert list(publication.stock.values_list("title", flat=True)) == ["乙"]

    @pytest.mark.parametrize("both", [True, False])
    def test_it_stands_in_one_place(self, both):
        client, section = staff_of("editor"), SectionFactory()
        place = {"section": section.pk, "stock_of": section.issue.publication_id} if both else {}
        page = client.post(ADD, {"title": "甲", "body": "一。"} | place)
        assert (page.status_code, Article.objects.count()) == (200, 0)


@pytest.mark.django_db
class TestWhileWriting:
    def test_the_preview_is_what_will_be_read(self):
        answer = staff_of("editor").post(PREVIEW, {"body": "## 小标题\n\n**重要** <script>"})
        html = answer.content.decode()
        assert html == "<h2>小标题</h2>\n<p><strong>重要</strong> &lt;script&gt;</p>\n"

    def test_what_is_pasted_becomes_markdown(self):
        html = '<p class="MsoNormal"><b>重点</b>：正文</p><script>alert(1)</script>'
        answer = staff_of("editor").post(MARKDOWN, {"html": html})
        assert answer.json()["markdown"].strip() == "**重点**：正文"

    def test_an_uploaded_picture_shows_in_the_preview(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        client = staff_of("editor")
        digest = client.post(PICTURE, {"file": upload(drawing())}).json()["digest"]
        html = client.post(PREVIEW, {"body": f"![图](picture:{digest})"}).content.decode()
        [source] = re.findall('src="([^"]+)"', html)
        shown = client.get(source)
        assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
        assert Picture.objects.get().digest == digest

    def test_a_file_that_is_no_picture_is_refused_in_words(self):
        file = SimpleUploadedFile("x.png", b"not a picture")
        answer = staff_of("editor").post(PICTURE, {"file": file})
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert staff_of("editor").post(PICTURE).status_code == 400
        assert Picture.objects.count() == 0

    def test_lines_end_as_everywhere_else(self):
        section = SectionFactory()
        fields = {"section": section.pk, "title": "甲", "body": "一。\r\n\r\n二。"}
        staff_of("editor").post(ADD, fields)
        assert Article.objects.get().body == "一。\n\n二。"

    @pytest.mark.parametrize("address", [PREVIEW, MARKDOWN, PICTURE])
    def test_who_may_not_write_is_refused(self, address):
        assert staff_of("read_only").post(address, {"body": "x"}).status_code == 403
        assert staff_of("editor").get(address).status_code == 405
        assert Client().post(address).status_code == 302


@pytest.mark.django_db
def test_an_article_of_a_released_issue_is_not_written(client):
    at = "2026-03-20T01:00Z"
    issue = IssueFactory(state="released", released_at=at)
    article = ArticleFactory(section__issue=issue)
    editor = staff_of("editor")
    assert editor.get(page_of(article)).status_code == 200
    assert editor.post(page_of(article), {"title": "改", "body": "改"}).status_code == 403
