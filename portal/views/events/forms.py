"""The people a unit registers, as they are typed; `events.registration` decides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.models.registrations import validate_mobile
from events.persons import MOST_AT_ONCE, Person, compact


class PersonForm(forms.Form):
    name = forms.CharField(
        label=_("Full name"),
        max_length=60,
        error_messages={"required": _("Write the person's name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mobile = forms.CharField(
        label=_("Mobile"),
        max_length=30,
        error_messages={"required": _("Write the person's mobile number.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail (not required)"),
        required=False,
        help_text=_("The pass goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    job_title = forms.CharField(
        label=_("Job title (not required)"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_mobile(self) -> str:
        mobile = compact(self.cleaned_data["mobile"])
        validate_mobile(mobile)
        return mobile

    def person(self) -> Person:
        return Person(**self.cleaned_data)


class PeopleFormSet(forms.BaseFormSet):
    """Several people; rows that were left empty do not count."""

    def people(self) -> list[Person]:
        return [form.person() for form in self.forms if form.has_changed()]

    def clean(self):
        if not any(self.errors) and not self.people():
            raise forms.ValidationError(_("Write at least one person."), code="nobody")


People = forms.formset_factory(
    PersonForm, formset=PeopleFormSet, extra=0, max_num=MOST_AT_ONCE, validate_max=True
)
PREFIX = "person"


def empty(rows: int) -> PeopleFormSet:
    """So many empty rows."""
    people = People(prefix=PREFIX)
    people.extra = rows
    return people


def typed(data, *, more: int = 0) -> PeopleFormSet:
    """What was typed, with ``more`` empty rows after it."""
    data = data.copy()
    name = f"{PREFIX}-TOTAL_FORMS"
    if more and data.get(name, "").isdigit():
        data[name] = str(min(int(data[name]) + more, MOST_AT_ONCE))
    return People(data, prefix=PREFIX)
