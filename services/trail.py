"""What every step of a request has in common: the lock, the guard of the state, the entry."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _

from services.models import RequestFile, RequestStep, ServiceRequest

FILES_MOST = 20


def locked(request: ServiceRequest, *states: str) -> ServiceRequest:
    """The row as it stands, locked until the transaction ends, in one of the states.

    Raises ``ValidationError`` (code ``state``) where it has moved on.
    """
    rows = ServiceRequest.objects.select_for_update(of=["self"])
    current = rows.select_related("offering__benefit_item", "unit", "asked_by", "stage").get(
        pk=request.pk
    )
    if current.state not in states:
        raise ValidationError(
            _("This can no longer be done: the request is now “%(state)s”. Look at it again.")
            % {"state": current.get_state_display()},
            code="state",
        )
    return current


def entered(
    request: ServiceRequest, kind: str, *, by, at: dt.datetime, comment: str = "", stage=None
) -> RequestStep:
    """Write one entry into the trail."""
    return RequestStep.objects.create(
        request=request,
        kind=kind,
        by=by,
        at=at,
        comment=comment,
        stage=stage,
        is_internal=kind in RequestStep.INTERNAL,
    )


def kept(
    request: ServiceRequest, uploads: Iterable[File], *, by, at: dt.datetime, is_delivered: bool
) -> list[RequestFile]:
    """Keep files with the request. Raises ``ValidationError`` (`files.kinds`, or too many)."""
    uploads = list(uploads)
    if uploads and request.files.count() + len(uploads) > FILES_MOST:
        raise ValidationError(
            _("A request holds at most %(n)s files. Put several pages into one file.")
            % {"n": FILES_MOST},
            code="too_many_files",
        )
    rows = []
    for upload in uploads:
        row = RequestFile(
            request=request, is_delivered=is_delivered, uploaded_by=by, uploaded_at=at
        )
        row.hold(upload)
        row.save()
        rows.append(row)
    return rows


def said(text: str) -> str:
    """The words of a message. Raises ``ValidationError`` where there are none."""
    text = text.strip()
    if not text:
        raise ValidationError(_("Write a few words."), code="empty")
    return text
