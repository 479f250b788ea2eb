"""印刷与邮寄: what would be posted on a day, the confirmation, and what was confirmed."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from publications import printing
from publications.admin.pages import shown
from publications.models import Issue
from publications.parcels import Parcels

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
MOST_SPARE = 100_000
OUT_OF_RANGE = gettext_lazy("Choose a day between 1990-01-01 and 2100-12-31.")
# So many units without an address are listed here; all of them are one click away.
LISTED = 50


class PrintForm(forms.Form):
    """When it is posted, and what is printed beside what the units get."""

    posted_on = forms.DateField(
        label=gettext_lazy("Posting date"),
        input_formats=["%Y-%m-%d"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        validators=[
            MinValueValidator(EARLIEST, OUT_OF_RANGE),
            MaxValueValidator(LATEST, OUT_OF_RANGE),
        ],
        error_messages={
            "required": gettext_lazy("Choose the day of posting."),
            "invalid": gettext_lazy("Write the day as year-month-day, for example 2026-05-06."),
        },
    )
    spare = forms.IntegerField(
        label=gettext_lazy("Spare copies"),
        min_value=0,
        max_value=MOST_SPARE,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "min": 0}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
    )


def page(admin, request, issue: Issue):
    """The frozen list where there is one; else the question as of the chosen day."""
    if request.method == "POST":
        return confirm(admin, request, issue)
    today = {"posted_on": timezone.localdate().isoformat(), "spare": 0}
    return asked(admin, request, issue, PrintForm(today | request.GET.dict()))


def asked(admin, request, issue: Issue, form: PrintForm):
    on = form.cleaned_data["posted_on"] if form.is_valid() else timezone.localdate()
    parcels = Parcels(issue, on)
    return shown(
        admin,
        request,
        issue,
        "printing",
        form=form,
        parcels=parcels,
        run=parcels.run,
        total=parcels.copies + spare_of(parcels, form),
        shortcomings=[] if parcels.run else sentences(printing.shortcomings(issue, on)),
        troubled=parcels.those_left_out(LISTED),
        listed=LISTED,
        may_confirm=may_confirm(request),
    )


def spare_of(parcels: Parcels, form: PrintForm) -> int:
    return parcels.run.spare if parcels.run else form.cleaned_data.get("spare") or 0


def sentences(errors: list[ValidationError]) -> list[str]:
    return [sentence for error in errors for sentence in error.messages]


def may_confirm(request) -> bool:
    return request.user.has_perm("publications.confirm_print_run")


def confirm(admin, request, issue: Issue):
    if not may_confirm(request):
        raise PermissionDenied
    form = PrintForm(request.POST)
    if not form.is_valid():
        return asked(admin, request, issue, form)
    try:
        run = printing.confirm(issue=issue, at=timezone.now(), by=request.user, **form.cleaned_data)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        said = _("The list is confirmed: posted on %(date)s. It can be downloaded now.") % {
            "date": date_format(run.posted_on)
        }
        admin.log_change(request, issue, said)
        messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:publications_issue_printing", args=[issue.pk]))
