"""The clock's door. A lost message costs a delay: the beat finds what is due."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from letters.tasks import wake
from members import applying, handover, importing, reminders
from members.statement_importing import match_all


@shared_task
def send_reminders() -> None:
    """Remind units of their dues; what was missed on another day is caught up."""
    if reminders.send_due(on=timezone.localdate(), at=timezone.now()):
        wake()


@shared_task
def end_access_of_leavers() -> None:
    """Every hour: liaisons whose last day before the hand-over is past."""
    handover.end_due(on=timezone.localdate(), at=timezone.now())


@shared_task
def forget_drafts() -> None:
    """Every night: applications that were begun long ago and never sent."""
    applying.forget_drafts(at=timezone.now())


@shared_task
def work_on_sheet(sheet_id: int) -> None:
    """Check, save or undo an uploaded sheet, as its row says."""
    importing.work(sheet_id)


@shared_task
def pick_up_sheets() -> None:
    """Every minute: the sheets whose worker was never woken, or died."""
    for pk in importing.due():
        work_on_sheet.delay(pk)


def wake_for_sheet(sheet_id: int) -> None:
    """Wake a worker after the commit."""
    # Robust: a broker that is away is logged, and breaks nothing.
    transaction.on_commit(lambda: work_on_sheet.delay(sheet_id), robust=True)


@shared_task
def match_lines() -> None:
    """Match the lines of bank statements that nobody has matched yet."""
    match_all()


def wake_matching() -> None:
    """Wake a worker after the commit."""
    # Robust: a broker that is away is logged, and breaks nothing.
    transaction.on_commit(match_lines.delay, robust=True)
