"""目录: the table of contents, the authority on what is a section and what is an article.

A heading with entries under it is a section. Headings above it without entries of their own (the
name of a series of reports) are its superheading. The table ends where something of it comes a
second time: the text itself has begun.
"""

import re
from dataclasses import dataclass, field

from publications.parsing.cover import LIST_MARK
from publications.parsing.lines import Line, key

CONTENTS = {"目录", "本期目录", "contents"}
LEADER = r"(?:\s*[.．…·⋯]{2,}[\s.．…·⋯]*|\s+[.．…·⋯]\s+|\t\s*|[ \u3000]{2,})"
ENTRY = re.compile(
    rf"^(?P<title>.*?\S){LEADER}[（(]?[Pp]?(?P<page>\d{{1,4}})(?:[-–—]\d{{1,4}})?[)）]?$"
)
PROSE_LENGTH = 120
# A shorter line above an entry is a section's name rather than half a title.
HALF_A_TITLE = 10
# A title is broken over so many lines at most.
TITLE_LINES = 3


@dataclass(frozen=True)
class Entry:
    title: str
    # A table without page numbers gives none.
    page: int | None
    line: int

    @property
    def key(self) -> str:
        return key(self.title)


@dataclass
class ContentsSection:
    # "" where the table names none.
    title: str
    superheading: list[str]
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Contents:
    sections: list[ContentsSection]
    # Index of the first line of the text behind the table.
    end: int

    @property
    def entries(self) -> list[Entry]:
        return [entry for section in self.sections for entry in section.entries]

    @property
    def headings(self) -> set[str]:
        """Keys of the sections' titles and superheadings, which the text may repeat."""
        return {
            key(text)
            for section in self.sections
            for text in [section.title, *section.superheading]
            if text
        }


def find_contents(lines: list[Line]) -> int | None:
    """The index of the line 目录."""
    return next((index for index, line in enumerate(lines) if line.key in CONTENTS), None)


def read_contents(lines: list[Line], start: int, sections: set[str]) -> Contents:
    """Read the table that begins behind the line ``start``; ``sections`` are keys of names."""
    contents = Contents(sections=[], end=start + 1)
    spans = spans_of(lines[start + 1 :])
    seen, headings = set(), []
    for index, line in enumerate(lines[start + 1 :], start=start + 1):
        found = ENTRY.match(line.text)
        if line.key in seen or is_prose(line):
            break
        if not found:
            headings.append(line)
            continue
        title = LIST_MARK.sub("", found["title"])
        if count := first_parts(headings, title, spans, sections):
            title = "".join(line.text for line in headings[-count:]) + title
            del headings[-count:]
        if headings or not contents.sections:
            contents.sections.append(section_under(headings))
        contents.sections[-1].entries.append(Entry(title, int(found["page"]), line.number))
        seen |= {key(title), *(heading.key for heading in headings)} - {""}
        headings, contents.end = [], index + 1
    return contents if contents.sections else without_pages(lines, start, sections)


def without_pages(lines: list[Line], start: int, sections: set[str]) -> Contents:
    """A table that names no pages: the lines until one of them comes a second time."""
    contents = Contents(sections=[], end=start + 1)
    behind = {line.key: index for index, line in enumerate(lines) if index > start}
    for index, line in enumerate(lines[start + 1 :], start=start + 1):
        if is_prose(line) or behind[line.key] == index:
            # What stands once only is no line of the table: the text has begun.
            break
        if line.key in {each.key for each in lines[start + 1 : index]}:
            break
        if line.key in sections:
            contents.sections.append(ContentsSection(line.text, []))
        else:
            if not contents.sections:
                contents.sections.append(ContentsSection("", []))
            title = LIST_MARK.sub("", line.text)
            contents.sections[-1].entries.append(Entry(title, None, line.number))
        contents.end = index + 1
    contents.sections = [section for section in contents.sections if section.entries]
    return contents


def section_under(headings: list[Line]) -> ContentsSection:
    if not headings:
        return ContentsSection("", [])
    return ContentsSection(headings[-1].text, [line.text for line in headings[:-1]])


def is_prose(line: Line) -> bool:
    """No title and no section reads like this: the text has begun."""
    return line.text.endswith("。") or len(line.text) > PROSE_LENGTH


def spans_of(lines: list[Line]) -> list[set[str]]:
    """The keys of the text's lines: alone, two together, three together."""
    keys = [line.key for line in lines]
    return [
        {"".join(keys[index : index + size]) for index in range(len(keys) - size + 1)}
        for size in range(1, TITLE_LINES + 1)
    ]


def first_parts(headings: list[Line], title: str, spans: list[set], sections: set[str]) -> int:
    """How many of the lines above are the beginning of a title that the table breaks.

    The text decides: it has the whole as one line, or (a long title) as two or three.
    """
    for count in range(min(TITLE_LINES - 1, len(headings)), 0, -1):
        parts = headings[-count:]
        whole = "".join(line.key for line in parts) + key(title)
        is_long = len(parts[0].key) >= HALF_A_TITLE
        if any(line.is_marked for line in parts) or parts[0].key in sections:
            continue
        if any(whole in span for span in (spans if is_long else spans[:1])):
            return count
    return 0
