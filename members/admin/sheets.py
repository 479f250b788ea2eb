"""Excel in and out: templates, exports, and each import from its check to its undoing."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from files.kinds import BY_CODE
from files.serving import attachment
from files.sheets import XLSX, checked_sheet
from members import importing, tasks
from members.models import SheetImport
from members.sheet_undo import prospect
from members.sheets import SHEETS, Sheet
from members.sheets.export import exported
from members.sheets.template import template

State = SheetImport.State
Subject = SheetImport.Subject
FOLDER = "admin/members/sheetimport/"
ACCEPTED = ".xlsx,.csv"
LISTED = 50  # so many obstacles are shown
COLOURS = {
    State.CHECKING: "info",
    State.REFUSED: "danger",
    State.CHECKED: "warning",
    State.SAVING: "info",
    State.SAVED: "success",
    State.UNDOING: "info",
    State.UNDONE: None,
}


def may_see(user, subject: str) -> bool:
    return user.has_perm(permission(subject, "view"))


def may_bring_in(user, subject: str) -> bool:
    """Whether the person may make and change such rows one by one."""
    own = [permission(subject, "add"), permission(subject, "change")]
    return user.has_perms([*own, *SHEETS[subject].permissions])


def permission(subject: str, verb: str) -> str:
    return f"members.{verb}_{SHEETS[subject].model._meta.model_name}"


class UploadForm(forms.Form):
    """What the file holds, and the file."""

    subject = forms.ChoiceField(
        label=gettext_lazy("What the file holds"), widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("Excel (.xlsx) or .csv, at most 20 MB and 100,000 rows."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [
            (value, label) for value, label in Subject.choices if may_bring_in(user, value)
        ]

    def clean_file(self):
        checked_sheet(self.cleaned_data["file"])
        return self.cleaned_data["file"]


class ExcelMixin:
    """For a list of what can be exported and imported: an action, and the way to the imports."""

    excel: type[Sheet]
    actions_list = ["bring_in"]

    def get_actions(self, request):
        actions = super().get_actions(request)
        return actions | {
            "export_to_excel": (
                ExcelMixin.export_to_excel,
                "export_to_excel",
                _("Export the selected rows to Excel"),
            )
        }

    def export_to_excel(self, request, rows):
        return handed_out(self.excel, rows)

    def has_bring_in_permission(self, request, object_id=None) -> bool:
        return may_bring_in(request.user, self.excel.subject)

    @action(
        description=gettext_lazy("Import from Excel"),
        url_path="excel",
        permissions=["bring_in"],
        icon="upload_file",
    )
    def bring_in(self, request):
        return redirect(f"{reverse('admin:members_sheetimport_add')}?subject={self.excel.subject}")


def handed_out(sheet: type[Sheet], rows=None) -> FileResponse:
    """The rows as a file whose name says what and of which day."""
    return workbook(
        exported(sheet, rows),
        f"{Subject(sheet.subject).label} {timezone.localdate().isoformat()}",
    )


def workbook(content, name: str) -> FileResponse:
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{get_valid_filename(name)}.xlsx",
        content_type=BY_CODE[XLSX].media_type,
    )


@admin.register(SheetImport)
class SheetImportAdmin(ModelAdmin):
    when_empty = gettext_lazy(
        "Download a template, fill it in and choose it here. It is checked before it is saved."
    )
    list_display = ["name", "subject", "stage", "outcome", "uploaded_by", "uploaded_at"]
    list_filter = ["subject", "state"]
    list_select_related = ["uploaded_by"]
    list_per_page = 50
    search_fields = ["name"]
    search_help_text = gettext_lazy("Name of the file")

    # --- Who may what ---

    def get_queryset(self, request):
        seen = [value for value in Subject.values if may_see(request.user, value)]
        return super().get_queryset(request).filter(subject__in=seen)

    def has_add_permission(self, request) -> bool:
        return super().has_add_permission(request) and any(
            may_bring_in(request.user, value) for value in Subject.values
        )

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def may_work_on(self, request, sheet: SheetImport) -> bool:
        return self.has_add_permission(request) and may_bring_in(request.user, sheet.subject)

    def visible(self, request, object_id) -> SheetImport:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("uploaded_by", "saved_by", "undone_by")
        return get_object_or_404(rows, pk=object_id)

    def workable(self, request, object_id) -> SheetImport:
        sheet = self.visible(request, object_id)
        if not self.may_work_on(request, sheet):
            raise PermissionDenied
        return sheet

    # --- Addresses ---

    def get_urls(self):
        def page(route: str, view, name: str):
            name = f"members_sheetimport_{name}"
            return path(route, self.admin_site.admin_view(view), name=name)

        return [
            page("template/<str:subject>/", self.template, "template"),
            page("export/<str:subject>/", self.export, "export"),
            page("<int:object_id>/file/", self.file, "file"),
            page("<int:object_id>/marked/", self.marked, "marked"),
            page("<int:object_id>/undo/", self.undo, "undo"),
            *super().get_urls(),
        ]

    def template(self, request, subject: str):
        sheet = self.sheet_of(request, subject)
        name = _("Template: %(what)s") % {"what": Subject(sheet.subject).label}
        return workbook(template(sheet), name)

    def export(self, request, subject: str):
        return handed_out(self.sheet_of(request, subject))

    def sheet_of(self, request, subject: str) -> type[Sheet]:
        if subject not in SHEETS:
            raise Http404
        if not (self.has_view_permission(request) and may_see(request.user, subject)):
            raise PermissionDenied
        return SHEETS[subject]

    def file(self, request, object_id: int):
        return attachment(self.workable(request, object_id))

    def marked(self, request, object_id: int):
        sheet = self.workable(request, object_id)
        if not sheet.marked:
            raise Http404
        stem = sheet.name.rpartition(".")[0]
        return workbook(sheet.marked.open("rb"), _("Checked: %(file)s") % {"file": stem})

    # --- Pages ---

    def add_view(self, request, form_url="", extra_context=None):
        """Choose the file; templates and exports beside it."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(
            request.POST or None,
            request.FILES or None,
            user=request.user,
            initial={"subject": request.GET.get("subject")},
        )
        if request.method == "POST" and form.is_valid():
            return self.taken(request, form)
        return self.shown(
            request,
            "add",
            title=_("Import from Excel"),
            form=form,
            subjects=[
                (value, label) for value, label in Subject.choices if may_see(request.user, value)
            ],
        )

    def taken(self, request, form: UploadForm):
        sheet = importing.take(
            subject=form.cleaned_data["subject"],
            upload=form.cleaned_data["file"],
            language=get_language(),
            by=request.user,
            at=timezone.now(),
        )
        tasks.wake_for_sheet(sheet.pk)
        return self.to_page(sheet)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        sheet = self.visible(request, object_id)
        if request.method == "POST":
            return self.act(request, sheet)
        context = {"sheet": sheet, "may_work": self.may_work_on(request, sheet)}
        if request.htmx:
            if not sheet.is_working:
                return HttpResponseClientRefresh()
            return TemplateResponse(request, f"{FOLDER}parts/progress.html", context)
        problems = sheet.problems.all() if sheet.state == State.CHECKED else []
        return self.shown(
            request,
            "page",
            title=sheet.name,
            original=sheet,
            problems=problems,
            listed=len(problems),
            **context,
        )

    def act(self, request, sheet: SheetImport):
        """Save, save without the wrong rows, or check again, as the button says."""
        if not self.may_work_on(request, sheet):
            raise PermissionDenied
        person = {"by": request.user, "at": timezone.now()}
        acts = {
            "save": lambda: importing.save(sheet=sheet, **person),
            "save_good": lambda: importing.save(sheet=sheet, leave_out_wrong=True, **person),
            "check": lambda: importing.check_again(sheet=sheet),
        }
        self.do(request, sheet, acts.get(request.POST.get("act")))
        return self.to_page(sheet)

    def undo(self, request, object_id: int):
        """What goes, what gets back its values, what stands against it; then do it."""
        sheet = self.workable(request, object_id)
        if request.method == "POST":
            person = {"by": request.user, "at": timezone.now()}
            self.do(request, sheet, lambda: importing.undo(sheet=sheet, **person))
            return self.to_page(sheet)
        if sheet.state != State.SAVED:
            return self.to_page(sheet)
        future = prospect(sheet)
        return self.shown(
            request,
            "undo",
            title=_("Undo an import"),
            original=sheet,
            sheet=sheet,
            prospect=future,
            obstacles=future.obstacles[:LISTED],
        )

    def do(self, request, sheet: SheetImport, verb) -> None:
        if verb is None:
            return
        try:
            verb()
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
        else:
            tasks.wake_for_sheet(sheet.pk)

    def to_page(self, sheet: SheetImport):
        return redirect("admin:members_sheetimport_change", sheet.pk)

    def shown(self, request, page: str, **context) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"{FOLDER}{page}.html", context)

    # --- The list ---

    @display(description=gettext_lazy("state"), ordering="state", label=COLOURS)
    def stage(self, sheet: SheetImport) -> tuple[str, str]:
        return sheet.state, sheet.get_state_display()

    @display(description=gettext_lazy("result"))
    def outcome(self, sheet: SheetImport) -> str:
        parts = [
            (sheet.new, ngettext("%(count)s new", "%(count)s new", sheet.new)),
            (sheet.changed, ngettext("%(count)s changed", "%(count)s changed", sheet.changed)),
            (sheet.wrong, ngettext("%(count)s wrong", "%(count)s wrong", sheet.wrong)),
        ]
        said = [words % {"count": f"{count:,}"} for count, words in parts if count]
        return " · ".join(said) or "—"
