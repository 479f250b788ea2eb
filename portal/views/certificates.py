"""会员证书: the unit's own to be saved, and the public page that says whether one holds today."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from members.certified import holding
from members.models import MemberCertificate
from members.papers import certificates_pdf
from portal.acting import for_unit
from portal.views.receipts import pdf


@require_safe
@for_unit
def certificate_pdf(request):
    """The certificate that the unit has now."""
    rows = MemberCertificate.objects.valid().select_related("tier")
    found = rows.filter(unit=request.unit).first()
    if found is None:
        raise Http404
    return pdf(certificates_pdf([found]), f"{found}.pdf")


@require_safe
def certificate(request, key: str):
    """Open to whoever has the address: the number, the unit, whether it is a member today and with
    which tier. Nothing about its people, dues or standing."""
    rows = MemberCertificate.objects.select_related("unit", "tier")
    found = rows.filter(key=key).first() if "\0" not in key else None
    today = timezone.localdate()
    now = holding(found.unit, today) if found else None
    response = render(
        request,
        "portal/certificate.html",
        {
            "certificate": found,
            "now": now,
            "today": today,
            "state": state_of(found, now) if found else "",
        },
        status=200 if found else 404,
    )
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, no_store=True)
    return response


def state_of(certificate: MemberCertificate, now) -> str:
    """``void``, ``left``, ``expired``, ``changed``, or ``holds``: the first that is so."""
    if certificate.is_void:
        return "void"
    if not now.is_member:
        return "left"
    if certificate.has_expired(now.on):
        return "expired"
    return "changed" if now.no_longer else "holds"
