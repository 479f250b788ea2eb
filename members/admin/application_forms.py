"""What staff are asked at each step of an application; the activities decide."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from members.models import MembershipApplication, SpecialCommittee, Tier


class StepForm(forms.Form):
    """A form about ``application``, which may fill in what to begin with."""

    def __init__(self, *args, application: MembershipApplication, **kwargs):
        super().__init__(*args, **kwargs)
        self.application = application


def day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=UnfoldAdminSingleDateWidget)


def line(label: str, *, required: bool = True, most: int = 120, help_text: str = ""):
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextInputWidget,
    )


def text(label: str, *, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=2000,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )


class PassForm(StepForm):
    note = text(
        _("opinion"), required=False, help_text=_("For staff. The applicant does not see it.")
    )


class ReturnForm(StepForm):
    note = text(
        _("what is to be corrected"),
        help_text=_("The applicant reads this in a letter and on the page of the application."),
    )


class RejectForm(StepForm):
    decided_on = day(_("decided on"))
    resolution = line(_("number of the council's minutes"), required=False)
    note = text(
        _("words to the applicant"), required=False, help_text=_("They stand in the letter.")
    )


class DecisionForm(StepForm):
    decided_on = day(_("day of the council's minutes"))
    resolution = line(_("number of the council's minutes"))


class AdmitForm(DecisionForm):
    tier = forms.ModelChoiceField(
        Tier.objects.all(), label=_("tier"), widget=UnfoldAdminSelectWidget
    )
    committees = forms.ModelMultipleChoiceField(
        SpecialCommittee.objects.all(),
        label=_("special committees"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wished = self.application.form
        self.initial |= {"tier": wished.tier_id, "committees": list(wished.committees.all())}


class EndForm(StepForm):
    ended_on = day(
        _("last day of membership"), _("Services that take place on this day are still the unit's.")
    )
    because = line(_("why it ended"), most=200)
    resolution = line(_("resolution on the end"), required=False)


class ReinstateForm(StepForm):
    because = line(_("why the end was a mistake"), most=200)
