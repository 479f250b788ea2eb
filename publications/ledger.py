"""The delivery state machine. Each step is one SQL statement, by the database's clock.

A worker's step names its claim (``token``), so that a worker which lost its claim changes nothing.
Nothing here may run inside a transaction that stays open while a mail server is talked to.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from members.models import Contact
from publications.models import Delivery

State = Delivery.State


class Claimed(NamedTuple):
    """One message to send."""

    id: int
    state: str
    address: str
    message_id: str
    attempts: int
    contact_id: int | None
    name: str
    unit: str
    claimed_at: dt.datetime


class Outcome(NamedTuple):
    """What became of one message. ``wait``: seconds until the next try."""

    id: int
    state: str
    reply: str
    wait: float = 0
    is_throttled: bool = False


def lease() -> dt.timedelta:
    """How long a claim holds: more than all waits of one conversation with the mail server.

    Connecting, greeting, EHLO, TLS, EHLO, sign-in, envelope, content, and the same again for the
    second try on a new connection.
    """
    return dt.timedelta(seconds=16 * settings.EMAIL_TIMEOUT)


# Ordered by the index alone: with a second column, all that is due would be sorted each time.
CLAIM = """
    WITH due AS (
        SELECT id, contact_id, unit_id FROM publications_delivery
         WHERE distribution_id = %(distribution)s
           AND state IN ('queued', 'retry', 'unknown')
           AND due_at <= statement_timestamp()
           AND EXISTS (SELECT 1 FROM publications_distribution AS distribution
                        WHERE distribution.id = %(distribution)s
                          AND distribution.state = 'running'
                          AND (distribution.next_try_at IS NULL
                               OR distribution.next_try_at <= statement_timestamp()))
         ORDER BY due_at
         LIMIT %(size)s
           FOR UPDATE SKIP LOCKED
    ), chosen AS (
        SELECT due.id, coalesce(contact.name, '') AS name, unit.name AS unit,
               CASE WHEN contact.unsubscribed_at IS NOT NULL THEN 'unsubscribed'
                    WHEN contact.is_active
                     AND contact.roles || contact.deputy_roles @> ARRAY[%(role)s]::varchar[] THEN ''
                    ELSE 'contact_gone' END AS hindrance
          FROM due
          JOIN members_memberunit AS unit ON unit.id = due.unit_id
          LEFT JOIN members_contact AS contact ON contact.id = due.contact_id
    )
    UPDATE publications_delivery AS row
       SET state = CASE WHEN hindrance = '' THEN 'claimed' ELSE 'suppressed' END,
           reason = hindrance,
           token = CASE WHEN hindrance = '' THEN %(token)s::uuid END,
           lease_until = CASE WHEN hindrance = '' THEN statement_timestamp() + %(lease)s END
      FROM chosen
     WHERE row.id = chosen.id
 RETURNING row.id, row.state, row.address, row.message_id, row.attempts, row.contact_id,
           chosen.name, chosen.unit, statement_timestamp()
"""


def claim(distribution_id: int, *, token: UUID, size: int) -> list[Claimed]:
    """Take up to ``size`` due messages; nobody else gets them while the lease lasts.

    Whoever unsubscribed or left since the list was frozen is suppressed in the same statement.
    Both kinds are returned, in order.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "distribution": distribution_id,
                "role": Contact.Role.BULLETIN.value,
                "size": size,
                "token": token,
                "lease": lease(),
            },
        )
        return sorted(Claimed(*row) for row in cursor.fetchall())


# Prepared once for a batch: parsing and planning would cost more than the update itself.
# Of the message done: $1 id, $2 state, $3 whether it waits for another try, $4 answer, $5 seconds
# of the wait; $6 id of the following message.
# The last condition is a CASE so that the rows are found by their ids, and not by the index of
# all messages in hand.
PREPARE = """
    SET synchronous_commit = off;
    PREPARE delivery_step (bigint, text, boolean, text, float, bigint) AS
    UPDATE publications_delivery AS row
       SET state = CASE WHEN row.id = $6 THEN 'sending'
                        WHEN distribution.state = 'stopped' AND $3 THEN 'cancelled'
                        ELSE $2 END,
           reason = CASE WHEN row.id = $1 AND distribution.state = 'stopped' AND $3
                         THEN 'stopped' ELSE row.reason END,
           attempts = row.attempts + (row.id = $6)::int - (row.id = $1 AND $2 = 'queued')::int,
           reply = CASE WHEN row.id = $1 THEN $4 ELSE row.reply END,
           sent_at = CASE WHEN row.id = $1 AND $2 = 'accepted' THEN statement_timestamp() END,
           due_at = CASE WHEN row.id = $1 AND $3
                         THEN statement_timestamp() + $5 * interval '1 second'
                         ELSE row.due_at END,
           token = CASE WHEN row.id = $6 THEN row.token END,
           lease_until = CASE WHEN row.id = $6 THEN statement_timestamp() + %(lease)s END
      FROM publications_distribution AS distribution
     WHERE row.id IN ($1, $6)
       AND row.token = %(token)s
       AND distribution.id = row.distribution_id
       AND CASE row.id WHEN $1 THEN row.state = 'sending'
                       ELSE row.state = 'claimed' AND distribution.state = 'running' END
 RETURNING row.id
"""
STEP = "EXECUTE delivery_step (%s, %s, %s, %s, %s, %s)"
UNPREPARE = "DEALLOCATE delivery_step; RESET synchronous_commit"

NOTHING = Outcome(0, State.ACCEPTED, "")


class Steps:
    """The steps of one claim's messages; see `steps()`."""

    def __init__(self, cursor):
        self.cursor = cursor

    def record(self, *, done: Outcome | None, following: int | None) -> bool:
        """Record one message's outcome and begin the following one, in one statement.

        Returns whether the following one may be sent: not where its claim is lost, or where the
        distribution was paused or stopped meanwhile.
        """
        done, following = done or NOTHING, following or 0
        waits = done.state in Delivery.WAITING
        values = (done.id, str(done.state), waits, done.reply[:300], done.wait, following)
        self.cursor.execute(STEP, values)
        return (following,) in self.cursor.fetchall()


@contextmanager
def steps(token: UUID) -> Iterator[Steps]:
    """Ready the session for many steps: prepared, and without waiting for the disk.

    A killed worker loses nothing by that. A killed database may forget the last half second:
    those messages are then sent again, with the same Message-ID.
    """
    with connection.cursor() as cursor:
        cursor.execute(PREPARE, {"token": token, "lease": lease()})
        try:
            yield Steps(cursor)
        finally:
            cursor.execute(UNPREPARE)


GIVE_BACK = """
    UPDATE publications_delivery
       SET state = 'queued', token = NULL, lease_until = NULL
     WHERE token = %s AND state = 'claimed'
"""


def give_back(token: UUID) -> None:
    """Return what was claimed and not begun to the queue."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [token])


HOLD = """
    UPDATE publications_distribution
       SET next_try_at = statement_timestamp() + %s, trouble = %s
     WHERE id = %s
"""


def hold(distribution_id: int, *, wait: float, trouble: str) -> None:
    """The mail server cannot be used: nothing is claimed for ``wait`` seconds."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [dt.timedelta(seconds=wait), trouble[:300], distribution_id])


SLOW_DOWN = """
    WITH chosen AS (
        SELECT id, due_at FROM publications_delivery
         WHERE distribution_id = %(distribution)s
           AND lower(split_part(address, '@', 2)) = %(domain)s
           AND (state IN ('queued', 'retry', 'unknown')
                OR (state = 'claimed' AND token = %(token)s))
           FOR UPDATE SKIP LOCKED
    ), turn AS (
        SELECT id, row_number() OVER (ORDER BY due_at, id) AS number FROM chosen
    )
    UPDATE publications_delivery AS row
       SET state = CASE WHEN row.state = 'claimed' THEN 'queued' ELSE row.state END,
           token = NULL, lease_until = NULL,
           due_at = greatest(row.due_at, statement_timestamp() + %(wait)s + %(gap)s * turn.number)
      FROM turn
     WHERE row.id = turn.id
 RETURNING row.id
"""


def slow_down(
    distribution_id: int, *, domain: str, token: UUID, wait: float, gap: float
) -> set[int]:
    """Send a domain's other messages later and one by one. Returns which.

    They begin after ``wait`` seconds, ``gap`` seconds apart. The worker's own claims are among
    them; those of other workers are not.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SLOW_DOWN,
            {
                "distribution": distribution_id,
                "domain": domain,
                "token": token,
                "wait": dt.timedelta(seconds=wait),
                "gap": dt.timedelta(seconds=gap),
            },
        )
        return {row[0] for row in cursor.fetchall()}


EXPIRE = """
    UPDATE publications_delivery
       SET state = CASE WHEN state = 'claimed' THEN 'queued'
                        WHEN attempts > %(retries)s THEN 'failed'
                        ELSE 'unknown' END,
           reply = CASE WHEN state = 'sending' THEN %(reply)s ELSE reply END,
           due_at = statement_timestamp(), token = NULL, lease_until = NULL
     WHERE state IN ('claimed', 'sending') AND lease_until < statement_timestamp()
"""


def expire() -> int:
    """Take back what dead workers held. Returns how many messages."""
    with connection.cursor() as cursor:
        cursor.execute(
            EXPIRE,
            {
                "retries": len(settings.DELIVERY_RETRY_DELAYS),
                "reply": "The worker ended before the mail server answered.",
            },
        )
        return cursor.rowcount


CANCEL = """
    UPDATE publications_delivery AS row
       SET state = 'cancelled', reason = 'stopped', token = NULL, lease_until = NULL
      FROM publications_distribution AS distribution
     WHERE distribution.id = row.distribution_id
       AND distribution.state = 'stopped'
       AND row.state IN ('queued', 'retry', 'unknown', 'claimed')
"""


def cancel_stopped() -> int:
    """Cancel what stopped distributions have not sent. What is being sent is left alone."""
    with connection.cursor() as cursor:
        cursor.execute(CANCEL)
        return cursor.rowcount


FINISH = """
    UPDATE publications_distribution AS distribution
       SET state = 'finished', finished_at = statement_timestamp(),
           next_try_at = NULL, trouble = ''
     WHERE state = 'running'
       AND NOT EXISTS (
           SELECT 1 FROM publications_delivery AS row
            WHERE row.distribution_id = distribution.id
              AND row.state IN ('queued', 'retry', 'unknown'))
       AND NOT EXISTS (
           SELECT 1 FROM publications_delivery AS row
            WHERE row.distribution_id = distribution.id
              AND row.state IN ('claimed', 'sending'))
"""


def finish() -> None:
    """Running distributions with nothing pending are finished."""
    with connection.cursor() as cursor:
        cursor.execute(FINISH)


DUE = """
    SELECT distribution.id
      FROM publications_distribution AS distribution
     WHERE distribution.state = 'running'
       AND (distribution.next_try_at IS NULL
            OR distribution.next_try_at <= statement_timestamp())
       AND EXISTS (
           SELECT 1 FROM publications_delivery AS row
            WHERE row.distribution_id = distribution.id
              AND row.state IN ('queued', 'retry', 'unknown')
              AND row.due_at <= statement_timestamp())
       AND %s > (
           SELECT count(DISTINCT row.token) FROM publications_delivery AS row
            WHERE row.distribution_id = distribution.id
              AND row.state IN ('claimed', 'sending'))
"""


def due(*, workers: int) -> list[int]:
    """Distributions with due messages at which fewer than ``workers`` are at work."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, [workers])
        return [row[0] for row in cursor.fetchall()]
