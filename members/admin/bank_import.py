"""Take a bank's file in: choose it, and for a new form of export say what its columns hold."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from members import tasks
from members.models import BankStatement, ColumnMapping
from members.statement_importing import (
    AlreadyImported,
    NothingNew,
    discard,
    name_columns,
    receive,
    table_from,
)
from members.statement_reading import Column, guessed

FOLDER = "admin/members/bankstatement/"
SHOWN = 8  # rows of the file


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("file of the bank"),
        help_text=gettext_lazy("The account's movements as the bank exports them: .xlsx or .csv."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".xlsx,.csv"}),
    )


class ColumnsForm(forms.Form):
    """One choice for each column of the file."""

    def __init__(self, *args, titles: list[str], columns: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        for place, (title, column) in enumerate(zip(titles, columns, strict=True)):
            self.fields[f"column{place}"] = forms.ChoiceField(
                label=title or _("column %(number)s") % {"number": place + 1},
                choices=[("", _("not needed")), *Column.choices],
                required=False,
                initial=column,
                widget=forms.Select(attrs={"class": "desk-input"}),
            )

    @property
    def columns(self) -> list[str]:
        return list(self.cleaned_data.values())


def import_page(admin, request):
    if not admin.has_add_permission(request):
        raise PermissionDenied
    form = FileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            statement = receive(upload=upload, at=timezone.localtime(), by=request.user)
        except AlreadyImported as known:
            messages.info(request, _("This very file was imported before. Nothing has changed."))
            return to_page(known.statement)
        except NothingNew as nothing:
            return nothing_new(request, nothing)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return taken_in(admin, request, statement)
    return shown(
        admin,
        request,
        "import",
        title=_("Import a bank statement"),
        form=form,
        mappings=ColumnMapping.objects.count(),
    )


def columns_page(admin, request, statement: BankStatement):
    if not admin.has_add_permission(request):
        raise PermissionDenied
    if not statement.is_draft:
        return to_page(statement)
    table = table_from(statement)
    form = ColumnsForm(request.POST or None, titles=table.titles, columns=guessed(table.titles))
    if request.POST.get("act") == "discard":
        discard(statement=statement, by=request.user)
        messages.success(request, _("The file was not imported."))
        return redirect("admin:members_bankstatement_changelist")
    if form.is_valid():
        try:
            named = name_columns(
                statement=statement,
                columns=form.columns,
                at=timezone.localtime(),
                by=request.user,
            )
        except NothingNew as nothing:
            discard(statement=statement, by=request.user)
            return nothing_new(request, nothing)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return taken_in(admin, request, named)
    rows = [
        {"number": number, "cells": row}
        for number, row in enumerate(table.rows[:SHOWN], start=table.first + 1)
    ]
    return shown(
        admin,
        request,
        "columns",
        title=_("What do the columns of this bank hold?"),
        statement=statement,
        form=form,
        rows=rows,
        first=table.first,
        total=len(table.rows),
    )


def taken_in(admin, request, statement: BankStatement):
    if statement.is_draft:
        return to_page(statement)
    new = statement.lines.count()
    said = _(
        "%(new)s incoming lines are new, %(known)s were known, %(outgoing)s outgoing left out."
    )
    counts = {"new": new, "known": statement.known, "outgoing": statement.outgoing}
    messages.success(request, said % counts)
    admin.log_addition(request, statement, said % counts)
    tasks.wake_matching()
    return to_page(statement)


def nothing_new(request, nothing: NothingNew):
    messages.info(
        request,
        _("All %(known)s lines of this file were imported before. Nothing has changed.")
        % {"known": nothing.known},
    )
    return redirect("admin:members_bankstatement_changelist")


def to_page(statement: BankStatement) -> HttpResponseRedirect:
    return redirect("admin:members_bankstatement_change", statement.pk)


def in_words(mapping: ColumnMapping) -> str:
    """Each column that is read, with what it holds."""
    pairs = zip(mapping.titles, mapping.columns, strict=True)
    return " · ".join(f"{title} = {Column(each).label}" for title, each in pairs if each)


def shown(admin, request, page: str, **context) -> TemplateResponse:
    request.current_app = admin.admin_site.name
    return TemplateResponse(
        request,
        f"{FOLDER}{page}.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "back": reverse("admin:members_bankstatement_changelist"),
            **context,
        },
    )
