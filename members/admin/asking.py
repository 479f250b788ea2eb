"""A page that asks for the facts of an act, where the activity behind it decides."""

from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.urls import reverse


def put(form, error: ValidationError) -> None:
    """Each message at its field, where the form has it; else on top."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error.messages)
        return
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)


def page(admin, request, *, row, form, title, template="admin/members/ask.html", **more):
    """The page with the form; ``row`` is what the act is about."""
    context = {
        **admin.admin_site.each_context(request),
        "title": title,
        "opts": admin.opts,
        "row": row,
        "form": form,
        "back": address_of(row),
        **more,
    }
    return TemplateResponse(request, template, context)


def address_of(row) -> str:
    """The row's own page."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
