"""One worker's conversation: claim some messages, send them one after the other, record each."""

import logging
from time import monotonic
from uuid import UUID, uuid4

from django.conf import settings

from publications import ledger
from publications.ledger import Claimed, Outcome, Steps
from publications.message import Letter, Recipient
from publications.models import Delivery
from publications.smtp import Connection, Cut, Refused, Unusable
from publications.throttling import domain_of, is_throttling

log = logging.getLogger(__name__)

State = Delivery.State

BATCH = 100
# So many conversations broken in a row, and the server counts as unusable.
CUTS_IN_A_ROW = 3
# Seconds between two messages to a domain that asked us to be slower, for each try so far.
DOMAIN_GAP = 1.0


class Courier:
    """Sends one distribution until ``ends`` (monotonic seconds), on one lasting connection."""

    def __init__(self, distribution_id: int, letter: Letter, *, sender: str, ends: float):
        self.distribution_id = distribution_id
        self.letter = letter
        self.sender = sender
        self.ends = ends
        self.connection: Connection | None = None
        self.cuts = 0

    def send_batch(self) -> bool:
        """Send what is due, at most a batch. Returns whether there may be more.

        The connection is made before anything is claimed: where there is no server, the queue
        stays as it is and waits.
        """
        token = uuid4()
        try:
            self.connect()
            batch = ledger.claim(self.distribution_id, token=token, size=BATCH)
            if not batch:
                return False
            claimed = [row for row in batch if row.state == State.CLAIMED]
            with ledger.steps(token) as steps:
                self.send_each(claimed, token, steps)
            return monotonic() < self.ends
        except Unusable as error:
            log.warning("Distribution %s waits: %s", self.distribution_id, error)
            wait = settings.DELIVERY_RETRY_DELAYS[0]
            ledger.hold(self.distribution_id, wait=wait, trouble=str(error))
            return False
        finally:
            ledger.give_back(token)

    def send_each(self, rows: list[Claimed], token: UUID, steps: Steps) -> None:
        """Send the rows in order; each is recorded together with the beginning of the next.

        Stops where a claim is lost, the distribution was paused or stopped, or time is over.
        Raises ``Unusable`` when everything is recorded.
        """
        ends = min(self.ends, monotonic() + ledger.lease().total_seconds() / 2)
        done, trouble, postponed = None, None, set()
        for row in rows:
            if row.id in postponed:
                continue
            if monotonic() >= ends or trouble:
                break
            # The mail server reads the envelope while the ledger is written.
            self.connection.begin(row.address)
            if not steps.record(done=done, following=row.id):
                self.connection.abandon()
                return
            done, trouble = self.send(row)
            if done.is_throttled:
                postponed |= self.slow_down(row, done, token)
        if done:
            steps.record(done=done, following=None)
        if trouble:
            raise trouble

    def send(self, row: Claimed) -> tuple[Outcome, Unusable | None]:
        """What became of one message, and why no other can be sent, if so."""
        try:
            reply = self.hand_over(row)
        except Unusable as trouble:
            return Outcome(row.id, State.QUEUED, str(trouble)), trouble
        except Refused as no:
            self.cuts = 0
            return after_refusal(row, no), None
        except Cut as cut:
            self.cuts += 1
            trouble = Unusable(str(cut)) if self.cuts >= CUTS_IN_A_ROW else None
            return later(row, State.UNKNOWN if cut.may_be_taken else State.RETRY, str(cut)), trouble
        self.cuts = 0
        return Outcome(row.id, State.ACCEPTED, reply), None

    def hand_over(self, row: Claimed) -> str:
        """Deliver on the lasting connection, or on a new one where that was ended meanwhile.

        Servers end a connection that was idle or took many messages; before the content that says
        nothing about this message, which is tried once more.
        """
        recipient = Recipient(row.address, row.name, row.unit, row.contact_id, row.message_id)
        content = self.letter.to(recipient, at=row.claimed_at)
        was_used = self.connect().sent > 0
        try:
            return self.connection.deliver(row.address, content)
        except (Refused, Cut) as error:
            if not was_used or self.connection.is_open or getattr(error, "may_be_taken", False):
                raise
        return self.connect().deliver(row.address, content)

    def slow_down(self, row: Claimed, done: Outcome, token: UUID) -> set[int]:
        """Postpone the other messages to the domain that asked for it."""
        log.warning("%s asks us to be slower: %s", domain_of(row.address), done.reply)
        return ledger.slow_down(
            self.distribution_id,
            domain=domain_of(row.address),
            token=token,
            wait=done.wait,
            gap=DOMAIN_GAP * (row.attempts + 1),
        )

    def connect(self) -> Connection:
        """The connection, made anew where there is none. Raises ``Unusable``."""
        if self.connection is None or not self.connection.is_open:
            self.connection = Connection(self.sender)
        return self.connection

    def end(self) -> None:
        if self.connection:
            self.connection.end()


def after_refusal(row: Claimed, no: Refused) -> Outcome:
    """4xx and throttling are tried later; any other refusal is final."""
    if is_throttling(row.address, no.code, no.text):
        return later(row, State.RETRY, str(no), is_throttled=True)
    if 400 <= no.code < 500:
        return later(row, State.RETRY, str(no))
    return Outcome(row.id, State.FAILED, str(no))


def later(row: Claimed, state: str, reply: str, *, is_throttled: bool = False) -> Outcome:
    """Another try after a wait that grows with each one; after the last it has failed."""
    waits = settings.DELIVERY_RETRY_DELAYS
    if row.attempts >= len(waits):
        return Outcome(row.id, State.FAILED, reply)
    return Outcome(row.id, state, reply, waits[row.attempts], is_throttled)
