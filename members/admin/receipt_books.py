"""票据领用批次: the numbers that were handed out, and the register of what became of each."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from files.kinds import BY_CODE
from files.sheets import csv_lines, write_xlsx
from members.admin.asking_why import pdf
from members.admin.recorded import Recorded
from members.models import ReceiptBook
from members.papers import register_pdf
from members.register import gaps, months, receipts_of, table, unused, with_gaps
from members.standing_words import yuan


@admin.register(ReceiptBook)
class ReceiptBookAdmin(Recorded, ModelAdmin):
    when_empty = _("Enter the receipts as they were handed out: code, first and last number.")
    list_display = ["code", "numbers", "used", "missing", "next_number", "is_open", "note"]
    list_filter = ["is_open"]
    search_fields = ["code", "note"]
    search_help_text = _("Receipt code or note")
    fields = ["code", ("first_number", "last_number"), "digits", "note", "is_open"]
    actions_detail = ["register", "as_pdf", "as_xlsx", "as_csv"]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(used_count=Count("receipts"), last_used=Max("receipts__number"))
        )

    def get_readonly_fields(self, request, obj=None):
        """What the book holds stays once a number is used."""
        return ["code", "first_number", "last_number"] if obj and obj.used_count else []

    @display(description=_("numbers"), ordering="first_number")
    def numbers(self, book) -> str:
        return f"{book.written(book.first_number)}–{book.written(book.last_number)}"

    @display(description=_("used"), ordering="used_count")
    def used(self, book) -> int:
        return book.used_count

    @display(description=_("missing"))
    def missing(self, book) -> int:
        return (
            0
            if book.last_used is None
            else book.last_used - book.first_number + 1 - self.used(book)
        )

    @display(description=_("next number"))
    def next_number(self, book) -> str:
        number = book.first_number if book.last_used is None else book.last_used + 1
        return book.written(number) if number <= book.last_number else _now("used up")

    @action(
        description=_("Register of numbers"),
        url_path="register",
        permissions=["view"],
        icon="list_alt",
    )
    def register(self, request, object_id):
        """Every number in order, the missing ones between them."""
        book = self._book(request, object_id)
        page = Paginator(receipts_of(book), 100).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Register of receipts"),
            "opts": self.opts,
            "book": book,
            "page": page,
            "lines": list(with_gaps(book, page)),
            "gaps": gaps(book),
            "unused": unused(book),
            "months": [each | {"amount": yuan(each["amount"])} for each in months(book)],
        }
        return TemplateResponse(request, "admin/members/receipt_register.html", context)

    @action(description=_("Print (PDF)"), url_path="pdf", permissions=["view"], icon="print")
    def as_pdf(self, request, object_id):
        book = self._book(request, object_id)
        return pdf(register_pdf(book, on=timezone.localdate()), f"{book}.pdf")

    @action(description=_("Excel"), url_path="xlsx", permissions=["view"], icon="table")
    def as_xlsx(self, request, object_id):
        book = self._book(request, object_id)
        sheet = write_xlsx(table(book), title=book.code)
        kind = BY_CODE["xlsx"].media_type
        return FileResponse(sheet, as_attachment=True, filename=f"{book}.xlsx", content_type=kind)

    @action(description=_("CSV"), url_path="csv", permissions=["view"], icon="csv")
    def as_csv(self, request, object_id):
        book = self._book(request, object_id)
        lines = list(csv_lines(table(book)))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, f"{book}.csv")
        return response

    def _book(self, request, object_id) -> ReceiptBook:
        return get_object_or_404(self.get_queryset(request), pk=object_id)


# --- Receipts ----------------------------------------------------------------------------------
