"""导入: taking a sheet in, saving it, undoing it. Each says what is to be done; a worker does it.

The row is the truth: where a worker dies, its transaction is gone with it, and the next one begins
anew. Two never work on the same sheet: an advisory lock ends with the connection that holds it.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from files.sheets import checked_sheet
from members import sheet_work
from members.models import SheetImport

LOCKED = 4218  # the class of the advisory locks of sheets
MOST_TRIES = 3
State = SheetImport.State


def take(*, subject: str, upload: File, language: str, by: User, at: dt.datetime) -> SheetImport:
    """Keep the file and have it checked. Raises ``ValidationError`` as `checked_sheet` does."""
    sheet = SheetImport(subject=subject, language=language, uploaded_by=by, uploaded_at=at)
    sheet.hold(upload, checked_sheet)
    sheet.full_clean()
    sheet.save()
    return sheet


@transaction.atomic
def save(
    *, sheet: SheetImport, leave_out_wrong: bool = False, by: User, at: dt.datetime
) -> SheetImport:
    """Have the rows saved as the check showed them.

    Raises ``ValidationError`` where the sheet is not checked, where rows are wrong that are not
    to be left out, and where there is nothing to save.
    """
    sheet = SheetImport.objects.select_for_update().get(pk=sheet.pk)
    if sheet.state != State.CHECKED:
        raise ValidationError(_("Only a sheet that was checked can be saved."))
    if sheet.wrong and not leave_out_wrong:
        raise ValidationError(_("Rows are wrong. Correct them, or leave them out."))
    if not sheet.to_save:
        raise ValidationError(_("There is nothing to save."))
    sheet.leave_out_wrong = leave_out_wrong
    sheet.saved_by, sheet.saved_at = by, at
    return _begin(sheet, State.SAVING)


@transaction.atomic
def check_again(*, sheet: SheetImport) -> SheetImport:
    """Have the same file checked anew. Raises ``ValidationError`` once it is saved."""
    sheet = SheetImport.objects.select_for_update().get(pk=sheet.pk)
    if sheet.state not in (State.CHECKED, State.REFUSED, State.UNDONE):
        raise ValidationError(_("This sheet is being worked on, or saved."))
    sheet.saved_by = sheet.saved_at = sheet.undone_by = sheet.undone_at = None
    sheet.imported.all().delete()
    return _begin(sheet, State.CHECKING)


@transaction.atomic
def undo(*, sheet: SheetImport, by: User, at: dt.datetime) -> SheetImport:
    """Have a saved sheet undone. Raises ``ValidationError`` where it is not saved."""
    sheet = SheetImport.objects.select_for_update().get(pk=sheet.pk)
    if sheet.state != State.SAVED:
        raise ValidationError(_("Only a sheet that was saved can be undone."))
    sheet.undone_by, sheet.undone_at = by, at
    return _begin(sheet, State.UNDOING)


def _begin(sheet: SheetImport, state: State) -> SheetImport:
    sheet.state, sheet.trouble = state, ""
    sheet.tries = sheet.done = 0
    sheet.full_clean()
    sheet.save()
    return sheet


# --- What a worker does -------------------------------------------------------------------------


def due() -> list[int]:
    """The sheets on which something is to be done."""
    return list(
        SheetImport.objects.filter(state__in=SheetImport.WORKING)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def work(pk: int) -> None:
    """Do what the sheet's state asks for, unless somebody does."""
    with alone(pk) as is_ours:
        sheet = SheetImport.objects.filter(pk=pk, state__in=SheetImport.WORKING).first()
        if is_ours and sheet:
            with override(sheet.language):
                _work(sheet)


def _work(sheet: SheetImport) -> None:
    if sheet.tries >= MOST_TRIES:
        return _fall_back(sheet, _("It could not be finished. Tell whoever runs this site."))
    SheetImport.objects.filter(pk=sheet.pk).update(tries=sheet.tries + 1)
    sheet.tries += 1
    acts = {
        State.CHECKING: sheet_work.check,
        State.SAVING: sheet_work.save,
        State.UNDOING: sheet_work.undo,
    }
    try:
        acts[sheet.state](sheet)
    except sheet_work.Changed:
        _check_anew(sheet)
    except ValidationError as error:
        _fall_back(sheet, error.messages[0])
    return None


def _check_anew(sheet: SheetImport) -> None:
    """What would be saved is not what was shown: show it first."""
    sheet.saved_by = sheet.saved_at = None
    _begin(sheet, State.CHECKING)
    sheet.trouble = _("The register has changed since the check. Look at the result once more.")
    sheet.save(update_fields=["trouble"])


def _fall_back(sheet: SheetImport, trouble: str) -> None:
    """Where it cannot be done, the sheet is what it was before, with the reason."""
    state = SheetImport.FALL_BACK[sheet.state]
    if state == State.CHECKED:
        sheet.saved_by = sheet.saved_at = None
    if state == State.SAVED:
        sheet.undone_by = sheet.undone_at = None
    _begin(sheet, state)
    sheet.trouble = trouble
    sheet.save(update_fields=["trouble"])


@contextmanager
def alone(pk: int) -> Iterator[bool]:
    """Whether nobody else works on the sheet; then nobody does until this ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKED, pk])
        [is_ours] = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKED, pk])
