"""What a message is made of, for the page that shows it."""

import re
from dataclasses import dataclass
from email.message import EmailMessage

from stack.mailbox.store import readable

CONTENT_ID = re.compile(r"""(["'(])cid:([^"')]+)""")


@dataclass(frozen=True)
class Part:
    """An attachment or an inline file; `number` is its place in the message."""

    number: int
    name: str
    content_type: str
    size: int
    content_id: str


def headers(message: EmailMessage) -> list[tuple[str, str]]:
    return [(name, readable(value)) for name, value in message.raw_items()]


def text_of(message: EmailMessage, kind: str) -> str | None:
    """The `plain` or `html` body, or nothing where the message has none."""
    body = message.get_body(preferencelist=(kind,))
    return None if body is None else decoded(body)


def decoded(part: EmailMessage) -> str:
    """The part's text; in an unknown or wrong character set, what can be read of it."""
    raw = part.get_payload(decode=True) or b""
    try:
        return raw.decode(part.get_content_charset("utf-8"))
    except (LookupError, UnicodeError):
        return raw.decode("utf-8", "replace")


def files(message: EmailMessage) -> list[Part]:
    """Everything that is neither the text nor the HTML body."""
    bodies = [message.get_body(preferencelist=(kind,)) for kind in ("plain", "html")]
    return [
        describe(number, part)
        for number, part in enumerate(message.walk())
        if not part.is_multipart() and not any(part is body for body in bodies)
    ]


def describe(number: int, part: EmailMessage) -> Part:
    return Part(
        number=number,
        name=part.get_filename() or f"part-{number}",
        content_type=part.get_content_type(),
        size=len(payload(part)),
        content_id=(part.get("Content-ID") or "").strip("<> "),
    )


def payload(part: EmailMessage) -> bytes:
    return part.get_payload(decode=True) or b""


def nth(message: EmailMessage, number: int) -> EmailMessage | None:
    return next((part for place, part in enumerate(message.walk()) if place == number), None)


def with_inline_files(html: str, message: EmailMessage) -> str:
    """The HTML with its `cid:` addresses pointing at this mailbox."""
    places = {part.content_id: f"part/{part.number}" for part in files(message)}
    return CONTENT_ID.sub(lambda found: found[1] + places.get(found[2], ""), html)
