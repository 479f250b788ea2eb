"""接口令牌: staff make and revoke their own; member services revoke those of units."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from members.models import ApiToken
from members.tokens import make, revoke

LIST = "admin:members_apitoken_changelist"


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("what it is for"),
        help_text=_("The program that will use it. Make one for each, to be revoked alone."),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
    )


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    """Nobody can look a key up: what is kept is its last four characters and a digest."""

    list_display = ["name", "ending", "whose", "user", "state", "expires_at", "last_used_on"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["unit", "user"]
    show_full_result_count = False
    search_fields = ["name", "hint", "unit__name", "user__name", "user__email"]
    search_help_text = _("Name, last four characters, unit or person")
    fields = [
        ("name", "ending"),
        ("whose", "user"),
        ("created_at", "expires_at"),
        "last_used_on",
        ("revoked_at", "revoked_by"),
    ]
    readonly_fields = ["ending", "whose"]
    actions_detail = ["revoke"]

    def get_queryset(self, request):
        """One's own; with the right to change tokens those of units too; a superuser sees all."""
        tokens = super().get_queryset(request).select_related("unit", "user", "revoked_by")
        if request.user.is_superuser:
            return tokens
        seen = Q(unit__isnull=True, user=request.user)
        if request.user.has_perm("members.change_apitoken"):
            seen |= Q(unit__isnull=False)
        return tokens.filter(seen)

    def has_add_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def has_revoke_permission(self, request, object_id=None) -> bool:
        """Whoever sees a token may end it."""
        return self.has_view_permission(request)

    def get_actions_detail(self, request, object_id):
        is_open = self.get_queryset(request).filter(pk=object_id, revoked_at__isnull=True).exists()
        return super().get_actions_detail(request, object_id) if is_open else []

    def add_view(self, request, form_url="", extra_context=None):
        return never_cache(self._add)(request)

    def _add(self, request):
        """A new token's key is on the answer to the form and nowhere else."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = TokenForm(request.POST or None)
        if form.is_valid():
            try:
                token, key = make(
                    user=request.user, unit=None, name=form.cleaned_data["name"], at=timezone.now()
                )
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self.log_addition(request, token, _("Made in the admin."))
                return self._page(request, "new_token.html", _("New API token"), key=key)
        return self._page(request, "new_token.html", _("New API token"), form=form)

    @action(description=_("Revoke"), url_path="revoke", permissions=["revoke"])
    def revoke(self, request, object_id):
        """First say what it will do; do it when the page is sent back."""
        token = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method != "POST":
            return self._page(request, "revoke_token.html", _("Revoke the token"), token=token)
        revoke(token=token, by=request.user, at=timezone.now())
        self.log_change(request, token, _("Revoked."))
        text = _("The token is revoked: it opens nothing from now on.")
        self.message_user(request, text, messages.SUCCESS)
        return redirect(LIST)

    def _page(self, request, template: str, title: str, **more) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "site_url_of_api": settings.SITE_URL,
            **more,
        }
        return TemplateResponse(request, f"admin/members/{template}", context)

    @display(description=_("key"))
    def ending(self, token: ApiToken) -> str:
        return f"ms_…{token.hint}"

    @display(description=_("opens"), ordering="unit__name")
    def whose(self, token: ApiToken) -> str:
        return str(token.unit or _("what the person's role may see"))

    @display(
        description=_("state"),
        label={"valid": "success", "expired": "default", "revoked": "default"},
    )
    def state(self, token: ApiToken) -> tuple[str, str]:
        if token.revoked_at:
            return "revoked", _("revoked")
        if token.expires_at <= timezone.now():
            return "expired", _("expired")
        return "valid", _("valid")
