"""Sections and articles: dragged into order, frozen once the issue has gone out."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from publications.admin.forms import PositionedForm, PositionedFormSet
from publications.models import Article, Issue, Section


class FrozenWithIssue:
    """Nobody changes what members have read. ``issue_of`` says whose part the row is."""

    def issue_of(self, row) -> Issue | None:
        raise NotImplementedError

    def is_frozen(self, row) -> bool:
        issue = self.issue_of(row) if isinstance(row, self.model) else None
        return issue is not None and issue.is_frozen

    def has_change_permission(self, request, obj=None):
        return not self.is_frozen(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return not self.is_frozen(obj) and super().has_delete_permission(request, obj)


class ArticleInline(TabularInline):
    """The articles of a section, to be dragged into order and opened."""

    model = Article
    form = PositionedForm
    formset = PositionedFormSet
    fields = ["title", "source", "page", "is_highlight", "position"]
    ordering_field = "position"
    hide_ordering_field = True
    show_change_link = True
    extra = 0
    # A new article needs its text: it is written on a page of its own.
    max_num = 0


@admin.register(Section)
class SectionAdmin(FrozenWithIssue, ModelAdmin):
    """One section with its articles; reached from its issue."""

    list_display = ["title", "issue", "position"]
    list_select_related = ["issue__publication"]
    search_fields = ["title"]
    fields = ["title", "issue", "write_article"]
    readonly_fields = ["issue", "write_article"]
    inlines = [ArticleInline]

    def issue_of(self, section):
        return section.issue

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("issue__publication")

    def has_add_permission(self, request):
        """Sections are added on the page of their issue."""
        return False

    @display(description=_("new article"))
    def write_article(self, section):
        return link_to_write(section)


def link_to_write(section: Section) -> str:
    if section.issue.is_frozen:
        return "—"
    return format_html(
        '<a class="text-primary-600 font-medium dark:text-primary-500" href="{}?section={}">{}</a>',
        reverse("admin:publications_article_add"),
        section.pk,
        _("Write an article for this section"),
    )


@admin.register(Article)
class ArticleAdmin(FrozenWithIssue, ModelAdmin):
    list_display = ["title", "issue", "section", "page", "source", "is_highlight"]
    list_filter = ["is_highlight", "section__issue__publication"]
    list_select_related = ["section__issue__publication", "stock_of"]
    search_fields = ["title", "source", "body"]
    search_help_text = _("Search titles, sources and texts")
    fields = ["section", "stock_of", "title", ("source", "page", "is_highlight"), "body"]
    show_full_result_count = False
    warn_unsaved_form = True

    def issue_of(self, article):
        return article.section and article.section.issue

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        rows = rows.select_related("section__issue__publication", "stock_of")
        return rows.order_by("-section__issue__issued_on", "section__position", "position")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "section":
            kwargs["queryset"] = open_sections()
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "section":
            field.label_from_instance = lambda section: f"{section.issue} · {section.title}"
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "body":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 28})
            kwargs["help_text"] = _(
                "Markdown: an empty line between paragraphs, “## ” before a sub-heading, "
                "“- ” before an item of a list, **bold**, [text](address)."
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change or "section" in form.changed_data:
            obj.position = obj.section.next_position() if obj.section else 0
        super().save_model(request, obj, form, change)

    @display(description=_("issue"), ordering="section__issue__issued_on")
    def issue(self, article):
        if article.section is None:
            return _("in stock for %(publication)s") % {"publication": article.stock_of.label}
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:publications_issue_change", args=[article.section.issue_id]),
            article.section.issue,
        )


def open_sections():
    """Sections of issues that have not gone out, the latest issue first."""
    rows = Section.objects.exclude(issue__state=Issue.State.RELEASED)
    return rows.select_related("issue__publication").order_by("-issue__issued_on", "position")
