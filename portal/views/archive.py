"""The archive: what the unit may read of a publication, the search in it, and one article.

Everything starts from the issues that the unit was entitled to on their dates (`readable`); what it
was not entitled to is neither found nor counted here.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from portal.acting import for_unit
from portal.views.publications import chosen_year, note_reading, released_issue
from publications.eligibility import may_read, readable
from publications.finding import filters, page_number, results
from publications.models import Article, Issue, Publication
from publications.search_words import question


@require_safe
@for_unit
def search(request):
    """Articles of the unit's issues, by their words; narrowed by publication, year and section."""
    issues = readable(request.unit, list(of_all()))
    ids = [issue.pk for issue in issues]
    narrowed = filters(issues, request.GET, ids=ids)
    asked = question(request.GET.get("q", ""))
    page = page_number(request.GET.get("page"))
    context = {
        "has_issues": bool(issues),
        "filters": narrowed,
        "asked": asked,
        "results": results(asked, narrowed.among(ids), page) if asked else None,
        "query": query_string(request),
    }
    return render(request, "portal/search.html", context)


def query_string(request) -> str:
    """What was asked, for the links to other pages of it."""
    names = ("q", "publication", "year", "section")
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


@require_safe
@for_unit
def archive(request, code: str):
    """The issues of a publication that the unit may read, those of one year by number."""
    publication = get_object_or_404(Publication, code=code)
    issues = readable(request.unit, list(of_all().filter(publication=publication)))
    years = sorted({issue.year for issue in issues}, reverse=True)
    year = chosen_year(request.GET.get("year"), years)
    context = {
        "publication": publication,
        "years": years,
        "year": year,
        "issues": [issue for issue in issues if issue.year == year],
        "count": len(issues),
    }
    return render(request, "portal/archive.html", context)


@require_safe
@for_unit
def article(request, code: str, year: int, number: int, pk: int):
    """One article by itself; 404 for the articles of issues that the unit may not read."""
    issue = released_issue(code, year, number)
    answer = may_read(request.unit, issue)
    if not answer.entitled:
        raise Http404
    articles = Article.objects.filter(section__issue=issue).select_related("section")
    found = get_object_or_404(articles, pk=pk)
    order = list(articles.order_by("section__position", "position").only("title", "section"))
    place = order.index(found)
    note_reading(request, issue, answer)
    context = {
        "issue": issue,
        "article": found,
        "place": place + 1,
        "count": len(order),
        "earlier": order[place - 1] if place else None,
        "later": order[place + 1] if place + 1 < len(order) else None,
    }
    return render(request, "portal/article.html", context)


def of_all():
    """All that has appeared, newest first, with what their rights are judged by."""
    rows = Issue.objects.released().select_related("publication__benefit_item__group")
    return rows.defer("masthead").order_by("-year", "-number", "pk")
