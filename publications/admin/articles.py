"""Sections and articles: dragged into order, frozen once the issue has gone out."""

from functools import partial

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import path, re_path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from publications import course
from publications.admin import writing
from publications.admin.forms import PositionedForm, PositionedFormSet
from publications.admin.writing import ADDING, ArticleForm
from publications.models import Article, Issue, Section

WHILE_WRITING = {
    "preview": writing.preview,
    "markdown": writing.markdown,
    "picture": writing.picture,
}


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
    form = ArticleForm
    change_form_before_template = "admin/publications/article/conflict.html"
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
            kwargs |= {"widget": ArticleForm.Meta.widgets["body"], "help_text": ADDING}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        """Where a new article goes is chosen here; later it is moved in the room of its issue."""
        place = ["issue", "section_name"] if obj else ["section", "stock_of"]
        text = ["title", "source", ("page", "is_highlight"), "body"]
        return [*place, *text, "seen"] if self.may_write(request, obj) else [*place, *text]

    def get_readonly_fields(self, request, obj=None):
        return ["issue", "section_name"] if obj else []

    def may_write(self, request, obj) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        """The form has locked the section's issue: no other article gets the same place."""
        if not change:
            obj.position = obj.section.next_position() if obj.section else 0
        super().save_model(request, obj, form, change)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        article = self.get_object(request, object_id) if object_id else None
        issue = article and self.issue_of(article)
        told = course.told_to_editors(issue) if issue else []
        return super().changeform_view(request, object_id, form_url, {"told": told})

    # --- Back to the room of the issue ---

    def response_post_save_add(self, request, obj):
        return self.to_room(obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request, obj):
        return self.to_room(obj) or super().response_post_save_change(request, obj)

    def to_room(self, article) -> HttpResponseRedirect | None:
        issue = article.section.issue if article.section else newest_draft(article.stock_of)
        return issue and HttpResponseRedirect(
            reverse("admin:publications_issue_edit", args=[issue.pk])
        )

    # --- What the page asks for while somebody writes ---

    def get_urls(self):
        return [
            path(
                f"{name}/",
                self.admin_site.admin_view(partial(view, admin=self)),
                name=f"publications_article_{name}",
            )
            for name, view in WHILE_WRITING.items()
        ] + [
            re_path(
                "^picture/(?P<digest>[0-9a-f]{64})/$",
                self.admin_site.admin_view(partial(writing.stored_picture, admin=self)),
                name="publications_article_stored_picture",
            ),
            *super().get_urls(),
        ]

    @display(description=_("section"))
    def section_name(self, article):
        return article.section or "—"

    @display(description=_("issue"), ordering="section__issue__issued_on")
    def issue(self, article):
        if article.section is None:
            return _("in stock for %(publication)s") % {"publication": article.stock_of.label}
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:publications_issue_edit", args=[article.section.issue_id]),
            article.section.issue,
        )


def open_sections():
    """Sections of issues that have not gone out, the latest issue first."""
    rows = Section.objects.exclude(issue__state=Issue.State.RELEASED)
    return rows.select_related("issue__publication").order_by("-issue__issued_on", "position")


def newest_draft(publication) -> Issue | None:
    """The issue that the stock would go into."""
    return publication.issues.filter(state=Issue.State.DRAFT).order_by("-issued_on").first()
