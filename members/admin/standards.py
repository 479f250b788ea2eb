"""会费标准: a year's are proposed from the year before; one that is set changes by a resolution."""

from collections import defaultdict
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from members import standards
from members.admin.recorded import Recorded
from members.admin.steps import Preview, Step, walk
from members.models import DuesStandard, Tier
from members.standing_words import yuan


class ChangeForm(forms.Form):
    amount = forms.DecimalField(
        label=_("amount (yuan)"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    resolution = forms.CharField(
        label=_("resolution"), max_length=120, widget=UnfoldAdminTextInputWidget
    )
    why = forms.CharField(label=_("why"), max_length=200, widget=UnfoldAdminTextInputWidget)


class ProposalForm(forms.Form):
    """The year and its resolution, and an amount for each tier that has none yet."""

    year = forms.IntegerField(
        label=_("year"), min_value=1990, max_value=2100, widget=UnfoldAdminIntegerFieldWidget
    )
    resolution = forms.CharField(
        label=_("resolution"), max_length=120, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args, year: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = year
        self.tiers = {}
        for tier, amount in standards.proposal(year):
            name = f"tier_{tier.pk}"
            self.tiers[name] = tier
            self.fields[name] = forms.DecimalField(
                label=tier.label,
                initial=amount,
                required=False,
                min_value=Decimal("0.01"),
                max_digits=12,
                decimal_places=2,
                help_text=_("Left empty, the tier gets no standard."),
                widget=UnfoldAdminDecimalFieldWidget,
            )

    def clean(self):
        if not self.tiers:
            raise forms.ValidationError(_("Every tier has its standard for this year already."))
        if not self.errors and not self.amounts():
            raise forms.ValidationError(_("Enter an amount for one tier at least."))
        return self.cleaned_data

    def amounts(self) -> dict[Tier, Decimal]:
        found = ((tier, self.cleaned_data.get(name)) for name, tier in self.tiers.items())
        return {tier: amount for tier, amount in found if amount}


@admin.register(DuesStandard)
class DuesStandardAdmin(Recorded, ModelAdmin):
    list_display = ["year", "tier", "yuan_due", "resolution", "grades"]
    list_filter = ["year", "tier"]
    list_select_related = ["tier"]
    search_fields = ["resolution"]
    fields = [("tier", "year"), "amount", "resolution"]
    actions_list = ["propose"]
    actions_detail = ["change_amount"]

    def add_view(self, request, form_url="", extra_context=None):
        """New ones are set on the page that names the resolution and counts the grades."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("admin:members_duesstandard_propose")

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_set_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.change_duesstandard")

    def get_changelist_instance(self, request):
        """With how many grades the year of each row has, in one more query."""
        found = super().get_changelist_instance(request)
        found.result_list = list(found.result_list)
        years = {standard.year for standard in found.result_list}
        amounts = defaultdict(list)
        rows = DuesStandard.objects.filter(year__in=years).values_list("year", "amount")
        for year, amount in rows:
            amounts[year].append(amount)
        for standard in found.result_list:
            standard.too_many = standards.too_many_grades(amounts[standard.year])
        return found

    @display(description=_("amount"), ordering="amount")
    def yuan_due(self, standard: DuesStandard) -> str:
        return yuan(standard.amount)

    @display(description=_("grades of the year"))
    def grades(self, standard: DuesStandard) -> str:
        return standard.too_many or "—"

    @action(
        description=_("Propose a year's standards"),
        url_path="propose",
        permissions=["set"],
        icon="playlist_add",
    )
    def propose(self, request):
        """From the latest year there is; the year asked for is in the form or the address."""
        if not self.has_set_permission(request):
            raise PermissionDenied
        year = asked_year(request)
        form = ProposalForm(request.POST or None, year=year)
        return walk(
            self,
            request,
            Step(
                title=_("Standards of dues for a year"),
                form=form,
                preview=lambda values: self._proposed(form, values["year"]),
                act=lambda values: self._set(request, form, values),
                back=reverse("admin:members_duesstandard_changelist"),
                lead=[_("The amounts are those of the latest year before. Name the resolution.")],
            ),
        )

    def _proposed(self, form: ProposalForm, year: int) -> Preview:
        amounts = form.amounts()
        every = [*amounts.values(), *standards.amounts_of(year).values()]
        return Preview(
            says=[f"{year} · {tier.label}: {yuan(amount)}" for tier, amount in amounts.items()],
            warning=standards.too_many_grades(every),
        )

    def _set(self, request, form: ProposalForm, values: dict) -> str:
        made = standards.set_standards(
            year=values["year"],
            amounts=form.amounts(),
            resolution=values["resolution"],
            by=request.user,
        )
        text = ngettext("%(count)s standard is set.", "%(count)s standards are set.", len(made))
        return text % {"count": len(made)}

    @action(description=_("Change the amount"), url_path="change-amount", permissions=["set"])
    def change_amount(self, request, object_id):
        """Never silently: whose standing it changes is shown first, and why is kept."""
        standard = get_object_or_404(DuesStandard.objects.select_related("tier"), pk=object_id)
        if not self.has_set_permission(request):
            raise PermissionDenied
        initial = {"amount": standard.amount, "resolution": standard.resolution}
        back = reverse("admin:members_duesstandard_change", args=[standard.pk])

        def change(values: dict) -> DuesStandard:
            return standards.change(standard=standard, by=request.user, **values)

        def act(values: dict) -> str:
            change(values)
            return _("Recorded.")

        def preview(values: dict) -> Preview:
            today = timezone.localdate()
            changes = standards.affected(standard, lambda: change(values), today)
            return Preview(
                says=[rests(standard), f"{yuan(standard.amount)} → {yuan(values['amount'])}"],
                warning=grades_with(standard, values["amount"]),
                changes=changes,
            )

        step = Step(
            title=_("Change the amount"),
            form=ChangeForm(request.POST or None, initial=initial),
            preview=preview,
            act=act,
            back=back,
            lead=[str(standard), rests(standard)],
        )
        return walk(self, request, step)


def asked_year(request) -> int:
    """The year in the form or the address; the next one where there is none to be read."""
    text = request.POST.get("year") or request.GET.get("year") or ""
    is_year = text.isascii() and text.isdecimal() and 1990 <= int(text[:9]) <= 2100
    return int(text) if is_year else timezone.localdate().year + 1


def rests(standard: DuesStandard) -> str:
    notices, payments = standards.rests_on(standard)
    return _("%(notices)s notices and %(payments)s confirmed payments rest on it.") % {
        "notices": notices,
        "payments": payments,
    }


def grades_with(standard: DuesStandard, amount: Decimal) -> str:
    amounts = standards.amounts_of(standard.year) | {standard.tier_id: amount}
    return standards.too_many_grades(list(amounts.values()))
