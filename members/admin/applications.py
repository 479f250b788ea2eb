"""Membership applications: the work list by stage, and all of one application on one page."""

from django import forms
from django.contrib import admin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display

from files.serving import attachment
from members.admin.application_steps import STEPS, page
from members.admin.recorded import Recorded
from members.admin.sheets import ExcelMixin
from members.joining import file_for, refuse_second
from members.lookalikes import lookalikes
from members.models import ApplicationFile, MembershipApplication
from members.sheets.memberships import MembershipSheet

Decision = MembershipApplication.Decision
Stage = MembershipApplication.Stage
COLOURS = {
    Stage.PRELIMINARY: "warning",
    Stage.REVIEW: "warning",
    Stage.COUNCIL: "warning",
    Stage.RETURNED: "info",
    Decision.APPROVED: "success",
    Decision.REJECTED: None,
    Decision.WITHDRAWN: None,
    "ended": None,
}


def opens(name: str, icon: str):
    """The action that leads to the page of a step."""

    def shows(self, request, object_id):
        return page(self, request, self.found(request, object_id), name)

    shows.__name__ = name  # by which the theme finds it
    return action(
        description=STEPS[name].title,
        url_path=name.replace("_", "-"),
        permissions=["decide"],
        icon=icon,
    )(shows)


class WhereFilter(DropdownFilter):
    """The work list: whose turn it is, and in which stage."""

    title = _("where it stands")
    parameter_name = "where"

    def lookups(self, request, model_admin):
        return [
            ("staff", _("the association's turn")),
            *((stage.value, stage.label) for stage in Stage if stage != Stage.DRAFT),
            (Decision.APPROVED.value, Decision.APPROVED.label),
            ("ended", _("membership ended")),
            (Decision.REJECTED.value, Decision.REJECTED.label),
            (Decision.WITHDRAWN.value, Decision.WITHDRAWN.label),
        ]

    def queryset(self, request, applications):
        value = self.value()
        if value == "staff":
            return applications.waiting_for_staff()
        if value == "ended":
            return applications.filter(ended_on__isnull=False)
        if value in Stage.values:
            return applications.under_way().filter(stage=value)
        return applications.filter(decision=value) if value in Decision.values else applications


class EnteredForm(forms.ModelForm):
    """An application that staff enter for a unit in the register."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # empty only while an applicant is at work
            field.required = True

    def clean(self):
        super().clean()
        if unit := self.cleaned_data.get("unit"):
            refuse_second(unit, but=self.instance)
        return self.cleaned_data


@admin.register(MembershipApplication)
class MembershipApplicationAdmin(ExcelMixin, Recorded, ModelAdmin):
    """What was filed. Drafts are the applicants' own business and are not here."""

    excel = MembershipSheet
    when_empty = _("Units apply on the public page “Join”; what they send in appears here.")
    form = EnteredForm
    list_display = [
        "applicant_name",
        "standing",
        "wished_tier",
        "filed_on",
        "decided_on",
        "ended_on",
        "resolution",
    ]
    list_filter = [WhereFilter]
    list_select_related = ["unit", "form__tier"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["name", "credit_code", "unit__name", "unit__credit_code", "resolution"]
    search_help_text = _("Unit, credit code or resolution")
    autocomplete_fields = ["unit"]
    date_hierarchy = "filed_on"
    fields = [
        ("unit", "filed_on"),
        ("standing_in_words",),
        ("decided_on", "decided_by"),
        ("resolution",),
        ("ended_on", "ended_by"),
        ("ended_because", "end_resolution"),
    ]
    readonly_fields = [
        "standing_in_words",
        "decided_on",
        "resolution",
        "decided_by",
        "ended_on",
        "ended_because",
        "end_resolution",
        "ended_by",
    ]
    change_form_after_template = "admin/members/membershipapplication/contents.html"
    actions_detail = list(STEPS)

    pass_preliminary = opens("pass_preliminary", "task_alt")
    pass_review = opens("pass_review", "task_alt")
    admit = opens("admit", "how_to_reg")
    send_back = opens("send_back", "undo")
    approve = opens("approve", "how_to_reg")
    reject = opens("reject", "block")
    end = opens("end", "logout")
    reinstate = opens("reinstate", "restore")

    def get_queryset(self, request):
        filed = super().get_queryset(request).filter(filed_on__isnull=False)
        return filed.select_related("unit", "form__tier", "decided_by", "ended_by")

    def get_urls(self):
        own = path(
            "<int:object_id>/files/<int:file>/",
            self.admin_site.admin_view(self.file),
            name="members_membershipapplication_file",
        )
        return [own, *super().get_urls()]

    def get_fields(self, request, obj=None):
        """Of a decision and of an end only what there is; of a new one what is entered."""
        if obj is None:
            return self.fields[:1]
        later = [row for row in self.fields[2:] if any(getattr(obj, name) for name in row)]
        first = self.fields[:2] if obj.unit_id else [("filed_on", "standing_in_words")]
        return [*first, *later]

    def save_model(self, request, obj, form, change):
        file_for(application=obj, by=request.user)

    # --- Who may ---

    def has_change_permission(self, request, obj=None) -> bool:
        return not _is_fixed(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return not _is_fixed(obj) and super().has_delete_permission(request, obj)

    def has_decide_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("members.decide_application")

    def get_actions(self, request):
        """Applications are deleted one by one on their page, so that no decided one goes along."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_actions_detail(self, request, object_id):
        """Only the steps that come next."""
        application = self.get_queryset(request).filter(pk=object_id).first()
        prefix = "members_membershipapplication_"
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if application and STEPS[each.action_name.removeprefix(prefix)].fits(application)
        ]

    # --- Columns ---

    @display(description=_("applicant"), ordering="name")
    def applicant_name(self, application) -> str:
        return application.applicant

    @display(description=_("where it stands"), ordering="stage", label=COLOURS)
    def standing(self, application) -> tuple[str, str]:
        if application.ended_on:
            return "ended", _("membership ended")
        return application.state, application.state_in_words

    @display(description=_("wished tier"), empty_value="—")
    def wished_tier(self, application):
        return application.form.tier if application.is_public else None

    @display(description=_("where it stands"))
    def standing_in_words(self, application) -> str:
        _code, words = self.standing(application)
        return words

    # --- Pages ---

    def change_view(self, request, object_id, form_url="", extra_context=None):
        application = self.get_object(request, object_id)
        contents = _contents(application) if application else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | contents)

    def file(self, request, object_id, file):
        """A file of an application, for staff who may see it."""
        if not self.has_view_permission(request):
            raise Http404
        application = self.found(request, object_id)
        return attachment(get_object_or_404(ApplicationFile, application=application, pk=file))

    def found(self, request, object_id) -> MembershipApplication:
        return get_object_or_404(self.get_queryset(request), pk=object_id)


def _contents(application: MembershipApplication) -> dict:
    """What the applicant sent, the trail, and who in the register it may be already."""
    is_public = application.is_public
    return {
        "application": application,
        "committees": application.form.committees.all() if is_public else (),
        "contacts": application.contacts.all(),
        "files": application.files.all(),
        "steps": application.steps.select_related("by"),
        "lookalikes": lookalikes(application) if is_public else (),
        "looks_for_lookalikes": is_public and application.is_under_way,
    }


def _is_fixed(application) -> bool:
    """Decided, or written by the applicant: it moves by its steps."""
    is_one = isinstance(application, MembershipApplication)
    return is_one and (application.is_public or not application.is_under_way)
