"""会费票据: receipts are issued, voided and reissued by buttons; their books: `receipt_books`."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
)

from letters.tasks import wake
from members import receipts
from members.admin.asking_why import ReasonForm, pdf, step
from members.admin.readonly import ReadOnly
from members.admin.recorded import Recorded
from members.models import DuesPayment, DuesReceipt, ReceiptBook
from members.papers import receipt_pdf
from members.standing_words import yuan

MOST = 500  # receipts in one go: what a person can still look over
LIST = "admin:members_duesreceipt_changelist"


class StateFilter(DropdownFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            *DuesReceipt.State.choices,
            ("refunded", _("valid, but money was given back")),
        ]

    def queryset(self, request, rows):
        chosen = {
            "valid": {"voided_at__isnull": True},
            "void": {"voided_at__isnull": False, "payment__isnull": False},
            "spoilt": {"payment__isnull": True},
            "refunded": {"is_refunded": True},
        }.get(self.value())
        return rows.filter(**chosen) if chosen else rows


def open_books():
    return ReceiptBook.objects.filter(is_open=True)


class BookForm(forms.Form):
    """What is asked for before the numbers are shown."""

    book = forms.ModelChoiceField(
        label=_("receipt book"), queryset=None, widget=UnfoldAdminSelectWidget, empty_label=None
    )
    since = forms.DateField(
        label=_("paid from this day on"), widget=UnfoldAdminSingleDateWidget, required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["book"].queryset = open_books()


class IssueForm(forms.Form):
    """What was shown and is now to be done."""

    book = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput)
    first = forms.IntegerField(widget=forms.HiddenInput)
    tell = forms.BooleanField(
        label=_("Write to the units' contacts for dues"),
        required=False,
    )
    number = forms.IntegerField(
        label=_("number on the form, if it is not the next one"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args, count: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["book"].queryset = open_books()
        if count != 1:
            del self.fields["number"]


class NumberForm(ReasonForm):
    book = forms.ModelChoiceField(
        label=_("receipt book"), queryset=None, widget=UnfoldAdminSelectWidget, empty_label=None
    )
    number = forms.IntegerField(
        label=_("receipt number"), min_value=1, widget=UnfoldAdminIntegerFieldWidget
    )
    field_order = ["book", "number", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["book"].queryset = open_books()


class ReissueForm(NumberForm):
    number = forms.IntegerField(
        label=_("number on the form, if it is not the next one"),
        required=False,
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
    )


@admin.register(DuesReceipt)
class DuesReceiptAdmin(Recorded, ReadOnly, ModelAdmin):
    """A receipt is never edited; what is wrong is voided, and issued anew."""

    when_empty = _(
        "Enter a receipt book first, then issue the receipts for payments that have none."
    )
    list_display = ["number_written", "code", "title", "year", "yuan_paid", "issued_on", "stage"]
    list_filter = [StateFilter, "year", "book"]
    list_filter_submit = True
    list_select_related = ["book"]
    show_full_result_count = False
    search_fields = ["number", "title", "payment__unit__name", "payment__unit__credit_code"]
    search_help_text = _("Number, payer, unit or credit code")
    date_hierarchy = "issued_on"
    fields = [
        ("book", "number_written"),
        ("title", "payment"),
        ("year", "yuan_paid"),
        ("issued_on", "issued_by"),
        ("state_now", "replaces"),
        ("voided_at", "voided_by"),
        "void_reason",
    ]
    readonly_fields = ["number_written", "yuan_paid", "state_now"]
    actions_list = ["issue", "spoil"]
    actions_detail = ["notice", "reissue", "void"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).with_refunds()
        return rows.select_related(
            "book", "payment__unit", "issued_by", "voided_by", "replaces__book"
        )

    def has_issue_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.issue_receipt")

    def get_actions_detail(self, request, object_id):
        """A spoilt form has no notice, and what is void is not voided again."""
        receipt = DuesReceipt.objects.filter(pk=object_id).first()
        ends = {
            DuesReceipt.State.VALID: ("notice", "reissue", "void"),
            DuesReceipt.State.VOID: ("notice",),
        }.get(receipt and receipt.state, ())
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if each.path.endswith(ends)]

    # --- Columns ---

    @display(description=_("receipt number"), ordering="number")
    def number_written(self, receipt) -> str:
        return receipt.written

    @display(description=_("receipt code"), ordering="book__code")
    def code(self, receipt) -> str:
        return receipt.book.code

    @display(description=_("amount"), ordering="amount")
    def yuan_paid(self, receipt) -> str:
        return "—" if receipt.amount is None else yuan(receipt.amount)

    @display(
        description=_("state"),
        ordering="voided_at",
        label={"valid": "success", "void": "default", "spoilt": "default", "refunded": "danger"},
    )
    def stage(self, receipt) -> tuple[str, str]:
        if receipt.is_refunded:
            return "refunded", _now("valid, but money was given back")
        label = str(DuesReceipt.State(receipt.state).label)
        on = receipt.voided_on
        return receipt.state, f"{label} {on.isoformat()}" if on else label

    @display(description=_("state"))
    def state_now(self, receipt) -> str:
        _code, words = self.stage(receipt)
        return words

    # --- Acts ---

    @action(
        description=_("Issue receipts"),
        url_path="issue",
        permissions=["issue"],
        icon="receipt_long",
    )
    def issue(self, request):
        """Which payments get which numbers; issued when that is sent back."""
        if not self.has_issue_permission(request):
            raise PermissionDenied
        asked = BookForm(
            {"book": self._first_book(), "since": timezone.localdate().replace(month=1, day=1)}
            | {name: value for name, value in request.GET.items() if value}
        )
        book = asked.cleaned_data["book"] if asked.is_valid() else None
        waiting = self._waiting(request, asked)
        payments = list(waiting.select_related("unit")[:MOST])
        plan = receipts.plan(payments=payments, book=book) if book else None
        initial = {"book": book, "first": plan and plan.first}
        form = IssueForm(request.POST or None, initial=initial, count=len(payments))
        if request.method == "POST" and form.is_valid():
            chosen = DuesPayment.objects.filter(pk__in=_numbers(request.POST.getlist("payment")))
            if back := self._issue(request, form, list(receipts.without_receipt(chosen))):
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Issue receipts"),
            "opts": self.opts,
            "asked": asked,
            "form": form,
            "book": book,
            "plan": plan,
            "total": plan and yuan(plan.total),
            "first": plan and plan.first and book.written(plan.first),
            "last": plan and plan.last and book.written(plan.last),
            "payments": [(payment, yuan(payment.amount)) for payment in payments],
            "left": max(waiting.count() - MOST, 0),
            "chosen": request.GET.get("payments", ""),
        }
        return TemplateResponse(request, "admin/members/issue_receipts.html", context)

    def _first_book(self) -> int | None:
        return open_books().values_list("pk", flat=True).first()

    def _waiting(self, request, asked: BookForm):
        """The payments named in the address, or else all since the day asked for."""
        if named := request.GET.get("payments"):
            chosen = DuesPayment.objects.filter(pk__in=_numbers(named.split(",")))
            return receipts.without_receipt(chosen)
        waiting = receipts.waiting(DuesPayment.objects)
        since = asked.cleaned_data.get("since") if asked.is_valid() else None
        return waiting.filter(paid_on__gte=since) if since else waiting

    def _issue(self, request, form: IssueForm, payments: list[DuesPayment]) -> str:
        """Where to go then; nowhere with an error in the form."""
        desk = {
            "book": form.cleaned_data["book"],
            "tell": form.cleaned_data["tell"],
            "on": timezone.localdate(),
            "at": timezone.now(),
            "by": request.user,
            "why": _now("Issued in the admin"),
        }
        number = form.cleaned_data.get("number")
        try:
            if number and len(payments) == 1:
                done = [receipts.issue(payment=payments[0], number=number, **desk)]
            else:
                done = receipts.issue_many(
                    payments=payments, first=form.cleaned_data["first"], **desk
                )
        except ValidationError as error:
            if getattr(error, "code", "") == "moved_on":  # the numbers on the page hold no longer
                messages.error(request, " ".join(error.messages))
                return request.get_full_path()
            form.add_error(None, error.messages)
            return ""
        wake()
        text = ngettext("%(count)s receipt issued.", "%(count)s receipts issued.", len(done))
        messages.success(request, text % {"count": len(done)})
        return reverse(LIST)

    @action(
        description=_("Record a spoilt form"),
        url_path="spoil",
        permissions=["issue"],
        icon="scan_delete",
    )
    def spoil(self, request):
        if not self.has_issue_permission(request):
            raise PermissionDenied

        def act(data: dict) -> str:
            done = receipts.spoil(
                **data, on=timezone.localdate(), at=timezone.now(), by=request.user
            )
            return _now("Recorded: %(receipt)s") % {"receipt": done}

        return step(
            self,
            request,
            form=NumberForm(request.POST or None),
            title=_("Record a spoilt form"),
            hints=[_("For a form that was spoilt or lost before it stood for a payment.")],
            act=act,
            back=reverse(LIST),
        )

    @action(
        description=_("Notice (PDF)"),
        url_path="notice",
        permissions=["view"],
        icon="picture_as_pdf",
    )
    def notice(self, request, object_id):
        receipt = self._receipt(request, object_id)
        if receipt.payment_id is None:
            raise Http404
        return pdf(receipt_pdf(receipt), f"{receipt}.pdf")

    @action(description=_("Void"), url_path="void", permissions=["issue"], icon="block")
    def void(self, request, object_id):
        receipt = self._receipt(request, object_id)

        def act(data: dict) -> str:
            receipts.void(receipt=receipt, at=timezone.now(), by=request.user, **data)
            return _now("The receipt is void.")

        return self._step(
            request, receipt, ReasonForm(request.POST or None), _("Void the receipt"), act
        )

    @action(description=_("Reissue"), url_path="reissue", permissions=["issue"], icon="sync")
    def reissue(self, request, object_id):
        receipt = self._receipt(request, object_id)

        def act(data: dict) -> str:
            done = receipts.reissue(
                receipt=receipt,
                on=timezone.localdate(),
                at=timezone.now(),
                by=request.user,
                **data,
            )
            return _now("Issued in its place: %(receipt)s") % {"receipt": done}

        form = ReissueForm(request.POST or None)
        return self._step(request, receipt, form, _("Void it and issue another"), act)

    def _step(self, request, receipt, form, title, act):
        money = "" if receipt.amount is None else f" · {yuan(receipt.amount)}"
        return step(
            self,
            request,
            form=form,
            title=title,
            subject=f"{receipt} · {receipt.title}{money}",
            hints=[_("The number stays used and cannot be issued again.")],
            act=act,
            back=reverse("admin:members_duesreceipt_change", args=[receipt.pk]),
        )

    def _receipt(self, request, object_id) -> DuesReceipt:
        return get_object_or_404(self.get_queryset(request), pk=object_id)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


@admin.action(description=_("Issue receipts for the selected payments"), permissions=["receipt"])
def issue_receipts(model_admin, request, payments):
    """For the list of payments: on to the page that shows the numbers first."""
    ids = list(payments.values_list("pk", flat=True)[: MOST + 1])
    if len(ids) > MOST:
        text = _now("At most %(most)s receipts are issued at once. Select fewer payments.")
        messages.error(request, text % {"most": MOST})
        return None
    query = urlencode({"payments": ",".join(map(str, ids))})
    return redirect(f"{reverse('admin:members_duesreceipt_issue')}?{query}")


class ReceiptFilter(DropdownFilter):
    """For the list of payments."""

    title = _("receipt")
    parameter_name = "receipt"

    def lookups(self, request, model_admin):
        return [("waiting", _("to be issued")), ("issued", _("issued"))]

    def queryset(self, request, payments):
        if self.value() == "waiting":
            return receipts.waiting(payments)
        if self.value() == "issued":
            return payments.filter(receipts__in=DuesReceipt.objects.valid())
        return payments
