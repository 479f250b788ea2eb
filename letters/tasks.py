"""The clock's door. A lost message costs a delay: the beat finds what is due."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from letters.sending import send_due as send_some


@shared_task
def send_due() -> None:
    """Send some of what is due; go on in a new task, so that others have their turn."""
    if send_some(timezone.now()):
        send_due.delay()


def wake() -> None:
    """Wake a worker after the commit."""
    # Robust: a broker that is away is logged, and breaks nothing.
    transaction.on_commit(send_due.delay, robust=True)
