"""A page that asks for the facts of an act, shows what it will do, and does it when told again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from members.foreseeing import Change
from members.models import MemberUnit

TEMPLATE = "admin/members/step.html"


@dataclass(frozen=True)
class Preview:
    """What an act will do: sentences first, a warning, then whose standing changes and when."""

    says: list[str]
    warning: str = ""
    changes: list[Change] | None = None
    template: str = ""
    facts: object = None

    @property
    def units(self) -> dict[int, MemberUnit]:
        return MemberUnit.objects.in_bulk({each.unit_id for each in self.changes or ()})

    def rows(self) -> list[tuple[MemberUnit, Change]]:
        units = self.units
        return [(units[each.unit_id], each) for each in self.changes or ()]


@dataclass(frozen=True)
class Step:
    """``preview`` and ``act`` take the form's values; what ``act`` returns is said afterwards."""

    title: str
    form: forms.Form
    preview: Callable[[dict], Preview]
    act: Callable[[dict], str]
    back: str
    lead: list[str]
    button: str = ""


def walk(model_admin, request: HttpRequest, step: Step) -> HttpResponse:
    """Ask; show; do what was shown, and nothing else."""
    form, preview = step.form, None
    if form.is_bound and form.is_valid():
        seen = digest(form.cleaned_data)
        try:
            if request.POST.get("sure") == seen:
                said = step.act(form.cleaned_data)
                messages.success(request, said)
                return redirect(step.back)
            preview = step.preview(form.cleaned_data)
        except ValidationError as error:
            tell(form, error)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": step.title,
        "step": step,
        "form": form,
        "preview": preview,
        "button": step.button or _("Save"),
        "seen": digest(form.cleaned_data) if preview else "",
    }
    return TemplateResponse(request, TEMPLATE, context)


def tell(form: forms.Form, error: ValidationError) -> None:
    """At the field it is about, or above them all."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


def digest(values: dict) -> str:
    """What was previewed, so that nothing else is saved."""
    return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:24]
