"""Text of a whole issue → blocks → cover, sections and articles.

``read_issue`` labels every line. Where the text has contents (目录), they are the authority on
what is a section and what is a title; heading marks are a hint. Where it has none, the shape of
the text decides (``labels.ShapeReader``). It refuses nothing: what is odd is a doubt on its block.
``assemble`` makes of the blocks, as read or as corrected by an editor, what is saved.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.parsing import cover as covers
from publications.parsing import pagemarks
from publications.parsing.blocks import Block, Doubt, Kind, block, numbered
from publications.parsing.contents import Contents, find_contents, read_contents
from publications.parsing.cover import Highlight, highlights, read_cover
from publications.parsing.labels import ShapeReader, read_article
from publications.parsing.lines import Line, key, lines_of, solid
from publications.parsing.markdown import to_markdown
from publications.parsing.shape import Shape, shape_of, source_text
from publications.parsing.titles import Place, find_titles

SECTION_LIMIT = 60


@dataclass
class Header:
    """What stands on the cover, as far as it does."""

    names: list[str] = field(default_factory=list)
    issued_on: dt.date | None = None
    number: int | None = None
    serial_number: int | None = None
    title: str = ""


@dataclass
class Reading:
    header: Header
    blocks: list[Block]
    # How many characters other than white space the text has.
    characters: int

    @property
    def lost(self) -> int:
        return self.characters - sum(len(each.solid) for each in self.blocks)


@dataclass
class ParsedArticle:
    title: str
    page: int | None
    body: str
    source: str
    is_highlight: bool = False
    line: int = 0


@dataclass
class ParsedSection:
    title: str
    articles: list[ParsedArticle] = field(default_factory=list)


@dataclass
class ParsedIssue:
    names: list[str]
    issued_on: dt.date | None
    number: int | None
    serial_number: int | None
    title: str
    masthead: str
    highlights: list[Highlight]
    sections: list[ParsedSection]
    # What a person should look at: text taken into no article, highlights that match none.
    notices: list[str]
    # The notices with which an issue is not taken in unseen.
    grave: list[str] = field(default_factory=list)

    @property
    def articles(self) -> list[ParsedArticle]:
        return [article for section in self.sections for article in section.articles]


def parse(text: str, *, sections=(), names=()) -> ParsedIssue:
    """The issue in ``text``, as it is read without an editor."""
    reading = read_issue(text, sections=sections, names=names)
    return assemble(reading.blocks, reading.header)


def read_issue(text: str, *, sections=(), names=()) -> Reading:
    """Every line labelled. ``sections`` and ``names`` are those of sections and publications."""
    lines = lines_of(text)
    known = {key(name) for name in sections} - {""}
    start, behind = beginning(lines, {key(name) for name in names} - {""})
    cover = read_cover(lines[:behind])
    names = {key(name) for name in [*names, *cover.names]} - {""}
    names = {name for name in names if len(name) > 1}
    flow, marks = pagemarks.take_out(lines[behind:], names, 0)
    if start is None:
        shape = shape_of(flow)
        blocks, special = ShapeReader(flow, shape, known).read(), ""
    else:
        blocks, special = by_contents(flow, known)
    blocks = numbered([*cover.blocks, *blocks, *marks])
    mark_highlights(blocks)
    header = Header(cover.names, cover.issued_on, cover.number, cover.serial_number)
    header.title = special or title_of(blocks)
    return Reading(header, blocks, len(solid(text.removeprefix("\ufeff"))))


def beginning(lines: list[Line], names: set[str]) -> tuple[int | None, int]:
    """The index of the line 目录, if any, and of the first line behind the cover."""
    start = find_contents(lines)
    if start is not None:
        return start, start
    return None, covers.end_of_cover(lines, names)


def title_of(blocks: list[Block]) -> str:
    """The first headline of the cover, else the first article's."""
    shown = highlights(blocks)
    if shown:
        return shown[0].title
    return next((each.says for each in blocks if each.kind == Kind.TITLE), "")


# --- With contents ---------------------------------------------------------------------------


def by_contents(lines: list[Line], known: set[str]) -> tuple[list[Block], str]:
    """Labelled by the table that ``lines`` begin with, and the name of a special issue."""
    contents = read_contents(lines, 0, known)
    table = [block(Kind.CONTENTS, line) for line in lines[: contents.end]]
    behind = lines[contents.end :]
    if not contents.entries:
        return [*table, *ShapeReader(behind, shape_of(behind), known).read()], ""
    places = find_titles(behind, contents.entries)
    doubt_missing(table, contents, places)
    if not any(places):
        return [*table, *ShapeReader(behind, shape_of(behind), known).read()], ""
    text = label_by_places(behind, contents, places, known)
    return [*table, *text], " ".join(contents.sections[0].superheading)


def doubt_missing(table: list[Block], contents: Contents, places: list[Place | None]) -> None:
    for entry, place in zip(contents.entries, places, strict=True):
        if place is None:
            row = next(each for each in table if each.first == entry.line)
            row.doubt, row.about = Doubt.NOT_IN_TEXT, entry.title


def label_by_places(
    lines: list[Line], contents: Contents, places: list[Place | None], known: set[str]
) -> list[Block]:
    """Titles where the contents' stand; between them articles; above them their sections."""
    shape = shape_of(lines)
    found = [each for each in triples(contents, places) if each[2]]
    found.sort(key=lambda each: each[2].start)
    names = section_names(contents)
    opens = [opening(lines, place.start, contents.headings, known) for *_rest, place in found]
    blocks = before_first(lines[: opens[0]])
    current = None
    for index, (section, entry, place) in enumerate(found):
        end = opens[index + 1] if index + 1 < len(found) else len(lines)
        name, is_new = names[id(section)], section is not current
        above = headings_above(lines[opens[index] : place.start], name, contents, opens=is_new)
        article = article_at(lines, place, entry, end, shape)
        if is_new and not any(each.kind == Kind.SECTION for each in above):
            # The text does not repeat the name of the section.
            article[0].opens_section = name or _("Articles")
        blocks += [*above, *article]
        current = section
    return blocks


def triples(contents: Contents, places: list[Place | None]):
    pairs = ((section, entry) for section in contents.sections for entry in section.entries)
    return [(*pair, place) for pair, place in zip(pairs, places, strict=True)]


def section_names(contents: Contents) -> dict[int, str]:
    """A later section keeps its superheading in front of its title; the first's names the issue."""
    names = {}
    for index, section in enumerate(contents.sections):
        above = section.superheading if index else []
        names[id(section)] = " · ".join([*above, section.title])[:SECTION_LIMIT]
    return names


def opening(lines: list[Line], start: int, headings: set[str], known: set[str]) -> int:
    """Where an article begins, counting the section titles directly above it."""
    names = headings | known
    while start and (lines[start - 1].key in names or lines[start - 1].is_rule):
        start -= 1
    return start


def before_first(lines: list[Line]) -> list[Block]:
    """Text between the contents and the first article, which belongs to none."""
    return [
        block(Kind.LEFT_OUT, line, doubt=Doubt.NO_ARTICLE if line.key else "") for line in lines
    ]


def headings_above(lines: list[Line], name: str, contents: Contents, *, opens: bool) -> list[Block]:
    """The section's title; superheadings above it are in the contents' spelling of its name."""
    titled = [line for line in lines if line.key and not line.is_rule]
    blocks = []
    for line in lines:
        if titled and line is titled[-1] and opens:
            blocks.append(block(Kind.SECTION, line, reads=name or line.text))
        elif titled and line is titled[-1]:
            doubt = "" if line.key in contents.headings else Doubt.NOT_IN_CONTENTS
            blocks.append(block(Kind.SECTION, line, doubt=doubt))
        else:
            blocks.append(block(Kind.LEFT_OUT, line))
    return blocks


def article_at(lines: list[Line], place: Place, entry, end: int, shape: Shape) -> list[Block]:
    title = block(Kind.TITLE, *lines[place.start : place.end], page=entry.page)
    if place.is_exact:
        title.reads = entry.title
    else:
        title.doubt, title.about = Doubt.OTHER_SPELLING, entry.title
    body = read_article(lines[place.end : end], shape)
    if not body:
        title.doubt = Doubt.NO_TEXT
    return [title, *body]


# --- Highlights ------------------------------------------------------------------------------


def mark_highlights(blocks: list[Block], *, doubting: bool = True) -> None:
    """Mark the titles the cover names, by title, else by page; doubt what matches none.

    Not ``doubting``: what an editor has settled is not doubted again.
    """
    titles = [each for each in blocks if each.kind == Kind.TITLE]
    for each in blocks:
        if each.kind != Kind.HIGHLIGHT:
            continue
        [shown] = highlights([each])
        title = highlighted(shown, titles)
        if title:
            title.is_highlight = True
            each.doubt = each.about = ""
        elif doubting:
            each.doubt, each.about = Doubt.NO_MATCH, shown.title


def highlighted(shown: Highlight, titles: list[Block]) -> Block | None:
    named = [title for title in titles if key(title.says) == key(shown.title)]
    on_page = [title for title in titles if shown.page and title.page == shown.page]
    if named:
        return named[0]
    return on_page[0] if len(on_page) == 1 else None


# --- From blocks to an issue -----------------------------------------------------------------


def assemble(blocks: list[Block], header: Header) -> ParsedIssue:
    """Sections and articles of the blocks, in their order."""
    return ParsedIssue(
        names=header.names,
        issued_on=header.issued_on,
        number=header.number,
        serial_number=header.serial_number,
        title=header.title,
        masthead="\n".join(each.text for each in blocks if each.kind == Kind.MASTHEAD),
        highlights=highlights(blocks),
        sections=sections_of(blocks),
        notices=[notice(each) for each in blocks if each.doubt],
        grave=[notice(each) for each in blocks if each.is_grave],
    )


def notice(each: Block) -> str:
    return _("Line %(line)s: %(doubt)s “%(text)s”") % {
        "line": each.first,
        "doubt": each.doubt_sentence,
        "text": each.text[:60],
    }


def sections_of(blocks: list[Block]) -> list[ParsedSection]:
    sections: list[ParsedSection] = []
    title: Block | None = None
    body: list[Block] = []

    def close() -> None:
        if title is not None:
            sections[-1].articles.append(article_of(title, body))

    for each in blocks:
        if each.kind in (Kind.SECTION, Kind.TITLE):
            close()
            title, body = None, []
        if each.kind == Kind.SECTION:
            sections.append(ParsedSection(each.says))
        elif each.kind == Kind.TITLE:
            if each.opens_section or not sections:
                sections.append(ParsedSection(each.opens_section or _("Articles")))
            title = each
        elif each.kind in (Kind.SUBHEADING, Kind.PARAGRAPH, Kind.ROW, Kind.SOURCE):
            body.append(each)
    close()
    return [section for section in sections if section.articles]


def article_of(title: Block, blocks: list[Block]) -> ParsedArticle:
    sources = [source_text(each.says) for each in blocks if each.kind == Kind.SOURCE]
    return ParsedArticle(
        title=title.says,
        page=title.page,
        body=to_markdown([each for each in blocks if each.kind != Kind.SOURCE]),
        source="、".join(sources),
        is_highlight=title.is_highlight,
        line=title.first,
    )


def counted(blocks: list[Block]) -> dict[str, int]:
    """The figures above the preview."""
    articles = [article for section in sections_of(blocks) for article in section.articles]
    return {
        "sections": len(sections_of(blocks)),
        "articles": len(articles),
        "with_source": sum(bool(article.source) for article in articles),
        "doubts": sum(bool(each.doubt) for each in blocks),
    }


def said(figures: dict[str, int]) -> str:
    """10 articles, 9 with a source, 3 doubtful."""
    return _("%(articles)s, %(with_source)s with a source, %(doubts)s doubtful") % {
        **figures,
        "articles": ngettext("%(number)s article", "%(number)s articles", figures["articles"])
        % {"number": figures["articles"]},
    }
