"""Form parts that several pages share."""

from itertools import combinations

from django import forms
from django.contrib.postgres.constraints import ExclusionConstraint
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from members.models import Contact


class ContactForm(forms.ModelForm):
    """The purposes of a contact are boxes to tick."""

    roles = forms.MultipleChoiceField(
        label=_("contact for"),
        choices=Contact.Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    deputy_roles = forms.MultipleChoiceField(
        label=_("deputy for"),
        choices=Contact.Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Contact
        fields = [
            "unit",
            "name",
            "roles",
            "deputy_roles",
            "title",
            "email",
            "mobile",
            "address",
            "is_active",
        ]

    def clean(self) -> dict:
        given = super().clean()
        if not given.get("roles") and not given.get("deputy_roles"):
            self.add_error("roles", _("Choose at least one purpose."))
        return given


class DatedInlineForm(forms.ModelForm):
    """A dated row among its siblings on one page.

    Whether periods overlap is asked of the rows as they stand on the page, not of those in the
    database: ending one appointment and beginning the next is saved in one go.
    """

    def _post_clean(self) -> None:
        self.instance.get_constraints = self._constraints_of_the_row
        super()._post_clean()
        del self.instance.get_constraints

    def _constraints_of_the_row(self) -> list:
        """What `Model.validate_constraints` asks for, without those between rows."""
        constraints = self._meta.model._meta.constraints
        alone = [each for each in constraints if not isinstance(each, ExclusionConstraint)]
        return [(self._meta.model, alone)]


class DatedFormSet(PaginationInlineFormSet):
    """Rows with the same values of ``once_per`` may not share a day."""

    once_per: tuple[str, ...] = ()
    overlap_message = _("Two rows cover the same days. Give the earlier one its last day.")

    def clean(self) -> None:
        super().clean()
        rows = [form for form in self.forms if self._counts(form)]
        for one, other in combinations(rows, 2):
            if self._same(one, other) and one.instance.shares_a_day(other.instance):
                later = max(one, other, key=lambda form: form.cleaned_data["starts_on"])
                later.add_error("starts_on", self.overlap_message)

    def _counts(self, form: forms.ModelForm) -> bool:
        data = getattr(form, "cleaned_data", {})
        return bool(data.get("starts_on")) and not form.errors and not data.get("DELETE")

    def _same(self, one: forms.ModelForm, other: forms.ModelForm) -> bool:
        return all(one.cleaned_data[name] == other.cleaned_data[name] for name in self.once_per)
