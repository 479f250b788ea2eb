"""The issue: its contents on one page, and the pages around its release."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import FileResponse, Http404
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from publications import numbering
from publications.admin import (
    archive,
    checks,
    importing,
    news,
    preview,
    printing,
    progress,
    recipients,
    releasing,
    reviews,
)
from publications.admin import room as room_page
from publications.admin import starting as starting_pages
from publications.admin.articles import FrozenWithIssue, link_to_write
from publications.admin.forms import IssueForm, PdfWidget, PositionedForm, SectionFormSet
from publications.copies import to_be_posted
from publications.models import Issue, Publication, Section

DIGEST = "(?P<digest>[0-9a-f]{64})"
COLOURS = {
    Issue.State.DRAFT: None,
    Issue.State.IN_REVIEW: "info",
    Issue.State.SCHEDULED: "info",
    Issue.State.HELD: "warning",
    Issue.State.RELEASED: "success",
}


class SectionInline(TabularInline):
    """Sections in their order, each with links to its articles."""

    model = Section
    form = PositionedForm
    formset = SectionFormSet
    fields = ["title", "contents", "position"]
    readonly_fields = ["contents"]
    ordering_field = "position"
    hide_ordering_field = True
    show_change_link = True
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("issue").prefetch_related("articles")

    @display(description=_("articles"))
    def contents(self, section):
        if not section.pk:
            return _("Save first, then write the articles.")
        rows = format_html_join(
            "",
            '<li><a class="text-primary-600 dark:text-primary-500" href="{}">{}</a> {}</li>',
            (
                (
                    reverse("admin:publications_article_change", args=[article.pk]),
                    article.title,
                    "★" if article.is_highlight else "",
                )
                for article in section.articles.all()
            ),
        )
        return format_html("<ol>{}</ol>{}", rows, link_to_write(section))


class PostingFilter(admin.SimpleListFilter):
    """Issues of the last year whose printed copies nobody has had posted yet."""

    title = _("printed copies")
    parameter_name = "posting"

    def lookups(self, request, model_admin):
        return [("open", _("to be posted"))]

    def queryset(self, request, queryset):
        if self.value() != "open":
            return queryset
        return queryset.filter(pk__in=to_be_posted(timezone.localdate()).values("pk"))


@admin.register(Issue)
class IssueAdmin(FrozenWithIssue, ModelAdmin):
    form = IssueForm
    inlines = [SectionInline]
    list_display = ["name", "issued_on", "serial_number", "title", "articles", "stage", "when"]
    list_display_links = None
    list_filter = ["state", PostingFilter, "publication", "year"]
    list_select_related = ["publication"]
    list_per_page = 50
    search_fields = ["title", "number", "serial_number", "sections__articles__title"]
    search_help_text = _("Search titles of issues and articles, and numbers")
    date_hierarchy = "issued_on"
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("publication", "issued_on"),
                    ("number", "serial_number"),
                    "title",
                    "pdf",
                    "masthead",
                ]
            },
        ),
    ]
    actions_list = ["start", "import_file", "calendar", "archive"]
    actions_detail = [
        "edit",
        "news",
        "preview",
        "checks",
        "reviews",
        "recipients",
        "releasing",
        {
            "title": _("Distribution"),
            "icon": "local_shipping",
            "items": ["progress", "printing"],
        },
    ]
    warn_unsaved_form = True

    def issue_of(self, issue):
        return issue

    def get_queryset(self, request):
        rows = super().get_queryset(request).select_related("publication")
        return rows.annotate(articles_count=Count("sections__articles", distinct=True))

    def get_urls(self):
        name = "publications_issue_{}".format
        return [
            path(
                "import/<int:import_id>/",
                self.admin_site.admin_view(self.correct_import),
                name=name("import"),
            ),
            path(
                "<int:object_id>/pdf/",
                self.admin_site.admin_view(self.pdf),
                name=name("pdf"),
            ),
            path(
                "<int:object_id>/reviews/record/",
                self.admin_site.admin_view(self.review_record),
                name=name("review_record"),
            ),
            path(
                "<int:object_id>/preview/pages/",
                self.admin_site.admin_view(self.preview_pages),
                name=name("preview_pages"),
            ),
            re_path(
                rf"^(?P<object_id>\d+)/preview/{DIGEST}\.pdf$",
                self.admin_site.admin_view(self.preview_pdf),
                name=name("preview_pdf"),
            ),
            re_path(
                rf"^(?P<object_id>\d+)/preview/{DIGEST}/(?P<number>\d{{1,4}})\.png$",
                self.admin_site.admin_view(self.preview_page),
                name=name("preview_page"),
            ),
            re_path(
                rf"^(?P<object_id>\d+)/pictures/{DIGEST}/$",
                self.admin_site.admin_view(self.picture),
                name=name("picture"),
            ),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request, obj=None):
        return [] if self.has_change_permission(request, obj) else ["pdf_link"]

    def get_fieldsets(self, request, obj=None):
        """Who may only look gets the PDF by the view that hands it out."""
        if self.has_change_permission(request, obj):
            return self.fieldsets
        [(name, options)] = self.fieldsets
        fields = ["pdf_link" if field == "pdf" else field for field in options["fields"]]
        return [(name, {"fields": fields})]

    @display(description=_("PDF"), empty_value="—")
    def pdf_link(self, issue):
        if not issue.edition:
            return None
        address = reverse("admin:publications_issue_pdf", args=[issue.pk])
        return format_html('<a class="text-primary-600" href="{}">{}.pdf</a>', address, issue)

    # --- Columns ---

    @display(description=_("issue"), ordering="issued_on")
    def name(self, issue):
        """The way to where work on it is done."""
        page = "reviews" if issue.state == Issue.State.IN_REVIEW else "edit"
        address = reverse(f"admin:publications_issue_{page}", args=[issue.pk])
        return format_html('<a class="text-link font-medium" href="{}">{}</a>', address, issue)

    @display(description=_("articles"), ordering="articles_count")
    def articles(self, issue):
        return issue.articles_count

    @display(description=_("state"), ordering="state", label=COLOURS)
    def stage(self, issue):
        return issue.state, issue.get_state_display()

    @display(description=_("when"), empty_value="—")
    def when(self, issue):
        return issue.released_at or issue.release_at

    # --- The form ---

    def get_changeform_initial_data(self, request):
        """The next issue of the publication asked for, or of the one that is mailed."""
        initial = super().get_changeform_initial_data(request)
        wanted = Publication.objects.order_by("-is_mailed", "benefit_item__position")
        if initial.get("publication"):
            wanted = wanted.filter(pk=initial["publication"])
        publication, on = wanted.first(), timezone.localdate()
        if publication is None:
            return initial
        return {
            "publication": publication.pk,
            "issued_on": on,
            "number": numbering.next_number(publication, on.year),
            "serial_number": numbering.next_serial_number(publication),
        } | initial

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "pdf":
            kwargs["widget"] = PdfWidget()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for sentence in numbering.gaps(form.instance):
            messages.warning(request, sentence)

    # --- Pages of one issue ---

    # Methods, not names of permissions: the theme looks those up in the database at start.
    def has_release_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("publications.release_issue")

    def has_news_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("news.view_newssubmission")

    def has_printing_permission(self, request, object_id=None) -> bool:
        return request.user.has_perm("publications.view_printrun")

    def has_import_permission(self, request) -> bool:
        return request.user.has_perm("publications.import_issue")

    @action(description=_("Edit"), url_path="edit", permissions=["view"], icon="edit_note")
    def edit(self, request, object_id):
        return room_page.page(self, request, self.found(request, object_id))

    @action(
        description=_("Start the next issue"),
        url_path="start",
        permissions=["add"],
        icon="add_notes",
    )
    def start(self, request):
        return starting_pages.start(self, request)

    @action(
        description=_("Calendar"), url_path="calendar", permissions=["view"], icon="calendar_month"
    )
    def calendar(self, request):
        return starting_pages.calendar(self, request)

    @action(
        description=_("Who gets it, and why"),
        url_path="recipients",
        permissions=["view"],
        icon="group",
    )
    def recipients(self, request, object_id):
        return recipients.page(self, request, self.found(request, object_id))

    @action(description=_("Preview"), url_path="preview", permissions=["view"], icon="visibility")
    def preview(self, request, object_id):
        return preview.page(self, request, self.found(request, object_id))

    @action(description=_("Checks"), url_path="checks", permissions=["view"], icon="rule")
    def checks(self, request, object_id):
        return checks.page(self, request, self.found(request, object_id))

    @action(description=_("Reviews"), url_path="reviews", permissions=["view"], icon="approval")
    def reviews(self, request, object_id):
        return reviews.page(self, request, self.found(request, object_id))

    def review_record(self, request, object_id):
        return reviews.record(self, request, self.viewed(request, object_id))

    @action(
        description=_("Release"),
        url_path="release",
        permissions=["release"],
        icon="schedule_send",
    )
    def releasing(self, request, object_id):
        return releasing.page(self, request, self.found(request, object_id))

    @action(description=_("Progress"), url_path="progress", permissions=["view"], icon="monitoring")
    def progress(self, request, object_id):
        return progress.page(self, request, self.found(request, object_id))

    @action(description=_("Members' news"), url_path="news", permissions=["news"], icon="campaign")
    def news(self, request, object_id):
        return news.page(self, request, self.found(request, object_id))

    @action(
        description=_("Printing and posting"),
        url_path="printing",
        permissions=["printing"],
        icon="print",
    )
    def printing(self, request, object_id):
        return printing.page(self, request, self.found(request, object_id))

    @action(
        description=_("Import an issue"),
        url_path="import",
        permissions=["import"],
        icon="upload_file",
    )
    def import_file(self, request):
        return importing.page(self, request)

    @action(
        description=_("Search the archive"),
        url_path="archive",
        permissions=["view"],
        icon="manage_search",
    )
    def archive(self, request):
        return archive.page(self, request)

    def correct_import(self, request, import_id):
        """The file's text beside what becomes of it, for who may import."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        return importing.one(self, request, import_id)

    def pdf(self, request, object_id):
        """The stored PDF for staff who may see the issue."""
        issue = self.viewed(request, object_id)
        if not issue.edition:
            raise Http404
        name = f"{issue}.pdf"
        return FileResponse(issue.edition.open("rb"), filename=name, content_type="application/pdf")

    def preview_pages(self, request, object_id):
        return preview.pages(self, request, self.viewed(request, object_id))

    def preview_pdf(self, request, object_id, digest):
        self.viewed(request, object_id)
        return preview.pdf(digest)

    def preview_page(self, request, object_id, digest, number):
        self.viewed(request, object_id)
        return preview.page_picture(digest, int(number))

    def picture(self, request, object_id, digest):
        return preview.picture(self.viewed(request, object_id), digest)

    def viewed(self, request, object_id) -> Issue:
        """The issue, for staff who may see it. Raises ``Http404``."""
        issue = self.found(request, object_id)
        if not self.has_view_permission(request, issue):
            raise Http404
        return issue

    def found(self, request, object_id) -> Issue:
        issue = self.get_object(request, str(object_id))
        if issue is None:
            raise Http404
        return issue
