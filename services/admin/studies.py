"""Studies of specific problems: whom they concern, their files, and publishing them."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from files.serving import attachment
from letters.tasks import wake
from services.admin.forms import StudyForm
from services.models import Study, StudyCopy, StudyFile
from services.models.studies import Part
from services.studies import publish

LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'
CONCERNED = Q(copies__part=Part.REPORT)


class ConcernedInline(TabularInline):
    """The units a study concerns, named by staff; those that share it are added in publishing."""

    model = StudyCopy
    verbose_name = _("unit concerned")
    verbose_name_plural = _("units concerned")
    fields = ["unit"]
    autocomplete_fields = ["unit"]
    extra = 0

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(part=Part.REPORT)
        return rows.select_related("unit", "study")

    def has_add_permission(self, request, obj=None):
        return not is_out(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return not is_out(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not is_out(obj) and super().has_delete_permission(request, obj)


@admin.register(Study)
class StudyAdmin(ModelAdmin):
    form = StudyForm
    inlines = [ConcernedInline]
    list_display = ["title", "offering", "issued_on", "concerned", "stage"]
    list_select_related = ["offering__benefit_item"]
    search_fields = ["title", "copies__unit__name"]
    search_help_text = _("Search titles and units")
    date_hierarchy = "issued_on"
    autocomplete_fields = ["request"]
    actions_detail = ["publish"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("offering__benefit_item", "request")
        return rows.annotate(concerned_count=Count("copies", filter=CONCERNED, distinct=True))

    def get_urls(self):
        own = path(
            "<int:object_id>/files/<slug:part>/",
            self.admin_site.admin_view(self.file),
            name="services_study_file",
        )
        return [own, *super().get_urls()]

    def get_fields(self, request, obj=None):
        fields = [("title", "issued_on"), ("offering", "request")]
        if not is_out(obj) and (self.has_change_permission(request, obj) or obj is None):
            fields += ["report", "common"]
        return [*fields, "the_files", "the_readers"] if obj else fields

    def get_readonly_fields(self, request, obj=None):
        return ["the_files", "the_readers"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "offering":
            field.queryset = field.queryset.select_related("benefit_item")
        return field

    # What units have read is never changed.

    def has_change_permission(self, request, obj=None):
        return not is_out(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not is_out(obj) and super().has_delete_permission(request, obj)

    def has_publish_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("services.publish_study")

    def get_actions(self, request):
        """Studies are deleted one by one on their page, so that no published one goes along."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_actions_detail(self, request, object_id):
        is_draft = Study.objects.filter(pk=object_id, published_at__isnull=True).exists()
        return super().get_actions_detail(request, object_id) if is_draft else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        for part in Part:
            if upload := form.cleaned_data.get(part):
                replace(obj, part, upload, by=request.user)

    # --- Columns ---

    @display(description=_("units concerned"), ordering="concerned_count")
    def concerned(self, study):
        return study.concerned_count

    @display(
        description=_("state"),
        ordering="published_at",
        label={"out": "success", "draft": "warning"},
    )
    def stage(self, study):
        return ("out", _("published")) if is_out(study) else ("draft", _("not yet published"))

    # --- One study ---

    @display(description=_("files"), empty_value="—")
    def the_files(self, study):
        links = (
            (
                file.get_part_display(),
                reverse("admin:services_study_file", args=[study.pk, file.part]),
                file.name,
            )
            for file in study.files.all()
        )
        return format_html_join("", f"<div>{{}} · {LINK}</div>", links) or None

    @display(description=_("who gets it"), empty_value="—")
    def the_readers(self, study):
        if not is_out(study):
            return _("Decided on publishing, for the date of issue.")
        rows = study.copies.select_related("unit", "tier")
        return format_html(
            "<ul>{}</ul>",
            format_html_join(
                "",
                "<li>{} · {} · {} · {}</li>",
                (
                    (copy.unit, copy.get_part_display(), copy.tier or "—", copy.get_basis_display())
                    for copy in rows
                ),
            ),
        )

    def file(self, request, object_id, part):
        """One part's file, for staff who may see the study."""
        if not self.has_view_permission(request):
            raise Http404
        return attachment(get_object_or_404(StudyFile, study=object_id, part=part))

    @action(
        description=_("Publish the study"),
        url_path="publish",
        permissions=["publish"],
        icon="publish",
    )
    def publish(self, request, object_id):
        """Say what it does, then do it."""
        study = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method == "POST":
            try:
                publish(study=study, by=request.user, at=timezone.now())
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                wake()
                self.log_change(request, study, _("Published."))
                messages.success(request, _("Published. The units have been written to."))
            return redirect("admin:services_study_change", object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Publish the study"),
            "opts": self.opts,
            "study": study,
            "files": study.files.all(),
            "concerned": study.copies.filter(part=Part.REPORT).select_related("unit"),
        }
        return TemplateResponse(request, "admin/services/publish_study.html", context)


def is_out(study) -> bool:
    return isinstance(study, Study) and study.published_at is not None


@transaction.atomic
def replace(study: Study, part: str, upload, *, by) -> None:
    """Keep the upload as the study's part, in the place of an earlier file."""
    for earlier in study.files.filter(part=part):
        earlier.delete()
        transaction.on_commit(lambda stored=earlier.file: stored.delete(save=False))
    row = StudyFile(study=study, part=part, uploaded_by=by, uploaded_at=timezone.now())
    row.hold(upload)
    row.save()
