"""The small pages of a request: one question each, and what happens then."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from letters.tasks import wake
from services import handling, moderation
from services.admin import forms
from services.models import ServiceRequest

State = ServiceRequest.State
OPEN = ServiceRequest.OPEN


@dataclass(frozen=True)
class Page:
    """What is asked, what the button says and does, and in which states it may be."""

    form: type[forms.StepForm]
    button: str
    act: Callable
    states: tuple[str, ...]
    is_for_news: bool = False

    def fits(self, row: ServiceRequest) -> bool:
        news = row.offering.is_for_bulletin or not self.is_for_news
        return row.state in self.states and news


PAGES = {
    "accept": Page(
        forms.AcceptForm, gettext_lazy("Take in hand"), handling.accept, (State.SUBMITTED,)
    ),
    "approve": Page(
        forms.ApproveForm,
        gettext_lazy("Accept for the bulletin"),
        moderation.approve,
        OPEN,
        is_for_news=True,
    ),
    "move": Page(
        forms.MoveForm,
        gettext_lazy("Move to a stage"),
        handling.move,
        (State.ACCEPTED, State.WAITING_FOR_UNIT),
    ),
    "ask": Page(forms.AskForm, gettext_lazy("Ask the unit"), handling.ask_unit, OPEN),
    "tell": Page(
        forms.TellForm, gettext_lazy("Write to the unit"), handling.tell_unit, tuple(State)
    ),
    "note": Page(forms.NoteForm, gettext_lazy("Write a note"), handling.note, tuple(State)),
    "close": Page(
        forms.CloseForm,
        gettext_lazy("Deliver and close"),
        handling.close,
        (State.ACCEPTED, State.WAITING_FOR_UNIT),
    ),
    "assign": Page(forms.AssignForm, gettext_lazy("Give to a person"), handling.assign, OPEN),
    "decline": Page(forms.DeclineForm, gettext_lazy("Decline"), handling.decline, OPEN),
}


def shown(admin, request, row: ServiceRequest, name: str):
    """The page, or what comes after its button was pressed."""
    page = PAGES[name]
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = page.form(*data, row=row, user=request.user)
    if data and form.is_valid() and done(admin, request, row, page, form):
        return redirect("admin:services_servicerequest_change", row.pk)
    context = {
        **admin.admin_site.each_context(request),
        "title": page.button,
        "opts": admin.opts,
        "row": row,
        "fits": page.fits(row),
        "form": form,
    }
    return TemplateResponse(request, "admin/services/request_step.html", context)


def done(admin, request, row: ServiceRequest, page: Page, form: forms.StepForm) -> bool:
    """Whether the activity did it; where it refused, the form says why."""
    try:
        page.act(request=row, by=request.user, at=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    wake()
    admin.log_change(request, row, str(page.button))
    messages.success(request, _("Recorded."))
    return True
