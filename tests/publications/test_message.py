"""The bulletin's e-mail: one rendering, spliced per recipient, valid MIME for every one."""

import base64
import datetime as dt
import email
import email.policy
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from publications import pictures
from publications.message import ATTACHMENT_LIMIT, Letter, Recipient
from publications.mime import LINE, SplicedText, encoded, one_line
from publications.models import Article, Issue
from publications.unsubscribing import contact_for, token_for, unsubscribe
from tests.factories import ContactFactory
from tests.publications.drawing import drawing, upload
from tests.publications.factories import ArticleFactory, IssueFactory, SectionFactory

AT = dt.datetime(2026, 3, 13, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SUBJECT = "《中国矿业信息》2026年第7期（总第689期）"


@pytest.fixture
def issue(db):
    issue = IssueFactory(number=7, serial_number=689)
    section = SectionFactory(issue=issue, position=1, title="政策速递")
    ArticleFactory(
        section=section,
        position=1,
        title="新办法下月施行 <要点>",
        source="样本日报",
        is_highlight=True,
    )
    ArticleFactory(section=section, position=2, title="地质资料馆开放夜场")
    second = SectionFactory(issue=issue, position=2, title="市场观察")
    ArticleFactory(section=second, position=1, title="铜价一周小结", source="样本网")
    return issue


def recipient(**values) -> Recipient:
    given = {
        "address": "zhang@unit.example",
        "name": "张三",
        "unit": "甲矿业有限公司",
        "contact_id": 17,
        "message_id": "<one@example.org>",
    }
    return Recipient(**(given | values))


def parsed(letter: Letter, **values):
    content = letter.to(recipient(**values), at=AT)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def test_headers_say_who_what_and_how_to_stop(issue):
    message = parsed(Letter(issue))
    link = f"http://127.0.0.1:8000/unsubscribe/{token_for(17)}/"
    assert dict(message.items()) == {
        "To": "张三 <zhang@unit.example>",
        "Message-ID": "<one@example.org>",
        "Date": "Fri, 13 Mar 2026 09:00:00 +0800",
        "List-Unsubscribe": f"<{link}>",
        "From": "中国矿业联合会 <service@example.org>",
        "Subject": SUBJECT,
        "List-Id": "<weekly-bulletin.127.0.0.1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }
    assert message.get_content_type() == "multipart/alternative"


def test_plain_part_is_written_for_reading(issue):
    text = parsed(Letter(issue)).get_body(["plain"]).get_content().replace("\r\n", "\n")
    lines = [line.rstrip() for line in text.splitlines()]
    assert lines == [
        SUBJECT,
        "2026年3月13日",
        "",
        "在线阅读：",
        "http://127.0.0.1:8000/publications/weekly-bulletin/2026/7/",
        "",
        "【本期要闻】",
        "1. 新办法下月施行 <要点>",
        "",
        "【目录】",
        "",
        "政策速递",
        "- 新办法下月施行 <要点>",
        "- 地质资料馆开放夜场",
        "",
        "市场观察",
        "- 铜价一周小结",
        "",
        "",
        "━━ 政策速递 ━━",
        "",
        "新办法下月施行 <要点>",
        "",
        "正文。",
        "（样本日报）",
        "",
        "地质资料馆开放夜场",
        "",
        "正文。",
        "",
        "",
        "━━ 市场观察 ━━",
        "",
        "铜价一周小结",
        "",
        "正文。",
        "（样本网）",
        "",
        "--",
        "中国矿业联合会",
        "此邮件发给甲矿业有限公司的张三。",
        "如不再接收，请打开：",
        f"http://127.0.0.1:8000/unsubscribe/{token_for(17)}/",
        "贵单位在线阅读本刊的权益不受影响。",
    ]


def test_html_part_escapes_what_people_wrote(issue):
    rich = parsed(Letter(issue), unit="甲<b>&公司").get_body(["html"]).get_content()
    assert rich.count("新办法下月施行 &lt;要点&gt;") == 4  # preview, highlights, contents, article
    assert rich.count("甲&lt;b&gt;&amp;公司") == 1
    assert rich.count(f'href="http://127.0.0.1:8000/unsubscribe/{token_for(17)}/"') == 1
    assert rich.count("<img") == 0


def test_two_recipients_differ_only_in_what_is_theirs(issue):
    letter = Letter(issue)
    one = letter.to(recipient(), at=AT)
    two = letter.to(recipient(address="li@unit.example", name="李四", contact_id=18), at=AT)
    assert one.count(letter.plain.head) == two.count(letter.plain.head) == 1
    assert one.count(letter.html.head) == two.count(letter.html.head) == 1
    assert one != two


def test_splice_is_right_at_every_offset_of_a_line():
    """The part before the splice may end anywhere within a line of base64."""
    for length in range(2 * LINE):
        text = SplicedText("长" + "a" * length + "\n给 MARK：\n完", {"name": "MARK"})
        content = base64.b64decode(text.head + text.tail_for({"name": "张三"})).decode()
        before, _, after = content.partition("\r\n")
        assert (before.rstrip(" "), after) == ("长" + "a" * length, "给 张三：\r\n完")


def test_pdf_is_attached_whole_and_encoded_once(issue, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pdf = b"%PDF-1.7\n" + bytes(range(256)) * 1200
    issue.pdf.save("any.pdf", ContentFile(pdf))
    letter = Letter(issue)
    message = parsed(letter)
    [attachment] = message.iter_attachments()
    assert attachment.get_content() == pdf
    assert attachment.get_filename() == "weekly-bulletin-2026-7.pdf"
    assert message.get_content_type() == "multipart/mixed"
    assert letter.end.count(base64.b64encode(pdf[:57])) == 1
    assert message.get_body(["plain"]).get_content().count("本期PDF见附件。") == 1


def test_pictures_travel_with_the_mail_and_are_named_by_it(issue, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture = pictures.take(upload(drawing()), by=None, at=AT)
    missing = "0" * 64
    Article.objects.filter(title="铜价一周小结").update(
        body=f"![走势](picture:{picture.digest})\n\n![丢失的图](picture:{missing})"
    )
    message = parsed(Letter(issue))
    [part] = [part for part in message.walk() if part.get_content_maintype() == "image"]
    rich = message.get_body(["related", "html"]).get_body(["html"]).get_content()
    assert (part["Content-ID"], part.get_content_type()) == (f"<{picture.digest}>", "image/png")
    assert part.get_content() == pictures.content(picture)
    assert rich.count(f'<img src="cid:{picture.digest}" alt="走势"') == 1
    assert "<p>丢失的图</p>" in rich
    assert rich.count("<img") == 1


def test_pictures_beyond_the_limit_stay_at_home(issue, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    first, second = (
        pictures.take(upload(drawing(colour=colour)), by=None, at=AT) for colour in ("red", "blue")
    )
    Article.objects.filter(title="铜价一周小结").update(
        body=f"![甲](picture:{first.digest})\n\n![乙](picture:{second.digest})"
    )
    monkeypatch.setattr("publications.message.PICTURES_LIMIT", max(first.size, second.size))
    images = [p for p in parsed(Letter(issue)).walk() if p.get_content_maintype() == "image"]
    assert len(images) == 1


def test_pdf_too_large_or_gone_is_not_attached(issue, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    issue.pdf.save("any.pdf", ContentFile(b"%PDF-" + b"x" * ATTACHMENT_LIMIT))
    assert list(parsed(Letter(issue)).iter_attachments()) == []
    (tmp_path / issue.pdf.name).unlink()
    again = Issue.objects.get(pk=issue.pk)
    assert list(parsed(Letter(again)).iter_attachments()) == []


def test_line_breaks_in_names_and_titles_cannot_add_headers(issue):
    issue.publication.name = "《刊》\r\nBcc: x@evil.example"
    message = parsed(Letter(issue), name="张\r\nBcc: y@evil.example\x00")
    assert message["Bcc"] is None
    assert message["Subject"] == "《刊》 Bcc: x@evil.example2026年第7期（总第689期）"
    [address] = message["To"].addresses
    assert (address.display_name, address.addr_spec) == (
        "张 Bcc: y@evil.example",
        "zhang@unit.example",
    )


def test_no_line_is_too_long_or_begins_with_a_dot(issue):
    issue.publication.name = "《" + "很长的刊名" * 20 + "》"
    content = Letter(issue).to(recipient(name="长" * 60, unit="位" * 120), at=AT)
    lines = content.split(b"\r\n")
    assert [line for line in lines if len(line) > 200 or line.startswith(b".")] == []
    assert content.count(b"\n") == content.count(b"\r\n")


def test_subject_without_a_serial_number(issue):
    issue.serial_number = None
    assert parsed(Letter(issue))["Subject"] == "《中国矿业信息》2026年第7期"


@pytest.mark.parametrize("text", ["plain words", "张三", "a, b", "长" * 60, "😀" * 20, "a" * 80])
def test_encoded_words_read_back(text):
    header = f"Subject: {encoded(text)}\r\n\r\n".encode("ascii")
    message = email.message_from_bytes(header, policy=email.policy.default)
    assert message["Subject"] == text


def test_one_line_keeps_the_words():
    assert one_line("甲\r\n乙\u2028丙\x85丁\x00\v戊") == "甲 乙 丙 丁 戊"


def test_unsubscribe_token_names_its_contact_and_no_other(db):
    contact = ContactFactory()
    token = token_for(contact.pk)
    assert contact_for(token) == contact
    assert contact_for(token[:-1]) is None
    assert contact_for(f"{contact.pk + 1}{token.removeprefix(str(contact.pk))}") is None
    assert contact_for(token_for(contact.pk + 1)) is None


def test_unsubscribing_twice_keeps_the_first_time(db):
    contact = ContactFactory()
    unsubscribe(contact=contact, at=AT)
    unsubscribe(contact=contact, at=AT + dt.timedelta(days=1))
    assert contact.unsubscribed_at == AT


def test_one_click_unsubscribes_with_the_link_of_the_mail(issue):
    contact = ContactFactory()
    message = parsed(Letter(issue), contact_id=contact.pk)
    path = urlsplit(message["List-Unsubscribe"].strip("<>")).path
    answer = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    contact.refresh_from_db()
    assert answer.status_code == 200
    assert contact.unsubscribed_at is not None
