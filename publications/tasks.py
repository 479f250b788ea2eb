"""The clock's door. Messages carry ids and mean "wake up"; losing one costs a delay."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from letters.tasks import wake as wake_letters
from members.addresses import ask_liaisons, mark_from_letters
from publications import bouncing, distribution, links, previewing, release, searching
from publications.models import Issue


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
def ask_links(issue_id: int) -> None:
    """Ask the addresses in an issue's articles whether they are there."""
    if issue := Issue.objects.filter(pk=issue_id).first():
        links.check(issue, timezone.now())


@shared_task
def ask_links_of_drafts() -> None:
    """Every quarter of an hour: an issue being edited has its links asked before it is checked."""
    for issue in Issue.objects.filter(state__in=[Issue.State.DRAFT, Issue.State.IN_REVIEW]):
        links.check(issue, timezone.now())


@shared_task
def index_articles() -> None:
    """Every minute: make articles findable that are new or were changed."""
    searching.sweep()


@shared_task
def deliver(distribution_id: int) -> None:
    """Send for a while; go on in a new task, so that others have their turn."""
    if distribution.deliver(distribution_id):
        wake(distribution_id)


def wake_links(issue_id: int) -> None:
    """Ask the links now; where the broker is away, the clock does it."""
    transaction.on_commit(lambda: ask_links.delay(issue_id), robust=True)


def wake(distribution_id: int) -> None:
    """Wake a worker after the commit. Where the broker is away, the sweeper finds the rows."""

    def send() -> None:
        deliver.delay(distribution_id)

    # Robust: a broker that is away is logged, and breaks nothing.
    transaction.on_commit(send, robust=True)
