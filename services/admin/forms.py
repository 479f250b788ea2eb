"""Forms of the small pages around a request: they check shape, the activities decide."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import User
from cases.questions import LONG
from files.fields import UploadField
from files.kinds import ACCEPTED
from services import moderation
from services.models import ServiceRequest, Stage, Study
from services.uploads import UploadsField

TITLE = 200


class SeveralFiles(UnfoldAdminFileFieldWidget):
    allow_multiple_selected = True


class StepForm(forms.Form):
    """A step of ``row`` that the member of staff ``user`` takes."""

    def __init__(self, *args, row: ServiceRequest, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.row, self.user = row, user
        if "owner" in self.fields:
            staff = User.objects.filter(is_staff=True, is_active=True)
            self.fields["owner"].queryset = staff
            self.initial.setdefault("owner", row.owner_id or user.pk)
        if "stage" in self.fields:
            stages = Stage.objects.filter(offering=row.offering).order_by("position", "pk")
            self.fields["stage"].queryset = stages


def owner_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        User.objects.none(),
        label=_("Person in charge"),
        empty_label=None,
        widget=UnfoldAdminSelectWidget(),
    )


def words_field(label, *, hint="", rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONG,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}),
    )


class AcceptForm(StepForm):
    owner = owner_field()
    stage = forms.ModelChoiceField(
        Stage.objects.none(),
        label=_("Stage"),
        required=False,
        empty_label=_("the first one"),
        widget=UnfoldAdminSelectWidget(),
    )


class AssignForm(StepForm):
    owner = owner_field()


class MoveForm(StepForm):
    stage = forms.ModelChoiceField(
        Stage.objects.none(), label=_("Stage"), widget=UnfoldAdminSelectWidget()
    )


class AskForm(StepForm):
    question = words_field(
        _("What we need from the unit"),
        hint=_("The unit gets it by e-mail; it is the unit's turn until it answers."),
    )


class TellForm(StepForm):
    text = words_field(
        _("Message to the unit"), hint=_("The unit gets it by e-mail and need not answer.")
    )


class NoteForm(StepForm):
    text = words_field(_("Note among staff"), hint=_("The unit never sees it."))


class CloseForm(StepForm):
    delivered = words_field(
        _("What was delivered"), hint=_("The unit reads it on its page and by e-mail.")
    )
    files = UploadsField(
        label=_("Files handed over"),
        required=False,
        widget=SeveralFiles(attrs={"accept": ACCEPTED}),
    )


class DeclineForm(StepForm):
    reason = words_field(_("Reason"), hint=_("The unit reads it. Its right is not used up."))


class ApproveForm(StepForm):
    """The text as sent in, to be edited before it is accepted."""

    title = forms.CharField(label=_("Title"), max_length=TITLE, widget=UnfoldAdminTextInputWidget())
    body = forms.CharField(label=_("Text"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 20}))

    def __init__(self, *args, row: ServiceRequest, **kwargs):
        super().__init__(*args, row=row, **kwargs)
        self.initial |= moderation.sent_in(row)


class StudyForm(forms.ModelForm):
    """A study with its two files. A file chosen anew takes the place of the earlier one."""

    report = UploadField(
        label=_("The study"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPTED}),
    )
    common = UploadField(
        label=_("Its common part"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPTED}),
        help_text=_("What is shared beyond the units concerned. Leave empty if there is none."),
    )

    class Meta:
        model = Study
        fields = ("title", "offering", "issued_on", "request")

    def clean(self):
        cleaned = super().clean()
        offering, request = cleaned.get("offering"), cleaned.get("request")
        if offering and request and request.offering_id != offering.pk:
            self.add_error("request", _("This request is for another service."))
        return cleaned
