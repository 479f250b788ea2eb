"""The editor's room: an issue's sections and articles, the stock, and the members' news that wait.

Everything is a button or a select with a name, so that it works by keyboard and without scripts;
dragging sends the same words.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from news.models import NewsSubmission
from publications import arranging, course, placing
from publications.admin.pages import FOLDER, shown
from publications.models import Article, Issue, Section

# As many of each as one page shows; the others follow when these are placed.
LISTED = 50


def page(admin, request, issue: Issue):
    if request.method == "POST":
        return act(admin, request, issue)
    return shown(admin, request, issue, "edit", **contents(request, issue))


def contents(request, issue: Issue) -> dict:
    sections = list(issue.sections.prefetch_related("articles__submission"))
    others = open_sections(issue)
    stock = Article.objects.filter(stock_of=issue.publication).select_related("submission")
    return {
        "seen": arranging.arrangement(issue),
        "chapters": sections,
        "elsewhere": others,
        "stock": stock.order_by("-pk")[:LISTED],
        "waiting": placing.candidates()[:LISTED] if may_edit(request) else [],
        "may_edit": may_edit(request) and not issue.is_frozen,
        "told": course.told_to_editors(issue),
        "articles_count": sum(len(section.articles.all()) for section in sections),
    }


def open_sections(issue: Issue):
    """Sections of the publications' other issues that have not gone out."""
    rows = Section.objects.exclude(issue=issue).exclude(issue__state=Issue.State.RELEASED)
    rows = rows.select_related("issue__publication")
    return rows.order_by("-issue__issued_on", "issue", "position")[:LISTED]


def may_edit(request) -> bool:
    return request.user.has_perms(
        ["publications.change_article", "publications.change_section", "publications.add_article"]
    )


def act(admin, request, issue: Issue):
    """Do what the button says: ``verb`` or ``verb:id``. A refusal is shown, nothing is lost."""
    if not may_edit(request):
        raise PermissionDenied
    verb, _colon, pk = request.POST.get("do", "").partition(":")
    if verb in VERBS and (pk.isdecimal() or verb == "add_section"):
        try:
            with transaction.atomic():
                arranging.refuse_stale(issue=issue, seen=request.POST.get("seen", ""))
                said = VERBS[verb](request, issue, int(pk or 0))
            admin.log_change(request, issue, said)
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
    if request.headers.get("X-Room"):
        context = {"issue": issue, "is_part": True, **contents(request, issue)}
        return TemplateResponse(request, f"{FOLDER}parts/room.html", context)
    return HttpResponseRedirect(reverse("admin:publications_issue_edit", args=[issue.pk]))


# --- What the buttons do: each says it for the record --------------------------------------------


def up(request, issue: Issue, pk: int) -> str:
    return shifted(issue, pk, -1)


def down(request, issue: Issue, pk: int) -> str:
    return shifted(issue, pk, 1)


def shifted(issue: Issue, pk: int, by: int) -> str:
    article = arranging.shift(article=own_article(issue, pk), by=by)
    return _("Moved “%(title)s”.") % {"title": article.title}


def move(request, issue: Issue, pk: int) -> str:
    """To the section or the stock that was chosen, at the place where it was dropped."""
    article = own_article(issue, pk)
    position = request.POST.get("position", "")
    arranging.move(
        article=article,
        to=destination(issue, request.POST.get("to") or request.POST.get(f"to-{pk}", "")),
        position=int(position) if position.isdecimal() else None,
    )
    return _("Moved “%(title)s”.") % {"title": article.title}


def place(request, issue: Issue, pk: int) -> str:
    """A member's news: into the section for it, the one where it was dropped, or the stock."""
    text, at = get_object_or_404(NewsSubmission, pk=pk), timezone.now()
    wanted = request.POST.get("to", "")
    to = destination(issue, wanted) if wanted else None
    if to == issue.publication:
        return keep(request, issue, pk)
    if to and to.issue_id != issue.pk:
        raise Http404
    article = placing.place(submission=text, issue=issue, by=request.user, at=at, section=to)
    position = request.POST.get("position", "")
    if to and position.isdecimal():
        arranging.move(article=article, to=to, position=int(position))
    return _("Placed “%(title)s”.") % {"title": article.title}


def keep(request, issue: Issue, pk: int) -> str:
    """A member's news, into the stock."""
    text = get_object_or_404(NewsSubmission, pk=pk)
    by, at = request.user, timezone.now()
    placing.keep(submission=text, publication=issue.publication, by=by, at=at)
    return _("Kept “%(title)s” in the stock.") % {"title": text.title}


def star(request, issue: Issue, pk: int) -> str:
    article = own_article(issue, pk)
    arranging.highlight(article=article, is_highlight=not article.is_highlight)
    words = (
        _("“%(title)s” is no highlight.")
        if article.is_highlight
        else _("“%(title)s” is a highlight.")
    )
    return words % {"title": article.title}


def add_section(request, issue: Issue, pk: int) -> str:
    section = arranging.add_section(issue=issue, title=request.POST.get("new-section", ""))
    return _("Added section “%(title)s”.") % {"title": section.title}


def rename(request, issue: Issue, pk: int) -> str:
    title = request.POST.get(f"title-{pk}", "")
    arranging.rename_section(section=own_section(issue, pk), title=title)
    return _("Renamed a section to “%(title)s”.") % {"title": title}


def remove(request, issue: Issue, pk: int) -> str:
    section = own_section(issue, pk)
    arranging.remove_section(section=section)
    return _("Removed section “%(title)s”.") % {"title": section.title}


def section_up(request, issue: Issue, pk: int) -> str:
    return section_to(issue, pk, own_section(issue, pk).position - 1)


def section_down(request, issue: Issue, pk: int) -> str:
    return section_to(issue, pk, own_section(issue, pk).position + 1)


def move_section(request, issue: Issue, pk: int) -> str:
    position = request.POST.get("position", "")
    return section_to(issue, pk, int(position) if position.isdecimal() else 1)


def section_to(issue: Issue, pk: int, position: int) -> str:
    section = own_section(issue, pk)
    arranging.move_section(section=section, position=position)
    return _("Moved section “%(title)s”.") % {"title": section.title}


VERBS = {
    "up": up,
    "down": down,
    "move": move,
    "place": place,
    "keep": keep,
    "star": star,
    "add_section": add_section,
    "rename": rename,
    "remove": remove,
    "section_up": section_up,
    "section_down": section_down,
    "move_section": move_section,
}


def own_article(issue: Issue, pk: int) -> Article:
    """An article of this issue or of its publication's stock; any other is not found."""
    own = Article.objects.filter(section__issue=issue)
    stock = Article.objects.filter(stock_of=issue.publication)
    return get_object_or_404(own | stock, pk=pk)


def own_section(issue: Issue, pk: int) -> Section:
    return get_object_or_404(Section, pk=pk, issue=issue)


def destination(issue: Issue, name: str):
    """``section:12``, of this issue or another one, or ``stock``."""
    if name == "stock":
        return issue.publication
    kind, _colon, pk = name.partition(":")
    if kind != "section" or not pk.isdecimal():
        raise ValidationError(_("Choose where the article goes."))
    return get_object_or_404(Section.objects.select_related("issue__publication"), pk=int(pk))
