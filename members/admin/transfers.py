"""Where dues are paid to, and the transfer slips that units send in."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from files.serving import attachment
from members import dues
from members.admin.readonly import ReadOnly
from members.admin.steps import Preview, Step, walk
from members.models import BankAccount, TransferSlip
from members.standing_words import yuan

LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'
WORDS = {
    "waiting": _("to be looked at"),
    "booked": _("booked as paid"),
    "returned": _("returned"),
}


@admin.register(BankAccount)
class BankAccountAdmin(ModelAdmin):
    list_display = ["holder", "bank", "spaced", "cnaps", "is_active"]
    fields = ["holder", "bank", ("number", "cnaps"), "is_active"]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    @display(description=_("account number"))
    def spaced(self, account) -> str:
        return account.spaced_number


class SlipStateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "slip"

    def lookups(self, request, model_admin):
        return list(WORDS.items())

    def queryset(self, request, slips):
        chosen = {
            "waiting": slips.waiting,
            "booked": lambda: slips.filter(payment__isnull=False),
            "returned": lambda: slips.filter(returned_at__isnull=False),
        }.get(self.value())
        return chosen() if chosen else slips


class ReturnForm(forms.Form):
    because = forms.CharField(
        label=_("why"),
        max_length=200,
        help_text=_("The unit reads this in the portal."),
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(TransferSlip)
class TransferSlipAdmin(ReadOnly, ModelAdmin):
    when_empty = _("Units send transfer slips in with their notices; they wait here to be booked.")
    list_display = ["unit", "year", "said", "paid_on", "file_link", "uploaded_at", "state", "to_do"]
    list_filter = [SlipStateFilter, "year"]
    list_filter_submit = True
    list_select_related = ["unit", "payment"]
    show_full_result_count = False
    search_fields = ["unit__name", "unit__credit_code"]
    search_help_text = _("Unit or credit code")
    fields = [
        ("unit", "notice"),
        ("year", "amount", "paid_on"),
        "file_link",
        ("uploaded_by", "uploaded_at"),
        "payment",
        ("returned_at", "returned_by", "returned_because"),
    ]
    readonly_fields = ["file_link"]
    actions_detail = ["book", "send_back"]

    def has_handle_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.confirm_payment")

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        own = path("<int:object_id>/file/", view, name="members_transferslip_file")
        return [own, *super().get_urls()]

    def file_view(self, request, object_id: int):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return attachment(get_object_or_404(TransferSlip, pk=object_id))

    def get_actions_detail(self, request, object_id):
        """Only while it waits for somebody."""
        slip = TransferSlip.objects.waiting().filter(pk=object_id).first()
        return super().get_actions_detail(request, object_id) if slip else []

    @display(description=_("amount the unit says"), ordering="amount")
    def said(self, slip) -> str:
        return yuan(slip.amount)

    @display(description=_("transfer slip"))
    def file_link(self, slip) -> str:
        url = reverse("admin:members_transferslip_file", args=[slip.pk])
        return format_html(LINK, url, slip.name)

    @display(
        description=_("state"),
        label={"waiting": "warning", "booked": "success", "returned": "default"},
    )
    def state(self, slip) -> tuple[str, str]:
        return slip.state, WORDS[slip.state]

    @display(description="")
    def to_do(self, slip) -> str:
        """One press to the account's form, filled in."""
        if slip.state != "waiting":
            return ""
        return format_html(LINK, booking(slip), _("Book the payment"))

    @action(description=_("Book the payment"), url_path="book", permissions=["handle"])
    def book(self, request, object_id):
        """To the account's own form, with what the unit says filled in."""
        slip = get_object_or_404(TransferSlip, pk=object_id)
        return redirect(booking(slip))

    @action(description=_("Return to the unit"), url_path="return", permissions=["handle"])
    def send_back(self, request, object_id):
        slip = get_object_or_404(TransferSlip.objects.select_related("unit"), pk=object_id)
        if not self.has_handle_permission(request):
            raise PermissionDenied

        def act(values: dict) -> str:
            dues.return_slip(slip=slip, **values, by=request.user, at=timezone.now())
            return _("Recorded.")

        step = Step(
            title=_("Return to the unit"),
            form=ReturnForm(request.POST or None),
            preview=lambda values: Preview(
                says=[_("The unit sees the reason beside its slip, and can send in another.")]
            ),
            act=act,
            back=reverse("admin:members_transferslip_change", args=[slip.pk]),
            lead=[str(slip)],
        )
        return walk(self, request, step)


def booking(slip: TransferSlip) -> str:
    """The address of the account's form, with what the unit says filled in."""
    url = reverse("admin:members_duesaccount_receive", args=[slip.unit_id])
    return f"{url}?year={slip.year}&slip={slip.pk}"
