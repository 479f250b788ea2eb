"""Tiers, terms and committees, and which unit holds which from when to when."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from members.admin.reasons import WithReason
from members.admin.recorded import Recorded
from members.admin.sheets import ExcelMixin
from members.models import CommitteeSeat, SpecialCommittee, Term, Tier, TierAppointment
from members.sheets.appointments import AppointmentSheet


@admin.register(Tier)
class TierAdmin(ModelAdmin):
    list_display = ["name", "name_en", "code", "rank"]
    search_fields = ["name", "name_en", "code"]
    fields = ["name", "name_en", "code", "rank"]


@admin.register(Term)
class TermAdmin(ModelAdmin):
    list_display = ["name", "starts_on", "ends_on"]
    search_fields = ["name"]
    fields = ["name", "name_en", "starts_on", "ends_on"]


@admin.register(SpecialCommittee)
class SpecialCommitteeAdmin(ModelAdmin):
    list_display = ["name", "name_en", "code"]
    search_fields = ["name", "name_en", "code"]
    fields = ["name", "name_en", "code"]


@admin.register(TierAppointment)
class TierAppointmentAdmin(WithReason, ExcelMixin, Recorded, ModelAdmin):
    excel = AppointmentSheet
    list_display = ["unit", "tier", "term", "starts_on", "ends_on", "resolution"]
    list_filter = ["tier", "term"]
    list_select_related = ["unit", "tier", "term"]
    show_full_result_count = False
    search_fields = ["unit__name", "unit__credit_code", "resolution"]
    search_help_text = _("Unit, credit code or resolution")
    autocomplete_fields = ["unit"]
    date_hierarchy = "starts_on"
    ordering = ["-starts_on", "unit__name", "pk"]
    fields = ["unit", ("tier", "term"), ("starts_on", "ends_on"), "resolution"]


@admin.register(CommitteeSeat)
class CommitteeSeatAdmin(WithReason, Recorded, ModelAdmin):
    list_display = ["unit", "committee", "starts_on", "ends_on"]
    list_filter = ["committee"]
    list_select_related = ["unit", "committee"]
    show_full_result_count = False
    search_fields = ["unit__name", "unit__credit_code"]
    search_help_text = _("Unit or credit code")
    autocomplete_fields = ["unit"]
    ordering = ["unit__name", "committee", "-starts_on"]
    fields = ["unit", "committee", ("starts_on", "ends_on")]
