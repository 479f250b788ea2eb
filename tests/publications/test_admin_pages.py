"""The pages around one issue: who gets it, preview, release, progress, import."""

import datetime as dt
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from publications import release
from publications.models import Delivery, Distribution, Issue
from tests.factories import UserFactory, member
from tests.publications.factories import (
    ArticleFactory,
    IssueFactory,
    PublicationFactory,
    issue_with_article,
    promised,
    recipient,
)

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)
SAMPLE = (Path(__file__).parent / "data/whole_issue.txt").read_text(encoding="utf-8")
IMPORT = reverse("admin:publications_issue_import_file")
STATES = Delivery.State


@pytest.fixture
def editor():
    return UserFactory(is_staff=True, is_superuser=True, name="王编辑")


@pytest.fixture
def staff(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def issue():
    """One unit gets it, one has no contact, one has not paid."""
    made = issue_with_article(number=7, serial_number=689)
    promised(made.publication.benefit_item)
    recipient(name="甲矿业")
    member(name="乙矿业", paid=(2025,))
    member(name="丙矿业")
    return made


def address(name: str, issue) -> str:
    return reverse(f"admin:publications_issue_{name}", args=[issue.pk])


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def queries(django_assert_max_num_queries, client, place, **headers) -> int:
    with django_assert_max_num_queries(60) as captured:
        assert client.get(place, **headers).status_code == 200
    return len(captured)


# --- Who gets it, and why --------------------------------------------------------------------


def test_who_gets_it_and_why(staff, issue):
    context = staff.get(address("recipients", issue)).context

    assert [(group["label"], group["total"]) for group in context["reasons"]] == [
        ("会收到", 1),
        ("有权享有，但未发", 1),
        ("无权享有", 1),
    ]
    assert {row.unit for row in context["rows"]} == {"甲矿业", "乙矿业", "丙矿业"}


def test_filtered_by_following_a_reason(staff, issue):
    context = staff.get(address("recipients", issue)).context
    query = context["reasons"][1]["reasons"][0]["query"]

    filtered = staff.get(address("recipients", issue) + query).context

    assert query == "?kind=left_out&why=no_contact"
    assert [(row.unit, row.why_label) for row in filtered["rows"]] == [("乙矿业", "没有刊物联系人")]


def test_searched_by_unit(staff, issue):
    context = staff.get(address("recipients", issue), {"q": "丙"}).context

    assert [row.unit for row in context["rows"]] == ["丙矿业"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "99", "²", "9" * 30])
def test_an_impossible_page_is_no_error(staff, issue, number):
    assert staff.get(address("recipients", issue), {"p": number}).status_code == 200


def test_the_list_asks_the_same_number_of_queries(staff, django_assert_max_num_queries):
    issue = issue_with_article()
    promised(issue.publication.benefit_item)
    recipient()
    place = address("recipients", issue)
    one = queries(django_assert_max_num_queries, staff, place)
    recipient()
    recipient()

    assert queries(django_assert_max_num_queries, staff, place) == one


# --- Preview ---------------------------------------------------------------------------------


def test_preview_of_the_page_and_of_the_mail(staff, issue):
    ArticleFactory(
        section=issue.sections.get(),
        title="第二篇",
        body="## 小标题\n\n<script>alert(1)</script>",
        is_highlight=True,
    )

    context = staff.get(address("preview", issue), {"as": "page"}).context

    assert context["chapters"][0]["articles"][1]["html"] == (
        "<h2>小标题</h2>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    )
    assert [article.title for article in context["lead"]] == ["第二篇"]
    context = staff.get(address("preview", issue), {"as": "mail"}).context
    assert context["mail"]["subject"] == "《中国矿业信息》2026年第7期（总第689期）"
    assert "[[" not in context["mail"]["html"] + context["mail"]["plain"]


def test_preview_of_what_is_not_mailed_shows_no_mail(staff):
    issue = issue_with_article(publication=PublicationFactory(code="blue-book", is_mailed=False))

    context = staff.get(address("preview", issue), {"as": "mail"}).context

    assert [kind for kind, _words, _is_current in context["choices"]] == ["print", "page"]
    assert context["current_edition"] == "print"


@pytest.mark.parametrize("edition", ["print", "page", "mail", "nonsense"])
def test_preview_of_an_empty_issue(staff, edition):
    assert staff.get(address("preview", IssueFactory()), {"as": edition}).status_code == 200


@pytest.mark.parametrize("edition", ["page", "mail"])
def test_preview_asks_the_same_number_of_queries(
    staff, issue, edition, django_assert_max_num_queries
):
    place = f"{address('preview', issue)}?as={edition}"
    one = queries(django_assert_max_num_queries, staff, place)
    for _ in range(2):
        ArticleFactory(section__issue=issue)

    assert queries(django_assert_max_num_queries, staff, place) == one


# --- Release ---------------------------------------------------------------------------------


def test_released_by_the_button(staff, issue, editor):
    response = staff.post(address("releasing", issue), {"act": "release"}, follow=True)

    assert response.redirect_chain == [(address("progress", issue), 302)]
    assert said(response) == ["已发出。名单已确定，邮件正在发送。"]
    issue.refresh_from_db()
    assert (issue.state, issue.released_by) == (Issue.State.RELEASED, editor)
    assert LogEntry.objects.get().user == editor


def test_the_button_pressed_twice_sends_once(staff, issue):
    staff.post(address("releasing", issue), {"act": "release"})

    response = staff.post(address("releasing", issue), {"act": "release"}, follow=True)

    assert response.redirect_chain == [(address("progress", issue), 302)]
    assert said(response)[-1].endswith("没有重复发送。")
    assert Distribution.objects.count() == 1


def test_an_issue_nobody_would_get_is_refused(staff):
    issue = issue_with_article()

    shown = staff.get(address("releasing", issue)).content.decode()
    response = staff.post(address("releasing", issue), {"act": "release"}, follow=True)

    assert shown.count("没有人会收到本期") == 1
    assert said(response)[0].startswith("没有人会收到本期")
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT


def test_scheduled_by_the_form_in_the_associations_time(staff, issue, editor):
    response = staff.post(
        address("releasing", issue),
        {"act": "schedule", "release_at": "2090-03-13T09:00"},
        follow=True,
    )

    assert said(response) == ["本期将于2090年3月13日 09:00发出。"]
    issue.refresh_from_db()
    assert issue.release_at == dt.datetime(2090, 3, 13, 1, tzinfo=dt.UTC)
    assert (issue.state, issue.scheduled_by) == (Issue.State.SCHEDULED, editor)


@pytest.mark.parametrize(
    ("release_at", "message"),
    [
        ("2020-03-13T09:00", "这个时间已经过去。请选择以后的时间，或立即发出。"),
        ("", "请选择日期和时间。"),
        ("x", "输入一个有效的日期/时间。"),
    ],
)
def test_impossible_times_are_refused_at_the_field(staff, issue, release_at, message):
    response = staff.post(
        address("releasing", issue), {"act": "schedule", "release_at": release_at}
    )

    assert response.context["form"].errors == {"release_at": [message]}
    issue.refresh_from_db()
    assert issue.state == Issue.State.DRAFT


def test_the_set_time_is_taken_back(staff, issue, editor):
    release.schedule(issue=issue, release_at=AT, by=editor)

    staff.post(address("releasing", issue), {"act": "unschedule"})

    issue.refresh_from_db()
    assert (issue.state, issue.release_at) == (Issue.State.DRAFT, None)


def test_a_held_issue_says_why(staff, issue, editor):
    release.schedule(issue=issue, release_at=AT, by=editor)
    release.release_due(AT + dt.timedelta(hours=3))

    page = staff.get(address("releasing", issue)).content.decode()

    assert page.count("原定2026年3月13日 09:00发出，但当时系统没有运行") == 1


def test_the_release_page_asks_the_same_number_of_queries(
    staff, issue, django_assert_max_num_queries
):
    place = address("releasing", issue)
    one = queries(django_assert_max_num_queries, staff, place)
    recipient()
    recipient()

    assert queries(django_assert_max_num_queries, staff, place) == one


# --- Progress --------------------------------------------------------------------------------


@pytest.fixture
def going_out(issue):
    return release.release(issue=issue, at=AT)


def test_progress_counts_what_was_promised(staff, issue, going_out):
    context = staff.get(address("progress", issue)).context

    assert context["tally"] == {
        "promised": 2,
        "sent": 0,
        "pending": 1,
        "failed": 0,
        "left_out": 1,
        "not_entitled": 1,
    }
    assert [(part["name"], part["count"], part["width"]) for part in context["parts"]] == [
        ("sent", 0, 0),
        ("pending", 1, 50),
        ("failed", 0, 0),
        ("left_out", 1, 50),
    ]
    assert [(row["state"], row["reason"], row["count"]) for row in context["reasons"]] == [
        ("未发", "没有刊物联系人", 1)
    ]


def test_htmx_gets_the_part_that_refreshes_itself_while_it_runs(staff, issue, going_out):
    part = staff.get(address("progress", issue), headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="progress"')
    assert part.count('hx-trigger="every 2s"') == 1


@pytest.mark.parametrize("state", ["paused", "stopped", "finished"])
def test_what_does_not_move_is_not_asked_for_again(staff, issue, going_out, state):
    Distribution.objects.update(state=state)

    part = staff.get(address("progress", issue), headers={"HX-Request": "true"}).content.decode()

    assert part.count("hx-trigger") == 0


def test_paused_resumed_and_stopped_by_buttons(staff, issue, going_out, editor):
    for act, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        staff.post(address("progress", issue), {"act": act})
        going_out.refresh_from_db()
        assert (going_out.state, going_out.steered_by) == (state, editor)
    assert going_out.deliveries.tally()["pending"] == 0


def test_failed_ones_are_tried_again(staff, issue, going_out):
    going_out.deliveries.filter(state=STATES.QUEUED).update(state=STATES.FAILED, reason="x")

    staff.post(address("progress", issue), {"act": "again"})

    assert going_out.deliveries.tally()["pending"] == 1


def test_what_does_not_fit_the_state_is_refused_in_words(staff, issue, going_out):
    Distribution.objects.update(state="stopped")

    response = staff.post(address("progress", issue), {"act": "resume"}, follow=True)

    assert said(response) == ["现在不能这样做：本次发放的状态是“已停止”。"]


@pytest.mark.parametrize("state", [Issue.State.DRAFT, Issue.State.RELEASED])
def test_without_a_distribution_it_says_what_to_do(staff, state):
    issue = issue_with_article(publication=PublicationFactory(code="blue-book", is_mailed=False))
    if state == Issue.State.RELEASED:
        release.release(issue=issue, at=AT)

    response = staff.get(address("progress", issue))

    assert (response.status_code, response.context["distribution"]) == (200, None)


def test_progress_asks_the_same_number_of_queries(staff, django_assert_max_num_queries):
    def released(units: int) -> str:
        issue = issue_with_article()
        for _ in range(units):
            member(paid=(2025,))
        recipient()
        release.release(issue=issue, at=AT)
        return address("progress", issue)

    promised(PublicationFactory().benefit_item)
    one = queries(django_assert_max_num_queries, staff, released(1))

    assert queries(django_assert_max_num_queries, staff, released(2)) == one


# --- Import ----------------------------------------------------------------------------------


def upload(staff, data: bytes):
    return staff.post(IMPORT, {"file": SimpleUploadedFile("issue.txt", data)})


def test_a_file_is_shown_before_it_is_saved(staff):
    PublicationFactory()

    response = upload(staff, SAMPLE.encode("gbk"))

    assert len(response.context["parsed"].articles) == 5
    assert response.context["refusals"] == []
    assert Issue.objects.count() == 0


def test_what_was_shown_is_saved(staff, editor):
    publication = PublicationFactory()
    form = upload(staff, SAMPLE.encode()).context["form"]

    response = staff.post(
        IMPORT, {"text": form.initial["text"], "publication": publication.pk}, follow=True
    )

    issue = Issue.objects.get()
    assert response.redirect_chain == [(address("change", issue), 302)]
    assert said(response) == ["已保存为草稿。请核对后再发出。"]
    assert (issue.number, issue.sections.count()) == (18, 2)
    assert LogEntry.objects.get().user == editor


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "文件是空的。"),
        (b"%PDF-1.7", "这是PDF文件。请另存为纯文本（.txt或.md）再试。"),
        (
            SAMPLE[: SAMPLE.index("# 目")].encode(),
            "没有认出目录：正文之前要有一行“目录”，下面列出各篇文章。",
        ),
    ],
)
def test_a_bad_file_is_refused_at_the_field(staff, data, message):
    response = upload(staff, data)

    assert response.context["file_form"].errors == {"file": [message]}
    assert Issue.objects.count() == 0


def test_taken_numbers_are_shown_before_saving_and_refused_after(staff):
    publication = PublicationFactory()
    IssueFactory(publication=publication, issued_on=dt.date(2031, 5, 2), number=18)
    message = "2031年已有第18期（2031年5月2日）。下一期是第19期。"

    first = upload(staff, SAMPLE.encode())
    second = staff.post(IMPORT, {"text": SAMPLE, "publication": publication.pk})

    assert first.context["refusals"] == [message]
    assert second.context["refusals"] == [message]
    assert Issue.objects.count() == 1


def test_the_publication_can_be_chosen_where_the_cover_names_none(staff):
    other = PublicationFactory(code="blue-book")

    response = upload(staff, SAMPLE.encode())
    staff.post(IMPORT, {"text": SAMPLE, "publication": other.pk})

    assert response.context["refusals"] == ["封面上没有已有刊物的名称，请在下面选定。"]
    assert Issue.objects.get().publication == other


def test_a_broken_second_step_begins_again(staff):
    response = staff.post(IMPORT, {"text": SAMPLE, "publication": "x"})

    assert response.status_code == 200
    assert Issue.objects.count() == 0


# --- Who may ---------------------------------------------------------------------------------


@pytest.fixture
def reader(client):
    """A member of staff who may look and nothing else."""
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


def test_a_reader_looks_and_presses_nothing(reader, issue, going_out):
    for name in ("recipients", "preview", "progress", "change"):
        assert reader.get(address(name, issue)).status_code == 200
    for act in ("pause", "resume", "stop", "again"):
        assert reader.post(address("progress", issue), {"act": act}).status_code == 403
    for name in ("get", "post"):
        assert getattr(reader, name)(address("releasing", issue)).status_code == 403
        assert getattr(reader, name)(IMPORT).status_code == 403


def test_without_rights_nothing_is_shown(client, issue):
    client.force_login(UserFactory(is_staff=True))

    for name in ("recipients", "preview", "progress", "releasing", "pdf"):
        assert client.get(address(name, issue)).status_code in (403, 404)


def test_an_issue_that_is_not_there(staff):
    gone = Issue(pk=0)

    for name in ("recipients", "preview", "progress", "releasing", "pdf"):
        assert staff.get(address(name, gone)).status_code == 404


def test_acts_need_the_token(editor, issue):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)

    assert client.post(address("releasing", issue), {"act": "release"}).status_code == 403
    assert Distribution.objects.count() == 0
