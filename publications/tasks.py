"""The clock's door. Messages carry ids and mean "wake up"; losing one costs a delay."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from letters.tasks import wake as wake_letters
from members.addresses import ask_liaisons, mark_from_letters
from publications import bouncing, distribution, previewing, release


@shared_task
def release_due() -> None:
    """Every minute: release the issues whose time has come."""
    for issue in release.release_due(at=timezone.now()):
        if planned := distribution.of(issue):
            wake(planned.pk)


@shared_task
def sweep() -> None:
    """Every half minute: pick up what is due and nobody has in hand."""
    for pk in distribution.sweep():
        wake(pk)


@shared_task
def repair_addresses() -> None:
    """Every day: mark the addresses that mail does not reach, and ask for others."""
    now = timezone.now()
    bouncing.mark_bad_addresses(now)
    mark_from_letters(now)
    ask_liaisons(now)
    wake_letters()


@shared_task
def forget_previews() -> None:
    """Every night: what was typeset to be looked at is not kept."""
    previewing.forget(timezone.now())


@shared_task
def deliver(distribution_id: int) -> None:
    """Send for a while; go on in a new task, so that others have their turn."""
    if distribution.deliver(distribution_id):
        wake(distribution_id)


def wake(distribution_id: int) -> None:
    """Wake a worker after the commit. Where the broker is away, the sweeper finds the rows."""

    def send() -> None:
        deliver.delay(distribution_id)

    # Robust: a broker that is away is logged, and breaks nothing.
    transaction.on_commit(send, robust=True)
