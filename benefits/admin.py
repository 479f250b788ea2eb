"""The charter and its exceptions as staff see them."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter
from unfold.decorators import display

from benefits.amending import check_allowance, check_grant
from benefits.entitlement_words import granted
from benefits.models import Allowance, BenefitGroup, BenefitItem, ExceptionalGrant
from benefits.words import amount
from members.admin.forms import DatedFormSet, DatedInlineForm
from members.models import SpecialCommittee, Tier

TODAY, PAST, COMING = "today", "past", "coming"
STATES = {TODAY: _("in force"), PAST: _("ended"), COMING: _("to come")}
COLOURS = {STATES[TODAY]: "success", STATES[COMING]: "info"}


def state_of(row: Allowance | ExceptionalGrant) -> str:
    """In force, ended or to come, as of today."""
    today = timezone.localdate()
    if row.starts_on > today:
        return STATES[COMING]
    return STATES[PAST] if row.ends_on and row.ends_on < today else STATES[TODAY]


class InForceFilter(DropdownFilter):
    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def queryset(self, request, rows):
        today = timezone.localdate()
        if self.value() == TODAY:
            return rows.on(today)
        chosen = {PAST: Q(ends_on__lt=today), COMING: Q(starts_on__gt=today)}
        return rows.filter(chosen.get(self.value(), Q()))


class HolderFilter(DropdownFilter):
    """Rows of one tier or one committee."""

    model: type

    def lookups(self, request, model_admin):
        return [(row.pk, row.label) for row in self.model.objects.all()]

    def queryset(self, request, rows):
        chosen = self.value() or ""
        return rows.filter(**{self.parameter_name: chosen}) if chosen.isdecimal() else rows


class TierFilter(HolderFilter):
    title, parameter_name, model = _("tier"), "tier", Tier


class CommitteeFilter(HolderFilter):
    title, parameter_name, model = _("special committee"), "committee", SpecialCommittee


class AllowanceForm(forms.ModelForm):
    def clean(self):
        super().clean()
        check_dated(self, check_allowance)


class AllowanceInlineForm(DatedInlineForm, AllowanceForm):
    """An allowance on the page of its item, among the others."""


class GrantForm(forms.ModelForm):
    def clean(self):
        super().clean()
        check_dated(self, check_grant)


def check_dated(form: forms.ModelForm, check) -> None:
    """Ask the rule about a form whose dates are there; faults stand at their fields."""
    starts_on = form.cleaned_data.get("starts_on", form.instance.starts_on)
    if starts_on is None or form.has_error("ends_on"):
        return
    ends_on = form.cleaned_data["ends_on"]
    row = form._meta.model(pk=form.instance.pk, starts_on=starts_on, ends_on=ends_on)
    try:
        check(row, form.changed_data, today=timezone.localdate())
    except ValidationError as error:
        form.add_error(None, error)


class AllowanceFormSet(DatedFormSet):
    once_per = ("tier", "committee", "part")
    overlap_message = _("Two rows cover the same days. Give the earlier one its last day.")


class AllowanceInline(StackedInline):
    """All that was, is and will be allowed of the item."""

    model = Allowance
    form = AllowanceInlineForm
    formset = AllowanceFormSet
    fields = [
        ("tier", "committee"),
        ("medium", "audience"),
        ("extent", "quantity"),
        ("starts_on", "ends_on"),
        ("clause", "part"),
    ]
    extra = 0
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("item", "tier", "committee")


@admin.register(BenefitGroup)
class BenefitGroupAdmin(ModelAdmin):
    list_display = ["name", "name_en", "items_today"]
    readonly_fields = ["code"]

    def get_queryset(self, request):
        promised = Q(items__retired_on__isnull=True) | Q(items__retired_on__gt=timezone.localdate())
        return super().get_queryset(request).annotate(count=Count("items", filter=promised))

    @display(description=_("items today"))
    def items_today(self, group) -> int:
        return group.count

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else []


@admin.register(BenefitItem)
class BenefitItemAdmin(ModelAdmin):
    inlines = [AllowanceInline]
    list_display = ["number", "name", "period", "counted_per"]
    list_display_links = ["name"]
    list_filter = ["group", "period", "counted_per"]
    list_select_related = ["group"]
    list_per_page = 50
    search_fields = ["name", "name_en", "code"]
    ordering = ["group__position", "position"]
    fields = [
        ("group", "position"),
        ("name", "name_en"),
        "code",
        ("period", "counted_per"),
        ("clause", "retired_on"),
    ]

    def get_queryset(self, request):
        allowed = Allowance.objects.on(timezone.localdate()).select_related("tier", "committee")
        prefetched = Prefetch("allowances", allowed.order_by("part"), to_attr="allowed_today")
        return super().get_queryset(request).prefetch_related(prefetched)

    def get_list_display(self, request):
        """A column a tier with what it gets today, and one for the committees."""
        return [*self.list_display, *map(column_of, Tier.objects.all()), committees_today]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj else []

    @display(description=_("clause of the charter"), ordering="position")
    def number(self, item) -> str:
        return item.clause

    def save_model(self, request, item, form, change):
        if form.changed_data:
            item.edited_by = request.user
        super().save_model(request, item, form, change)

    def save_formset(self, request, form, formset, change):
        for row in formset.save(commit=False):  # those that end first, then those that follow
            row.edited_by = request.user
            row.save()

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


def column_of(tier: Tier):
    """A list column: what the tier gets of an item today."""

    @display(description=tier.label)
    def column(item: BenefitItem) -> str:
        return amounts(row for row in item.allowed_today if row.tier_id == tier.pk) or "—"

    column.__name__ = tier.code
    return column


@display(description=_("special committees"))
def committees_today(item: BenefitItem) -> str:
    rows = [row for row in item.allowed_today if row.committee_id]
    return "；".join(f"{row.committee.label} {amounts([row])}" for row in rows) or "—"


def amounts(rows) -> str:
    return "；".join(in_short(row) for row in rows)


def in_short(row: Allowance) -> str:
    words = amount(row.medium, row.extent, row.quantity)
    if row.audience == Allowance.Audience.CONCERNED:
        return _("%(amount)s, if concerned") % {"amount": words}
    return words


def all_but_end(rows: list) -> list[str]:
    names = [name for row in rows for name in ([row] if isinstance(row, str) else row)]
    return [name for name in names if name != "ends_on"]


@admin.register(Allowance)
class AllowanceAdmin(ModelAdmin):
    form = AllowanceForm
    list_display = ["item", "holder", "allowed", "audience", "starts_on", "ends_on", "state"]
    list_filter = [
        InForceFilter,
        TierFilter,
        CommitteeFilter,
        ("item", AutocompleteSelectFilter),
        "medium",
    ]
    list_filter_submit = True
    list_select_related = ["item", "tier", "committee"]
    list_per_page = 50
    search_fields = ["item__name", "item__name_en", "item__code", "note"]
    autocomplete_fields = ["item"]
    ordering = ["item__group__position", "item__position", "part", "tier__rank", "-starts_on"]
    fields = [
        "item",
        ("tier", "committee"),
        ("medium", "extent", "quantity"),
        ("part", "audience"),
        ("clause", "note"),
        ("starts_on", "ends_on"),
    ]

    def get_readonly_fields(self, request, obj=None):
        """Of a row that has begun only the last day can change."""
        return all_but_end(self.fields) if obj and obj.starts_on < timezone.localdate() else []

    @display(description=_("tier or committee"))
    def holder(self, row) -> str:
        return (row.tier or row.committee).label

    @display(description=_("allowed"))
    def allowed(self, row) -> str:
        return amount(row.medium, row.extent, row.quantity)

    @display(description=_("state today"), label=COLOURS)
    def state(self, row) -> str:
        return state_of(row)

    def save_model(self, request, row, form, change):
        if form.changed_data:
            row.edited_by = request.user
        super().save_model(request, row, form, change)

    def has_delete_permission(self, request, obj=None) -> bool:
        """A row that has begun is the answer for days gone by; it is ended, not deleted."""
        has_begun = obj is None or obj.starts_on < timezone.localdate()
        return not has_begun and super().has_delete_permission(request, obj)


@admin.register(ExceptionalGrant)
class ExceptionalGrantAdmin(ModelAdmin):
    form = GrantForm
    list_display = [
        "unit", "covers", "given", "starts_on", "ends_on", "state", "approved_by", "reason",
    ]  # fmt: skip
    list_filter = [InForceFilter, ("item", AutocompleteSelectFilter), "gives"]
    list_filter_submit = True
    list_select_related = ["unit", "item", "approved_by"]
    list_per_page = 50
    search_fields = ["unit__name", "unit__credit_code", "unit__former_names__name", "reason"]
    autocomplete_fields = ["unit", "item"]
    date_hierarchy = "starts_on"
    fields = [
        ("unit", "item"),
        ("gives", "quantity", "medium"),
        "reason",
        ("starts_on", "ends_on"),
        "approved_by",
    ]

    def get_readonly_fields(self, request, obj=None):
        """An approved grant can only be ended early."""
        return all_but_end(self.fields) if obj else ["approved_by"]

    @display(description=_("benefit item"))
    def covers(self, grant) -> str:
        return grant.item.label if grant.item else _("all items")

    @display(description=_("gives"))
    def given(self, grant) -> str:
        return granted(grant)

    @display(description=_("state today"), label=COLOURS)
    def state(self, grant) -> str:
        return state_of(grant)

    def save_model(self, request, grant, form, change):
        if not change:
            grant.approved_by = request.user
        super().save_model(request, grant, form, change)

    def has_delete_permission(self, request, obj=None) -> bool:
        """A grant that has begun is evidence; it is ended early, not deleted."""
        has_begun = obj is None or obj.starts_on <= timezone.localdate()
        return not has_begun and super().has_delete_permission(request, obj)
