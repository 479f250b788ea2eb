"""Searching 20,000 articles of 1,500 characters, ranked, for staff and for a unit.

The machine's own limit is the bare index: counting the articles that have the word, nothing
ordered. Beside it stands what `ts_rank` would take to order them.
"""

import datetime as dt
import random
import re
from collections.abc import Iterator

from django.db import connection

from bench import population
from bench.measure import Figure, at_most, interleaved, seconds
from publications import searching
from publications.models import Article, Issue, Publication, Section
from publications.search_words import question

ARTICLES, LENGTH, PER_ISSUE = 20_000, 1_500, 25
GOAL = 50
WORDS = re.findall("..", "矿山安全资源勘查绿色生产企业技术管理发展国际市场价格煤炭稀土")
# In every second article, and in twenty of all.
HALF, RARE = "铜矿", "萤石"
ROUNDS = 9


def figures() -> Iterator[Figure]:
    publication = population.promised_bulletin()
    population.add_units(1, 1)
    took = seconds(lambda: populate(publication))
    articles = seconds(index_all)
    yield at_most(
        "search: indexing, ms an article",
        f"{articles / ARTICLES * 1000:.2f}",
        f"{took / ARTICLES * 1000:.2f} to store it",
        articles / ARTICLES * 1000,
        20,
    )
    yield size()
    everywhere = searching.Among(None)
    third = searching.Among(list(Issue.objects.order_by("pk").values_list("pk", flat=True)[::3]))
    for asked, name, goal in asked_for():
        yield timed(f"search: {name}", asked, everywhere, goal)
    for asked, name, goal in asked_for()[:2]:
        yield timed(f"search: {name}, in a third", asked, third, goal)
    yield by_ts_rank(asked_for()[0][0])


def asked_for() -> list[tuple[str, str, int]]:
    """What is asked, its name, and the most it may take. A phrase is looked for in the texts."""
    return [
        (HALF, "a word in half of all", GOAL),
        (RARE, "a rare word", GOAL),
        (WORDS[0], "a word in all", GOAL),
        (f"{HALF} {RARE}", "two words", GOAL),
        (f"{WORDS[0]}{WORDS[4]}", "four characters", GOAL),
        (f"“{WORDS[0]}{WORDS[1]}”", "a phrase in most texts", 5 * GOAL),
    ]


def populate(publication: Publication) -> None:
    """Texts in which words follow Zipf, as in every language; the characters are any."""
    draw = random.Random(5)
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 2400)]
    invented = ["".join(draw.choices(characters, k=2)) for _each in range(6_000)]
    words = WORDS + invented
    weights = [1 / (rank + 3) for rank in range(len(words))]
    day = dt.date(2011, 1, 7)
    for number in range(ARTICLES // PER_ISSUE):
        on = day + dt.timedelta(weeks=number)
        issue = Issue.objects.create(
            publication=publication,
            issued_on=on,
            year=on.year,
            number=number + 1,
            is_back_issue=True,
        )
        section = Section.objects.create(issue=issue, position=1, title=f"栏目{number % 8}")
        Article.objects.bulk_create(
            Article(
                section=section,
                position=position,
                title="".join(draw.choices(words, weights, k=9)),
                source="样本日报",
                body=text(draw, words, weights) + planted(number * PER_ISSUE + position),
            )
            for position in range(PER_ISSUE)
        )
    Issue.objects.update(state="released", released_at=dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC))


def text(draw: random.Random, words: list[str], weights: list[float]) -> str:
    chosen = draw.choices(words, weights, k=LENGTH // 2)
    sentences = ("".join(chosen[start : start + 15]) for start in range(0, len(chosen), 15))
    return "。\n\n".join(sentences)


def planted(place: int) -> str:
    half = HALF if place % 2 else ""
    return f"。{half}。{RARE if place % 1000 == 0 else ''}。"


def index_all() -> None:
    while searching.index_some():
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def timed(name: str, asked: str, among: searching.Among, goal: int) -> Figure:
    """Ours beside the bare count of the articles that have the word."""
    wanted = question(asked)
    found = searching.search(wanted, among)

    def bare() -> float:
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            took = seconds(
                lambda: cursor.execute(
                    "SELECT count(*) FROM publications_searchentry WHERE words @@ %s::tsquery",
                    [wanted.needed],
                )
            )
            cursor.execute("RESET enable_seqscan")
        return took

    ours, limit = interleaved(
        lambda: seconds(lambda: searching.search(wanted, among)), bare, rounds=ROUNDS
    )
    told = f"{ours * 1000:.1f} ms, {found.total} found"
    return at_most(name, told, f"{limit * 1000:.1f} ms to count", ours * 1000, goal)


def by_ts_rank(asked: str) -> Figure:
    """Once: how long ordering by `ts_rank` takes for the same word."""
    wanted = question(asked)
    ours = seconds(lambda: searching.search(wanted, searching.Among(None)))
    with connection.cursor() as cursor:
        ranked = seconds(
            lambda: cursor.execute(
                "SELECT article_id FROM publications_searchentry WHERE words @@ %s::tsquery"
                " ORDER BY ts_rank(words, %s::tsquery) DESC LIMIT 20",
                [wanted.needed, wanted.needed],
            )
        )
    return at_most(
        "search: beside ts_rank",
        f"{ours * 1000:.1f} ms",
        f"{ranked * 1000:.0f} ms by ts_rank",
        ours / ranked,
        1,
    )


def size() -> Figure:
    """The index beside the texts that it is of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size('search_words'),"
            " pg_total_relation_size('publications_searchentry'),"
            " pg_total_relation_size('publications_article')"
        )
        index, whole, articles = (each / 1024 / 1024 for each in cursor.fetchone())
    told = f"{index:.0f} MB + {whole - index:.0f} MB"
    limit = f"{articles:.0f} MB of articles"
    return at_most("search: index and its table", told, limit, whole / articles, 10)
