"""What is asked of the search, taken apart: words that must all stand in a text, and phrases."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

import rjieba

from publications.folding import IS_HAN, RUN, folded

# A word in another script is cut at so many characters, in the index and in a query.
LONGEST = 60
# So much of a question is read.
ROOM = 100
QUOTED = re.compile(r"[\"“”「『](.+?)[\"“”」』]")


def grams(run: str) -> list[str]:
    """What the index knows of a run of characters: each two neighbours; of one, itself."""
    if not IS_HAN.match(run):
        return [run[:LONGEST]]
    return ["".join(pair) for pair in pairwise(run)] or [run]


def all_grams(text: str) -> list[str]:
    return [gram for run in RUN.findall(text) for gram in grams(run)]


@dataclass(frozen=True)
class Word:
    """Folded characters that stand in a text one after another, as they are written here."""

    text: str

    @cached_property
    def grams(self) -> list[str]:
        return all_grams(self.text)

    @property
    def is_known_to_index(self) -> bool:
        """One pair of characters, or one word in another script: the index cannot err."""
        return self.grams == [self.text]

    @property
    def is_one_run(self) -> bool:
        return bool(IS_HAN.fullmatch(self.text)) and len(self.text) > 1


@dataclass(frozen=True)
class Question:
    """``words`` must all stand in an article; ``typed`` are their groups as they were typed."""

    asked: str
    words: tuple[Word, ...]
    typed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words)

    @cached_property
    def grams(self) -> list[str]:
        return unique(gram for word in self.words for gram in word.grams)

    @property
    def needed(self) -> str:
        """As a ``tsquery``: what every article that is found has."""
        return every(self.grams)

    @property
    def in_title(self) -> str:
        return every(f"^{gram}" for gram in self.grams)

    @property
    def often(self) -> str:
        return every(f"+{gram}" for gram in self.grams)

    @property
    def as_typed(self) -> str:
        """Words of their own, not the end of one and the start of the next; in their order."""
        return every(unique(part for text in self.typed for part in self.parts(text)))

    def parts(self, text: str) -> list[str]:
        is_one = Word(text) in self.words and len(text) > 1 and IS_HAN.fullmatch(text)
        return [f"={text}"] if is_one else all_grams(text)


def every(lexemes: Iterable[str]) -> str:
    """They hold letters and digits and a mark at most, nothing that needs an escape."""
    return " & ".join(f"'{lexeme}'" for lexeme in lexemes)


def unique(items: Iterable) -> list:
    return list(dict.fromkeys(items))


def question(asked: str) -> Question:
    """Take apart what somebody typed. Between quotes it is one phrase, elsewhere it is cut into
    words as the index's texts are; every one of them must be found."""
    asked = " ".join(asked.split())[:ROOM]
    words, typed = [], []
    for text, is_phrase in told_apart(folded(asked).strip()):
        if is_phrase:
            words.append(Word(text))
            typed.append(text)
            continue
        for run in RUN.findall(text):
            words.extend(map(Word, parts_of(run)))
            typed.append(run)
    return Question(asked, tuple(unique(words)), tuple(unique(typed)))


def parts_of(run: str) -> list[str]:
    """The words of a run of characters. One or two Chinese characters are one word, whatever the
    tokeniser makes of them; characters that it leaves alone belong together, as in a name."""
    if not IS_HAN.match(run):
        return [run[:LONGEST]]
    if len(run) <= 2:
        return [run]
    groups = groupby(rjieba.cut(run), key=lambda word: len(word) == 1)
    return [part for alone, words in groups for part in (["".join(words)] if alone else words)]


def told_apart(asked: str) -> Iterator[tuple[str, bool]]:
    """Parts of a question, each with whether it stood in quotes."""
    end = 0
    for found in QUOTED.finditer(asked):
        yield asked[end : found.start()], False
        phrase = " ".join(found[1].split())
        if RUN.search(phrase):
            yield phrase, True
        end = found.end()
    yield asked[end:], False
