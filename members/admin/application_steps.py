"""The pages on which an application moves: a short form, where it matters a preview, a button."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from letters.tasks import wake
from members import admitting, ending, joining, reviewing
from members.admin import application_forms as asked
from members.days import day_of
from members.models import MembershipApplication

Decision = MembershipApplication.Decision
Stage = MembershipApplication.Stage


@dataclass(frozen=True)
class Step:
    """A page: when it is offered, what it asks, the verb behind its button.

    The form's fields are the verb's arguments. With ``foresee`` its outcome is shown before it is
    done, by the template ``preview``.
    """

    title: str
    hint: str
    form: type[asked.StepForm]
    verb: Callable
    fits: Callable[[MembershipApplication], bool]
    foresee: Callable | None = None
    preview: str = ""


def is_at(stage: str) -> Callable[[MembershipApplication], bool]:
    return lambda each: each.is_under_way and each.is_public and each.stage == stage


def is_under_review(application: MembershipApplication) -> bool:
    is_open = application.is_under_way and application.stage != Stage.RETURNED
    return is_open and application.is_public


def is_entered_by_staff(application: MembershipApplication) -> bool:
    return application.is_under_way and not application.is_public


def is_running(application: MembershipApplication) -> bool:
    return application.decision == Decision.APPROVED and application.ended_on is None


def lapsed(*, application, by, at, **facts) -> dict:
    """What was taken back: shown before it is done, like the rest."""
    return {"rows": ending.ended_with(application)}


STEPS = {
    "pass_preliminary": Step(
        _("Pass the preliminary review"),
        _("The form is complete, the files can be read, and the code belongs to the unit."),
        asked.PassForm,
        partial(reviewing.pass_on, stage=Stage.PRELIMINARY),
        is_at(Stage.PRELIMINARY),
    ),
    "pass_review": Step(
        _("Pass the second review"),
        _("The unit meets the conditions for the tier it wishes. The council is next."),
        asked.PassForm,
        partial(reviewing.pass_on, stage=Stage.REVIEW),
        is_at(Stage.REVIEW),
    ),
    "admit": Step(
        _("Approve by the council"),
        _("The next page shows all that the approval makes, before anything is saved."),
        asked.AdmitForm,
        admitting.admit,
        is_at(Stage.COUNCIL),
        admitting.foreseen,
        "admission.html",
    ),
    "send_back": Step(
        _("Return to be corrected"),
        _("The applicant can then change everything and send it again; its day stays."),
        asked.ReturnForm,
        reviewing.send_back,
        is_under_review,
    ),
    "approve": Step(
        _("Approve"),
        _("Approval makes the unit a member from the day of the decision."),
        asked.DecisionForm,
        joining.approve,
        is_entered_by_staff,
    ),
    "reject": Step(
        _("Reject"),
        _("The application is closed. The unit may apply again."),
        asked.RejectForm,
        joining.reject,
        lambda each: each.is_under_way,
    ),
    "end": Step(
        _("End the membership"),
        _("The next page shows what the unit loses with it, before anything is saved."),
        asked.EndForm,
        ending.end_membership,
        is_running,
        ending.foreseen,
        "end.html",
    ),
    "reinstate": Step(
        _("Correct a mistaken end"),
        _("The membership goes on as if it had not ended, and so do the tier and the seats."),
        asked.ReinstateForm,
        ending.reinstate,
        lambda each: each.ended_on is not None,
        lapsed,
        "reinstated.html",
    ),
}


def page(admin, request, application: MembershipApplication, name: str):
    """Ask; show what will be; do it. A step that no longer fits says so."""
    step = STEPS[name]
    if not step.fits(application):
        messages.error(request, _("This step does not come next for this application."))
        return back(application)
    data = request.POST if request.method == "POST" else None
    first = next(iter(step.form.base_fields))
    form = step.form(
        data, application=application, initial={first: timezone.localdate()} if is_day(step) else {}
    )
    outcome = None
    if form.is_valid() and "again" not in request.POST:
        is_sure = not step.foresee or "sure" in request.POST
        outcome = done(request, application, step.verb if is_sure else step.foresee, form)
        if is_sure and outcome is not None:
            wake()
            messages.success(request, _("Recorded."))
            return back(application)
    return shown(admin, request, application, step, form, outcome)


def is_day(step: Step) -> bool:
    return isinstance(next(iter(step.form.base_fields.values())), forms.DateField)


def done(request, application, verb: Callable, form: forms.Form):
    """What the verb made; ``None`` where it refused, and the form then says why."""
    try:
        made = verb(
            application=application, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except ValidationError as error:
        by_field = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if by_field else error.messages)
        return None
    return made if made is not None else ()


def back(application: MembershipApplication):
    return redirect("admin:members_membershipapplication_change", application.pk)


def shown(admin, request, application, step: Step, form, outcome) -> TemplateResponse:
    request.current_app = admin.admin_site.name
    context = {
        **admin.admin_site.each_context(request),
        "title": step.title,
        "hint": step.hint,
        "opts": admin.opts,
        "application": application,
        "form": form,
        "outcome": outcome,
        "preview": f"admin/members/membershipapplication/{step.preview}",
        "has_preview": step.foresee is not None,
        "today": day_of(timezone.now()),
    }
    return TemplateResponse(request, "admin/members/application_step.html", context)
