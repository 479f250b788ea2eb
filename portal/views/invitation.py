"""邀请: the page behind the link in an invitation's letter. No sign-in; the link is the key."""

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from members import inviting
from portal.acting import SESSION_KEY

BACKEND = "django.contrib.auth.backends.ModelBackend"


class PasswordForm(forms.Form):
    """For a person who has no account yet."""

    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        max_length=128,
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        if self.cleaned_data.get("password") != self.cleaned_data["again"]:
            raise ValidationError(_("The two passwords are not the same."))
        return self.cleaned_data["again"]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request, key: str):
    """Who invites for which unit; accepting is a POST. No other page learns this address."""
    response = answer(request, key)
    response["Referrer-Policy"] = "strict-origin"
    return response


def answer(request, key: str):
    invited = inviting.found(key, timezone.now())
    if invited is None:
        return render(request, "portal/invitation_closed.html", status=404)
    user = request.user if request.user.is_authenticated else None
    account = user or inviting.account_of(invited)
    form = None if account else PasswordForm(request.POST or None)
    refused = []
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            return accepted(request, key, user, form)
        except ValidationError as error:
            if form and hasattr(error, "error_dict"):
                form.add_error("password", error.message_dict["password"])
            else:
                refused = error.messages
    context = {
        "invited": invited,
        "form": form,
        "refused": refused,
        "has_account": account is not None,
        "is_somebody_else": user and user.email.lower() != invited.email.lower(),
    }
    return render(request, "portal/invitation.html", context)


def accepted(request, key: str, user, form: PasswordForm | None):
    """Into the portal; a person who had an account before signs in with it. Raises
    ``ValidationError``."""
    invited = inviting.found(key, timezone.now())
    password = form.cleaned_data["password"] if form else None
    person = inviting.accept(key=key, user=user, password=password, at=timezone.now())
    if form:
        login(request, person, BACKEND)
    if request.user.is_authenticated:
        request.session[SESSION_KEY] = invited.unit_id
        messages.success(request, _("Welcome. You act for %(unit)s now.") % {"unit": invited.unit})
        return redirect("home")
    messages.success(request, _("Accepted. Sign in to act for %(unit)s.") % {"unit": invited.unit})
    return redirect("account_login")
