"""入会: the public pages. Whoever holds an applicant's link sees and writes its application."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from files.serving import attachment
from letters.tasks import wake
from members import applying
from members.applicant_links import application_for, key_for
from members.models import ApplicationFile, ApplicationStep, MembershipApplication
from portal.joining_forms import ApplyForm, BeginForm, LinkForm, WithdrawForm
from portal.limits import is_over

BEGUN_AN_HOUR, LINKS_AN_HOUR, LETTERS_AN_HOUR = 20, 20, 5
Stage = MembershipApplication.Stage


def for_applicant(view):
    """Let only a link pass that we made; nothing of the page is kept by caches."""

    @never_cache
    @wraps(view)
    def inner(request, key: str, *args, **kwargs):
        request.application = application_for(key)
        if request.application is None:
            raise Http404
        request.key = key
        return view(request, *args, **kwargs)

    return inner


# --- Before there is an application -------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request):
    """What it takes, and the few facts to begin with."""
    form = BeginForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not refused(request, form, "begin", BEGUN_AN_HOUR):
        try:
            application = applying.begin(at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            wake()
            messages.success(request, _("Begun. The link to this page is in the mail to you."))
            return redirect("application", key_for(application))
    return render(request, "portal/join.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def application_link(request):
    """Have the link mailed again. The answer is the same whether there is one or not."""
    form = LinkForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and not refused(request, form, "link", LINKS_AN_HOUR):
        applying.send_link_again(at=timezone.now(), **form.cleaned_data)
        wake()
        messages.success(
            request,
            _(
                "If there is an application with this code and this address, its link is on the "
                "way. Look into the mailbox in a few minutes, and into the spam folder."
            ),
        )
        return redirect("application_link")
    return render(request, "portal/application_link.html", {"form": form})


def refused(request, form, what: str, most: int) -> bool:
    """Too much from one visitor, or too many letters to one address; the form then says so."""
    email = form.cleaned_data["email"]
    over = is_over(request, f"join-{what}", most=most)
    over |= is_over(request, f"join-letter-{what}", most=LETTERS_AN_HOUR, about=email)
    if over:
        form.add_error(None, _("That was too often. Please wait an hour, or write to us."))
    return over


# --- One application ----------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_applicant
def application(request):
    """The form while it may be written in; else where it stands."""
    if request.method != "POST":
        return shown(request)
    if "withdraw" in request.POST:
        return withdraw(request)
    form = ApplyForm(request.POST, request.FILES, application=request.application)
    form.is_valid()
    keep_files(request, form)
    if not form.errors:
        keep(request, form)
    if form.errors:
        return shown(request, form)
    return answered(request)


def keep_files(request, form: ApplyForm) -> None:
    """Files that can be read are kept even where something else is wrong."""
    try:
        if removed := request.POST.get("remove"):
            if not removed.isdecimal():
                raise BadRequest("No file is named.")
            file = get_object_or_404(ApplicationFile, application=request.application, pk=removed)
            applying.detach(application=request.application, file=file)
        for purpose in ApplicationFile.Purpose.values:
            if upload := form.cleaned_data.get(purpose):
                applying.attach(
                    application=request.application,
                    purpose=purpose,
                    file=upload,
                    at=timezone.now(),
                )
    except ValidationError as error:
        form.add_error(None, error.messages)


def keep(request, form: ApplyForm) -> None:
    """Keep what is written and, where that was asked, send it. The form says what is wrong."""
    try:
        request.application = applying.fill_in(
            application=request.application,
            values=form.values(),
            committees=form.cleaned_data["committees"],
            contacts=form.contacts(),
        )
        if "send" in request.POST:
            applying.send(application=request.application, at=timezone.now())
            wake()
    except ValidationError as error:
        by_field = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if by_field else error.messages)


def answered(request):
    """Where the applicant goes from a form that was in order."""
    if "print" in request.POST:
        return redirect("application_print", request.key)
    if "send" in request.POST:
        messages.success(request, _("Sent. We wrote to the liaison, and will when it goes on."))
    elif "remove" not in request.POST:
        messages.success(request, _("Kept. You can go on now or later, with the link in the mail."))
    anchor = "#files" if "remove" in request.POST else ""
    return redirect(reverse("application", args=[request.key]) + anchor)


def withdraw(request):
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return shown(request, withdrawing=form)
    try:
        applying.withdraw(application=request.application, at=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The application is withdrawn."))
    return redirect("application", request.key)


def shown(request, form: ApplyForm | None = None, withdrawing: WithdrawForm | None = None):
    row = request.application
    steps = list(row.steps.all())
    returned = [step for step in steps if step.kind == ApplicationStep.Kind.RETURNED]
    context = {
        "application": row,
        "key": request.key,
        "steps": steps,
        "returned": returned[-1] if returned and row.stage == Stage.RETURNED else None,
        "withdrawing": withdrawing or WithdrawForm(),
    }
    if row.is_editable:
        context["form"] = form or ApplyForm(application=row)
        return render(request, "portal/application_form.html", context)
    if form is not None:  # it was sent meanwhile, from another window
        messages.error(request, _("The application is sent and can no longer be changed here."))
        return redirect("application", request.key)
    context |= {"contacts": row.contacts.all(), "files": row.files.all(), "way": way(row)}
    return render(request, "portal/application.html", context)


def way(row: MembershipApplication) -> list[tuple[str, bool, bool]]:
    """The stages to pass: the name of each, whether it is behind, and whether it is now."""
    stages = [Stage.PRELIMINARY, Stage.REVIEW, Stage.COUNCIL]
    at = stages.index(row.stage) if row.is_under_way and row.stage in stages else None
    return [
        (stage.label, at is not None and place < at, place == at)
        for place, stage in enumerate(stages)
    ]


@require_safe
@for_applicant
def application_file(request, file: int):
    """A file of the application itself."""
    return attachment(get_object_or_404(ApplicationFile, application=request.application, pk=file))


@require_safe
@for_applicant
def application_print(request):
    """The form as it is filled in, to be printed and stamped."""
    row = request.application
    context = {
        "application": row,
        "key": request.key,
        "contacts": row.contacts.all(),
        "committees": row.form.committees.all(),
    }
    return render(request, "portal/application_print.html", context)
