"""Where the titles of the contents stand in the text, also where the two spell them differently."""

import difflib
from dataclasses import dataclass

from publications.parsing.contents import Entry
from publications.parsing.lines import Line

# A title may be broken over so many lines.
TITLE_LINES = 3
# As alike as two spellings of one title are (1 is equal).
ALIKE = 0.72


@dataclass(frozen=True)
class Place:
    """Where a title stands in the text: lines ``start`` to before ``end``."""

    start: int
    end: int
    is_marked: bool
    is_exact: bool = True


def find_titles(lines: list[Line], entries: list[Entry]) -> list[Place | None]:
    """Where each entry's title stands, ``None`` where nowhere."""
    candidates = candidates_for(lines, {entry.key for entry in entries})
    places: list[Place | None] = []
    for entry in entries:
        previous = next((place.end for place in reversed(places) if place), 0)
        free = [place for place in candidates.get(entry.key, []) if place not in places]
        order = sorted(free, key=lambda p: (p.start < previous, not p.is_marked, p.start))
        places.append(order[0] if order else None)
    for index, entry in enumerate(entries):
        if places[index] is None:
            places[index] = nearest(lines, entry, *between(places, index, len(lines)))
    return places


def candidates_for(lines: list[Line], wanted: set[str]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    longest = max(map(len, wanted), default=0)
    for start, line in enumerate(lines):
        together = ""
        for end in range(start + 1, min(start + TITLE_LINES, len(lines)) + 1):
            together += lines[end - 1].key
            if len(together) > longest:
                break
            if together in wanted and lines[end - 1].key:
                found.setdefault(together, []).append(Place(start, end, line.is_marked))
    return found


def between(places: list[Place | None], index: int, end: int) -> tuple[int, int]:
    """The lines between the titles before and after."""
    before = next((place.end for place in reversed(places[:index]) if place), 0)
    after = next((place.start for place in places[index + 1 :] if place), end)
    return before, after


def nearest(lines: list[Line], entry: Entry, start: int, end: int) -> Place | None:
    """The line or lines between ``start`` and ``end`` that read most like the title."""
    matcher = difflib.SequenceMatcher(a="", b=entry.key, autojunk=False)
    best, place = ALIKE, None
    for first in range(start, end):
        together = ""
        for behind in range(first + 1, min(first + TITLE_LINES, end) + 1):
            together += lines[behind - 1].key
            if len(together) > len(entry.key) * 1.5 or lines[behind - 1].text.endswith("。"):
                break
            matcher.set_seq1(together)
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
                ratio = matcher.ratio()
                if ratio > best:
                    best, place = ratio, Place(first, behind, lines[first].is_marked, False)
    return place
