"""One service to ask for, and one request of the unit's own."""

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from benefits.entitlement import entitlement
from benefits.refusal import NotEntitled
from cases.questions import LONG, QuestionForm
from files.serving import attachment
from letters.tasks import wake
from portal.acting import for_unit
from services import asking
from services.models import RequestFile, RequestStep, ServiceOffering, ServiceRequest
from services.uploads import UploadsField

POINTS = [
    (5, gettext_lazy("5 – very good")),
    (4, gettext_lazy("4 – good")),
    (3, gettext_lazy("3 – fair")),
    (2, gettext_lazy("2 – not good")),
    (1, gettext_lazy("1 – poor")),
]


class AskForm(QuestionForm):
    """The questions of a service, and files to go with them."""

    files = UploadsField(
        label=gettext_lazy("Files"),
        required=False,
        help_text=gettext_lazy("Optional. PDF, pictures, Word or Excel, at most 20 MB each."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["files"] = self.fields.pop("files")  # behind the questions


class WriteForm(forms.Form):
    """A message, or the answer to what the association asks."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    more_files = UploadsField(
        label=gettext_lazy("Files"),
        required=False,
        help_text=gettext_lazy("Optional. PDF, pictures, Word or Excel, at most 20 MB each."),
    )


class AttachForm(forms.Form):
    files = UploadsField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy("PDF, pictures, Word or Excel, at most 20 MB each."),
    )


class RateForm(forms.Form):
    rating = forms.TypedChoiceField(
        label=gettext_lazy("How was it?"),
        choices=[("", gettext_lazy("Please choose")), *POINTS],
        coerce=int,
    )
    words = forms.CharField(
        label=gettext_lazy("In your words (optional)"),
        required=False,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


# --- Asking -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def offering(request, code: str):
    """What a service is, and the form to ask for it where the unit may."""
    found = get_object_or_404(
        ServiceOffering.objects.select_related("benefit_item__group", "owner"), code=code
    )
    questions = list(found.questions.asked())
    is_sent = request.method == "POST"
    form = AskForm(questions, *((request.POST, request.FILES) if is_sent else ()))
    refused = None
    if is_sent and form.is_valid():
        try:
            asked = file_request(request, found, form)
        except NotEntitled as no:
            refused = no.answer
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("service_request", asked.pk)
    answer = refused or entitlement(request.unit, found.benefit_item, timezone.localdate())
    context = {
        "offering": found,
        "answer": answer,
        "used": asking.earlier(request.unit, found),
        "form": form,
    }
    status = 403 if is_sent and not answer.entitled else 200
    return render(request, "portal/offering.html", context, status=status)


def file_request(request, found: ServiceOffering, form: AskForm) -> ServiceRequest:
    """Ask, and say what happens next. Raises ``ValidationError``."""
    asked = asking.ask(
        unit=request.unit,
        offering=found,
        answers=form.answers(),
        files=form.cleaned_data["files"],
        by=request.user,
        at=timezone.now(),
    )
    wake()
    messages.success(
        request, _("Sent, under number %(number)s. We wrote to you too.") % {"number": asked.number}
    )
    return asked


# --- One request --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def service_request(request, pk: int):
    """A request of the unit's own: its trail, and what can be done with it."""
    rows = ServiceRequest.objects.select_related(
        "offering__benefit_item", "stage", "owner", "asked_by", "news"
    )
    row = get_object_or_404(rows, unit=request.unit, pk=pk)
    if request.method != "POST":
        return shown(request, row, {})
    act = ACTS.get(request.POST.get("act"))
    if act is None:
        raise BadRequest("No known act is named.")
    form = act.form_for(row, request)
    if form.is_valid():
        try:
            act.do(request, row, form)
        except ValidationError as error:
            row.refresh_from_db()
            if act.name not in forms_of(row):  # the page has moved on: say so on top of it
                messages.error(request, " ".join(error.messages))
                return redirect("service_request", row.pk)
            form.add_error(None, error.messages)
        else:
            wake()
            messages.success(request, act.said)
            return redirect("service_request", row.pk)
    return shown(request, row, {act.name: form})


def shown(request, row: ServiceRequest, sent: dict[str, forms.Form]):
    """The page; ``sent`` holds a form that was refused, with its errors."""
    files = list(row.files.all())
    context = {
        "row": row,
        "steps": row.steps.told().select_related("by", "stage"),
        "answers": [each for each in row.answers.select_related("question") if each.text],
        "own_files": [file for file in files if not file.is_delivered],
        "delivered_files": [file for file in files if file.is_delivered],
        "article": article_of(row),
        "question": question_to(row),
        "forms": {name: sent.get(name, form) for name, form in forms_of(row).items()},
    }
    return render(request, "portal/service_request.html", context)


def forms_of(row: ServiceRequest) -> dict[str, forms.Form]:
    """The forms that the state of the request allows."""
    if row.may_be_rated:
        return {"rate": RateForm()}
    if not row.is_open:
        return {}
    found = {"write": WriteForm(), "attach": AttachForm()}
    return found | ({"amend": amend_form(row)} if row.is_waiting_for_unit else {})


def question_to(row: ServiceRequest) -> RequestStep | None:
    """What the unit is asked for now."""
    if not row.is_waiting_for_unit:
        return None
    return row.steps.filter(kind=RequestStep.Kind.ASKED).last()


def article_of(row: ServiceRequest):
    """The article in which an accepted text was placed; ``None`` while it was not."""
    return getattr(row.news, "article", None) if row.news else None


def amend_form(row: ServiceRequest, *data) -> QuestionForm:
    questions = list(row.offering.questions.asked())
    kept = {answer.question_id: answer.text for answer in row.answers.all()}
    return QuestionForm(questions, *data, answers=kept)


class Act:
    """What a button of the page does: the form it sends, and the words after it."""

    def __init__(self, name: str, form: type[forms.Form], said, do):
        self.name, self.form, self.said, self.do = name, form, said, do

    def form_for(self, row: ServiceRequest, request) -> forms.Form:
        if self.name == "amend":
            return amend_form(row, request.POST)
        return self.form(request.POST, request.FILES)


def write(request, row, form) -> None:
    asking.write(
        request=row,
        text=form.cleaned_data["text"],
        files=form.cleaned_data["more_files"],
        by=request.user,
        at=timezone.now(),
    )


def amend(request, row, form) -> None:
    asking.amend(request=row, answers=form.answers(), by=request.user, at=timezone.now())


def attach(request, row, form) -> None:
    files = form.cleaned_data["files"]
    asking.attach(request=row, files=files, by=request.user, at=timezone.now())


def withdraw(request, row, form) -> None:
    asking.withdraw(request=row, by=request.user, at=timezone.now())


def rate(request, row, form) -> None:
    asking.rate(request=row, by=request.user, at=timezone.now(), **form.cleaned_data)


ACTS = {
    act.name: act
    for act in (
        Act("write", WriteForm, gettext_lazy("Your message is with the association."), write),
        Act("amend", QuestionForm, gettext_lazy("Corrected and sent again."), amend),
        Act("attach", AttachForm, gettext_lazy("The files are with your request."), attach),
        Act("withdraw", forms.Form, gettext_lazy("The request is withdrawn."), withdraw),
        Act("rate", RateForm, gettext_lazy("Thank you for your rating."), rate),
    )
}


@require_safe
@for_unit
def request_file(request, pk: int, file: int):
    """A file of a request of the unit's own."""
    return attachment(
        get_object_or_404(RequestFile, request=pk, request__unit=request.unit, pk=file)
    )
