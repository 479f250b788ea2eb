"""The queue of applications: read what units handed in, and decide."""

from django.contrib import admin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from awards.admin import deciding
from awards.models import AwardApplication, Material
from cases.questions import shown
from files.serving import attachment
from members.admin.readonly import ReadOnly

State = AwardApplication.State
COLOURS = {
    State.SUBMITTED: "warning",
    State.RETURNED: "info",
    State.ACCEPTED: "info",
    State.RECOMMENDED: "success",
    State.AWARDED: "success",
    State.DECLINED: None,
    State.NOT_RECOMMENDED: None,
    State.NOT_AWARDED: None,
    State.WITHDRAWN: None,
}


def opens(name: str, icon: str):
    """The action that leads to the page of a decision."""
    decision = deciding.DECISIONS[name]

    def shows(self, request, object_id):
        return deciding.page(self, request, self.found(request, object_id), name)

    shows.__name__ = name  # by which the theme finds it
    return action(
        description=decision.title,
        url_path=name.replace("_", "-"),
        permissions=["decide"],
        icon=icon,
    )(shows)


@admin.register(AwardApplication)
class AwardApplicationAdmin(ReadOnly, ModelAdmin):
    """Drafts are the unit's own business and are not here."""

    list_display = ["number", "title", "unit", "cycle", "stage", "filed_on", "complete_by"]
    list_display_links = ["number", "title"]
    list_filter = ["state", ("cycle", admin.RelatedOnlyFieldListFilter), "cycle__award"]
    list_select_related = ["unit", "cycle"]
    list_per_page = 50
    ordering = ["filed_on", "pk"]
    search_fields = ["number", "title", "unit__name", "unit__credit_code"]
    search_help_text = _("Search numbers, titles, and names or credit codes of units")
    date_hierarchy = "filed_on"
    fields = [
        ("number", "state"),
        ("title", "unit"),
        ("cycle", "filed_on"),
        ("tier", "basis"),
        ("filed_by", "complete_by"),
        ("recommended_to", "recommended_on"),
        ("document", "announced_on"),
        "outcome",
    ]
    change_form_after_template = "admin/awards/awardapplication/contents.html"
    actions_detail = [
        "accept",
        "send_back",
        "decline",
        "recommend",
        "not_recommend",
        "outcome",
        "note",
    ]

    accept = opens("accept", "task_alt")
    send_back = opens("send_back", "undo")
    decline = opens("decline", "block")
    recommend = opens("recommend", "forward")
    not_recommend = opens("not_recommend", "block")
    outcome = opens("outcome", "trophy")
    note = opens("note", "sticky_note_2")

    def get_queryset(self, request):
        rows = super().get_queryset(request).filed()
        return rows.select_related("unit", "cycle__award", "tier", "filed_by")

    def get_urls(self):
        return [
            path(
                "<int:object_id>/files/<int:file>/",
                self.admin_site.admin_view(self.file),
                name="awards_awardapplication_file",
            ),
            *super().get_urls(),
        ]

    # --- Who may ---

    def has_decide_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("awards.decide_award")

    def get_actions_detail(self, request, object_id):
        """Only what can be done in the present state."""
        state = AwardApplication.objects.filter(pk=object_id).values_list("state", flat=True)
        now, prefix = state.first(), "awards_awardapplication_"
        return [
            each
            for each in super().get_actions_detail(request, object_id)
            if now in deciding.DECISIONS[each.action_name.removeprefix(prefix)].states
        ]

    # --- Columns ---

    @display(description=_("state"), ordering="state", label=COLOURS)
    def stage(self, application):
        return application.state, application.get_state_display()

    # --- Pages ---

    def change_view(self, request, object_id, form_url="", extra_context=None):
        application = self.get_object(request, object_id)
        contents = self.contents(application) if application else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | contents)

    def contents(self, application: AwardApplication) -> dict:
        """What was handed in, and the trail with the notes among staff."""
        texts = {row.question_id: row.text for row in application.answers.all()}
        return {
            "application": application,
            "answers": [
                (question, shown(question, texts.get(question.pk, "")))
                for question in application.cycle.questions.all()
            ],
            "materials": application.materials.select_related("requirement"),
            "steps": application.steps.select_related("by"),
        }

    def file(self, request, object_id, file):
        """A file of an application, for staff who may see it."""
        if not self.has_view_permission(request):
            raise Http404
        application = self.found(request, object_id)
        return attachment(get_object_or_404(Material, application=application, pk=file))

    def found(self, request, object_id) -> AwardApplication:
        application = self.get_object(request, str(object_id))
        if application is None:
            raise Http404
        return application
