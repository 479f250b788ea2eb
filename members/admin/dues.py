"""Payments of dues and their confirmation. What is done with a unit's account: `accounts`."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin.filters import ConfirmedFilter
from members.admin.receipts import ReceiptFilter, issue_receipts
from members.admin.recorded import Recorded
from members.admin.sheets import ExcelMixin
from members.dues import confirm
from members.models import DuesPayment
from members.sheets.payments import PaymentSheet
from members.standing_words import yuan


@admin.register(DuesPayment)
class DuesPaymentAdmin(ExcelMixin, Recorded, ModelAdmin):
    """Payments are entered or edited until finance confirms them; from then on they are facts."""

    excel = PaymentSheet
    list_display = ["unit", "year", "kind", "yuan_paid", "paid_on", "state", "confirmed_by"]
    list_filter = [ConfirmedFilter, ReceiptFilter, "year", "kind"]
    list_filter_submit = True
    list_select_related = ["unit", "confirmed_by"]
    show_full_result_count = False
    search_fields = ["unit__name", "unit__credit_code", "reference"]
    search_help_text = _("Unit, credit code or bank reference")
    autocomplete_fields = ["unit"]
    date_hierarchy = "paid_on"
    fields = [
        "unit",
        ("kind", "year"),
        ("amount", "paid_on"),
        "reference",
        ("confirmed_at", "confirmed_by"),
    ]
    readonly_fields = ["confirmed_at", "confirmed_by"]
    actions = ["confirm_payments", issue_receipts]

    def has_change_permission(self, request, obj=None) -> bool:
        return not _is_confirmed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return not _is_confirmed(obj) and super().has_delete_permission(request, obj)

    def has_receipt_permission(self, request) -> bool:
        return request.user.has_perm("members.issue_receipt")

    def has_confirm_permission(self, request) -> bool:
        return request.user.has_perm("members.confirm_payment")

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:-1]

    def get_actions(self, request):
        """Rows are deleted one by one on their own page, so that no confirmed one goes along."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Confirm the selected payments"), permissions=["confirm"])
    def confirm_payments(self, request, payments):
        """First say what it will do; do it when the page is sent back."""
        waiting = payments.filter(confirmed_at__isnull=True).select_related("unit")
        if not self.has_confirm_permission(request):
            raise PermissionDenied
        if "sure" in request.POST:
            self._confirm(request, waiting)
            return None
        kinds = DuesPayment.Kind
        return TemplateResponse(
            request,
            "admin/members/confirm_payments.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Confirm dues payments"),
                "opts": self.opts,
                "waiting": waiting,
                "received": _total(waiting.filter(kind=kinds.PAYMENT)),
                "returned": _total(waiting.filter(kind=kinds.REFUND)),
                "left_alone": payments.filter(confirmed_at__isnull=False).count(),
                "chosen": request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME),
                "select_across": request.POST.get("select_across", "0"),
            },
        )

    def _confirm(self, request, waiting) -> None:
        done = 0
        for payment in waiting:
            try:
                confirm(payment=payment, at=timezone.localtime(), by=request.user)
            except ValidationError as error:
                for text in error.messages:
                    self.message_user(request, f"{payment}: {text}", messages.ERROR)
            else:
                done += 1
        if done:
            text = ngettext("%(count)s payment confirmed.", "%(count)s payments confirmed.", done)
            self.message_user(request, text % {"count": done}, messages.SUCCESS)

    @display(description=_("amount"), ordering="amount")
    def yuan_paid(self, payment: DuesPayment) -> str:
        return f"−{yuan(payment.amount)}" if payment.is_refund else yuan(payment.amount)

    @display(
        description=_("confirmation"),
        ordering="confirmed_at",
        label={"yes": "success", "no": "warning"},
    )
    def state(self, payment: DuesPayment) -> tuple[str, str]:
        if _is_confirmed(payment):
            on = timezone.localdate(payment.confirmed_at)
            return "yes", _("confirmed on %(date)s") % {"date": on.isoformat()}
        return "no", _("to be confirmed")


def _is_confirmed(payment) -> bool:
    return isinstance(payment, DuesPayment) and payment.confirmed_at is not None


def _total(payments) -> str:
    return yuan(payments.aggregate(total=Sum("amount", default=0))["total"])
