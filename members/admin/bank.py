"""Bank statements: taken in, matched, and booked line by line or all sure ones together."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin import bank_import, bank_review
from members.admin.readonly import ReadOnly
from members.models import BankStatement, ColumnMapping, StatementLine
from members.standing_words import yuan

COLOURS = {
    StatementLine.State.UNMATCHED: "info",
    StatementLine.State.PROPOSED: "info",
    StatementLine.State.DOUBTFUL: "warning",
    StatementLine.State.NOTHING_FOUND: "warning",
    StatementLine.State.BOOKED: "success",
    StatementLine.State.SET_ASIDE: None,
}


@admin.register(BankStatement)
class BankStatementAdmin(ModelAdmin):
    """“Add” takes a file in; a statement's own page is where its lines are decided."""

    when_empty = _(
        "Export the account's transactions from the online bank, and import the file here."
    )
    list_display = ["name", "progress", "booked", "yuan_received", "uploaded_at", "uploaded_by"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name"]
    show_full_result_count = False
    date_hierarchy = "uploaded_at"

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_urls(self):
        columns = self.admin_site.admin_view(self.columns_view)
        name = "members_bankstatement_columns"
        return [path("<path:object_id>/columns/", columns, name=name), *super().get_urls()]

    def add_view(self, request, form_url="", extra_context=None):
        return bank_import.import_page(self, request)

    def columns_view(self, request, object_id):
        return bank_import.columns_page(self, request, self._statement(object_id))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        statement = self._statement(object_id)
        if statement.is_draft and self.has_add_permission(request):
            return redirect("admin:members_bankstatement_columns", statement.pk)
        return bank_review.page(self, request, statement)

    def _statement(self, object_id) -> BankStatement:
        pk = object_id if str(object_id).isdecimal() else None
        return get_object_or_404(BankStatement, pk=pk)

    @display(
        description=_("still to do"),
        label={"columns": "warning", "matching": "info", "open": "warning", "done": "success"},
    )
    def progress(self, statement) -> tuple[str, str]:
        if statement.is_draft:
            return "columns", _("name its columns")
        if statement.unmatched_lines:
            return "matching", _("being matched")
        sure = statement.proposed_lines
        unsure = statement.doubtful_lines + statement.nothing_found_lines
        if sure or unsure:
            return "open", _("%(sure)s sure, %(unsure)s to look at") % {
                "sure": sure,
                "unsure": unsure,
            }
        return "done", _("nothing")

    @display(description=_("booked, set aside"))
    def booked(self, statement) -> str:
        return f"{statement.booked_lines:,} / {statement.set_aside_lines:,}"

    @display(description=_("received"), ordering="received")
    def yuan_received(self, statement) -> str:
        return yuan(statement.received) if statement.received else "—"


@admin.register(StatementLine)
class StatementLineAdmin(ReadOnly, ModelAdmin):
    """To find a transfer again; it is decided on its statement's page."""

    when_empty = _("Import a bank statement: its incoming lines appear here.")
    list_display = ["paid_on", "yuan_amount", "payer", "remark", "state_word", "statement"]
    list_filter = ["state", "doubt"]
    list_select_related = ["statement"]
    search_fields = ["payer", "remark", "reference", "payer_account"]
    search_help_text = _("Payer, remark, account or bank reference")
    show_full_result_count = False
    date_hierarchy = "paid_on"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        pk = object_id if str(object_id).isdecimal() else None
        line = get_object_or_404(StatementLine, pk=pk)
        place = reverse("admin:members_bankstatement_change", args=[line.statement_id])
        return redirect(f"{place}?show={line.state}&line={line.pk}#line-{line.pk}")

    @display(description=_("amount"), ordering="amount")
    def yuan_amount(self, line) -> str:
        return yuan(line.amount)

    @display(description=_("state"), ordering="state", label=COLOURS)
    def state_word(self, line) -> tuple[str, str]:
        return line.state, line.get_state_display()


@admin.register(ColumnMapping)
class ColumnMappingAdmin(ModelAdmin):
    """What was said about a bank's columns; deleted, it is asked again for the next file."""

    when_empty = _(
        "The first file of each bank asks what its columns hold; the answer is kept here."
    )
    list_display = ["__str__", "saved_at", "saved_by"]
    list_select_related = ["saved_by"]
    fields = ["meaning", ("saved_at", "saved_by")]
    readonly_fields = ["meaning", "saved_at", "saved_by"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    @display(description=_("what the columns hold"))
    def meaning(self, mapping) -> str:
        return bank_import.in_words(mapping)
