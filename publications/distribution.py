"""发放: how an issue goes out by e-mail, from the frozen list to the last message.

The rows of the list are the work; a message in the broker only wakes a worker. The steps of a
row are in ``ledger.py``, the conversation with the mail server in ``courier.py``.
"""

import datetime as dt
from email.utils import parseaddr
from time import monotonic

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from publications import ledger
from publications.courier import Courier
from publications.eligibility import judged_recipients
from publications.message import Letter
from publications.models import Delivery, Distribution, Issue

State = Distribution.State

# A worker sends for so long, then lets other work have its turn.
SLICE_SECONDS = 60.0
# So many workers share one distribution; others stay free for other work.
WORKERS = 4

# --- The list --------------------------------------------------------------------------------

PLAN = """
    INSERT INTO publications_delivery (
           distribution_id, unit_id, contact_id, channel, address, state, reason, tier_id, basis,
           message_id, due_at, attempts, reply)
    SELECT %s, unit_id, contact_id, 'email', address, state, reason, tier_id, basis,
           CASE state WHEN 'queued' THEN '<' || gen_random_uuid() || '@' || %s || '>' ELSE '' END,
           CASE state WHEN 'queued' THEN statement_timestamp() END, 0, ''
      FROM ({recipients}) AS recipient
        ON CONFLICT DO NOTHING
"""


@transaction.atomic
def plan(*, issue: Issue, at: dt.datetime, by=None) -> Distribution:
    """Freeze who gets the issue and who not, with the reasons; ``by`` is None for the clock.

    One statement writes the whole list. A second call returns the distribution there is.
    """
    distribution, is_new = Distribution.objects.get_or_create(
        issue=issue,
        defaults={"service_on": issue.issued_on, "planned_at": at, "released_by": by},
    )
    if is_new:
        sql, parameters = judged_recipients(issue)
        with connection.cursor() as cursor:
            domain = sender().rpartition("@")[2]
            cursor.execute(PLAN.format(recipients=sql), [distribution.pk, domain, *parameters])
    return distribution


def of(issue: Issue) -> Distribution | None:
    """The issue's distribution; None where it is not mailed or not released."""
    return Distribution.objects.filter(issue=issue).first()


# --- Steering --------------------------------------------------------------------------------


def pause(*, distribution: Distribution, by, at: dt.datetime) -> Distribution:
    """Send nothing more until `resume`; the message in flight is finished."""
    return steer(distribution, {State.RUNNING}, State.PAUSED, by=by, at=at)


def resume(*, distribution: Distribution, by, at: dt.datetime) -> Distribution:
    """Go on after `pause`."""
    return steer(distribution, {State.PAUSED}, State.RUNNING, by=by, at=at)


@transaction.atomic
def stop(*, distribution: Distribution, by, at: dt.datetime) -> Distribution:
    """End it for good: what is not yet sent is cancelled, with that reason."""
    stopped = steer(
        distribution, {State.RUNNING, State.PAUSED}, State.STOPPED, by=by, at=at, finished_at=at
    )
    ledger.cancel_stopped()
    return stopped


@transaction.atomic
def try_failed_again(*, distribution: Distribution, by, at: dt.datetime) -> Distribution:
    """Queue the failed messages once more, from the first try on, with their Message-IDs."""
    again = steer(
        distribution,
        {State.RUNNING, State.PAUSED, State.FINISHED},
        State.RUNNING,
        by=by,
        at=at,
        finished_at=None,
    )
    again.deliveries.filter(state=Delivery.State.FAILED).update(
        state=Delivery.State.QUEUED, attempts=0, due_at=at
    )
    return again


@transaction.atomic
def steer(
    distribution: Distribution, allowed: set[str], state: str, *, by, at: dt.datetime, **fields
) -> Distribution:
    """Change the state under the row's lock. Raises ``ValidationError`` where it does not fit."""
    current = Distribution.objects.select_for_update().get(pk=distribution.pk)
    if current.state not in allowed:
        raise ValidationError(
            _("This cannot be done now: the distribution is “%(state)s”."),
            code="wrong_state",
            params={"state": current.get_state_display()},
        )
    changed = {"state": state, "steered_by": by, "steered_at": at, **fields}
    for name, value in changed.items():
        setattr(current, name, value)
    current.save(update_fields=list(changed))
    distribution.refresh_from_db(fields=list(changed))
    return distribution


# --- At work ---------------------------------------------------------------------------------


def deliver(distribution_id: int, *, seconds: float = SLICE_SECONDS) -> bool:
    """Send what is due for at most ``seconds``. Returns whether more is due now.

    Any number of workers may do this at once; they share the work.
    """
    if connection.in_atomic_block:
        raise RuntimeError("No transaction may be open while talking to the mail server.")
    distribution = Distribution.objects.select_related("issue__publication").get(pk=distribution_id)
    if distribution.state != State.RUNNING:
        return False
    letter = Letter(distribution.issue)
    courier = Courier(distribution_id, letter, sender=sender(), ends=monotonic() + seconds)
    try:
        while courier.send_batch():
            pass
    finally:
        courier.end()
    ledger.finish()
    return distribution_id in ledger.due(workers=WORKERS)


def sweep() -> list[int]:
    """Pick up what dead workers and lost messages left. Returns the distributions to wake.

    Reads the database's clock, by which the leases were given.
    """
    ledger.expire()
    ledger.cancel_stopped()
    ledger.finish()
    return ledger.due(workers=WORKERS)


def sender() -> str:
    """The address that the mails come from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
