"""What a hit looks like: a title and a piece of the text, what was asked for marked.

Texts may hold anything; every piece of them is escaped, and ``mark`` is the only element."""

import re
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from publications.folding import HAN, IS_HAN, with_places
from publications.search_words import Question, Word

LENGTH, BEFORE = 96, 24
# So many places of a text are compared to show the one that tells most.
COMPARED = 60
# No blank where a paragraph began: the full-width sign has its own.
AFTER_A_STOP = re.compile(r"(?<=[。！？；：，、”）])\n")

Span = tuple[int, int]


def marked(text: str, asked: Question) -> SafeString:
    """The whole text, what was asked for marked."""
    return drawn(text, spans(text, asked), 0, len(text))


def snippet(text: str, asked: Question) -> SafeString:
    """The piece of the text that holds most of the words; its beginning where it holds none."""
    text = AFTER_A_STOP.sub("", text).replace("\n", " ")
    found = spans(text, asked)
    start = best_start(found)
    end = min(len(text), start + LENGTH)
    return format_html(
        "{}{}{}",
        "…" if start else "",
        drawn(text, found, start, end),
        "…" if end < len(text) else "",
    )


def best_start(found: list[Span]) -> int:
    def held(start: int) -> int:
        return len({span for span in found if start <= span[0] and span[1] <= start + LENGTH})

    starts = [max(0, start - BEFORE) for start, _end in found[:COMPARED]]
    return max(starts, key=held, default=0)


def spans(text: str, asked: Question) -> list[Span]:
    """Where the words stand in the text, in their order; those that touch are one."""
    seen, places = with_places(text)
    found = sorted(span for word in asked.words for span in spans_of(word, seen, places))
    joined: list[Span] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def spans_of(word: Word, seen: str, places: list[int]) -> Iterator[Span]:
    for match in pattern(word).finditer(seen):
        yield places[match.start()], places[match.end() - 1] + 1


def pattern(word: Word) -> re.Pattern:
    """A word in another script stands by itself; Chinese characters stand anywhere."""
    text = re.escape(word.text)
    before = "" if IS_HAN.match(word.text) else rf"(?<![^\W_{HAN}])"
    after = "" if IS_HAN.match(word.text[-1]) else rf"(?![^\W_{HAN}])"
    return re.compile(f"{before}{text}{after}")


def drawn(text: str, found: list[Span], start: int, end: int) -> SafeString:
    """The piece of the text from ``start`` to ``end``."""
    pieces, here = [], start
    for first, last in found:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces.append((text[here:first], text[first:last]))
            here = last
    body = format_html_join("", "{}<mark>{}</mark>", pieces)
    return format_html("{}{}", body, text[here:end])
