"""The pages: the list, a message, and its parts. Reading only."""

from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Engine

from stack.mailbox import parts
from stack.mailbox.store import Store

HERE = Path(__file__).parent
PER_PAGE = 50
# A message's HTML is a stranger's: no scripts, no forms, no origin; its links open a new tab.
SANDBOX = "sandbox allow-popups allow-popups-to-escape-sandbox; script-src 'none'"
OWN_PAGES = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Pages:
    """Answers for addresses. Each is (content type, body, extra headers) or None for 404."""

    def __init__(self, store: Store):
        self.store = store
        self.engine = Engine(
            dirs=[HERE / "templates"],
        )

    def answer(self, address: str):
        url = urlsplit(address)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match url.path.strip("/").split("/"):
            case [""]:
                return self.listing(query)
            case ["count"]:
                return "text/plain", str(len(self.store.entries)).encode(), {}
            case ["style.css" | "mailbox.js" as name]:
                return TYPES[Path(name).suffix], (HERE / name).read_bytes(), {}
            case ["message", number, *rest] if number.isdecimal():
                return self.message(int(number), rest)
        return None

    def listing(self, query: dict):
        wanted = query.get("q", "").strip()
        page = Paginator(self.store.search(wanted), PER_PAGE).get_page(query.get("page"))
        search = urlencode({"q": wanted})
        return self.render(
            "list.html", page=page, q=wanted, search=search, total=len(self.store.entries)
        )

    def message(self, number: int, rest: list[str]):
        entry = self.store.find(number)
        if entry is None:
            return None
        message = self.store.message(number)
        match rest:
            case []:
                return self.render(
                    "message.html",
                    entry=entry,
                    headers=parts.headers(message),
                    text=parts.text_of(message, "plain"),
                    has_html=parts.text_of(message, "html") is not None,
                    files=parts.files(message),
                )
            case ["html"]:
                return html_part(message)
            case ["source"]:
                return "text/plain; charset=utf-8", self.store.content(number), {}
            case ["part", place] if place.isdecimal():
                return file_part(message, int(place))
        return None

    def render(self, template: str, **values):
        body = self.engine.get_template(template).render(Context(values))
        headers = {"Content-Security-Policy": OWN_PAGES}
        return "text/html; charset=utf-8", body.encode(), headers


def html_part(message: EmailMessage):
    html = parts.text_of(message, "html")
    if html is None:
        return None
    body = '<base target="_blank">' + parts.with_inline_files(html, message)
    return "text/html; charset=utf-8", body.encode(), {"Content-Security-Policy": SANDBOX}


def file_part(message: EmailMessage, place: int):
    """A file of the message: pictures are shown, everything else is downloaded."""
    part = parts.nth(message, place)
    if part is None or part.is_multipart():
        return None
    described = parts.describe(place, part)
    headers = {"Content-Security-Policy": SANDBOX}
    if not described.content_type.startswith("image/"):
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(described.name)}"
    return described.content_type, parts.payload(part), headers


def make_server(store: Store, port: int) -> ThreadingHTTPServer:
    """The web server on 127.0.0.1, to be run by its `serve_forever`."""
    if not settings.configured:
        settings.configure(USE_I18N=False, TIME_ZONE="Asia/Shanghai", USE_TZ=True)
    pages = Pages(store)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            answer = pages.answer(self.path)
            if answer is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            content_type, body, headers = answer
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """A page that was read is not news."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server
