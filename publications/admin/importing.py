"""Import an issue: choose the file, correct beside its text what was recognised, save it.

Every button of the page is a plain form: it works without JavaScript, htmx only spares the jump.
"""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from publications import correcting
from publications.admin.forms import ImportFactsForm, ImportFileForm
from publications.admin.importing_rows import facing
from publications.admin.pages import FOLDER
from publications.models import IssueImport
from publications.parsing.blocks import Kind
from publications.parsing.issue import counted

# As many unfinished imports as the first page lists.
LISTED = 50


def page(admin, request):
    """The first step: a file, or one of the imports that somebody has begun."""
    form = ImportFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            row = correcting.begin(
                data=file.read(), file_name=file.name, by=request.user, at=timezone.now()
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return HttpResponseRedirect(address(row))
    begun = IssueImport.objects.open().select_related("publication", "created_by")[:LISTED]
    return shown(admin, request, "import", form=form, begun=begun)


def one(admin, request, pk: int):
    """The second step: the text on the left, what becomes of it on the right."""
    row = IssueImport.objects.select_related("publication", "issue").filter(pk=pk).first()
    if row is None:
        raise Http404
    if row.state != IssueImport.State.OPEN:
        return go(request, behind(row))
    if request.method != "POST":
        return correction(admin, request, row, ImportFactsForm(instance=row))
    if "discard" in request.POST:
        return discard(request, row)
    form = ImportFactsForm(request.POST, instance=row)
    is_complete = form.is_valid()
    if "save" in request.POST:
        if is_complete and (answer := saved(admin, request, row, form)):
            return answer
        return correction(admin, request, row, form)
    return corrected(admin, request, row, form)


def saved(admin, request, row, form):
    """Save the issue; ``None`` where something forbids it, which then stands in the form."""
    try:
        correcting.state(row=row, **form.cleaned_data)
        issue = correcting.save(row=row, by=request.user, at=timezone.now())
    except ValidationError as error:
        for field, sentences in by_field(error, form).items():
            form.add_error(field, sentences)
        return None
    admin.log_addition(request, issue, _("Imported from a text."))
    if issue.is_frozen:
        messages.success(request, _("Saved as a back issue. Nothing was sent."))
    else:
        messages.success(request, _("Saved as a draft. Look it over, then release it."))
    return go(request, reverse("admin:publications_issue_change", args=[issue.pk]))


def go(request, address: str):
    """Leave the page: htmx would put the other page's part into this one."""
    return (HttpResponseClientRedirect if request.htmx else HttpResponseRedirect)(address)


def by_field(error: ValidationError, form) -> dict:
    if not hasattr(error, "error_dict"):
        return {None: error.messages}
    return {
        (name if name in form.fields and name != NON_FIELD_ERRORS else None): sentences
        for name, sentences in error.message_dict.items()
    }


def discard(request, row: IssueImport):
    try:
        correcting.discard(row=row, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Given up: nothing of the file was saved."))
    return go(request, reverse("admin:publications_issue_import_file"))


def corrected(admin, request, row: IssueImport, form):
    """A correction; what was typed above is kept as far as it can be read."""
    try:
        correcting.state(row=row, **form.cleaned_data)
        number = correct(row, request.POST)
    except ValidationError as error:
        form.add_error(None, error.messages)
        row.refresh_from_db()
        return correction(admin, request, row, form)
    return HttpResponseRedirect(f"{address(row)}?open={number}#part-{number}")


def correct(row: IssueImport, data) -> int:
    """Do what the pressed button says; the number of the part to go to."""
    if value := data.get("label"):
        number, _colon, kind = value.partition(":")
        correcting.label(row=row, number=whole(number), kind=kind)
        return whole(number)
    if value := data.get("merge"):
        return correcting.merge(row=row, number=whole(value))
    if value := data.get("split"):
        number, _colon, line = value.partition(":")
        return correcting.split(row=row, number=whole(number), line=whole(line))
    if value := data.get("settle"):
        correcting.settle(row=row, number=whole(value))
        return whole(value)
    return 0


def whole(text: str) -> int:
    if not text.isdecimal():
        raise ValidationError(_("This part is no longer there: it was merged with another."))
    return int(text)


# --- Pages -----------------------------------------------------------------------------------


def correction(admin, request, row: IssueImport, form):
    blocks = correcting.blocks_of(row)
    opened = request.GET.get("open", "")
    parsed = correcting.parsed_of(row)
    return shown(
        admin,
        request,
        "importing",
        row=row,
        form=form,
        parts=facing(blocks, whole(opened) if opened.isdecimal() else 0),
        sections=parsed.sections,
        doubts=correcting.doubtful(blocks),
        figures=counted(blocks),
        kinds=Kind.choices,
    )


def address(row: IssueImport) -> str:
    return reverse("admin:publications_issue_import", args=[row.pk])


def behind(row: IssueImport) -> str:
    """Where a finished import leads: to its issue, while there is one."""
    if row.issue_id:
        return reverse("admin:publications_issue_change", args=[row.issue_id])
    return reverse("admin:publications_issue_import_file")


def shown(admin, request, name: str, **context) -> TemplateResponse:
    request.current_app = admin.admin_site.name
    return TemplateResponse(
        request,
        f"{FOLDER}{name}.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": _("Import an issue"),
            **context,
        },
    )
