"""Links are asked over real connections to a small server here, and nothing private is touched."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from publications import links
from publications.models import LinkCheck
from tests.publications.test_checking import issue_of

AT = dt.datetime(2026, 3, 12, 8, tzinfo=dt.UTC)
Outcome = LinkCheck.Outcome


class Pages(BaseHTTPRequestHandler):
    asked: list[tuple[str, str]] = []

    def answer(self):
        self.asked.append((self.command, self.path))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/there")
        elif self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif self.path == "/no-head" and self.command == "HEAD":
            self.send_response(405)
        else:
            self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *_arguments):
        """Quiet."""


@pytest.fixture
def server():
    Pages.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def here(server, settings):
    """As on a server inside an association's own network."""
    settings.LINKS_MAY_BE_PRIVATE = True
    return server


@pytest.mark.parametrize(
    ("path", "outcome", "status"),
    [
        ("/there", Outcome.ALIVE, 200),
        ("/gone", Outcome.DEAD, 404),
        ("/moved", Outcome.ALIVE, 200),
        ("/no-head", Outcome.ALIVE, 200),
        ("/round", Outcome.ALIVE, 302),
        ("/公告/第7期?页=1", Outcome.ALIVE, 200),
    ],
)
def test_what_a_server_says(here, path, outcome, status):
    assert links.asking(here + path) == links.Answer(outcome, status)


def test_silence_is_not_called_dead(here):
    # Nothing listens where the server's port is no longer open.
    closed = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    port = closed.server_port
    closed.server_close()
    assert links.asking(f"http://127.0.0.1:{port}/").outcome == Outcome.NO_ANSWER


def test_a_private_address_is_not_asked(server):
    assert links.asking(f"{server}/there").outcome == Outcome.NOT_PUBLIC
    assert Pages.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.1.1/",
        "http://0/",
        "http://8.8.8.8:25/",
        "http://somebody@8.8.8.8/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
    ],
)
def test_nor_by_any_other_name(url):
    assert links.asking(url).outcome == Outcome.NOT_PUBLIC


@pytest.mark.django_db
def test_an_issues_links_are_asked_once_in_a_while(here):
    issue = issue_of(f"见 {here}/there 和 {here}/gone，又见 {here}/there。")
    assert links.check(issue, AT) == 2
    assert links.check(issue, AT + dt.timedelta(hours=1)) == 0
    assert dict(LinkCheck.objects.values_list("url", "outcome")) == {
        f"{here}/there": "alive",
        f"{here}/gone": "dead",
    }
    assert links.check(issue, AT + dt.timedelta(days=1)) == 2
