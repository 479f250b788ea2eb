"""The staff's pages for printed copies and for members' news."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.roles import load_roles
from publications.models import Article, Issue, PrintRun
from publications.placing import place
from tests.factories import UserFactory
from tests.portal.pages import Page, queries_of
from tests.publications.factories import IssueFactory, issue_with_article, promised
from tests.publications.news import NewsFactory
from tests.publications.printed import (
    AT,
    POSTED_ON,
    addressed,
    confirmed,
    electronic,
    released,
    report,
)

pytestmark = pytest.mark.django_db

GIVEN = {"posted_on": "2026-05-06", "spare": "20", "note": "随第5期寄出"}


def staff_of(client, role: str):
    if not Group.objects.exists():
        load_roles()
    user = UserFactory(is_staff=True, name="王编辑")
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


@pytest.fixture
def editor(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True, name="王编辑"))
    return client


@pytest.fixture
def issue() -> Issue:
    """Three parcels with five copies, one unit without an address, one that reads online."""
    publication = report()
    electronic(publication)
    addressed("副会长", "vice_president")
    addressed("理事甲")
    addressed("理事乙")
    addressed("无址", address="")
    addressed("电子", "ordinary")
    return released(publication, number=1)


def place_of(issue: Issue, name: str = "printing") -> str:
    return reverse(f"admin:publications_issue_{name}", args=[issue.pk])


def run_page(run: PrintRun, name: str) -> str:
    return reverse(f"admin:publications_printrun_{name}", args=[run.pk])


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- Printing and posting ----------------------------------------------------------------------


def test_the_preview_counts_for_the_day_and_saves_nothing(editor, issue):
    page = Page(editor.get(place_of(issue), GIVEN))

    assert page.each("desk-figures") == [
        "享有纸质版的单位4寄送件数3享有但未寄1寄送册数5印数（含备用）25"
    ]
    assert page.each("desk-table") == [
        "会员级别每单位册数单位数册数副会长单位3 1 3理事单位1 2 2",
        "会员单位册数原因无址1没有登记邮寄地址",
    ]
    assert page.each("is-main") == ["确认寄送：3件，共5册"]
    assert PrintRun.objects.count() == 0


def test_without_a_day_the_preview_is_of_today(editor, issue):
    assert editor.get(place_of(issue)).context["parcels"].posted_on == timezone.localdate()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"posted_on": ""}, "请选择寄送日期。"),
        ({"posted_on": "5月6日"}, "请按“年-月-日”填写，例如2026-05-06。"),
        ({"posted_on": "0001-01-01"}, "请选择1990-01-01至2100-12-31之间的日期。"),
    ],
)
def test_a_day_that_cannot_be_read_is_said_at_its_field(editor, issue, given, words):
    for response in (
        editor.get(place_of(issue), GIVEN | given),
        editor.post(place_of(issue), GIVEN | given),
    ):
        assert Page(response).each("desk-wrong") == [words]
        assert Page(response).each("is-main") == []
    assert PrintRun.objects.count() == 0


def test_confirming_freezes_the_list_and_is_logged(editor, issue):
    response = editor.post(place_of(issue), GIVEN, follow=True)

    run = PrintRun.objects.get()
    assert said(response) == ["名单已确认：2026年5月6日寄送。现在可以下载。"]
    assert (run.posted_on, run.spare, run.note) == (POSTED_ON, 20, "随第5期寄出")
    assert run.confirmed_by.name == "王编辑"
    assert run.parcels.tally()["copies"] == 5
    assert LogEntry.objects.get().get_change_message() == said(response)[0]
    page = Page(response)
    assert page.each("desk-row") == ["下载名单（CSV）打印版本期全部寄送记录"]
    assert page.each("desk-figures") == [
        "享有纸质版的单位4寄送件数3享有但未寄1寄送册数5印数（含备用）25"
    ]


def test_confirming_another_day_afterwards_is_refused(editor, issue):
    editor.post(place_of(issue), GIVEN, follow=True)

    response = editor.post(place_of(issue), GIVEN | {"posted_on": "2026-05-07"}, follow=True)

    assert said(response) == ["名单此前已确认：2026年5月6日寄送，备用20册。没有任何改动。"]
    assert PrintRun.objects.get().posted_on == POSTED_ON


def test_a_draft_says_to_release_it_first(editor, issue):
    addressed("甲")
    draft = IssueFactory(publication=issue.publication, number=2)

    page = Page(editor.get(place_of(draft), GIVEN))

    assert page.each("is-error") == ["请先发出本期，再寄送纸质版。"]
    assert page.each("is-main") == []


def test_a_publication_that_is_not_printed_says_so(editor):
    draft = issue_with_article()
    promised(draft.publication.benefit_item)

    page = Page(editor.get(place_of(draft), GIVEN))

    assert page.each("is-error") == [
        "2026年5月6日没有任何单位享有《中国矿业信息》的纸质版，不需要寄送。"
    ]


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_the_page_asks_the_same_for_more_units(editor, issue, is_confirmed):
    if is_confirmed:
        confirmed(issue)
    more = released(issue.publication, number=2)
    first = queries_of(editor, place_of(issue))
    addressed("再一家")
    addressed("又一家", address="")
    if is_confirmed:
        confirmed(more)

    assert queries_of(editor, place_of(more)) == first


# --- The list to print from --------------------------------------------------------------------


def test_the_file_has_a_chinese_name_and_comes_as_an_attachment(editor, issue):
    response = editor.get(run_page(confirmed(issue), "list"))

    content = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''"
        "%E3%80%8A%E5%B9%B4%E5%BA%A6%E6%8A%A5%E5%91%8A%E3%80%8B2026%E5%B9%B4%E7%AC%AC1%E6%9C%9F"
        "%E5%AF%84%E9%80%81%E5%90%8D%E5%8D%95.csv"
    )
    assert [line.split(",")[1] for line in content.splitlines()] == [
        "会员单位",
        "副会长",
        "理事乙",
        "理事甲",
    ]


def test_the_print_view_has_every_parcel(editor, issue):
    page = Page(editor.get(run_page(confirmed(issue, spare=2), "sheet")))

    assert page.each("p")[0] == "寄送日期2026年5月6日·3件·5册·备用2册"
    assert page.each("tbody") == [
        "1 3副会长副会长收件人13800000000 100011副会长路1号"
        "2 1理事乙理事乙收件人13800000000 100011理事乙路1号"
        "3 1理事甲理事甲收件人13800000000 100011理事甲路1号"
    ]


def test_a_long_print_view_comes_in_parts(editor, issue, monkeypatch):
    monkeypatch.setattr("publications.admin.printruns.PART", 2)
    address = run_page(confirmed(issue), "sheet")

    last = Page(editor.get(address, {"p": 2}))

    assert last.each("tbody") == ["3 1理事甲理事甲收件人13800000000 100011理事甲路1号"]
    assert Page(editor.get(address, {"p": "x"})).each("tbody")[0].startswith("1 3副会长")


@pytest.mark.parametrize("name", ["list", "sheet"])
def test_a_run_that_does_not_exist_is_not_found(editor, issue, name):
    address = reverse(f"admin:publications_printrun_{name}", args=[999_999])

    assert editor.get(address).status_code == 404


def test_who_confirms_and_who_gets_the_addresses(client, issue):
    run = confirmed(released(issue.publication, number=2))

    def asked(role: str, number: int) -> tuple:
        staff, fresh = staff_of(client, role), released(issue.publication, number=number)
        return (
            staff.get(place_of(fresh)).status_code,
            staff.post(place_of(fresh), GIVEN).status_code,
            staff.get(run_page(run, "list")).status_code,
            staff.get(run_page(run, "sheet")).status_code,
        )

    roles = ("editor", "member_services", "final_reviewer", "finance", "read_only")
    assert {role: asked(role, 10 + number) for number, role in enumerate(roles)} == {
        "editor": (200, 302, 200, 200),
        "member_services": (200, 302, 200, 200),
        "final_reviewer": (200, 403, 403, 403),
        "finance": (200, 403, 403, 403),
        "read_only": (200, 403, 403, 403),
    }


def test_who_may_only_look_sees_no_buttons(client, issue):
    staff = staff_of(client, "finance")
    run = confirmed(released(issue.publication, number=2))

    assert Page(staff.get(place_of(issue), GIVEN)).each("is-main") == []
    assert Page(staff.get(place_of(run.issue))).each("desk-row") == ["本期全部寄送记录"]


# --- Lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["printrun", "parcel"])
def test_the_lists_ask_the_same_for_more_rows(editor, issue, name):
    address = reverse(f"admin:publications_{name}_changelist")
    confirmed(issue)
    first = queries_of(editor, address)
    for number in (2, 3):
        confirmed(released(issue.publication, number=number))

    assert queries_of(editor, address) == first


def test_the_runs_are_listed_with_their_sums(editor, issue):
    confirmed(issue, spare=4)

    [run] = editor.get(reverse("admin:publications_printrun_changelist")).context["cl"].result_list

    assert (run.copies_sum, run.units_count, run.left_count, run.spare) == (5, 3, 1, 4)


def test_a_run_is_looked_at_on_the_page_of_its_issue(editor, issue):
    run = confirmed(issue)

    response = editor.get(run_page(run, "change"))

    assert (response.status_code, response.url) == (302, place_of(issue))


def test_parcels_are_found_by_run_reason_and_recipient(editor, issue):
    run = confirmed(issue)
    address = reverse("admin:publications_parcel_changelist")

    def units(**query) -> list[str]:
        rows = editor.get(address, query).context["cl"].result_list
        return [parcel.unit.name for parcel in rows]

    assert len(units(run=run.pk)) == 5
    assert units(reason="no_address") == ["无址"]
    assert units(q="副会长收件人") == ["副会长"]


def test_a_parcel_is_only_read(editor, issue):
    parcel = confirmed(issue).parcels.get(unit__name="无址")
    address = reverse("admin:publications_parcel_change", args=[parcel.pk])

    assert "没有登记邮寄地址" in Page(editor.get(address)).words
    assert editor.post(address, {"copies": 9}).status_code == 403


def test_issues_to_be_posted_are_listed(editor, issue):
    on = timezone.localdate()
    waiting = released(issue.publication, on, number=7)
    confirmed(released(issue.publication, on, number=8), posted_on=POSTED_ON)
    address = reverse("admin:publications_issue_changelist")

    rows = editor.get(address, {"posting": "open"}).context["cl"].result_list

    assert [row for row in rows if row.issued_on == on] == [waiting]


# --- Members' news -----------------------------------------------------------------------------


@pytest.fixture
def draft() -> Issue:
    return IssueFactory()


def test_waiting_texts_are_listed_to_be_ticked(editor, draft):
    first = NewsFactory(unit__name="青峰地质勘查院", title="岩心库开放", body="第一段。")
    place(submission=NewsFactory(), issue=IssueFactory(number=99), by=UserFactory(), at=AT)

    response = editor.get(place_of(draft, "news"))

    assert list(response.context["candidates"]) == [first]
    assert Page(response).each("desk-table") == [
        "选择标题会员单位投稿日期岩心库开放查看正文第一段。青峰地质勘查院2026年3月2日"
    ]


def test_ticked_texts_are_placed(editor, draft):
    first, _second, third = NewsFactory.create_batch(3)

    response = editor.post(
        place_of(draft, "news"), {"submission": [third.pk, first.pk]}, follow=True
    )

    assert said(response) == ["已放入2篇来稿。"]
    assert [article.submission for article in response.context["placed"]] == [first, third]
    assert {article.placed_by.name for article in Article.objects.all()} == {"王编辑"}


def test_a_text_that_was_placed_meanwhile_does_not_hold_up_the_others(editor, draft):
    taken, free = NewsFactory(title="甲"), NewsFactory(title="乙")
    other = IssueFactory(number=99)
    place(submission=taken, issue=other, by=UserFactory(), at=AT)

    response = editor.post(
        place_of(draft, "news"), {"submission": [taken.pk, free.pk]}, follow=True
    )

    assert said(response) == [f"《甲》已经放在{other}里。", "已放入1篇来稿。"]


@pytest.mark.parametrize("ticked", [[], ["x"], ["²"], [""]])
def test_nothing_ticked_says_what_to_do(editor, draft, ticked):
    response = editor.post(place_of(draft, "news"), {"submission": ticked}, follow=True)

    assert said(response) == ["请勾选要放进本期的来稿。"]


def test_a_placed_text_is_taken_back(editor, draft):
    text = NewsFactory(title="岩心库开放")
    place(submission=text, issue=draft, by=UserFactory(), at=AT)

    response = editor.post(place_of(draft, "news"), {"back": text.pk}, follow=True)

    assert said(response) == ["《岩心库开放》已撤回，仍在待编排之列。"]
    assert (list(response.context["placed"]), list(response.context["candidates"])) == ([], [text])


def test_a_text_of_another_issue_is_not_taken_back_from_here(editor, draft):
    text = NewsFactory()
    place(submission=text, issue=IssueFactory(number=99), by=UserFactory(), at=AT)

    editor.post(place_of(draft, "news"), {"back": text.pk})

    assert Article.objects.get().submission == text


def test_an_issue_that_went_out_offers_nothing(editor):
    NewsFactory()
    gone = released(report(), dt.date(2026, 3, 13))

    response = editor.get(place_of(gone, "news"))
    posted = editor.post(place_of(gone, "news"), {"submission": [NewsFactory().pk]}, follow=True)

    assert Page(response).each("is-main") == []
    assert Page(response).each("desk-note") == ["本期已经发出，内容不能再改。"]
    assert said(posted) == ["本期已经发出，内容不能再改。"]


def test_editors_place_and_the_others_look(client, draft):
    address = place_of(draft, "news")

    def asked(role: str) -> tuple:
        staff, text = staff_of(client, role), NewsFactory()
        posted = staff.post(address, {"submission": [text.pk]})
        return staff.get(address).status_code, posted.status_code

    assert {role: asked(role) for role in ("editor", "first_reviewer", "member_services")} == {
        "editor": (200, 302),
        "first_reviewer": (200, 403),
        "member_services": (200, 403),
    }


def test_the_news_page_asks_the_same_for_more_texts(editor, draft):
    place(submission=NewsFactory(), issue=draft, by=UserFactory(), at=AT)
    NewsFactory()
    first = queries_of(editor, place_of(draft, "news"))
    for _number in range(2):
        place(submission=NewsFactory(), issue=draft, by=UserFactory(), at=AT)
        NewsFactory()

    assert queries_of(editor, place_of(draft, "news")) == first
