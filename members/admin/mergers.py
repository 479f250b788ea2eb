"""What was merged and folded, to be read; it is done on the units' pages."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from members.admin.readonly import ReadOnly
from members.admin.recorded import Recorded
from members.folding import kind_of
from members.models import FoldedDuplicate, UnitMerger


@admin.register(UnitMerger)
class UnitMergerAdmin(Recorded, ReadOnly, ModelAdmin):
    when_empty = _("A merger is recorded on the page of the unit that is absorbed.")
    list_display = ["absorbed", "into", "on", "resolution", "recorded_by"]
    list_select_related = ["absorbed", "into", "recorded_by"]
    search_fields = ["absorbed__name", "into__name", "resolution"]
    search_help_text = _("Unit or resolution")
    date_hierarchy = "on"
    fields = [("absorbed", "into"), ("on", "resolution"), ("recorded_by", "recorded_at")]


@admin.register(FoldedDuplicate)
class FoldedDuplicateAdmin(Recorded, ReadOnly, ModelAdmin):
    when_empty = _("Look for duplicates in the list of member units.")
    list_display = ["name", "kept", "why", "folded_by", "folded_at"]
    list_select_related = ["kept", "folded_by"]
    search_fields = ["name", "credit_code", "kept__name"]
    search_help_text = _("Name or credit code")
    fields = [
        "kept",
        ("name", "credit_code"),
        "why",
        "rows_moved",
        "rows_set_aside",
        ("folded_by", "folded_at"),
    ]
    readonly_fields = ["rows_moved", "rows_set_aside"]

    @display(description=_("rows moved"))
    def rows_moved(self, row: FoldedDuplicate) -> str:
        moved = ((kind_of(label), count) for label, count in row.moved.items() if count)
        return format_html_join("", "<div>{} × {}</div>", moved) or "—"

    @display(description=_("rows set aside"))
    def rows_set_aside(self, row: FoldedDuplicate) -> str:
        """Each in full, as it was."""
        aside = (
            (kind_of(each["model"]), "; ".join(f"{k}={v}" for k, v in each["fields"].items() if v))
            for each in row.set_aside
        )
        return format_html_join("", "<div>{}: {}</div>", aside) or "—"
