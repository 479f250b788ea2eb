"""The clock's door. A lost message costs a delay: the beat finds what is due."""

from celery import shared_task
from django.utils import timezone

from letters.tasks import wake
from members import reminders


@shared_task
def send_reminders() -> None:
    """Remind units of their dues; what was missed on another day is caught up."""
    if reminders.send_due(on=timezone.localdate(), at=timezone.now()):
        wake()
