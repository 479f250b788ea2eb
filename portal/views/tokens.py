"""接口令牌: the keys with which the unit's own programs ask. Only its managers make and revoke."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from members.models import ApiToken, MemberUnit, Representative
from members.tokens import make, revoke
from portal.acting import for_unit


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What is the token for?"),
        help_text=gettext_lazy("The program that will use it, for example “OA calendar”."),
        max_length=60,
        error_messages={"required": gettext_lazy("Say what the token is for.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_unit
def tokens(request):
    """The unit's tokens; a new one's key is on the answer to the form and nowhere else."""
    if not is_manager(request):
        return refused(request, status=403 if request.method == "POST" else 200)
    form = TokenForm(request.POST or None)
    if not form.is_valid():
        return shown(request, form)
    try:
        token, key = make(
            user=request.user, unit=request.unit, name=form.cleaned_data["name"], at=timezone.now()
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return shown(request, form)
    return shown(request, TokenForm(), made=token, key=key)


@require_POST
@for_unit
def revoke_token(request, pk: int):
    if not is_manager(request):
        return refused(request, status=403)
    token = get_object_or_404(ApiToken, unit=request.unit, pk=pk)
    revoke(token=token, by=request.user, at=timezone.now())
    messages.success(request, _("The token is revoked: it opens nothing from now on."))
    return redirect("tokens")


def is_manager(request) -> bool:
    return request.seat.role == Representative.Role.MANAGER


def shown(request, form: TokenForm, **new):
    context = {
        "is_manager": True,
        "form": form,
        "tokens": tokens_of(request.unit),
        "address": settings.SITE_URL + reverse("api:units-detail", args=[request.unit.pk]),
        "docs": reverse("api:docs"),
    }
    return render(request, "portal/tokens.html", context | new)


def refused(request, *, status: int):
    """Whom of the unit to ask."""
    managers = Representative.objects.active().filter(
        unit=request.unit, role=Representative.Role.MANAGER
    )
    context = {"managers": managers.select_related("user").order_by("user__name", "pk")}
    return render(request, "portal/tokens.html", context, status=status)


def tokens_of(unit: MemberUnit):
    """Those that open the door now, the newest first."""
    return ApiToken.objects.valid(timezone.now()).filter(unit=unit).select_related("user")
