"""The pages on which staff decide about one application: a short form and a button each."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from awards import deciding
from awards.admin import forms as own_forms
from awards.models import AwardApplication
from letters.tasks import wake

State = AwardApplication.State


@dataclass(frozen=True)
class Decision:
    """A page: in which states it is offered, its form, and the verb behind the button.

    The form's fields are the verb's arguments.
    """

    title: str
    hint: str
    button: str
    said: str
    states: tuple[str, ...]
    form: type[forms.Form]
    verb: Callable


DECISIONS = {
    "accept": Decision(
        _("Accept for review"),
        _("The formal check is passed: everything is there and in order."),
        _("Accept for review"),
        _("Accepted for review. The unit is told."),
        (State.SUBMITTED,),
        own_forms.AcceptForm,
        deciding.accept,
    ),
    "send_back": Decision(
        _("Return to be completed"),
        _("The unit can write in it again until the end of the day. Its number and day stay."),
        _("Return to be completed"),
        _("Returned. The unit is told what to do and by when."),
        (State.SUBMITTED, State.RETURNED),
        own_forms.ReturnForm,
        deciding.return_for_completion,
    ),
    "decline": Decision(
        _("Do not admit"),
        _("It does not meet the conditions, or was not completed in time."),
        _("Do not admit"),
        _("Not admitted. The unit is told."),
        (State.SUBMITTED, State.RETURNED),
        own_forms.DeclineForm,
        deciding.decline,
    ),
    "recommend": Decision(
        _("Recommend"),
        _("The review is over and the association recommends it onwards."),
        _("Record the recommendation"),
        _("The recommendation is recorded. The unit is told."),
        (State.ACCEPTED,),
        own_forms.RecommendForm,
        deciding.recommend,
    ),
    "not_recommend": Decision(
        _("Do not recommend"),
        _("The review is over without a recommendation."),
        _("Do not recommend"),
        _("Recorded. The unit is told."),
        (State.ACCEPTED,),
        own_forms.DeclineForm,
        deciding.not_recommend,
    ),
    "outcome": Decision(
        _("Record the result"),
        _("What the awarding body announced."),
        _("Record the result"),
        _("The result is recorded. The unit is told."),
        (State.RECOMMENDED,),
        own_forms.OutcomeForm,
        deciding.record_outcome,
    ),
    "note": Decision(
        _("Write a note"),
        _("It stands in the trail for your colleagues."),
        _("Save the note"),
        _("The note is saved."),
        tuple(state for state in State if state != State.DRAFT),
        own_forms.NoteForm,
        deciding.note,
    ),
}


def page(admin, request, application: AwardApplication, name: str):
    decision = DECISIONS[name]
    if application.state not in decision.states:
        messages.error(request, _("This is not possible in the present state."))
        return back(application)
    form = decision.form(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and decide(request, application, decision, form)
    ):
        admin.log_change(request, application, str(decision.title))
        messages.success(request, decision.said)
        return back(application)
    return shown(admin, request, application, decision, form)


def decide(request, application: AwardApplication, decision: Decision, form: forms.Form) -> bool:
    """Do it; a refusal goes to the field it is about."""
    try:
        decision.verb(
            application=application, at=timezone.now(), by=request.user, **form.cleaned_data
        )
    except ValidationError as error:
        by_field = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if by_field else error.messages)
        return False
    wake()
    return True


def back(application: AwardApplication) -> HttpResponseRedirect:
    address = reverse("admin:awards_awardapplication_change", args=[application.pk])
    return HttpResponseRedirect(address)


def shown(admin, request, application, decision: Decision, form) -> TemplateResponse:
    request.current_app = admin.admin_site.name
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "original": application,
        "title": decision.title,
        "decision": decision,
        "form": form,
    }
    return TemplateResponse(request, "admin/awards/awardapplication/decide.html", context)
