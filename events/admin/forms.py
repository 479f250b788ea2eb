"""Forms of the events team: they check shape, `events` decides."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import ActionForm
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from events.persons import Person, checked
from members.models import MemberUnit

BETWEEN = re.compile(r"[,，;；\t]+|\s{2,}|(?<=\S)\s(?=\S)")
OFFERED = 8


class DayOfPaymentForm(ActionForm):
    """The bar of actions with the day for those that need one."""

    day = forms.DateField(
        label=gettext_lazy("paid on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class PaidForm(forms.Form):
    paid_on = forms.DateField(
        label=gettext_lazy("paid on"),
        required=False,
        widget=UnfoldAdminSingleDateWidget(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Leave empty where it was not paid after all."),
    )


class SubstituteForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("attendee's name"), max_length=60, widget=UnfoldAdminTextInputWidget()
    )
    mobile = forms.CharField(
        label=gettext_lazy("mobile"), max_length=30, widget=UnfoldAdminTextInputWidget()
    )
    email = forms.EmailField(
        label=gettext_lazy("e-mail address"), required=False, widget=UnfoldAdminTextInputWidget()
    )
    job_title = forms.CharField(
        label=gettext_lazy("job title"),
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
    )

    def person(self) -> Person:
        return Person(**self.cleaned_data)


class HallForm(forms.Form):
    capacity = forms.IntegerField(
        label=gettext_lazy("places in the hall"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=gettext_lazy("Leave empty for no limit. More places let those who wait move up."),
    )


class CallOffForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("why it was called off"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Everybody who is registered reads it in a letter."),
    )


class EnrolForm(forms.Form):
    """A unit by its name, and its people a line each, as copied from a spreadsheet."""

    unit = forms.CharField(
        label=gettext_lazy("member unit"),
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("A part of the name, or the credit code."),
    )
    people = forms.CharField(
        label=gettext_lazy("people"),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One a line: name, mobile, e-mail, job title. The last two may be left out."
        ),
    )

    def clean_unit(self) -> MemberUnit:
        found = list(MemberUnit.objects.meant(self.cleaned_data["unit"])[: OFFERED + 1])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("No unit has this in its name. Try a shorter part."))
        names = "、".join(unit.name for unit in found[:OFFERED])
        raise ValidationError(_("Several units fit: %(names)s. Write more.") % {"names": names})

    def clean_people(self) -> list[Person]:
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        return checked([person_in(line) for line in lines])


def person_in(line: str) -> Person:
    """``张三 13800001234 zhang@example.org 工程师``; parted by blanks, commas or tabs."""
    name, *rest = (part.strip() for part in BETWEEN.split(line.strip()) if part.strip())
    mobile = next(iter(rest), "")
    email = next((part for part in rest[1:] if "@" in part), "")
    title = " ".join(part for part in rest[1:] if part != email)
    return Person(name=name, mobile=mobile, email=email, job_title=title)
