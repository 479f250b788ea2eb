"""缴费通知: one notice of the unit's own, how to pay it, and the transfer slip sent in for it."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from files.fields import UploadField
from files.serving import attachment
from members.dues import send_slip
from members.dues_year import in_year, missing_of
from members.models import BankAccount, DuesNotice, TransferSlip
from members.remarks import remark
from members.standing import history_since
from portal.acting import for_unit
from portal.forms import EARLIEST, HOW_TO_WRITE


class SlipForm(forms.Form):
    """What was paid, when, and the bank's slip for it."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount paid (yuan)"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    paid_on = forms.DateField(
        label=gettext_lazy("Paid on"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": HOW_TO_WRITE},
        widget=forms.DateInput(
            attrs={"type": "date", "min": EARLIEST.isoformat()}, format="%Y-%m-%d"
        ),
    )
    slip = UploadField(
        label=gettext_lazy("Transfer slip"),
        help_text=gettext_lazy("A photo or the bank's PDF, at most 20 MB."),
        max_length=200,
    )

    def clean_paid_on(self):
        day = self.cleaned_data["paid_on"]
        if day < EARLIEST:
            raise forms.ValidationError(HOW_TO_WRITE)
        return day


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def dues_notice(request, pk: int):
    """The notice with all that a transfer needs; uploading a slip does not count as paid."""
    notices = DuesNotice.objects.select_related("tier", "unit")
    notice = get_object_or_404(notices, unit=request.unit, pk=pk)
    today = timezone.localdate()
    history = history_since(request.unit, dt.date(notice.year, 1, 1))
    missing = missing_of(notice, history, today)
    if request.method == "POST":
        form = SlipForm(request.POST, request.FILES)
        if form.is_valid() and sent(request, notice, form):
            messages.success(
                request,
                _("Thank you. Finance checks the slip; it counts as paid once it is confirmed."),
            )
            return redirect("dues_notice", notice.pk)
    else:
        form = SlipForm(initial={"amount": plain(missing), "paid_on": today})
    context = {
        "notice": notice,
        "missing": missing,
        "is_late": bool(missing) and today > notice.due_on,
        "year": in_year(history, notice.year, today),
        "account": BankAccount.objects.filter(is_active=True).first(),
        "remark": remark(request.unit.name, notice.year),
        "slips": notice.slips.select_related("payment"),
        "form": form,
        "today": today,
    }
    return render(request, "portal/dues_notice.html", context)


def plain(amount: Decimal) -> str:
    """``5000`` to begin with, and fen only where there are any; empty for nothing."""
    return f"{amount:.2f}".removesuffix(".00") if amount else ""


def sent(request, notice: DuesNotice, form: SlipForm) -> bool:
    """Whether the slip is kept; if not, the form says why."""
    try:
        send_slip(
            notice=notice,
            amount=form.cleaned_data["amount"],
            paid_on=form.cleaned_data["paid_on"],
            upload=form.cleaned_data["slip"],
            by=request.user,
            at=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@require_safe
@for_unit
def transfer_slip(request, pk: int):
    """A slip that the unit sent in."""
    return attachment(get_object_or_404(TransferSlip, unit=request.unit, pk=pk))
