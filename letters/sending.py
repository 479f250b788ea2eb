"""Send the letters that are due: claim a few, speak to the mail server, mark each at once."""

import datetime as dt
import smtplib
import uuid

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from letters.models import Letter

BATCH = 20
PERMANENT = 500  # answers from here on are a no that will stay


def send_due(at: dt.datetime) -> int:
    """Send up to ``BATCH`` letters that are due at ``at``; returns how many were taken in hand.

    No transaction is open while the mail server is spoken to.
    """
    letters = claim(at)
    connection = get_connection()
    for letter in letters:
        send(letter, connection, at)
    connection.close()
    return len(letters)


def claim(at: dt.datetime) -> list[Letter]:
    """Take letters in hand, so that no other worker sends them meanwhile."""
    # Longer than a batch of silent conversations can take.
    lease = dt.timedelta(seconds=settings.EMAIL_TIMEOUT * (BATCH + 1))
    token = uuid.uuid4()
    with transaction.atomic():
        chosen = Letter.objects.select_for_update(skip_locked=True).due(at).order_by("due_at", "pk")
        due = [letter.pk for letter in chosen[:BATCH]]
        Letter.objects.filter(pk__in=due).update(
            state=Letter.State.CLAIMED, token=token, lease_until=at + lease
        )
    return list(Letter.objects.filter(token=token, state=Letter.State.CLAIMED).order_by("pk"))


def send(letter: Letter, connection, at: dt.datetime) -> None:
    """One letter: sent, failed for good, or to be tried again later."""
    try:
        connection.open()  # does nothing while it is open
        message(letter, connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        told(letter, said(reply), at, for_good=code >= PERMANENT)
    except smtplib.SMTPResponseException as error:
        told(letter, said(error.smtp_error), at, for_good=False)
    except (OSError, smtplib.SMTPException) as error:
        connection.close()  # whatever broke, the next letter begins anew
        told(letter, str(error), at, for_good=False)
    else:
        ours(letter).update(
            state=Letter.State.SENT, sent_at=at, token=None, lease_until=None, reply=""
        )


def message(letter: Letter, connection) -> EmailMessage:
    found = EmailMessage(
        letter.subject,
        letter.text,
        to=[letter.to],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    if letter.attachment:
        found.attach(letter.attachment_name, letter.attachment, letter.attachment_type)
    return found


def told(letter: Letter, reply: str, at: dt.datetime, *, for_good: bool) -> None:
    """The letter did not go out: wait for the next try, or give it up."""
    delays = settings.DELIVERY_RETRY_DELAYS
    is_over = for_good or letter.attempts >= len(delays)
    wait = 0 if is_over else delays[letter.attempts]
    ours(letter).update(
        state=Letter.State.FAILED if is_over else Letter.State.WAITING,
        due_at=at + dt.timedelta(seconds=wait),
        attempts=letter.attempts + 1,
        reply=reply[:300],
        token=None,
        lease_until=None,
    )


def ours(letter: Letter):
    """The row while the claim is still ours."""
    return Letter.objects.filter(pk=letter.pk, token=letter.token)


def try_again(letters, at: dt.datetime) -> int:
    """Put failed letters back into the queue; returns how many."""
    return letters.filter(state=Letter.State.FAILED).update(
        state=Letter.State.WAITING, due_at=at, attempts=0
    )


def said(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
