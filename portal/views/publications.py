"""刊物: the list by year, an issue on the screen, its PDF. One rule opens all three."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.db.models import Prefetch
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from benefits.entitlement import Entitlement, entitlements_on
from portal.acting import for_unit
from portal.figures import Figure, figure
from publications.eligibility import may_read
from publications.models import Article, Issue, Publication, Section


@dataclass(frozen=True)
class Line:
    issue: Issue
    answer: Entitlement


@dataclass(frozen=True)
class Shelf:
    """The issues of one publication, newest first, and the right to it today."""

    publication: Publication
    figure: Figure
    lines: list[Line]


@require_safe
@for_unit
def publications(request):
    """The released issues of one year, each with whether the unit may read it."""
    years = list(
        Issue.objects.released().order_by("-year").values_list("year", flat=True).distinct()
    )
    year = chosen_year(request.GET.get("year"), years)
    context = {"years": years, "year": year, "shelves": shelves(request.unit, year)}
    return render(request, "portal/publications.html", context)


def chosen_year(text: str | None, years: list[int]) -> int | None:
    """The year asked for, or the newest. Raises ``Http404`` for a year without issues."""
    if not text:
        return years[0] if years else None
    year = next((year for year in years if str(year) == text), None)
    if year is None:
        raise Http404
    return year


def shelves(unit, year: int | None) -> list[Shelf]:
    """The year's issues by publication, judged at their dates, with few queries for all."""
    issues = (
        Issue.objects.released()
        .filter(year=year)
        .select_related("publication__benefit_item__group")
        .order_by("-publication__is_mailed", "publication__benefit_item", "-issued_on", "-number")
    )
    by_publication = [
        (publication, list(of_it))
        for publication, of_it in groupby(issues, key=attrgetter("publication"))
    ]
    today = timezone.localdate()
    questions = [
        (publication.benefit_item, day)
        for publication, of_it in by_publication
        for day in [today, *(issue.issued_on for issue in of_it)]
    ]
    answers = iter(entitlements_on(unit, questions))
    return [
        Shelf(publication, figure(next(answers)), [Line(issue, next(answers)) for issue in of_it])
        for publication, of_it in by_publication
    ]


@require_safe
@for_unit
def issue(request, code: str, year: int, number: int):
    """An issue to be read, or why the unit may not and what would change it."""
    found = released_issue(code, year, number)
    answer = may_read(request.unit, found)
    if not answer.entitled:
        return not_entitled(request, found, answer)
    sections = list(
        found.sections.prefetch_related(
            Prefetch("articles", Article.objects.order_by("position"))
        ).order_by("position")
    )
    context = {
        "issue": found,
        "sections": [section for section in sections if section.articles.all()],
        "highlights": highlights(sections),
        "earlier": neighbour(found, later=False),
        "later": neighbour(found, later=True),
    }
    return render(request, "portal/issue.html", context)


@require_safe
@for_unit
def issue_pdf(request, code: str, year: int, number: int):
    """The same rule as the page; 404 where the issue has no PDF."""
    found = released_issue(code, year, number)
    answer = may_read(request.unit, found)
    if not answer.entitled:
        return not_entitled(request, found, answer)
    response = FileResponse(
        opened(found), as_attachment=True, filename=pdf_name(found), content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def released_issue(code: str, year: int, number: int) -> Issue:
    """Raises ``Http404`` for an issue that is unknown or not released."""
    issues = Issue.objects.released().select_related("publication__benefit_item__group")
    return get_object_or_404(issues, publication__code=code, year=year, number=number)


def not_entitled(request, found: Issue, answer: Entitlement):
    return render(
        request, "portal/not_entitled.html", {"issue": found, "answer": answer}, status=403
    )


def highlights(sections: list[Section]) -> list[Article]:
    return [
        article
        for section in sections
        for article in section.articles.all()
        if article.is_highlight
    ]


def neighbour(found: Issue, *, later: bool) -> Issue | None:
    """The released issue of the same publication that comes next, or came before."""
    issues = Issue.objects.released().filter(publication=found.publication)
    if later:
        issues = issues.filter(year__gte=found.year).exclude(
            year=found.year, number__lte=found.number
        )
        return issues.order_by("year", "number").first()
    issues = issues.filter(year__lte=found.year).exclude(year=found.year, number__gte=found.number)
    return issues.order_by("-year", "-number").first()


def opened(found: Issue):
    """The stored file. Raises ``Http404`` where there is none."""
    if not found.pdf:
        raise Http404
    try:
        return found.pdf.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error


def pdf_name(found: Issue) -> str:
    """《中国矿业信息》2026年第7期.pdf"""
    return _("%(publication)s %(year)s no. %(number)s.pdf") % {
        "publication": found.publication.label,
        "year": found.year,
        "number": found.number,
    }
