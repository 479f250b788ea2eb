"""Text of a whole issue → cover, sections and every article of its contents.

Read in this order: the cover (all before 目录), the contents, then the text behind them, cut at
the lines that repeat a title of the contents. Heading marks are a hint, never the authority.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.parsing.body import read_body
from publications.parsing.contents import Contents, Entry, find_contents, read_contents
from publications.parsing.cover import Cover, Highlight, no_cover, read_cover
from publications.parsing.lines import Line, key, lines_of

# A title may be broken over so many lines.
TITLE_LINES = 3
# Where a text has no contents, its cover is looked for in so many lines.
COVER_LINES = 30


@dataclass
class ParsedArticle:
    title: str
    page: int
    body: str
    source: str
    is_highlight: bool = False


@dataclass
class ParsedSection:
    title: str
    articles: list[ParsedArticle] = field(default_factory=list)


@dataclass
class ParsedIssue:
    names: list[str]
    issued_on: dt.date
    number: int
    serial_number: int | None
    title: str
    masthead: str
    highlights: list[Highlight]
    sections: list[ParsedSection]
    # What a person should look at: text taken into no article, highlights that match none.
    notices: list[str]

    @property
    def articles(self) -> list[ParsedArticle]:
        return [article for section in self.sections for article in section.articles]


@dataclass(frozen=True)
class Place:
    """Where a title stands in the text: lines ``start`` to before ``end``."""

    start: int
    end: int
    is_marked: bool


def parse(text: str) -> ParsedIssue:
    """The issue in ``text``. Raises ``ValidationError`` naming what is missing and where."""
    lines = lines_of(text)
    start = find_contents(lines)
    if start is None:
        raise ValidationError(without_contents(lines))
    cover = read_cover(lines[:start])
    contents = read_contents(lines, start)
    behind = lines[contents.end :]
    places = find_titles(behind, contents.entries)
    articles = read_articles(behind, contents, places)
    sections = sections_of(contents, articles)
    notices = [*leftover(behind, contents, places), *mark_highlights(cover, articles)]
    return ParsedIssue(
        names=cover.names,
        issued_on=cover.issued_on,
        number=cover.number,
        serial_number=cover.serial_number,
        title=title_of(cover, contents),
        masthead="\n".join(cover.masthead),
        highlights=cover.highlights,
        sections=sections,
        notices=notices,
    )


def without_contents(lines: list[Line]) -> list[ValidationError]:
    """A text without contents; often it has no cover either and is no issue at all."""
    missing = [
        ValidationError(
            _("No contents recognised: the text needs a line “目录” with the articles under it."),
            code="no_contents",
        )
    ]
    try:
        read_cover(lines[:COVER_LINES])
    except ValidationError:
        missing.insert(0, no_cover())
    return missing


def title_of(cover: Cover, contents: Contents) -> str:
    """The superheading of the first section (a special issue's name), else the first headline."""
    if superheading := contents.sections[0].superheading:
        return " ".join(superheading)
    if cover.highlights:
        return cover.highlights[0].title
    return contents.entries[0].title


def sections_of(contents: Contents, articles: list[ParsedArticle]) -> list[ParsedSection]:
    """A later section keeps its superheading in front of its title; the first's names the issue."""
    left, sections = iter(articles), []
    for index, section in enumerate(contents.sections):
        above = section.superheading if index else []
        title = " · ".join([*above, section.title])
        sections.append(ParsedSection(title, [next(left) for _entry in section.entries]))
    return sections


# --- Finding the articles --------------------------------------------------------------------


def find_titles(lines: list[Line], entries: list[Entry]) -> list[Place]:
    """Where each entry's title stands. Raises ``ValidationError`` naming every one not found."""
    candidates = candidates_for(lines, {entry.key for entry in entries})
    places: list[Place] = []
    missing: list[Entry] = []
    for entry in entries:
        previous = places[-1].end if places else 0
        free = [place for place in candidates.get(entry.key, []) if place not in places]
        if free:
            places.append(min(free, key=lambda p: (p.start < previous, not p.is_marked, p.start)))
        else:
            missing.append(entry)
    if missing:
        raise ValidationError([not_found(entry) for entry in missing])
    return places


def candidates_for(lines: list[Line], wanted: set[str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for start in range(len(lines)):
        together = ""
        for end in range(start + 1, min(start + TITLE_LINES, len(lines)) + 1):
            together += lines[end - 1].key
            if together in wanted and lines[end - 1].key:
                place = Place(start, end, lines[start].is_marked)
                found.setdefault(together, []).append(place)
    return found


def not_found(entry: Entry) -> ValidationError:
    return ValidationError(
        _(
            "The contents (line %(line)s) name the article “%(title)s” on page %(page)s, "
            "but the text has no such title."
        ),
        code="article_missing",
        params={"line": entry.line, "title": entry.title, "page": entry.page},
    )


def read_articles(
    lines: list[Line], contents: Contents, places: list[Place]
) -> list[ParsedArticle]:
    """Each entry with the lines from its title to the next title, in the order of the contents."""
    starts = sorted(opening(lines, place.start, contents.headings) for place in places)
    articles = []
    for entry, place in zip(contents.entries, places, strict=True):
        end = next((start for start in starts if start >= place.end), len(lines))
        body, source = read_body(lines[place.end : end])
        if not body:
            raise ValidationError(
                _("The article “%(title)s” (line %(line)s) has no text."),
                code="article_empty",
                params={"title": entry.title, "line": lines[place.start].number},
            )
        articles.append(ParsedArticle(entry.title, entry.page, body, source))
    return articles


def opening(lines: list[Line], start: int, headings: set[str]) -> int:
    """Where an article begins, counting the section titles directly above it."""
    while start and (lines[start - 1].key in headings or lines[start - 1].is_rule):
        start -= 1
    return start


def leftover(lines: list[Line], contents: Contents, places: list[Place]) -> list[str]:
    """Text between the contents and the first article, which belongs to none."""
    first = opening(lines, min(place.start for place in places), contents.headings)
    lost = [line for line in lines[:first] if line.key and line.key not in contents.headings]
    if not lost:
        return []
    text = ngettext(
        "%(count)s line before the first article is in no article and is left out: “%(text)s”",
        "%(count)s lines before the first article are in no article and are left out: “%(text)s”",
        len(lost),
    )
    return [text % {"count": len(lost), "text": " / ".join(line.text for line in lost)[:200]}]


# --- Highlights ------------------------------------------------------------------------------


def mark_highlights(cover: Cover, articles: list[ParsedArticle]) -> list[str]:
    """Mark the articles the cover names, by title, else by page; say which match none."""
    unmatched = []
    for highlight in cover.highlights:
        article = highlighted(highlight, articles)
        if article:
            article.is_highlight = True
        else:
            unmatched.append(
                _("The highlight “%(title)s” is no article of the contents.")
                % {"title": highlight.title}
            )
    return unmatched


def highlighted(highlight: Highlight, articles: list[ParsedArticle]) -> ParsedArticle | None:
    named = [article for article in articles if key(article.title) == key(highlight.title)]
    on_page = [article for article in articles if article.page == highlight.page]
    if named:
        return named[0]
    return on_page[0] if len(on_page) == 1 else None
