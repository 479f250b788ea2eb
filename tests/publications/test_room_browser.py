"""The editor's room in a real browser: dragged with the mouse, moved by keyboard, pasted text."""

import pytest
from django.urls import reverse

from publications.models import Article, SectionTemplate
from tests.factories import UserFactory
from tests.publications.factories import ArticleFactory, IssueFactory, SectionFactory
from tests.publications.news import NewsFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASTE = """html => {
    const data = new DataTransfer();
    data.setData("text/html", html);
    data.setData("text/plain", "plain");
    const event = new ClipboardEvent(
        "paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.querySelector("#id_body").dispatchEvent(event);
}"""


@pytest.fixture
def issue():
    made = IssueFactory()
    news = SectionFactory(issue=made, title="重要新闻", position=1)
    SectionFactory(issue=made, title="国际矿业", position=2)
    for number, title in enumerate("甲乙丙", start=1):
        ArticleFactory(section=news, title=title, position=number)
    return made


@pytest.fixture
def room(page, live_server, client, issue):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("admin:publications_issue_edit", args=[issue.pk]))
    return page


def article(page, title: str):
    return page.locator(".room-article").filter(has_text=title)


def section(page, title: str):
    return page.locator(".room-section").filter(has=page.locator("h2", has_text=title))


def list_of(page, title: str):
    return section(page, title).locator(".room-list")


def shown(page) -> dict[str, list[str]]:
    return {
        section.locator("h2").inner_text(): section.locator(".room-name a").all_inner_texts()
        for section in page.locator(".room-main .room-section").all()
    }


def until(page, expected: dict[str, list[str]]) -> None:
    """The page asks the server; wait for what it shows then."""
    for _attempt in range(50):
        if list(shown(page).items()) == list(expected.items()):
            return
        page.wait_for_timeout(100)
    assert list(shown(page).items()) == list(expected.items())


def test_articles_and_sections_are_dragged(room, issue):
    article(room, "丙").drag_to(article(room, "甲"), target_position={"x": 60, "y": 4})
    until(room, {"重要新闻": ["丙", "甲", "乙"], "国际矿业": []})

    article(room, "甲").drag_to(list_of(room, "国际矿业"))
    until(room, {"重要新闻": ["丙", "乙"], "国际矿业": ["甲"]})

    article(room, "乙").drag_to(room.locator("[data-to=stock]"))
    until(room, {"重要新闻": ["丙"], "国际矿业": ["甲"]})

    grip, first = section(room, "国际矿业").locator("header"), section(room, "重要新闻")
    grip.drag_to(first, source_position={"x": 200, "y": 6}, target_position={"x": 200, "y": 3})
    until(room, {"国际矿业": ["甲"], "重要新闻": ["丙"]})

    assert list(issue.publication.stock.values_list("title", flat=True)) == ["乙"]
    assert list(issue.sections.values_list("title", flat=True)) == ["国际矿业", "重要新闻"]


def test_member_news_is_dragged_into_a_section(room, issue, live_server):
    text = NewsFactory(title="岩心库开放")
    room.reload()
    room.locator(f"[data-news='{text.pk}']").drag_to(list_of(room, "国际矿业"))
    until(room, {"重要新闻": ["甲", "乙", "丙"], "国际矿业": ["岩心库开放"]})
    assert Article.objects.get(submission=text).section.title == "国际矿业"


def test_by_keyboard_the_focus_stays_with_the_article(room):
    article(room, "丙").locator("button[value^=up]").focus()
    room.keyboard.press("Enter")
    until(room, {"重要新闻": ["甲", "丙", "乙"], "国际矿业": []})
    room.keyboard.press("Enter")
    until(room, {"重要新闻": ["丙", "甲", "乙"], "国际矿业": []})


def test_a_choice_in_the_select_moves_at_once(room, issue):
    target = issue.sections.get(title="国际矿业")
    article(room, "乙").locator("select").select_option(f"section:{target.pk}")
    until(room, {"重要新闻": ["甲", "丙"], "国际矿业": ["乙"]})


def test_the_buttons_work_without_the_script(room, issue):
    room.route("**/room.js", lambda route: route.abort())
    room.reload()
    article(room, "丙").locator("button[value^=up]").click()
    room.wait_for_load_state()
    article(room, "甲").locator("select").select_option("stock")
    article(room, "甲").locator("button[value^=move]").click()
    until(room, {"重要新闻": ["丙", "乙"], "国际矿业": []})


def test_pasted_html_becomes_markdown_and_shows_in_the_preview(room, live_server):
    pasted = Article.objects.get(title="甲")
    room.goto(live_server.url + reverse("admin:publications_article_change", args=[pasted.pk]))
    area = room.locator("#id_body")
    area.evaluate("a => { a.focus(); a.setSelectionRange(a.value.length, a.value.length) }")
    room.evaluate(PASTE, "<h2>小标题</h2><p class=MsoNormal><b>重点</b>内容</p>")
    room.wait_for_selector("#write-preview strong:has-text('重点')")
    room.get_by_role("button", name="列表").click()
    assert area.input_value() == "正文。\n\n## 小标题\n\n- **重点**内容"

    room.get_by_role("button", name="保存", exact=True).click()
    room.wait_for_selector("#room")
    pasted.refresh_from_db()
    assert pasted.body == "正文。\n\n## 小标题\n\n- **重点**内容"


def test_a_template_fills_a_new_issue(room, live_server, issue):
    SectionTemplate.objects.create(
        publication=issue.publication, name="两会", titles="聚焦两会\n简讯"
    )
    room.goto(live_server.url + reverse("admin:publications_issue_start"))
    room.locator("[name=sections]").select_option(label="两会: 聚焦两会、简讯")
    room.get_by_role("button", name="新建这一期").click()
    room.wait_for_selector("#room")
    assert shown(room) == {"聚焦两会": [], "简讯": []}
