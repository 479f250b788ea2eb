"""Rows that decide standing and rights, corrected one by one: each save says why.

A general assembly's decisions go through a batch; these pages are for single corrections.
"""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from members.record import acting


class ReasonForm(forms.ModelForm):
    why = forms.CharField(
        label=_("why"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept beside the change with your name: a resolution, or what was wrong."),
    )


class WithReason:
    """A `ModelAdmin` of dated rows: saved with a reason, deleted only before they begin."""

    form = ReasonForm

    def get_fields(self, request, obj=None):
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return [*self.fields, "why"] if may else self.fields

    def has_delete_permission(self, request, obj=None) -> bool:
        has_begun = obj is not None and obj.starts_on <= timezone.localdate()
        return not has_begun and super().has_delete_permission(request, obj)

    def get_actions(self, request):
        """Rows are deleted one by one on their page, so that none that has begun goes along."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def save_model(self, request, obj, form, change):
        with acting(by=request.user, why=form.cleaned_data["why"]):
            super().save_model(request, obj, form, change)
