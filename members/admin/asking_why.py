"""A page that asks for what an act needs to know, and says what it will do; then does it."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("It is recorded beside the row for good."),
    )


def step(
    model_admin, request, *, form: forms.Form, title, act: Callable[[dict], str], back: str, **more
) -> HttpResponse:
    """The form, or, where it is sent and ``act`` agrees, what was done and back to the list."""
    if form.is_valid():
        try:
            done = act(form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, done)
            return redirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "form": form,
        "back": back,
        **more,
    }
    return TemplateResponse(request, "admin/members/why.html", context)


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF to be saved under the name."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
