"""The queue of requests, and one request with everything that belongs to it."""

from django.contrib import admin
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import template_localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from files.serving import attachment
from members.admin.readonly import ReadOnly
from services.admin import pages
from services.admin.filters import OverdueFilter, TurnFilter, WhoseFilter
from services.models import RequestFile, ServiceRequest

State = ServiceRequest.State
COLOURS = {
    State.SUBMITTED: "warning",
    State.ACCEPTED: "info",
    State.WAITING_FOR_UNIT: None,
    State.CLOSED: "success",
    State.DECLINED: None,
    State.WITHDRAWN: None,
}
LINK = '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>'


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnly, ModelAdmin):
    list_display = ["__str__", "unit", "offering", "progress", "at_stage", "due", "owner"]
    list_filter = [TurnFilter, WhoseFilter, OverdueFilter, "offering"]
    list_select_related = ["unit", "offering__benefit_item", "stage", "owner"]
    list_per_page = 50
    search_fields = ["number", "title", "unit__name"]
    search_help_text = _("Search numbers, titles and units")
    date_hierarchy = "filed_on"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("number", "title"),
                    ("unit", "offering"),
                    ("state_in_words", "at_stage"),
                    ("filed_on", "due_in_words"),
                    ("owner", "asked_by"),
                    "on_basis_of",
                ]
            },
        ),
        (_("What the unit sent"), {"fields": ["the_answers", "the_files"]}),
        (_("Trail"), {"fields": ["the_trail"]}),
        (_("Result"), {"fields": ["delivered", "the_news", ("rating", "rating_words")]}),
    ]
    actions_detail = list(pages.PAGES)

    # A method, not the name of a permission: the theme looks those up in the database at start.
    def has_handle_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("services.handle_request")

    def get_queryset(self, request):
        related = ["unit", "offering__benefit_item", "stage", "owner", "asked_by", "tier", "news"]
        return super().get_queryset(request).select_related(*related)

    def get_urls(self):
        own = path(
            "<int:object_id>/files/<int:file>/",
            self.admin_site.admin_view(self.file),
            name="services_servicerequest_file",
        )
        return [own, *super().get_urls()]

    def get_actions_detail(self, request, object_id):
        """Only the steps that come next."""
        row = self.get_queryset(request).filter(pk=object_id).first()
        offered = super().get_actions_detail(request, object_id)
        return [each for each in offered if row and pages.PAGES[step_of(each)].fits(row)]

    # --- Columns ---

    @display(description=_("state"), ordering="state", label=COLOURS)
    def progress(self, row):
        return row.state, row.get_state_display()

    @display(description=_("stage"), ordering="stage__position", empty_value="—")
    def at_stage(self, row):
        return row.stage

    @display(
        description=_("to be answered by"),
        ordering="due_on",
        label={"overdue": "danger", "open": "info", "unit": None, "ended": None},
    )
    def due(self, row):
        day = date_format(row.due_on)
        if row.is_overdue(timezone.localdate()):
            return "overdue", _("overdue: %(day)s") % {"day": day}
        if row.is_waiting_for_unit:
            return "unit", _("%(day)s, the unit's turn") % {"day": day}
        return ("open", day) if row.is_open else ("ended", day)

    # --- One request ---

    @display(description=_("state"))
    def state_in_words(self, row):
        return row.get_state_display()

    @display(description=_("to be answered by"))
    def due_in_words(self, row):
        _code, words = self.due(row)
        return words

    @display(description=_("judged on the day of filing"))
    def on_basis_of(self, row):
        return f"{row.tier or '—'} · {row.get_basis_display()}"

    @display(description=_("answers"))
    def the_answers(self, row):
        answers = row.answers.select_related("question")
        return format_html(
            '<dl class="flex flex-col gap-2">{}</dl>',
            format_html_join(
                "",
                '<div><dt>{}</dt><dd class="font-medium">{}</dd></div>',
                (
                    (answer.question.in_words, linebreaksbr(answer.in_words) or "—")
                    for answer in answers
                ),
            ),
        )

    @display(description=_("files"), empty_value="—")
    def the_files(self, row):
        links = [
            (
                reverse("admin:services_servicerequest_file", args=[row.pk, file.pk]),
                file.name,
                _("delivered by the association") if file.is_delivered else _("from the unit"),
            )
            for file in row.files.all()
        ]
        return format_html_join("", f"<div>{LINK} · {{}}</div>", links) or None

    @display(description=_("what happened"))
    def the_trail(self, row):
        return format_html(
            '<ol class="flex flex-col gap-3">{}</ol>',
            format_html_join(
                "",
                '<li><div class="font-medium">{}{}</div><div>{} · {}</div><div>{}</div></li>',
                (
                    (
                        f"{step} · {step.stage}" if step.stage else str(step),
                        _(" (for staff only)") if step.is_internal else "",
                        date_format(template_localtime(step.at), "DATETIME_FORMAT"),
                        step.by or "—",
                        linebreaksbr(step.comment),
                    )
                    for step in row.steps.select_related("by", "stage")
                ),
            ),
        )

    @display(description=_("accepted for the bulletin"), empty_value="—")
    def the_news(self, row):
        return row.news

    def file(self, request, object_id, file):
        """One file, for staff who may see the request."""
        if not self.has_view_permission(request):
            raise Http404
        return attachment(get_object_or_404(RequestFile, request=object_id, pk=file))

    # --- Steps ---

    def step(self, request, object_id, name):
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        return pages.shown(self, request, row, name)

    @action(
        description=pages.PAGES["accept"].button,
        url_path="accept",
        permissions=["handle"],
        icon="inbox",
    )
    def accept(self, request, object_id):
        return self.step(request, object_id, "accept")

    @action(
        description=pages.PAGES["approve"].button,
        url_path="approve",
        permissions=["handle"],
        icon="newspaper",
    )
    def approve(self, request, object_id):
        return self.step(request, object_id, "approve")

    @action(
        description=pages.PAGES["move"].button,
        url_path="move",
        permissions=["handle"],
        icon="arrow_forward",
    )
    def move(self, request, object_id):
        return self.step(request, object_id, "move")

    @action(
        description=pages.PAGES["ask"].button,
        url_path="ask",
        permissions=["handle"],
        icon="help",
    )
    def ask(self, request, object_id):
        return self.step(request, object_id, "ask")

    @action(
        description=pages.PAGES["tell"].button,
        url_path="tell",
        permissions=["handle"],
        icon="mail",
    )
    def tell(self, request, object_id):
        return self.step(request, object_id, "tell")

    @action(
        description=pages.PAGES["note"].button,
        url_path="note",
        permissions=["handle"],
        icon="sticky_note_2",
    )
    def note(self, request, object_id):
        return self.step(request, object_id, "note")

    @action(
        description=pages.PAGES["close"].button,
        url_path="close",
        permissions=["handle"],
        icon="task_alt",
    )
    def close(self, request, object_id):
        return self.step(request, object_id, "close")

    @action(
        description=pages.PAGES["assign"].button,
        url_path="assign",
        permissions=["handle"],
        icon="person",
    )
    def assign(self, request, object_id):
        return self.step(request, object_id, "assign")

    @action(
        description=pages.PAGES["decline"].button,
        url_path="decline",
        permissions=["handle"],
        icon="block",
    )
    def decline(self, request, object_id):
        return self.step(request, object_id, "decline")


def step_of(offered) -> str:
    """The step an offered action leads to: the last part of its address."""
    return offered.path.rstrip("/").rpartition("/")[2]
