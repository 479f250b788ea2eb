"""Write a letter, in the transaction of what it tells about."""

import datetime as dt
from dataclasses import dataclass
from email.utils import make_msgid, parseaddr

from django.conf import settings

from letters.models import Letter


@dataclass(frozen=True)
class Enclosure:
    """A small text file that goes with a letter, such as a calendar entry."""

    name: str
    media_type: str
    text: str


def write(
    *, to: str, subject: str, text: str, at: dt.datetime, enclosed: Enclosure | None = None
) -> Letter:
    """Write to one address; it goes out after the commit (`letters.tasks.wake`, or the beat).

    ``subject`` may come from people: line breaks in it become spaces.
    """
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    letter = Letter(
        to=to,
        subject=" ".join(subject.split())[:200],
        text=text,
        message_id=make_msgid(domain=sender.rpartition("@")[2] or "localhost"),
        written_at=at,
        due_at=at,
    )
    if enclosed:
        letter.attachment = enclosed.text
        letter.attachment_name = enclosed.name
        letter.attachment_type = enclosed.media_type
    letter.save()
    return letter
