"""The issue as it will be read: in print, on the page, by e-mail."""

import base64

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from publications import message, pictures, previewing, reading
from publications.admin.pages import FOLDER, shown
from publications.models import Issue, Picture

ALWAYS_THE_SAME = "private, max-age=86400, immutable"


def page(admin, request, issue: Issue):
    """One of the three editions; print comes first."""
    kinds = editions(issue)
    chosen = request.GET.get("as")
    current = chosen if chosen in kinds else next(iter(kinds))
    context = {"page": on_the_page, "mail": by_mail}.get(current, in_print)(issue)
    choices = [(kind, words, kind == current) for kind, words in kinds.items()]
    return shown(
        admin, request, issue, "preview", choices=choices, current_edition=current, **context
    )


def editions(issue: Issue) -> dict[str, str]:
    kinds = {"print": _("In print"), "page": _("On the page")}
    return kinds | {"mail": _("By e-mail")} if issue.publication.is_mailed else kinds


def in_print(issue: Issue) -> dict:
    return {}


def on_the_page(issue: Issue) -> dict:
    chapters = [
        {
            "title": section.title,
            "articles": [
                {"article": article, "html": text(article, issue)}
                for article in section.articles.all()
            ],
        }
        for section in issue.sections.prefetch_related("articles")
    ]
    return {
        "chapters": chapters,
        "lead": [
            row["article"]
            for chapter in chapters
            for row in chapter["articles"]
            if row["article"].is_highlight
        ],
    }


def text(article, issue: Issue) -> str:
    def address(digest: str) -> str:
        return reverse("admin:publications_issue_picture", args=[issue.pk, digest])

    return reading.rendered(article.body, pictures=address, within=f"a{article.pk}")


def by_mail(issue: Issue) -> dict:
    shown = message.embedded(issue)
    is_attached = bool(issue.edition or not issue.is_frozen)
    return {"mail": letter(message.rendered(issue, is_attached=is_attached, shown=shown), shown)}


def letter(texts: message.Texts, shown: dict[str, Picture]) -> dict[str, str]:
    """The mail's texts with an example's name in the places of a recipient's, and its pictures."""
    example = {"unit": _("(name of the unit)"), "name": _("(name of the contact)"), "stop": "#"}
    plain, rich = texts.plain, texts.html
    for name, mark in texts.marks.items():
        plain = plain.replace(mark, example[name])
        rich = rich.replace(mark, escape(example[name]))
    for digest, picture in shown.items():
        content = base64.b64encode(pictures.content(picture)).decode("ascii")
        rich = rich.replace(
            f"cid:{digest}", f"data:{pictures.media_type(picture)};base64,{content}"
        )
    return {"subject": texts.subject, "plain": plain, "html": rich}


# --- Parts of the page -----------------------------------------------------------------------


def pages(admin, request, issue: Issue):
    """The part with the pictures of the pages, or why it cannot be printed."""
    context = {"issue": issue}
    if issue.pdf or issue.sections.filter(articles__isnull=False).exists():
        try:
            preview = previewing.preview(issue)
            context |= {"preview": preview, "numbers": range(1, preview.pages + 1)}
        except ValidationError as error:
            context["refusals"] = error.messages
    return TemplateResponse(request, f"{FOLDER}parts/pages.html", context)


def kept(digest: str) -> bytes:
    pdf = previewing.kept(digest)
    if pdf is None:
        raise Http404
    return pdf


def pdf(digest: str) -> HttpResponse:
    return as_is(kept(digest), "application/pdf")


def page_picture(digest: str, number: int) -> HttpResponse:
    try:
        return as_is(previewing.page_picture(kept(digest), number), "image/png")
    except IndexError as error:
        raise Http404 from error


def picture(issue: Issue, digest: str) -> HttpResponse:
    found = pictures.shown_in(issue, digest)
    if found is None:
        raise Http404
    return as_is(pictures.content(found), pictures.media_type(found))


def as_is(content: bytes, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = ALWAYS_THE_SAME
    response["X-Content-Type-Options"] = "nosniff"
    return response
