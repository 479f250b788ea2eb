"""办事 · 奖项: a cycle with its guidance, and a unit's application from draft to outcome."""

import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from awards import applying
from awards.completeness import missing
from awards.eligibility import refuse_closed, refuse_full, right
from awards.models import AwardApplication, AwardCycle, Material, MaterialRequirement
from benefits.entitlement import Entitlement, entitlements_on
from benefits.refusal import NotEntitled
from cases.questions import QuestionForm, name_of, shown
from files.kinds import ACCEPTED
from files.serving import attachment
from letters.tasks import wake
from members.models import MemberUnit
from portal.acting import for_unit

State = AwardApplication.State
TITLE = gettext_lazy("Nominee or project")


# --- What `/matters/` shows ----------------------------------------------------------------------


@dataclass(frozen=True)
class OpenCycle:
    """A cycle whose deadline has not passed, with the unit's right and its applications in it."""

    cycle: AwardCycle
    answer: Entitlement
    left: str
    own: list[AwardApplication] = field(default_factory=list)


def open_cycles(unit: MemberUnit, on: dt.date) -> list[OpenCycle]:
    """Announced cycles that can still be applied for now or later, the next deadline first; in
    a fixed number of queries."""
    cycles = list(
        AwardCycle.objects.announced()
        .not_closed(timezone.now())
        .select_related("award__benefit_item__group")
        .order_by("closes_at", "pk")
    )
    answers = entitlements_on(unit, [(cycle.award.benefit_item, on) for cycle in cycles])
    own = own_applications(unit) if cycles else []
    return [
        OpenCycle(cycle, answer, left(cycle, on), [row for row in own if row.cycle_id == cycle.pk])
        for cycle, answer in zip(cycles, answers, strict=True)
    ]


def own_applications(unit: MemberUnit) -> list[AwardApplication]:
    """The unit's applications, what it can still write in first, then the newest; one query."""
    rows = unit.award_applications.select_related("cycle__award").order_by("-created_at", "-pk")
    return sorted(rows, key=lambda row: not row.is_editable)


def left(cycle: AwardCycle, on: dt.date) -> str:
    """还剩 12 天: how long until the deadline, or until it opens."""
    if on < cycle.opens_on:
        days = (cycle.opens_on - on).days
        return ngettext("opens in %(n)s day", "opens in %(n)s days", days) % {"n": days}
    days = (cycle.last_day - on).days
    if days <= 0:
        return _("last day today") if days == 0 else _("closed")
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


# --- A cycle -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def award_cycle(request, pk: int):
    """What the cycle is about and whether the unit may apply; POST starts a draft."""
    cycles = AwardCycle.objects.announced().select_related("award__benefit_item__group")
    cycle = get_object_or_404(cycles, pk=pk)
    if request.method != "POST":
        return cycle_page(request, cycle)
    try:
        draft = applying.start(cycle=cycle, unit=request.unit, at=timezone.now(), by=request.user)
    except (NotEntitled, ValidationError):
        return cycle_page(request, cycle, status=403)
    return redirect("award_application", draft.pk)


def cycle_page(request, cycle: AwardCycle, status: int = 200):
    at, on = timezone.now(), timezone.localdate()
    answer = right(request.unit, cycle, on)
    own = [row for row in own_applications(request.unit) if row.cycle_id == cycle.pk]
    context = {
        "cycle": cycle,
        "answer": answer,
        "left": left(cycle, on),
        "obstacle": obstacle(request.unit, cycle, answer, at),
        "applications": own,
        "requirements": cycle.requirements.all(),
        "questions": cycle.questions.all(),
    }
    return render(request, "portal/award_cycle.html", context, status=status)


def obstacle(unit: MemberUnit, cycle: AwardCycle, answer: Entitlement, at: dt.datetime) -> str:
    """Why, beside the right itself, no application can be started now; empty if one can."""
    try:
        refuse_closed(cycle, at)
        refuse_full(cycle, answer, unit.award_applications.exclude(state=State.WITHDRAWN))
    except ValidationError as error:
        return error.messages[0]
    return ""


# --- An application ------------------------------------------------------------------------------


class DraftForm(QuestionForm):
    """The title and the cycle's questions; a draft may leave anything empty."""

    title = forms.CharField(
        label=TITLE,
        help_text=gettext_lazy("The person, patent or result that the application is for."),
        max_length=200,
        required=False,
    )

    def __init__(self, application: AwardApplication, *args, **kwargs):
        answers = {row.question_id: row.text for row in application.answers.all()}
        super().__init__(
            application.cycle.questions.all(),
            *args,
            answers=answers,
            draft=True,
            initial={"title": application.title},
            **kwargs,
        )
        for question in self.questions:
            if not question.is_required:
                asked = self.fields[name_of(question.pk)]
                asked.label = _("%(label)s (optional)") % {"label": asked.label}

    def fitting(self) -> dict[int, str]:
        """The answers that fit their kind; what does not fit is not kept."""
        return {pk: text for pk, text in self.answers().items() if name_of(pk) not in self.errors}


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def award_application(request, pk: int):
    """The unit's application: written in while it may be, else followed."""
    application = own_application(request.unit, pk)
    if request.method == "POST":
        return posted(request, application)
    step = request.GET.get("step")
    if step == "check" and application.is_editable:
        return check_page(request, application)
    if step == "withdraw" and (application.is_undecided or application.state == State.DRAFT):
        return render(request, "portal/award_withdraw.html", {"application": application})
    if application.is_editable and step != "follow":
        return draft_page(request, application, DraftForm(application))
    return render(request, "portal/award_application.html", told(application))


def own_application(unit: MemberUnit, pk: int) -> AwardApplication:
    """Raises ``Http404`` for an application of another unit."""
    rows = AwardApplication.objects.select_related("cycle__award__benefit_item__group", "unit")
    return get_object_or_404(rows, unit=unit, pk=pk)


def posted(request, application: AwardApplication):
    """What the pressed button says. Raises ``BadRequest`` where none is named."""
    act = request.POST.get("act", "")
    acts = {"submit": submit, "withdraw": withdraw, "discard": discard}
    if act not in acts and act.partition("-")[0] not in ("save", "check", "remove"):
        raise BadRequest("No known act is named.")
    try:
        return acts.get(act, save)(request, application)
    except NotEntitled:
        return check_page(request, application, status=403)
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return redirect("award_application", application.pk)


def save(request, application: AwardApplication):
    """Keep everything that fits: what was typed, the files chosen; then say what did not."""
    form = DraftForm(application, request.POST)
    form.is_valid()
    title = None if "title" in form.errors else form.cleaned_data["title"]
    applying.save_draft(application=application, title=title, answers=form.fitting())
    refused = attach_chosen(request, application)
    removed = take_back(application, request.POST["act"])
    application = own_application(request.unit, application.pk)
    if form.errors or refused:
        return draft_page(request, application, form, refused)
    if request.POST["act"] == "check":
        return redirect(f"{page_of(application)}?{urlencode({'step': 'check'})}")
    messages.success(request, _("The draft is saved. It has not been submitted yet."))
    return redirect(page_of(application) + ("#materials" if removed or request.FILES else ""))


def attach_chosen(request, application: AwardApplication) -> dict[str, list[str]]:
    """Hand in the chosen files; gives the errors by the place of the field."""
    refused = {}
    chosen = [
        (f"material-{requirement.pk}", requirement)
        for requirement in application.cycle.requirements.all()
    ]
    for place, requirement in [*chosen, ("material-other", None)]:
        for upload in request.FILES.getlist(place):
            try:
                applying.attach(
                    application=application,
                    requirement=requirement,
                    upload=upload,
                    at=timezone.now(),
                    by=request.user,
                )
            except ValidationError as error:
                refused[place] = error.messages
    return refused


def take_back(application: AwardApplication, act: str) -> bool:
    """Remove the file that the button names; a file of another application is not found."""
    word, _dash, pk = act.partition("-")
    found = (
        application.materials.filter(pk=pk).first() if word == "remove" and pk.isdecimal() else None
    )
    if found:
        applying.detach(application=application, material=found)
    return found is not None


def submit(request, application: AwardApplication):
    done = applying.submit(application=application, at=timezone.now(), by=request.user)
    wake()
    messages.success(request, _("Submitted. The number is %(number)s.") % {"number": done.number})
    return redirect(page_of(done))


def withdraw(request, application: AwardApplication):
    comment = request.POST.get("comment", "").strip()[:1000]
    done = applying.withdraw(
        application=application, at=timezone.now(), by=request.user, comment=comment
    )
    wake()
    messages.success(request, _("The application is withdrawn."))
    return redirect(page_of(done))


def discard(request, application: AwardApplication):
    applying.discard(application=application)
    messages.success(request, _("The draft is discarded."))
    return redirect("award_cycle", application.cycle_id)


def page_of(application: AwardApplication) -> str:
    return reverse("award_application", args=[application.pk])


# --- Its pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A material that is asked for, what was handed in for it, and what was wrong just now."""

    requirement: MaterialRequirement
    file: Material | None
    errors: list[str]

    @property
    def place(self) -> str:
        return f"material-{self.requirement.pk}"


def draft_page(request, application: AwardApplication, form: DraftForm, refused=None):
    refused = refused or {}
    files = list(application.materials.all())
    context = {
        "application": application,
        "form": form,
        "asked": [
            Asked(each, handed_in(files, each), refused.get(f"material-{each.pk}", []))
            for each in application.cycle.requirements.all()
        ],
        "others": handed_in_beside(files),
        "other_errors": refused.get("material-other", []),
        "is_refused": bool(refused),
        "missing": missing(application),
        "left": left(application.cycle, timezone.localdate()),
        "returned": last_return(application),
        "accepted_files": ACCEPTED,
    }
    return render(request, "portal/award_draft.html", context)


def handed_in(files: list[Material], requirement: MaterialRequirement) -> Material | None:
    return next((file for file in files if file.requirement_id == requirement.pk), None)


def handed_in_beside(files: list[Material]) -> list[Material]:
    return [file for file in files if file.requirement_id is None]


def last_return(application: AwardApplication):
    """The step that sent it back, while it waits to be completed."""
    if application.state != State.RETURNED:
        return None
    return application.steps.filter(what=State.RETURNED).last()


def check_page(request, application: AwardApplication, status: int = 200):
    """Everything at a glance before it is handed in, and what stands in the way."""
    at = timezone.now()
    context = told(application) | {
        "missing": missing(application),
        "obstacle": too_late(application, at),
        "answer": right(request.unit, application.cycle, timezone.localdate())
        if application.state == State.DRAFT
        else None,
        "left": left(application.cycle, timezone.localdate()),
    }
    return render(request, "portal/award_check.html", context, status=status)


def too_late(application: AwardApplication, at: dt.datetime) -> str:
    """Why it cannot be handed in at ``at``, whatever it contains; empty if it can."""
    try:
        if application.state == State.DRAFT:
            refuse_closed(application.cycle, at)
        else:
            applying.refuse_late(application, at)
    except ValidationError as error:
        return error.messages[0]
    return ""


def told(application: AwardApplication) -> dict:
    """What the unit reads of its application. Notes among staff are not for it."""
    answers = {row.question_id: row.text for row in application.answers.all()}
    files = list(application.materials.select_related("requirement"))
    return {
        "application": application,
        "cycle": application.cycle,
        "answers": [
            (question, shown(question, answers.get(question.pk, "")))
            for question in application.cycle.questions.all()
        ],
        "files": files,
        "steps": application.steps.filter(is_internal=False),
    }


@require_safe
@for_unit
def award_material(request, pk: int, file: int):
    """A file of the unit's own application."""
    rows = Material.objects.filter(application__unit=request.unit, application=pk)
    return attachment(get_object_or_404(rows, pk=file))
