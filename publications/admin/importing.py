"""Import an issue: choose the file, look at what was recognised, save it as a draft."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from publications import importing
from publications.admin.forms import ImportFileForm, ImportForm
from publications.admin.pages import FOLDER
from publications.parsing.issue import ParsedIssue, parse


def page(admin, request):
    if request.method != "POST":
        return shown(admin, request, file_form=ImportFileForm())
    if "text" in request.POST:
        return second_step(admin, request)
    return first_step(admin, request)


def first_step(admin, request):
    """Read the file and show what it holds, with everything that forbids saving it."""
    file_form = ImportFileForm(request.POST, request.FILES)
    if not file_form.is_valid():
        return shown(admin, request, file_form=file_form)
    try:
        text = importing.decode(file_form.cleaned_data["file"].read())
        parsed = parse(text)
    except ValidationError as error:
        file_form.add_error("file", error)
        return shown(admin, request, file_form=file_form)
    form = ImportForm(initial={"text": text, "publication": publication_of(parsed)})
    return shown(admin, request, form=form, parsed=parsed, refusals=refusals(parsed))


def second_step(admin, request):
    """Save what was shown. The text comes back from the page and is read again."""
    form = ImportForm(request.POST)
    if not form.is_valid():
        return shown(admin, request, file_form=ImportFileForm())
    parsed = None
    try:
        parsed = parse(form.cleaned_data["text"])
        issue = importing.save(parsed=parsed, publication=form.cleaned_data["publication"])
    except ValidationError as error:
        return shown(admin, request, form=form, parsed=parsed, refusals=error.messages)
    admin.log_addition(request, issue, _("Imported from a text."))
    messages.success(request, _("Saved as a draft. Look it over, then release it."))
    return HttpResponseRedirect(reverse("admin:publications_issue_change", args=[issue.pk]))


def publication_of(parsed: ParsedIssue):
    try:
        return importing.publication_for(parsed)
    except ValidationError:
        return None


def refusals(parsed: ParsedIssue) -> list[str]:
    """Why the issue could not be saved for the publication its cover names."""
    publication = publication_of(parsed)
    if publication is None:
        return [_("The cover names no publication: choose it below.")]
    try:
        importing.save(parsed=parsed, publication=publication, dry_run=True)
    except ValidationError as error:
        return error.messages
    return []


def shown(admin, request, **context) -> TemplateResponse:
    request.current_app = admin.admin_site.name
    return TemplateResponse(
        request,
        f"{FOLDER}import.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": _("Import an issue from a text"),
            **context,
        },
    )
