"""权益账单 for staff: every unit with its tier and standing, and the statement of each."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from members.admin.filters import StandingFilter, TierFilter
from members.admin.readonly import ReadOnly
from members.admin.standing_today import StandingToday, judged_today
from members.models import MemberUnit
from reports.models import UnitStatement
from reports.statement import day_in, statement, years

PAGE = "admin/reports/unitstatement/statement.html"
FIRST, LAST = 1990, 2100  # the years that can be asked about, as in the portal


class YearAndDay(forms.Form):
    """``?year=2025&on=2025-06-30``; whatever cannot be read is left out."""

    year = forms.IntegerField(required=False, min_value=FIRST, max_value=LAST)
    on = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def asked(self, today: dt.date) -> tuple[int, dt.date]:
        """The year and its day; a day of another year gives way to the year."""
        self.is_valid()
        on, year = self.cleaned_data.get("on"), self.cleaned_data.get("year")
        if on and not FIRST <= on.year <= LAST:
            on = None
        year = year or (on or today).year
        return year, on if on and on.year == year else day_in(year, today)


@admin.register(UnitStatement)
class UnitStatementAdmin(StandingToday, ReadOnly, ModelAdmin):
    """Nothing is kept here: a row's page is counted anew each time."""

    list_display = ["name", "tier_today", "standing_today", "credit_code"]
    list_filter = [StandingFilter, TierFilter]
    list_filter_submit = True
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "former_names__name", "credit_code"]
    search_help_text = _("Name, former name or credit code")

    def get_queryset(self, request):
        units = super().get_queryset(request)
        return judged_today(units)

    def change_view(self, request: HttpRequest, object_id: str, form_url="", extra_context=None):
        """The statement of one unit for a year, as of a day."""
        unit = self.get_object(request, object_id)
        if unit is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST" or not self.has_view_permission(request, unit):
            raise PermissionDenied
        today = timezone.localdate()
        year, on = YearAndDay(request.GET).asked(today)
        own = MemberUnit.objects.get(pk=unit.pk)
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": unit,
            "title": unit.name,
            "statement": statement(own, year=year, on=on),
            "years": years(own, year, today),
            "is_today": on == today,
            "unit_page": reverse("admin:members_memberunit_change", args=[unit.pk]),
        }
        return TemplateResponse(request, PAGE, context)
