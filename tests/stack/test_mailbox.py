"""Mail sent to the local mailbox can be read in the browser, whatever it is like."""

import smtplib
import subprocess
import sys
import urllib.request
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from stack.mailbox.store import Store
from stack.mailbox.web import Pages
from stack.places import PROJECT
from stack.processes import Program, free_port, wait_until

SUBJECT = "《中国矿业信息》2026年第7期(总第689期)"


class Mailbox:
    """A running mailbox and its two ports."""

    def __init__(self, folder):
        self.smtp_port, self.web_port = free_port(), free_port()
        ports = ["--smtp-port", self.smtp_port, "--web-port", self.web_port]
        self.program = Program(
            "mailbox",
            [sys.executable, "-m", "stack.mailbox", "--folder", folder, *ports],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
        )
        assert wait_until(self.is_up, seconds=20)

    def is_up(self) -> bool:
        try:
            self.smtp().quit()
        except OSError:
            return False
        return bool(self.read("/count"))

    def smtp(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="localhost")

    def read(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}{path}") as answer:
            return answer.read().decode()

    def send(self, message) -> None:
        with self.smtp() as connection:
            connection.send_message(message)


@pytest.fixture
def mailbox(tmp_path):
    mailbox = Mailbox(tmp_path / "mail")
    yield mailbox
    mailbox.program.stop()


def bulletin(to: str = "liaison@example.org") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = SUBJECT
    message["From"] = "会员服务 <service@example.org>"
    message["To"] = to
    message.set_content("各位联络员：本期要闻见 https://example.org/7 。\n")
    message.add_alternative(
        '<h1>本期要闻</h1><img src="cid:logo"><script>alert(1)</script>', subtype="html"
    )
    html = message.get_payload()[1]
    html.add_related(b"picture", maintype="image", subtype="png", cid="<logo>")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="第7期.pdf")
    return message


def kept(store: Store, message: EmailMessage | bytes) -> int:
    content = message if isinstance(message, bytes) else message.as_bytes()
    return store.add("service@example.org", ["liaison@example.org"], content).number


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


@pytest.fixture
def page(store):
    """Read a page of the mailbox without a server."""

    def read(address: str) -> str | None:
        answer = Pages(store).answer(address)
        return answer and answer[1].decode()

    return read


def test_chinese_bulletin_over_smtp_is_listed_and_shown(mailbox):
    mailbox.send(bulletin())

    assert SUBJECT in mailbox.read("/")
    shown = mailbox.read("/message/1")
    assert "各位联络员：本期要闻见" in shown
    assert "liaison@example.org" in shown
    assert "第7期.pdf" in shown
    assert "本期要闻" in mailbox.read("/message/1/html")


def test_mailbox_stops_when_asked_and_keeps_its_mail(mailbox, tmp_path):
    mailbox.send(bulletin())

    mailbox.program.stop()

    assert mailbox.program.process.returncode == 0
    assert [entry.subject for entry in Store(tmp_path / "mail").entries] == [SUBJECT]


def test_search_by_recipient_and_subject(store, page):
    store.add("a@example.org", ["one@example.org"], b"Subject: first\r\n\r\n")
    store.add("a@example.org", ["two@example.org"], bulletin().as_bytes())

    assert [entry.number for entry in store.search("TWO@")] == [2]
    assert [entry.number for entry in store.search("第7期")] == [2]
    assert [entry.number for entry in store.search("")] == [2, 1]
    assert "没有收件人或主题含“nobody”的邮件" in page("/?q=nobody")
    assert "first" in page(f"/?q={quote('one@example.org')}")


def test_html_of_a_message_is_sandboxed(store):
    number = kept(store, bulletin())

    _type, _body, headers = Pages(store).answer(f"/message/{number}/html")

    assert headers["Content-Security-Policy"].startswith("sandbox ")
    assert "script-src 'none'" in headers["Content-Security-Policy"]


def test_inline_picture_and_attachment_can_be_opened(store, page):
    number = kept(store, bulletin())

    assert 'src="part/' in page(f"/message/{number}/html")
    place = page(f"/message/{number}/html").split('src="part/')[1].split('"')[0]
    assert Pages(store).answer(f"/message/{number}/part/{place}")[:2] == ("image/png", b"picture")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers at all",
        b"Subject: =?no-such-charset?B?1tC5+g==?=\r\n\r\nx",
        b"Subject: \xd6\xd0\xb9\xfa\r\n\r\n\xd6\xd0\xb9\xfa",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nbroken",
        b"To: <<>>,,;\r\nFrom: @\r\nContent-ID: \r\n\r\n",
    ],
)
def test_broken_message_is_kept_and_shown(store, page, content):
    number = kept(store, content)

    assert page("/") is not None
    assert page(f"/message/{number}") is not None


def test_subject_cannot_smuggle_html(store, page):
    number = kept(store, b"Subject: <script>alert(1)</script>\r\n\r\n")

    assert "<script>alert" not in page("/")
    assert "<script>alert" not in page(f"/message/{number}")


@pytest.mark.parametrize("address", ["/nothing", "/message/7", "/message/7/html", "/message/x"])
def test_unknown_address_is_not_found(page, address):
    assert page(address) is None


def test_list_of_thousands_is_read_page_by_page(store, page):
    for number in range(3000):
        store.add("a@example.org", [f"u{number}@example.org"], b"Subject: s\r\n\r\n")

    assert "共 3000 封" in page("/")
    assert "第 60 页，共 60 页" in page("/?page=60")
    assert "u2999@example.org" in page("/")
    assert "u0@example.org" in page("/?page=60")


def test_index_cut_off_by_a_crash_loses_one_line_only(store):
    kept(store, bulletin())
    with store.index.open("a") as index:
        index.write('{"number": 2, "rec')

    assert [entry.number for entry in Store(store.folder).entries] == [1]
