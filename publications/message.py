"""The e-mail of an issue: rendered and encoded once, then spliced for each recipient."""

import datetime as dt
import html
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from publications import masthead, pictures, reading
from publications.editions import sections_of
from publications.mime import SplicedText, base64_lines, encoded, mailbox
from publications.models import Article, Issue, Picture
from publications.plain import plain
from publications.unsubscribing import token_for

log = logging.getLogger(__name__)

# A larger PDF is not attached; the mail then only links to it.
ATTACHMENT_LIMIT = 2 * 1024 * 1024
# All pictures of a mail together, in bytes.
PICTURES_LIMIT = 1024 * 1024
PREVIEW_TITLES = 3


@dataclass(frozen=True, slots=True)
class Recipient:
    """What differs from one message to the next."""

    address: str
    name: str
    unit: str
    contact_id: int
    message_id: str


@dataclass(frozen=True)
class Texts:
    """An issue in words, with marks where a recipient's values go."""

    subject: str
    plain: str
    html: str
    marks: dict[str, str]


class Letter:
    """The message of one issue. `to()` gives the bytes for one recipient.

    No line begins with a dot (all bodies are base64), so nothing needs SMTP's dot-stuffing.
    """

    def __init__(self, issue: Issue):
        pdf = attachable_pdf(issue)
        shown = embedded(issue)
        texts = rendered(issue, is_attached=pdf is not None, shown=shown)
        self.plain = SplicedText(texts.plain, texts.marks)
        self.html = SplicedText(texts.html, texts.marks)
        self.unsubscribe_url = absolute("unsubscribe", "TOKEN")
        self._encode_once(issue, texts.subject, pdf, shown)

    def to(self, recipient: Recipient, *, at: dt.datetime) -> bytes:
        """The whole message, dated `at`, with CRLF at each line's end."""
        url = self.unsubscribe_url.replace("TOKEN", token_for(recipient.contact_id))
        values = {"unit": recipient.unit, "name": recipient.name, "stop": url}
        escaped = {name: html.escape(value) for name, value in values.items()}
        head = (
            f"To: {mailbox(recipient.name, recipient.address)}\r\n"
            f"Message-ID: {recipient.message_id}\r\n"
            f"Date: {in_header(at)}\r\n"
            f"List-Unsubscribe: <{url}>\r\n"
        ).encode("ascii")
        plain, rich = self.plain.tail_for(values), self.html.tail_for(escaped)
        return b"".join((head, self.start, plain, self.middle, rich, self.end))

    def _encode_once(
        self, issue: Issue, subject: str, pdf: bytes | None, shown: dict[str, Picture]
    ) -> None:
        inner, outer, related = (secrets.token_hex(12) for _ in range(3))
        alternative = f'Content-Type: multipart/alternative; boundary="{inner}"\r\n\r\n'
        if pdf is not None:
            mixed = f'Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\n'
            alternative = f"{mixed}--{outer}\r\n{alternative}"
        headers = common_headers(issue, subject)
        plain, rich = part_head(inner, "plain"), part_head(inner, "html")
        self.start = (headers + alternative + plain).encode("ascii") + self.plain.head
        self.middle = rich.encode("ascii") + self.html.head
        self.end = f"--{inner}--\r\n".encode("ascii")
        if shown:
            rich = f'--{inner}\r\nContent-Type: multipart/related; boundary="{related}"\r\n\r\n'
            self.middle = (rich + part_head(related, "html")).encode("ascii") + self.html.head
            parts = b"".join(picture_part(picture, related) for picture in shown.values())
            self.end = parts + f"--{related}--\r\n".encode("ascii") + self.end
        if pdf is not None:
            self.end += pdf_part(issue, pdf, outer) + f"--{outer}--\r\n".encode("ascii")


@lru_cache(maxsize=4)
def in_header(at: dt.datetime) -> str:
    """The moment in a header's form; all messages of one claim have the same."""
    return format_datetime(at)


def common_headers(issue: Issue, subject: str) -> str:
    """The headers that are the same for everyone."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    list_id = f"{issue.publication.code}.{urlsplit(settings.SITE_URL).hostname}"
    return (
        f"From: {mailbox(name, address)}\r\n"
        f"Subject: {encoded(subject)}\r\n"
        f"List-Id: <{list_id}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        "MIME-Version: 1.0\r\n"
    )


def part_head(boundary: str, kind: str) -> str:
    return (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )


def pdf_part(issue: Issue, pdf: bytes, boundary: str) -> bytes:
    """The attachment; its base64 is by far the longest part, and made once."""
    name = f"{issue.publication.code}-{issue.year}-{issue.number}.pdf"
    head = (
        f"--{boundary}\r\nContent-Type: application/pdf\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64_lines(pdf)


def picture_part(picture: Picture, boundary: str) -> bytes:
    """A picture that the HTML part names by its digest."""
    head = (
        f"--{boundary}\r\nContent-Type: {pictures.media_type(picture)}\r\n"
        f"Content-ID: <{picture.digest}>\r\nContent-Disposition: inline\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + base64_lines(pictures.content(picture))


def embedded(issue: Issue) -> dict[str, Picture]:
    """The pictures that travel with the mail, by digest: the first ones, up to the limit.

    The others are seen on the page and in print; in the mail stands their caption.
    """
    chosen, room = {}, PICTURES_LIMIT
    for digest, picture in pictures.of_issue(issue).items():
        if picture.size <= room:
            chosen[digest] = picture
            room -= picture.size
    return chosen


def attachable_pdf(issue: Issue) -> bytes | None:
    """The issue's PDF where it has one that is small enough and can be read."""
    if not issue.edition:
        return None
    try:
        with issue.edition.open("rb") as file:
            return file.read() if issue.edition.size <= ATTACHMENT_LIMIT else None
    except OSError:
        log.exception("The PDF of issue %s cannot be read: it is mailed without.", issue.pk)
        return None


def rendered(
    issue: Issue, *, is_attached: bool, shown: Mapping[str, Picture] | None = None
) -> Texts:
    """The two templates, in the association's language, filled once.

    ``shown`` are the pictures that travel with the mail.
    """
    marks = {name: f"[[{name}-{secrets.token_hex(8)}]]" for name in ("unit", "name", "stop")}
    with translation.override(settings.LANGUAGE_CODE):
        subject = subject_of(issue)
        context = {
            **contents_of(issue, shown or {}),
            "issue": issue,
            "subject": subject,
            "is_attached": is_attached,
            "url": absolute("issue", issue.publication.code, issue.year, issue.number),
            "site": settings.SITE_URL,
            "association": settings.ASSOCIATION_NAME,
            "language": settings.LANGUAGE_CODE,
            "to": marks,
        }
        plain = render_to_string("publications/mail/issue.txt", context)
        rich = render_to_string("publications/mail/issue.html", context)
    return Texts(subject, plain, rich, marks)


def contents_of(issue: Issue, shown: Mapping[str, Picture]) -> dict:
    """Sections with their articles, the highlights, and the line shown in a list of mails."""
    sections = sections_of(issue)
    articles = [article for section in sections for article in section.articles.all()]
    highlights = [article for article in articles if article.is_highlight]
    titles = [article.title for article in (highlights or articles)[:PREVIEW_TITLES]]
    return {
        "chapters": [
            {
                "title": section.title,
                "articles": [row(each, shown) for each in section.articles.all()],
            }
            for section in sections
        ],
        "highlights": highlights,
        "preview": _("; ").join(titles),
        "masthead": masthead.lines_of(issue),
    }


def row(article: Article, shown: Mapping[str, Picture]) -> dict:
    """An article with its text for either part of the mail."""

    def address(digest: str) -> str:
        return f"cid:{digest}" if digest in shown else ""

    return {
        "article": article,
        "html": reading.rendered(article.body, pictures=address, within=f"a{article.pk}"),
        "plain": plain(article.body),
    }


def subject_of(issue: Issue) -> str:
    """《中国矿业信息》2026年第7期（总第689期）, in the active language."""
    words = {
        "publication": issue.publication.label,
        "year": issue.year,
        "number": issue.number,
        "serial": issue.serial_number,
    }
    if issue.serial_number is None:
        return _("%(publication)s %(year)s no. %(number)s") % words
    return _("%(publication)s, %(year)s no. %(number)s (no. %(serial)s in all)") % words


def absolute(name: str, *arguments) -> str:
    """The address of a page of the portal, as it stands in a mail."""
    return settings.SITE_URL.rstrip("/") + reverse(name, args=arguments)
