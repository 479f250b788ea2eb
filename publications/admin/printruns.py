"""What was posted, to be read: print runs, their parcels, and the list to print from."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin.readonly import ReadOnly
from publications import posting_list
from publications.eligibility import in_words
from publications.models import Parcel, PrintRun

State = Parcel.State
# How many runs the filter of the parcels offers.
RECENT = 30
# Addresses on one part of the print view: some forty sheets of paper.
PART = 1000
COLOURS = {State.TO_POST: "success", State.LEFT_OUT: "warning", State.NOT_ENTITLED: None}


@admin.register(PrintRun)
class PrintRunAdmin(ReadOnly, ModelAdmin):
    list_display = ["__str__", "posted_on", "copies", "spare", "units", "left", "confirmed_by"]
    list_filter = ["issue__publication", "issue__year"]
    list_select_related = ["issue__publication", "confirmed_by"]
    list_per_page = 20
    search_fields = ["issue__title", "issue__number", "note"]
    date_hierarchy = "posted_on"

    def get_queryset(self, request):
        to_post = Q(parcels__state=State.TO_POST)
        rows = super().get_queryset(request).select_related("issue__publication", "confirmed_by")
        return rows.annotate(
            units_count=Count("parcels", filter=to_post),
            copies_sum=Coalesce(Sum("parcels__copies", filter=to_post), 0),
            left_count=Count("parcels", filter=Q(parcels__state=State.LEFT_OUT)),
        )

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/list/", view(self.download), name="publications_printrun_list"),
            path("<int:object_id>/sheet/", view(self.sheet), name="publications_printrun_sheet"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A run is looked at on the printing page of its issue."""
        run = self.get_object(request, object_id)
        if run is None or not self.has_view_permission(request, run):
            return super().change_view(request, object_id, form_url, extra_context)
        return HttpResponseRedirect(
            reverse("admin:publications_issue_printing", args=[run.issue_id])
        )

    @display(description=gettext_lazy("copies posted"), ordering="copies_sum")
    def copies(self, run):
        return run.copies_sum

    @display(description=gettext_lazy("units"), ordering="units_count")
    def units(self, run):
        return run.units_count

    @display(description=gettext_lazy("not posted"), ordering="left_count")
    def left(self, run):
        return run.left_count

    # --- The addresses: for those who post -----------------------------------------------------

    def download(self, request, object_id):
        """All copies and addresses as a file for a spreadsheet or the printer's label program."""
        run = found(request, object_id)
        response = StreamingHttpResponse(
            posting_list.as_csv(run), content_type="text/csv; charset=utf-8"
        )
        name = _("%(issue)s posting list.csv") % {"issue": run}
        response["Content-Disposition"] = f"attachment; filename*=utf-8''{escape_uri_path(name)}"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def sheet(self, request, object_id):
        """The same list as a page to print from, in parts."""
        run = found(request, object_id)
        parcels = run.parcels.to_post().select_related("unit", "tier")
        parts = Paginator(parcels.order_by("unit__name", "pk"), PART)
        part = parts.get_page(request.GET.get("p"))
        return TemplateResponse(
            request,
            "admin/publications/printrun/sheet.html",
            {
                "run": run,
                "part": part,
                "tally": run.parcels.tally(),
            },
        )


def found(request, object_id: int) -> PrintRun:
    """Raises ``PermissionDenied`` for who may look but not post: it is a list of people."""
    if not request.user.has_perm("publications.confirm_print_run"):
        raise PermissionDenied
    return get_object_or_404(PrintRun.objects.select_related("issue__publication"), pk=object_id)


class RunFilter(admin.SimpleListFilter):
    """The latest runs; an older one is opened from its issue."""

    title = gettext_lazy("print run")
    parameter_name = "run"

    def lookups(self, request, model_admin):
        rows = PrintRun.objects.select_related("issue__publication")[:RECENT]
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request, queryset):
        value = self.value()
        return queryset.filter(print_run=value) if value and value.isdigit() else queryset


class ReasonFilter(admin.SimpleListFilter):
    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request, model_admin):
        codes = Parcel.objects.exclude(reason="").order_by("reason")
        return [
            (code, in_words(code)) for code in codes.values_list("reason", flat=True).distinct()
        ]

    def queryset(self, request, queryset):
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(Parcel)
class ParcelAdmin(ReadOnly, ModelAdmin):
    list_display = ["unit", "issue", "copies", "stage", "why", "recipient", "posted_on"]
    list_filter = [RunFilter, "state", ReasonFilter]
    list_select_related = ["unit", "tier", "print_run__issue__publication"]
    list_per_page = 50
    search_fields = ["unit__name", "unit__credit_code", "recipient", "address"]
    search_help_text = gettext_lazy(
        "Search the unit's name or credit code, the recipient or the address"
    )
    show_full_result_count = False
    fields = [
        ("unit", "tier"),
        ("issue", "posted_on"),
        ("copies", "state"),
        ("why", "basis_in_words"),
        ("recipient", "phone"),
        ("address", "postcode"),
    ]
    readonly_fields = ["issue", "posted_on", "why", "basis_in_words"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.select_related(*self.list_select_related).order_by("-print_run", "unit__name")

    @display(description=gettext_lazy("issue"), ordering="print_run")
    def issue(self, parcel):
        return parcel.print_run.issue

    @display(description=gettext_lazy("posting date"), ordering="print_run__posted_on")
    def posted_on(self, parcel):
        return parcel.print_run.posted_on

    @display(description=gettext_lazy("state"), ordering="state", label=COLOURS)
    def stage(self, parcel):
        return parcel.state, parcel.get_state_display()

    @display(description=gettext_lazy("reason"), empty_value="—")
    def why(self, parcel):
        return in_words(parcel.reason) if parcel.reason else None

    @display(description=gettext_lazy("basis"), empty_value="—")
    def basis_in_words(self, parcel):
        return in_words(parcel.basis) if parcel.basis else None
