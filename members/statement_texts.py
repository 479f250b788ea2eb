"""What a bank line's text says: which years, for what, and what is left when that is taken away.

Nothing here knows the register. Texts are compared by their skeleton: letters and digits only,
full-width as half-width, in capitals, so that brackets, blanks and punctuation do not count.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

BLANK = "\x1f"  # stands where something understood was taken out of a text
CENTURY = 2000
FIRST_YEAR = 1990
AHEAD = 1  # dues are paid for next year at most


def words_of(held) -> list[str] | dict[str, list[str]]:
    """The words of one entry of the file; an entry may have entries of its own."""
    if isinstance(held, str):
        return held.split()
    return {name: words_of(each) for name, each in held.items()}


WORDS = words_of(
    yaml.safe_load(Path(__file__).with_name("bank_words.yaml").read_text(encoding="utf-8"))
)


def any_of(words: list[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


DUES = re.compile(any_of(WORDS["dues"]))
OTHER_PURPOSES = re.compile(any_of(WORDS["other_purposes"]))
GIVEN_BACK = re.compile(any_of(WORDS["given_back"]))
# 有限公司 and 有限责任公司 are the same legal form; 股份有限公司 is another one.
LEGAL_FORMS = ("有限责任公司", "有限公司")
ORGANISATION = re.compile("公司|集团|大学|学院|协会|学会|中心|[院局队所厂矿部站会行]$")

DATES = re.compile(
    r"(?<!\d)20\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)|20\d{2}年\d{1,2}月(?:\d{1,2}[日号])?|"
    r"(?<!\d)20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)|(?<!\d)\d{1,2}月\d{1,2}[日号]"
)
YEAR = r"(?:(?<!\d)20\d{2}(?!\d)|(?<!\d)\d{2}(?=\s*[年会\-~—–至到、,/.和及与]))"
AND = r"\s*(?:年度?)?\s*[、,/.和及与&+]\s*"
TO = r"\s*(?:年度?)?\s*(?:-|~|—|–|至|到)+\s*"
YEARS = re.compile(rf"{YEAR}(?:(?:{AND}|{TO}){YEAR})*\s*(?:年度|年|度)?")
ONE_YEAR = re.compile(r"\d{4}|\d{2}")
RANGE = re.compile(rf"({YEAR}){TO}({YEAR})")
RELATIVE = {
    "本年度": 0,
    "今年度": 0,
    "今年": 0,
    "本年": 0,
    "当年度": 0,
    "当年": 0,
    "上一年度": -1,
    "上年度": -1,
    "上年": -1,
    "去年": -1,
    "下一年度": 1,
    "下年度": 1,
    "明年": 1,
    "次年": 1,
}
RELATIVES = re.compile("|".join(RELATIVE))
COUNTED = re.compile("(?:近|共|补)?([两二三四五六2-6])(?:个)?年度?(?=的?(?:会|年))")
COUNTS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}

# A number that could be meant as a year, where none was understood.
HALF_A_YEAR = re.compile(r"(?<![\d.,])\d{2}(?!\d)|\d\s*年")
IN_CHARACTERS = re.compile("[二][〇零○O0][〇零○一二三四五六七八九]{2}(?=年)")
CHARACTERS = str.maketrans("〇零○O一二三四五六七八九", "0000123456789")

REGION = re.compile(rf"^(?:{any_of(WORDS['regions'])})(?:{any_of(WORDS['region_endings'])})?")

# Persons and numbers beside a name.
BESIDE = re.compile(
    r"(?:经办|经办人|经手人|联系人|联络人|联络员|制单|财务)[:\s]*[一-鿿]{2,3}(?![一-鿿])"
    r"|(?<![一-鿿])[一-鿿]{2,3}\s*1[3-9]\d{9}(?!\d)"
    r"|(?<![\dA-Z])[Y¥]?\d[\d,]*(?:\.\d+)?(?:万?元整?)?(?![\dA-Z])"
)
BEFORE = re.compile(rf"(?:{any_of(WORDS['empty'])})+")
BEHIND = re.compile(rf"(?:{any_of(WORDS['empty'])})+$")


@dataclass(frozen=True)
class Years:
    """The years a text names. ``count`` where it only says how many; ``is_strange``: not dues."""

    named: tuple[int, ...] = ()
    count: int | None = None
    is_strange: bool = False


def plain(text: str) -> str:
    """Full-width as half-width, capitals, years in digits."""
    text = unicodedata.normalize("NFKC", text).upper()
    return IN_CHARACTERS.sub(lambda found: found[0].translate(CHARACTERS), text)


def skeleton(text: str) -> str:
    """The letters and digits of a text: what is left of a name that people write in many ways."""
    return "".join(filter(str.isalnum, plain(text)))


def positions(text: str) -> tuple[str, list[int]]:
    """The skeleton of a plain text, and where in the text each of its characters stands."""
    kept = [place for place, letter in enumerate(text) if letter.isalnum()]
    return "".join(text[place] for place in kept), kept


def core(name: str) -> str:
    """A skeleton without its legal form, where two writings of one form are in use."""
    for form in LEGAL_FORMS:
        if name.endswith(form) and not name.endswith(f"股份{form}"):
            return name.removesuffix(form)
    return name


def without_region(name: str) -> str:
    """A skeleton without the province or 中国 it begins with."""
    return REGION.sub("", name)


def without_years(text: str, this_year: int) -> tuple[str, Years]:
    """A plain text without dates and years, and the years it named."""
    text = DATES.sub(BLANK, text)
    named: set[int] = set()
    for found in YEARS.finditer(text):
        named |= years_of(found[0])
    text = YEARS.sub(BLANK, text)
    for word in RELATIVES.findall(text):
        named.add(this_year + RELATIVE[word])
    text = RELATIVES.sub(BLANK, text)
    counted = COUNTED.search(text)
    count = None
    if counted and not named:
        count = COUNTS.get(counted[1]) or int(counted[1])
    text = COUNTED.sub(BLANK, text)
    strange = any(not FIRST_YEAR <= year <= this_year + AHEAD for year in named)
    strange = strange or bool(HALF_A_YEAR.search(text))
    return text, Years(tuple(sorted(named)), count, strange)


def years_of(text: str) -> set[int]:
    """The years of one expression: ``2024-2026年``, ``25、26年``, ``2026``."""
    years = {full(number) for number in ONE_YEAR.findall(text)}
    for first, last in RANGE.findall(text):
        if full(first) <= full(last) < full(first) + 10:
            years |= set(range(full(first), full(last) + 1))
    return years


def full(number: str) -> int:
    return int(number) if len(number) == 4 else CENTURY + int(number)


def leftover(text: str) -> str:
    """The skeleton of what names somebody or something: a text without its empty words."""
    pieces = re.split(r"[^\w]+|_", BESIDE.sub(BLANK, text))
    return "".join(map(without_empty_words, pieces))


def without_empty_words(piece: str) -> str:
    if piece in WORDS["empty_alone"]:
        return ""
    if found := BEFORE.match(piece):
        piece = piece[found.end() :]
    return BEHIND.sub("", piece)


def is_person(text: str) -> bool:
    """Whether a payer looks like one person: two to four Chinese characters, no organisation."""
    name = skeleton(text)
    return bool(re.fullmatch("[一-鿿]{2,4}", name)) and not ORGANISATION.search(name)
