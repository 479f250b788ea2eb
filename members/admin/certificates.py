"""会员证书: issued to units from their list; printed, voided and reissued here."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from members import certificates
from members.admin.asking_why import ReasonForm, pdf, step
from members.admin.readonly import ReadOnly
from members.admin.recorded import Recorded
from members.certified import holding, holdings, outdated
from members.models import MemberCertificate, MemberUnit
from members.papers import certificates_pdf

MOST = 500  # certificates in one go, and pages in one file
ISSUE = "members.issue_certificate"


class HoldingFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("holds", _("says what holds")),
            ("outdated", _("no longer says what holds")),
            ("void", _("void")),
        ]

    def queryset(self, request, rows):
        chosen = {
            "holds": {"voided_at__isnull": True, "is_outdated": False},
            "outdated": {"is_outdated": True},
            "void": {"voided_at__isnull": False},
        }.get(self.value())
        return rows.filter(**chosen) if chosen else rows


@admin.register(MemberCertificate)
class MemberCertificateAdmin(Recorded, ReadOnly, ModelAdmin):
    """A certificate is never edited; another is issued in its place."""

    when_empty = _("Select units in the list of member units and issue certificates to them.")
    list_display = ["number", "unit_name", "tier", "issued_on", "valid_until", "stage"]
    list_filter = [HoldingFilter, "tier", "year"]
    list_filter_submit = True
    list_select_related = ["tier"]
    show_full_result_count = False
    search_fields = ["number", "unit_name", "unit__name", "unit__credit_code"]
    search_help_text = _("Number, unit or credit code")
    date_hierarchy = "issued_on"
    fields = [
        ("number", "state_now"),
        ("unit", "unit_name"),
        ("tier", "valid_until"),
        ("issued_on", "issued_by"),
        "no_longer",
        "replaces",
        ("voided_at", "voided_by"),
        "void_reason",
    ]
    readonly_fields = ["state_now", "no_longer"]
    actions = ["print_selected"]
    actions_detail = ["as_pdf", "reissue", "void"]

    def get_queryset(self, request):
        same = MemberCertificate.objects.filter(pk=OuterRef("pk"))
        rows = (
            super()
            .get_queryset(request)
            .select_related(*("unit", "tier", "issued_by", "voided_by", "replaces"))
        )
        return rows.annotate(is_outdated=Exists(outdated(same, timezone.localdate())))

    def has_issue_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm(ISSUE)

    def get_actions_detail(self, request, object_id):
        """What is void is neither printed nor voided again."""
        is_valid = MemberCertificate.objects.valid().filter(pk=object_id).exists()
        return super().get_actions_detail(request, object_id) if is_valid else []

    @display(
        description=_("state"),
        ordering="voided_at",
        label={"holds": "success", "outdated": "warning", "void": "default"},
    )
    def stage(self, certificate) -> tuple[str, str]:
        if certificate.is_void:
            return "void", f"{_now('void')} {timezone.localdate(certificate.voided_at).isoformat()}"
        if certificate.is_outdated:
            return "outdated", _now("no longer says what holds")
        return "holds", _now("says what holds")

    @display(description=_("state"))
    def state_now(self, certificate) -> str:
        _code, words = self.stage(certificate)
        return words

    @display(description=_("what no longer holds"), empty_value="—")
    def no_longer(self, certificate) -> str:
        if certificate.is_void:
            return ""
        return _now("; ").join(holding(certificate.unit, timezone.localdate()).no_longer)

    @admin.action(description=_("Print the selected certificates (PDF)"), permissions=["view"])
    def print_selected(self, request, rows):
        """One file, a page each; void ones are left out."""
        chosen = list(rows.valid().order_by("year", "serial")[: MOST + 1])
        if not chosen or len(chosen) > MOST:
            text = _now("Select at least one certificate that is not void, and at most %(most)s.")
            messages.error(request, text % {"most": MOST})
            return None
        return pdf(certificates_pdf(chosen), f"{_now('member certificates')}.pdf")

    @action(description=_("PDF"), url_path="pdf", permissions=["view"], icon="picture_as_pdf")
    def as_pdf(self, request, object_id):
        certificate = self._certificate(request, object_id)
        return pdf(certificates_pdf([certificate]), f"{certificate}.pdf")

    @action(description=_("Reissue"), url_path="reissue", permissions=["issue"], icon="sync")
    def reissue(self, request, object_id):
        certificate = self._certificate(request, object_id)

        def act(data: dict) -> str:
            done = certificates.reissue(
                certificate=certificate,
                on=timezone.localdate(),
                at=timezone.now(),
                by=request.user,
                **data,
            )
            return _now("Issued in its place: %(certificate)s") % {"certificate": done}

        return self._step(request, certificate, _("Void it and issue another"), act)

    @action(description=_("Void"), url_path="void", permissions=["issue"], icon="block")
    def void(self, request, object_id):
        certificate = self._certificate(request, object_id)

        def act(data: dict) -> str:
            certificates.void(certificate=certificate, at=timezone.now(), by=request.user, **data)
            return _now("The certificate is void. The public page says so at once.")

        return self._step(request, certificate, _("Void the certificate"), act)

    def _step(self, request, certificate, title, act):
        return step(
            self,
            request,
            form=ReasonForm(request.POST or None),
            title=title,
            subject=f"{certificate} · {certificate.unit_name} · {certificate.tier}",
            hints=holding(certificate.unit, timezone.localdate()).no_longer,
            act=act,
            back=reverse("admin:members_membercertificate_change", args=[certificate.pk]),
        )

    def _certificate(self, request, object_id) -> MemberCertificate:
        """One that is not void: nothing is done with the others."""
        return get_object_or_404(self.get_queryset(request).valid(), pk=object_id)


@admin.action(description=_("Issue member certificates"), permissions=["certify"])
def issue_certificates(model_admin, request, units):
    """For the list of units: first who gets one, who is left out and why; done when sent back."""
    if not request.user.has_perm(ISSUE):
        raise PermissionDenied
    chosen = list(MemberUnit.objects.filter(pk__in=units.values("pk"))[: MOST + 1])
    if len(chosen) > MOST:
        text = _now("At most %(most)s certificates are issued at once. Select fewer units.")
        messages.error(request, text % {"most": MOST})
        return None
    if "sure" in request.POST:
        done = certificates.issue(
            units=chosen,
            on=timezone.localdate(),
            at=timezone.now(),
            by=request.user,
            why=_now("Issued in the admin"),
        )
        text = ngettext(
            "%(count)s certificate issued.", "%(count)s certificates issued.", len(done)
        )
        messages.success(request, text % {"count": len(done)})
        return None
    found = holdings(chosen, timezone.localdate())
    return TemplateResponse(
        request,
        "admin/members/issue_certificates.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": _("Issue member certificates"),
            "opts": model_admin.opts,
            "due": [each for each in found if not each.refusal],
            "left_out": [each for each in found if each.refusal],
            "chosen": request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME),
            "select_across": request.POST.get("select_across", "0"),
        },
    )
