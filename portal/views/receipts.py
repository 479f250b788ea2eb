"""会费票据: the notice of a receipt of the unit's own, to be saved."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from members.models import DuesReceipt, MemberUnit
from members.papers import receipt_pdf
from portal.acting import for_unit


def receipts_of(unit: MemberUnit):
    """The unit's receipts, void ones too; the newest first."""
    return DuesReceipt.objects.filter(payment__unit=unit).select_related("book")


@require_safe
@for_unit
def receipt(request, pk: int):
    found = get_object_or_404(receipts_of(request.unit), pk=pk)
    return pdf(receipt_pdf(found), f"{found}.pdf")


def pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
