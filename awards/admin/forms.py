"""Forms of the staff: they check shape; the activities decide."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from awards.cycles import check_question, check_removal
from awards.models import Award

# --- The rows of a cycle's form ------------------------------------------------------------------


class RowForm(forms.ModelForm):
    """A row whose place is given by dragging; the formset numbers them anew on saving."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False

    def clean_position(self):
        return self.cleaned_data.get("position") or 0


class QuestionRowForm(RowForm):
    """Refuses what would make answers that were given meaningless."""

    class Meta:
        widgets = {"choices": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            try:
                check_question(self.instance)
            except forms.ValidationError as error:
                self.add_error(None, error)


class RowFormSet(forms.BaseInlineFormSet):
    """Numbers the rows that stay; none goes once units are filling the form in."""

    def clean(self):
        super().clean()
        if any(form.instance.pk for form in self.deleted_forms):
            check_removal(self.instance)
        if not any(self.errors):
            self.number()

    def number(self):
        staying = [form for form in self.forms if self.is_kept(form)]
        staying.sort(key=lambda form: form.cleaned_data.get("position") or 10_000)
        for position, form in enumerate(staying, start=1):
            if form.instance.position != position:
                form.instance.position = position
                # The form itself saw no change, but the row must be saved.
                form.changed_data.append("position")

    def is_kept(self, form) -> bool:
        return (form.instance.pk or form.has_changed()) and form not in self.deleted_forms


class OpenNextForm(forms.Form):
    award = forms.ModelChoiceField(
        Award.objects.filter(cycles__isnull=False).distinct(),
        label=_("award"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )
    year = forms.IntegerField(
        label=_("year"), min_value=2000, max_value=2100, widget=UnfoldAdminIntegerFieldWidget()
    )


# --- Decisions -----------------------------------------------------------------------------------


def words(label: str, hint: str = "", *, required: bool, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}),
    )


def day(label: str, hint: str = "") -> forms.DateField:
    widget = UnfoldAdminTextInputWidget(attrs={"type": "date"})
    return forms.DateField(label=label, help_text=hint, widget=widget)


def line(label: str, hint: str = "", *, length: int, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=length,
        widget=UnfoldAdminTextInputWidget(),
    )


THE_UNIT_READS_IT = _("The unit reads it, in the portal and in the letter.")


class AcceptForm(forms.Form):
    comment = words(_("Comment"), THE_UNIT_READS_IT, required=False)


class ReturnForm(forms.Form):
    complete_by = day(_("To be completed by"), _("The whole day still counts."))
    comment = words(_("What is to be completed"), THE_UNIT_READS_IT, required=True)


class DeclineForm(forms.Form):
    reason = words(_("Reason"), THE_UNIT_READS_IT, required=True)


class RecommendForm(forms.Form):
    to = line(_("Recommended to"), _("The body that makes the award."), length=120)
    document = line(_("Number of the document"), length=60, required=False)
    on = day(_("Recommended on"))
    comment = words(_("Comment"), THE_UNIT_READS_IT, required=False)


class OutcomeForm(forms.Form):
    is_awarded = forms.TypedChoiceField(
        label=_("Result"),
        choices=[("yes", _("awarded")), ("no", _("not awarded"))],
        coerce=lambda value: value == "yes",
        widget=UnfoldAdminSelectWidget(),
    )
    level = line(
        _("Level or result"),
        _("Such as gold prize; needed for an award."),
        length=120,
        required=False,
    )
    on = day(_("Announced on"))
    comment = words(_("Comment"), THE_UNIT_READS_IT, required=False)


class NoteForm(forms.Form):
    text = words(_("Note"), _("For staff only; the unit never sees it."), required=True)
