"""A page of search results as people read it: for a unit in the portal and for staff."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from publications.folding import plain
from publications.models import Article, Issue, Publication, SearchEntry
from publications.search_words import Question
from publications.searching import Among, search
from publications.snippets import marked, snippet

PAGE = 10


@dataclass(frozen=True)
class Hit:
    article: Article
    title: SafeString
    snippet: SafeString

    @property
    def issue(self) -> Issue:
        return self.article.section.issue


@dataclass(frozen=True)
class Results:
    """One page of hits, the best first. ``total``: how many there are on all pages."""

    total: int
    hits: list[Hit]
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1

    @property
    def earlier(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def later(self) -> int | None:
        return self.page + 1 if self.last < self.total else None


def results(asked: Question, among: Among, page: int = 1) -> Results:
    """Three queries for any number of hits, and one around them."""
    found = search(asked, among, start=(page - 1) * PAGE, size=PAGE)
    rows = Article.objects.select_related("section__issue__publication").in_bulk(found.articles)
    hits = [hit(rows[pk], asked) for pk in found.articles if pk in rows]
    return Results(found.total, hits, page)


def hit(article: Article, asked: Question) -> Hit:
    return Hit(article, marked(article.title, asked), snippet(plain(article.body), asked))


# --- What can be chosen ------------------------------------------------------------------------


@dataclass(frozen=True)
class Filters:
    """What the search can be narrowed by, and what was chosen; nothing else counts as chosen."""

    publications: list[Publication]
    years: list[int]
    sections: list[str]
    publication: Publication | None
    year: int | None
    section: str

    def among(self, issues: list[int] | None) -> Among:
        publication = self.publication and self.publication.pk
        return Among(issues, publication=publication, year=self.year, section=self.section)

    @property
    def are_set(self) -> bool:
        return bool(self.publication or self.year or self.section)


def filters(issues: Iterable[Issue], chosen, *, ids: list[int] | None) -> Filters:
    """From the issues that may be seen (``ids``, None for all), and a query string's values."""
    issues = list(issues)
    by_pk = {issue.publication_id: issue.publication for issue in issues}
    publications = sorted(by_pk.values(), key=lambda row: (not row.is_mailed, row.pk))
    years = sorted({issue.year for issue in issues}, reverse=True)
    sections = sections_of(ids)
    wanted, section = chosen.get("publication"), chosen.get("section", "")
    return Filters(
        publications,
        years,
        sections,
        next((row for row in publications if row.code == wanted), None),
        next((year for year in years if str(year) == chosen.get("year")), None),
        section if section in sections else "",
    )


def sections_of(issues: list[int] | None) -> list[str]:
    """The titles of sections in which articles are found, by name."""
    entries = SearchEntry.objects.order_by("section").values_list("section", flat=True).distinct()
    return list(entries if issues is None else entries.filter(issue__in=issues))


def page_number(text: str | None) -> int:
    """The page asked for; the first where it is none."""
    digits = (text or "").strip()
    return max(1, int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 1
