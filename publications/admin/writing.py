"""Writing an article: its form, the preview beside it, what is pasted, and pictures."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminTextareaWidget

from publications import arranging, editing, from_html, pictures, reading
from publications.admin.preview import as_is
from publications.models import Article, Picture


class MarkdownWidget(UnfoldAdminTextareaWidget):
    """A text area with a toolbar and a preview; without scripts, the text area alone."""

    template_name = "publications/widgets/markdown.html"

    class Media:
        js = [forms.Script("publications/writing.js", defer=True)]
        css = {"all": ["publications/admin.css"]}

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["addresses"] = {
            page: reverse(f"admin:publications_article_{page}")
            for page in ("preview", "markdown", "picture")
        }
        return context


class ArticleForm(forms.ModelForm):
    """Refuses to overwrite what somebody else saved since this form was opened; both texts are
    then on the page (``theirs``), and saving again decides."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Article
        fields = ("section", "stock_of", "title", "source", "page", "is_highlight", "body")
        widgets = {
            "body": MarkdownWidget(
                attrs={
                    "rows": 28,
                    "hx-post": reverse_lazy("admin:publications_article_preview"),
                    "hx-trigger": "load, input changed delay:400ms",
                    "hx-target": "#write-preview",
                    "hx-sync": "this:replace",
                }
            )
        }

    theirs: Article | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = editing.version(self.instance)

    def clean_body(self) -> str:
        """Browsers send lines as Windows ends them."""
        return self.cleaned_data["body"].replace("\r\n", "\n")

    def clean(self):
        cleaned = super().clean()
        if not self.instance.pk:
            self.check_place(cleaned)
            return cleaned
        stored = editing.locked(self.instance)
        current = editing.version(stored)
        if cleaned.get("seen") != current:
            self.theirs = stored
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = current
            raise ValidationError(
                _(
                    "Somebody else saved this article while you wrote. Nothing of yours is saved "
                    "yet: both texts are below. Bring them together in your text, then save."
                ),
                code="conflict",
            )
        return cleaned

    def check_place(self, cleaned) -> None:
        """A new article stands in a section, whose issue is locked, or in a stock."""
        section, stock = cleaned.get("section"), cleaned.get("stock_of")
        if section:
            arranging.lock([section.issue_id])
        if not self.errors and bool(section) == bool(stock):
            raise ValidationError(
                _("Choose the section of an issue, or the publication whose stock it goes into."),
                code="place",
            )

    def both(self) -> dict:
        """Their text beside mine, line by line."""
        theirs, mine = editing.beside(self.theirs.body, self.data.get("body", ""))
        return {"theirs": theirs, "mine": mine}


ADDING = gettext_lazy(
    "Markdown: an empty line between paragraphs, “## ” before a sub-heading, "
    "“- ” before an item of a list, **bold**, [text](address). What is pasted from Word or a web "
    "page keeps its structure."
)


# --- What the page asks for while somebody writes --------------------------------------------


def may_write(admin, request) -> None:
    if not (admin.has_add_permission(request) or admin.has_change_permission(request)):
        raise PermissionDenied


@require_POST
def preview(request, admin):
    """The text as it will be read."""
    may_write(admin, request)
    return HttpResponse(reading.rendered(request.POST.get("body", ""), pictures=address))


@require_POST
def markdown(request, admin):
    """The clipboard's HTML as Markdown."""
    may_write(admin, request)
    return JsonResponse({"markdown": from_html.markdown_of(request.POST.get("html", ""))})


@require_POST
def picture(request, admin):
    """Store an uploaded picture; its digest is what the text names."""
    may_write(admin, request)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": _("Choose a picture.")}, status=400)
    try:
        stored = pictures.take(upload, by=request.user, at=timezone.now())
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=400)
    return JsonResponse({"digest": stored.digest})


def stored_picture(request, digest: str, admin):
    """A picture for the preview: it may stand in no article yet."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    found = get_object_or_404(Picture, digest=digest)
    return as_is(pictures.content(found), pictures.media_type(found))


def address(digest: str) -> str:
    return reverse("admin:publications_article_stored_picture", args=[digest])
