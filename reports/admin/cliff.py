"""The list for 30 June and 31 December: who loses its standing, what it costs, and telling it."""

import datetime as dt

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, F, OuterRef
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from files.sheets import csv_lines
from letters.tasks import wake
from members.admin.filters import TierFilter
from members.admin.readonly import ReadOnly
from members.admin.standing_today import COLOURS
from members.models import Tier
from members.standing import DAY, Basis
from members.standing_words import yuan
from reports.changes import RightChange
from reports.cliff import (
    MOST,
    costs,
    falling,
    last_days,
    letter_text,
    next_last_day,
    regaining,
    to_write_to,
    totals,
    write_letters,
)
from reports.models import CliffLetter, CliffUnit

FOLDER = "admin/reports/cliffunit/"
LIST = "admin:reports_cliffunit_changelist"


def asked_day(request) -> dt.date:
    """The last good day that the page is about: by default the next."""
    today = timezone.localdate()
    asked = request.POST.get("last_day") or request.GET.get("last_day")
    days = {day.isoformat(): day for day in last_days(today)}
    return days.get(asked, next_last_day(today))


class LastDayFilter(admin.SimpleListFilter):
    title = _("last day in good standing")
    parameter_name = "last_day"

    def lookups(self, request, model_admin):
        days = last_days(timezone.localdate())
        return [(day.isoformat(), date_format(day)) for day in days]

    def choices(self, changelist):
        """No “all”: the list is always about one day, by default the next."""
        chosen = self.value() or next_last_day(timezone.localdate()).isoformat()
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == chosen, "query_string": query, "display": title}

    def queryset(self, request, units):
        return units  # the list itself is about the day


class TierThenFilter(TierFilter):
    title = _("tier")


class ToldFilter(DropdownFilter):
    title = _("letter")
    parameter_name = "told"

    def lookups(self, request, model_admin):
        return [("no", _("not yet written")), ("yes", _("written"))]

    def queryset(self, request, units):
        if self.value() in ("yes", "no"):
            return units.filter(is_told=self.value() == "yes")
        return units


@admin.register(CliffUnit)
class CliffUnitAdmin(ReadOnly, ModelAdmin):
    """Nothing is kept here but the letters: the list is asked anew each time."""

    when_empty = _("No unit loses its standing after this day.")
    list_display = ["name", "tier", "because", "money", "rights_lost", "seats", "told"]
    list_filter = [LastDayFilter, TierThenFilter, ToldFilter]
    list_per_page = 50
    list_before_template = FOLDER + "sums.html"
    show_full_result_count = False
    search_fields = ["name", "former_names__name", "credit_code"]
    search_help_text = _("Name, former name or credit code")
    ordering = ["name"]
    actions = ["write"]

    def has_write_permission(self, request) -> bool:
        return request.user.has_perm("reports.write_cliff_letters")

    def get_queryset(self, request):
        day = asked_day(request)
        told = CliffLetter.objects.filter(last_day=day, unit=OuterRef("pk"))
        return falling(super().get_queryset(request), day).annotate(
            is_told=Exists(told),
            tier_name=F("appointment_on_day__tier__name"),
            tier_name_en=F("appointment_on_day__tier__name_en"),
        )

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("download/", view(self.download), name="reports_cliffunit_download"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        day = asked_day(request)
        count, money = totals(self.get_queryset(request))
        context = {
            "title": _("Standing that ends after %(day)s") % {"day": date_format(day)},
            "days": [(each, each == day) for each in last_days(timezone.localdate())],
            "last_day": day,
            "first_day": day + DAY,
            "count": count,
            "missing": yuan(money),
            "regaining": regaining(day),
            "download": f"{reverse('admin:reports_cliffunit_download')}?last_day={day}",
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_changelist_instance(self, request):
        """What each unit of the page loses, asked for all of them at once."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        found.has_active_filters = any(request.GET.get(name) for name in ("tier", "told"))
        cost_of = costs(found.result_list, asked_day(request))
        for unit in found.result_list:
            unit.cost = cost_of[unit.pk]
        return found

    # --- Columns ---

    @display(description=_("tier"), ordering="appointment_on_day__tier__rank")
    def tier(self, unit) -> str:
        return Tier(name=unit.tier_name, name_en=unit.tier_name_en).label if unit.tier_name else "—"

    @display(description=_("why it ends"), label=COLOURS)
    def because(self, unit) -> tuple[str, str]:
        return unit.standing_basis, Basis(unit.standing_basis).label

    @display(description=_("dues still missing"), ordering="dues_missing", empty_value="—")
    def money(self, unit):
        is_owed = unit.standing_basis != Basis.NOT_A_MEMBER and (unit.dues_missing or 0) > 0
        return yuan(unit.dues_missing) if is_owed else None

    @display(description=_("rights lost"))
    def rights_lost(self, unit):
        return len(unit.cost.lost)

    @display(description=_("free seats taken at later events"))
    def seats(self, unit):
        return unit.cost.seats_ahead or "—"

    @display(description=_("letter"), ordering="is_told", label={"yes": "success", "no": "default"})
    def told(self, unit) -> tuple[str, str]:
        return ("yes", _("written")) if unit.is_told else ("no", _("not yet written"))

    # --- One unit, all units ---

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What one unit loses, and the letter that says so."""
        day, today = asked_day(request), timezone.localdate()
        unit = self.get_object(request, object_id)
        if unit is None:
            return self._is_not_falling(request, object_id, day)
        if request.method == "POST" or not self.has_view_permission(request, unit):
            raise PermissionDenied
        cost = costs([unit], day)[unit.pk]
        told = CliffLetter.objects.filter(unit_id=unit.pk, last_day=day)
        return self._page(
            request,
            "unit.html",
            unit.name,
            original=unit,
            unit=unit,
            basis=Basis(unit.standing_basis).label,
            money=self.money(unit),
            last_day=day,
            lost=[RightChange(item, right, left) for item, right, left in cost.lost],
            seats_ahead=cost.seats_ahead,
            letter=letter_text(unit, cost, last_day=day, on=today),
            told=told.select_related("written_by").prefetch_related("letters").first(),
        )

    def _is_not_falling(self, request, object_id, day):
        text = _("This unit keeps its standing after %(day)s, or has none before.")
        self.message_user(request, text % {"day": date_format(day)}, messages.INFO)
        return redirect(LIST)

    @admin.action(description=_("Write to the selected units"), permissions=["write"])
    def write(self, request, units):
        """First say what it will do; do it when the page is sent back."""
        if not self.has_write_permission(request):
            raise PermissionDenied
        day, today = asked_day(request), timezone.localdate()
        if "sure" in request.POST:
            self._write(request, units, day)
            return redirect(f"{reverse(LIST)}?last_day={day}")
        waiting = to_write_to(units, day).count()
        return self._page(
            request,
            "write.html",
            _("Write to units whose standing ends"),
            last_day=day,
            is_over=day < today,
            waiting=waiting,
            is_too_many=waiting > MOST,
            most=MOST,
            told=units.count() - waiting,
            chosen=request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME),
            select_across=request.POST.get("select_across", "0"),
        )

    def _write(self, request, units, day: dt.date) -> None:
        now = timezone.localtime()
        try:
            done = write_letters(units=units, last_day=day, on=now.date(), by=request.user, at=now)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return
        wake()
        if done.units:
            text = ngettext("%(count)s unit written to.", "%(count)s units written to.", done.units)
            self.message_user(request, text % {"count": done.units}, messages.SUCCESS)
        if done.unreachable:
            names = _now(", ").join(unit.name for unit in done.unreachable)
            text = _("No e-mail address is known of: %(units)s")
            self.message_user(request, text % {"units": names}, messages.WARNING)

    def download(self, request):
        """The whole list of the day as a file for a spreadsheet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        day = asked_day(request)
        units = list(self.get_queryset(request).order_by("name"))
        response = StreamingHttpResponse(
            csv_lines(self._rows(units, day)), content_type="text/csv; charset=utf-8"
        )
        name = _("Standing that ends after %(day)s") % {"day": day}
        response["Content-Disposition"] = (
            f"attachment; filename*=utf-8''{escape_uri_path(name)}.csv"
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _rows(self, units: list[CliffUnit], day: dt.date):
        yield [
            _now("member unit"),
            _now("unified social credit code"),
            _now("tier"),
            _now("why it ends"),
            _now("dues still missing"),
            _now("rights lost"),
            _now("free seats taken at later events"),
            _now("letter"),
        ]
        cost_of = costs(units, day)
        for unit in units:
            cost = cost_of[unit.pk]
            yield [
                unit.name,
                unit.credit_code,
                self.tier(unit),
                str(Basis(unit.standing_basis).label),
                unit.dues_missing if self.money(unit) else None,
                "；".join(f"{item.label}：{right}" for item, right, _left in cost.lost),
                cost.seats_ahead,
                str(self.told(unit)[1]),
            ]

    def _page(self, request, template: str, title: str, **more) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            **more,
        }
        return TemplateResponse(request, FOLDER + template, context)
