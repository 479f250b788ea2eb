"""Membership applications: filed here, decided and ended by buttons that ask for the facts."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from members.admin.recorded import Recorded
from members.joining import approve, end_membership, reject
from members.models import MembershipApplication

Decision = MembershipApplication.Decision


class DecisionForm(forms.Form):
    decided_on = forms.DateField(label=_("decided on"), widget=UnfoldAdminSingleDateWidget)
    resolution = forms.CharField(
        label=_("resolution"), max_length=120, required=False, widget=UnfoldAdminTextInputWidget
    )


class EndForm(forms.Form):
    ended_on = forms.DateField(
        label=_("last day of membership"),
        widget=UnfoldAdminSingleDateWidget,
        help_text=_("Services that take place on this day are still the unit's."),
    )
    because = forms.CharField(
        label=_("why it ended"), max_length=200, widget=UnfoldAdminTextInputWidget
    )


@admin.register(MembershipApplication)
class MembershipApplicationAdmin(Recorded, ModelAdmin):
    list_display = ["unit", "filed_on", "state", "decided_on", "ended_on", "resolution"]
    list_filter = ["decision"]
    list_select_related = ["unit"]
    show_full_result_count = False
    search_fields = ["unit__name", "unit__credit_code", "resolution"]
    search_help_text = _("Unit, credit code or resolution")
    autocomplete_fields = ["unit"]
    date_hierarchy = "filed_on"
    fields = [
        ("unit", "filed_on"),
        ("decision", "decided_on"),
        ("resolution", "decided_by"),
        ("ended_on", "ended_because", "ended_by"),
    ]
    readonly_fields = [
        "decision",
        "decided_on",
        "resolution",
        "decided_by",
        "ended_on",
        "ended_because",
        "ended_by",
    ]
    actions_detail = ["approve", "reject", "end"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("unit", "decided_by", "ended_by")

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.fields[:1]

    def has_change_permission(self, request, obj=None) -> bool:
        return not _is_decided(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return not _is_decided(obj) and super().has_delete_permission(request, obj)

    def has_decide_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.decide_application")

    def get_actions(self, request):
        """Applications are deleted one by one on their page, so that no decided one goes along."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_actions_detail(self, request, object_id):
        """Only the steps that come next."""
        application = MembershipApplication.objects.filter(pk=object_id).first()
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if application and _comes_next(each.path, application)]

    @action(description=_("Approve"), url_path="approve", permissions=["decide"])
    def approve(self, request, object_id):
        return self._step(request, object_id, DecisionForm, _("Approve the application"), approve)

    @action(description=_("Reject"), url_path="reject", permissions=["decide"])
    def reject(self, request, object_id):
        return self._step(request, object_id, DecisionForm, _("Reject the application"), reject)

    @action(description=_("End the membership"), url_path="end", permissions=["decide"])
    def end(self, request, object_id):
        return self._step(request, object_id, EndForm, _("End the membership"), end_membership)

    def _step(self, request, object_id, form_class, title, activity):
        """A page that asks for the facts; the activity decides whether it may be."""
        application = get_object_or_404(self.get_queryset(request), pk=object_id)
        first = next(iter(form_class.base_fields))
        form = form_class(request.POST or None, initial={first: timezone.localdate()})
        if form.is_valid():
            try:
                activity(application=application, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self.message_user(request, _("Recorded."), messages.SUCCESS)
                return redirect("admin:members_membershipapplication_change", object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "application": application,
            "form": form,
        }
        return TemplateResponse(request, "admin/members/application_step.html", context)

    @display(
        description=_("decision"),
        ordering="decision",
        label={"pending": "warning", "approved": "success", "rejected": "default"},
    )
    def state(self, application) -> tuple[str, str]:
        return application.decision, application.get_decision_display()


def _is_decided(application) -> bool:
    is_one = isinstance(application, MembershipApplication)
    return is_one and application.decision != Decision.PENDING


def _comes_next(path: str, application: MembershipApplication) -> bool:
    if application.decision == Decision.PENDING:
        return not path.endswith("end")
    is_open = application.decision == Decision.APPROVED and application.ended_on is None
    return is_open and path.endswith("end")
