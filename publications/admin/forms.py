"""Forms of the editors: they check shape; numbering and release decide."""

from django import forms
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from publications import numbering
from publications.file_text import refuse_large
from publications.models import Issue, IssueImport


class PdfLink:
    """An issue's stored PDF for the widget: files have no public address, a view hands them out."""

    def __init__(self, issue: Issue):
        self.name = issue.pdf.name
        self.url = reverse("admin:publications_issue_pdf", args=[issue.pk])

    def __str__(self) -> str:
        return self.name


class PdfWidget(UnfoldAdminFileFieldWidget):
    def format_value(self, value):
        is_stored = isinstance(value, FieldFile) and value and value.instance.pk
        return PdfLink(value.instance) if is_stored else None


class IssueForm(forms.ModelForm):
    """Refuses numbers that are taken, at their fields."""

    class Meta:
        model = Issue
        fields = (
            "publication",
            "issued_on",
            "number",
            "serial_number",
            "title",
            "masthead",
            "pdf",
        )
        widgets = {"masthead": UnfoldAdminTextareaWidget(attrs={"rows": 4})}

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.instance.year = cleaned["issued_on"].year
            proposed = Issue(
                pk=self.instance.pk,
                publication=cleaned["publication"],
                issued_on=cleaned["issued_on"],
                number=cleaned["number"],
                serial_number=cleaned["serial_number"],
            )
            for field, error in numbering.repeats(proposed).items():
                self.add_error(field, error)
        return cleaned


class PositionedForm(forms.ModelForm):
    """A row whose place is given by dragging; the formset numbers them anew on saving."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False

    def _get_validation_exclusions(self):
        """Two rows that change places are no conflict: the database looks when all are saved."""
        return super()._get_validation_exclusions() | {"position"}


class PositionedFormSet(forms.BaseInlineFormSet):
    """Numbers the rows that stay 1, 2, 3 … in the order that was given."""

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        staying = [form for form in self.forms if self.is_kept(form)]
        staying.sort(key=lambda form: form.cleaned_data.get("position") or 10_000)
        for position, form in enumerate(staying, start=1):
            if form.instance.position != position:
                form.instance.position = position
                # The form itself saw no change, but the row must be saved.
                form.changed_data.append("position")

    def is_kept(self, form) -> bool:
        return (form.instance.pk or form.has_changed()) and form not in self.deleted_forms


class SectionFormSet(PositionedFormSet):
    """A section goes only when it is empty: a tick must not take articles along."""

    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if form.instance.articles.exists():
                raise forms.ValidationError(
                    _(
                        "Section “%(title)s” still holds articles. Move or delete them first, "
                        "then delete the section."
                    ),
                    params={"title": form.instance.title},
                )


class ReleaseAtForm(forms.Form):
    """The time at which an issue goes out, in the association's time zone."""

    release_at = forms.DateTimeField(
        label=_("Goes out at"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
        error_messages={"required": _("Choose the day and the time.")},
    )

    def __init__(self, *args, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.at = at

    def clean_release_at(self):
        release_at = self.cleaned_data["release_at"]
        if release_at <= self.at:
            raise forms.ValidationError(
                _("This time is past. Choose a later one, or release the issue now.")
            )
        return release_at


class ImportFileForm(forms.Form):
    file = forms.FileField(
        label=_("File with the whole issue"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".docx,.pdf,.md,.txt"}),
        help_text=_(
            "Word (.docx), PDF with text in it, Markdown or plain text. Text in UTF-8 or GBK."
        ),
        error_messages={
            "required": _("Choose the file."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self):
        """A huge file is refused before it is read."""
        file = self.cleaned_data["file"]
        refuse_large(file.size)
        return file


class ImportFactsForm(forms.ModelForm):
    """Which issue it is: read from the cover, filled in by the editor."""

    class Meta:
        model = IssueImport
        fields = ("publication", "issued_on", "number", "serial_number", "title", "masthead")
        widgets = {
            "publication": UnfoldAdminSelectWidget(),
            "issued_on": UnfoldAdminTextInputWidget(attrs={"type": "date"}),
            "number": UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            "serial_number": UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
            "title": UnfoldAdminTextInputWidget(),
            "masthead": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        }
        localized_fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issued_on"].widget.format = "%Y-%m-%d"
