"""Start the next issue, or say that none appears; and the year's plan of all publications."""

import datetime as dt

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import schedule, starting
from publications.admin.pages import FOLDER
from publications.models import Publication, SkippedIssue

DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "desk-input"})
NUMBER = {"class": "desk-input", "inputmode": "numeric"}


class StartForm(forms.Form):
    """Checks shape; ``starting`` decides which numbers are free."""

    issued_on = forms.DateField(label=gettext_lazy("date of issue"), widget=DATE)
    number = forms.IntegerField(
        label=gettext_lazy("number in the year"), min_value=1, max_value=9999
    )
    serial_number = forms.IntegerField(
        label=gettext_lazy("serial number"), required=False, min_value=1, max_value=999_999
    )
    sections = forms.ChoiceField(label=gettext_lazy("Sections it starts with"))

    def __init__(self, *args, publication: Publication, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = choices(publication)
        for field in self.fields.values():
            field.widget.attrs |= NUMBER if isinstance(field, forms.IntegerField) else {}
            field.widget.attrs["class"] = "desk-input"


def choices(publication: Publication) -> list[tuple[str, str]]:
    """Each with what it would make: nobody has to try."""
    last = starting.titles(publication, starting.LAST_ISSUE)
    templates = publication.section_templates.all()
    listed = _(", ").join
    return [
        *([(starting.LAST_ISSUE, _("Those of the last issue: %s") % listed(last))] if last else []),
        *(
            (str(row.pk), f"{row.name}: {listed(starting.titles(publication, str(row.pk)))}")
            for row in templates
        ),
        (starting.NO_SECTIONS, _("None yet")),
    ]


# --- Starting --------------------------------------------------------------------------------


def start(admin, request):
    """Date, numbers and sections propose themselves. ``publication`` and ``day`` choose."""
    publications = list(Publication.objects.select_related("benefit_item"))
    publication = chosen(publications, request.GET.get("publication", ""))
    if publication is None:
        messages.warning(request, _("There is no publication yet."))
        return HttpResponseRedirect(reverse("admin:publications_issue_changelist"))
    on = timezone.localdate()
    wanted = parse(request.GET.get("day", ""))
    proposed = starting.proposal(publication, on, wanted)
    form = StartForm(
        request.POST if request.POST.get("do") == "start" else None,
        publication=publication,
        initial={
            "issued_on": proposed.issued_on,
            "number": proposed.number,
            "serial_number": proposed.serial_number,
        },
    )
    if request.method == "POST" and (answer := act(admin, request, publication, form)):
        return answer
    return shown(
        admin,
        request,
        "start",
        title=_("Start the next issue"),
        form=form,
        publication=publication,
        publications=publications,
        **left_out(publication, proposed.issued_on),
    )


def chosen(publications: list[Publication], pk: str) -> Publication | None:
    """The one asked for; else the one that is mailed, or the first."""
    wanted = [row for row in publications if str(row.pk) == pk]
    mailed = [row for row in publications if row.is_mailed]
    return next(iter([*wanted, *mailed, *publications]), None)


def parse(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def left_out(publication: Publication, day: dt.date) -> dict:
    """The period of ``day``, and the mark that it has no issue."""
    slot = schedule.slot_on(publication, day)
    span = (slot.starts_on, slot.ends_on) if slot else (day, day)
    rows = SkippedIssue.objects.filter(publication=publication, due_on__range=span)
    row = rows.select_related("skipped_by").first()
    taken = publication.issues.filter(issued_on__range=span).first()
    return {"slot": slot, "skipped": row, "taken": taken}


def act(admin, request, publication: Publication, form: StartForm):
    """Where to go next; nothing where the page is to be shown again with what is wrong."""
    if not admin.has_add_permission(request):
        raise PermissionDenied
    verb = {"skip": skip, "appear": appear}.get(request.POST.get("do", ""))
    if verb is None:
        return make(admin, request, publication, form)
    try:
        verb(request, publication)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
        return None
    return HttpResponseRedirect(reverse("admin:publications_issue_calendar"))


def make(admin, request, publication: Publication, form: StartForm):
    if not form.is_valid():
        return None
    try:
        issue = starting.start(publication=publication, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error) if not hasattr(error, "error_dict") else add(form, error)
        return None
    admin.log_addition(request, issue, _("Started."))
    return HttpResponseRedirect(reverse("admin:publications_issue_edit", args=[issue.pk]))


def add(form: StartForm, error: ValidationError) -> None:
    """What a field of the model says, at the form's field of the same name."""
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def skip(request, publication: Publication) -> None:
    row = starting.skip(
        publication=publication,
        due_on=due_on_of(request),
        reason=request.POST.get("reason", ""),
        by=request.user,
        at=timezone.now(),
    )
    messages.success(
        request,
        _("No issue of %(publication)s appears for %(date)s.")
        % {"publication": publication.label, "date": date_format(row.due_on)},
    )


def appear(request, publication: Publication) -> None:
    starting.appear(publication=publication, due_on=due_on_of(request))
    messages.success(request, _("An issue is planned for this time again."))


def due_on_of(request) -> dt.date:
    day = parse(request.POST.get("due_on", ""))
    if day is None:
        raise ValidationError(_("No issue is due on this day."), code="not_due")
    return day


# --- The calendar ----------------------------------------------------------------------------


def calendar(admin, request):
    """One line a publication, one column a month; above it what is due today or late."""
    on = timezone.localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2100 else on.year
    months = [dt.date(year, month, 1) for month in range(1, 13)]
    publications = Publication.objects.select_related("benefit_item")
    return shown(
        admin,
        request,
        "calendar",
        title=_("Calendar of the publications"),
        plans=plans(publications, months, on),
        late=schedule.waiting(on),
        year=year,
        on=on,
        months=months,
        this_month=on.replace(day=1),
        may_start=admin.has_add_permission(request),
    )


def plans(publications, months: list[dt.date], on: dt.date) -> list[dict]:
    return [
        {
            "publication": row.publication,
            "has_fixed_dates": row.has_fixed_dates,
            "last": row.last,
            "by_month": list(zip(months, row.months, strict=True)),
        }
        for row in schedule.year_of(publications, months[0].year, on)
    ]


def shown(admin, request, name: str, **context) -> TemplateResponse:
    request.current_app = admin.admin_site.name
    frame = {**admin.admin_site.each_context(request), "opts": admin.opts}
    return TemplateResponse(request, f"{FOLDER}{name}.html", frame | context)
