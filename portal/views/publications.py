"""刊物: what the unit gets, an issue on the screen, its PDF. One rule opens all three."""

from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from benefits.entitlement import Entitlement
from portal.acting import for_unit
from portal.shelves import in_post, parcel_of, shelves
from publications import pictures, reading_log
from publications.eligibility import may_read
from publications.models import Article, Issue, Section


@require_safe
@for_unit
def publications(request):
    """All publications, what the unit gets of each, and the released issues of one year."""
    years = list(
        Issue.objects.released().order_by("-year").values_list("year", flat=True).distinct()
    )
    year = chosen_year(request.GET.get("year"), years)
    found = shelves(request.unit, year, timezone.localdate())
    context = {"years": years, "year": year, "shelves": found}
    return render(request, "portal/publications.html", context)


def chosen_year(text: str | None, years: list[int]) -> int | None:
    """The year asked for, or the newest. Raises ``Http404`` for a year without issues."""
    if not text:
        return years[0] if years else None
    year = next((year for year in years if str(year) == text), None)
    if year is None:
        raise Http404
    return year


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
    note_reading(request, found, answer)
    context = {
        "issue": found,
        "posted": in_post(parcel_of(request.unit, found), timezone.localdate()),
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
    pdf = opened(found)
    note_reading(request, found, answer)
    response = FileResponse(
        pdf, as_attachment=True, filename=pdf_name(found), content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@for_unit
def issue_picture(request, code: str, year: int, number: int, digest: str):
    """A picture of an article, for whoever may read the issue; 404 for everything else."""
    found = released_issue(code, year, number)
    picture = pictures.shown_in(found, digest)
    if picture is None or not may_read(request.unit, found).entitled:
        raise Http404
    response = HttpResponse(pictures.content(picture), content_type=pictures.media_type(picture))
    response["Cache-Control"] = "private, max-age=86400, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def note_reading(request, found: Issue, answer: Entitlement) -> None:
    """That the unit has it now; a mere look at the headers is no reading."""
    if request.method == "GET":
        reading_log.opened(issue=found, answer=answer, at=timezone.now())


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
    if not found.edition:
        raise Http404
    try:
        return found.edition.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error


def pdf_name(found: Issue) -> str:
    """《中国矿业信息》2026年第7期.pdf"""
    return _("%(publication)s %(year)s no. %(number)s.pdf") % {
        "publication": found.publication.label,
        "year": found.year,
        "number": found.number,
    }
