"""Write a letter, in the transaction of what it tells about."""

import datetime as dt
from collections.abc import Iterable
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


@dataclass(frozen=True)
class Draft:
    """What is to be written to one address."""

    to: str
    subject: str
    text: str


def write(
    *, to: str, subject: str, text: str, at: dt.datetime, enclosed: Enclosure | None = None
) -> Letter:
    """Write to one address; it goes out after the commit (`letters.tasks.wake`, or the beat).

    ``subject`` may come from people: line breaks in it become spaces.
    """
    letter = _letter(Draft(to, subject, text), at)
    if enclosed:
        letter.attachment = enclosed.text
        letter.attachment_name = enclosed.name
        letter.attachment_type = enclosed.media_type
    letter.save()
    return letter


def write_many(drafts: Iterable[Draft], *, at: dt.datetime) -> list[Letter]:
    """Write to many addresses at once, one letter each, in the order of the drafts."""
    letters = [_letter(draft, at) for draft in drafts]
    return Letter.objects.bulk_create(letters, batch_size=1000)


def _letter(draft: Draft, at: dt.datetime) -> Letter:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return Letter(
        to=draft.to,
        subject=" ".join(draft.subject.split())[:200],
        text=draft.text,
        message_id=make_msgid(domain=sender.rpartition("@")[2] or "localhost"),
        written_at=at,
        due_at=at,
    )
