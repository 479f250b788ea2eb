"""全文检索: articles are found by what stands in them.

**What is indexed.** Every article of an issue, released or not: who asks says among which issues.
An article is indexed when its issue goes out; for every other change the database takes the old
entry out (a trigger, whoever writes) and the clock's sweep makes it anew.

**What is found.** An article is found if each word asked for stands in its title, source or text;
what is in quotes stands there as it is written. No word is missed because a tokeniser cut the
sentence elsewhere: besides the words, every Chinese character and every two neighbours (矿山, 山安,
安全) are indexed. A query of two characters is one of these, and answered by the index alone. A
longer word is answered by its neighbours together; where they stand apart in the text (the index
cannot know), the text itself is looked at, unless the tokeniser has found the very word there.

**In what order.** First those that have the words in their titles, then those that have what was
asked as it was typed, then those that say it often; among equals the newest first. `ts_rank` would
have to read the words of every hit from where long values are stored, which takes seconds for a
common word. So the index holds marked words beside the plain ones: ``^`` in the title, ``=`` a word
of its own, ``+`` three times or more. The order then costs three more looks into the index.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import rjieba
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from publications.folding import IS_HAN, folded, plain
from publications.models import Article, Issue, SearchEntry
from publications.search_words import Question, Word, all_grams

OFTEN = 3
# PostgreSQL holds 1 MB of words to a text: that of about 200,000 characters. Marks go first.
ROOM = 1_000_000
BATCH = 200
# So many articles are indexed in one go of the clock: about ten seconds.
SWEEP = 2_000

# --- Writing the index -------------------------------------------------------------------------

WRITE = """
    INSERT INTO publications_searchentry (
           article_id, issue_id, publication_id, year, issued_on, section, text, words)
    VALUES (%s, %s, %s, %s, %s, %s, %s, array_to_tsvector(%s::text[]))
        ON CONFLICT (article_id) DO UPDATE
       SET issue_id = excluded.issue_id, publication_id = excluded.publication_id,
           year = excluded.year, issued_on = excluded.issued_on, section = excluded.section,
           text = excluded.text, words = excluded.words
"""


def index(issue: Issue) -> int:
    """Index the articles of an issue as they stand now; returns how many."""
    return write(Article.objects.filter(section__issue=issue).order_by("pk"))


def unindexed() -> QuerySet[Article]:
    """Articles of issues that nobody can find yet, or not as they stand now."""
    entries = SearchEntry.objects.filter(
        article=OuterRef("pk"),
        issue=OuterRef("section__issue"),
        publication=OuterRef("section__issue__publication"),
        issued_on=OuterRef("section__issue__issued_on"),
        section=OuterRef("section__title"),
    )
    return Article.objects.filter(~Exists(entries), section__isnull=False).order_by("pk")


def index_some(size: int = BATCH) -> int:
    """Index the next articles that are not; returns how many. Each call is kept by itself, so that
    whoever is stopped goes on where it was. What somebody is writing just now waits."""
    return write(unindexed()[:size], skip_locked=True)


def sweep(most: int = SWEEP) -> int:
    """Index what is not, up to about so many articles; returns how many it were."""
    done = 0
    while done < most and (some := index_some()):
        done += some
    return done


def index_again(after: int, size: int = BATCH) -> list[int]:
    """Index the next articles anew, in the order of their ids; returns those."""
    rows = Article.objects.filter(section__isnull=False, pk__gt=after).order_by("pk")
    found = list(rows.values_list("pk", flat=True)[:size])
    write(rows.filter(pk__in=found))
    return found


@transaction.atomic
def write(articles: QuerySet[Article], *, skip_locked: bool = False) -> int:
    """The rows are held meanwhile: who changes an article waits, and then takes its entry out."""
    held = articles.select_for_update(of=["self"], no_key=True, skip_locked=skip_locked)
    rows = [row_of(article) for article in held.select_related("section__issue")]
    with connection.cursor() as cursor:
        # Not `executemany`: within a request each statement also says who acts (`members.record`).
        for row in rows:
            cursor.execute(WRITE, row)
    return len(rows)


def row_of(article: Article) -> tuple:
    issue = article.section.issue
    title = folded(article.title)
    text = "\n".join((title, folded(article.source), folded_body(article.body)))
    return (
        *(article.pk, issue.pk, issue.publication_id, issue.year, issue.issued_on),
        *(article.section.title, text, lexemes(title, text)),
    )


def folded_body(markdown: str) -> str:
    return "\n".join(map(folded, plain(markdown).split("\n")))


def lexemes(title: str, text: str) -> list[str]:
    """What the index holds of an article, from its folded title and its whole folded text."""
    counts = Counter(chain(all_grams(text), filter(IS_HAN.match, text)))
    words = {word for word in rjieba.cut_for_search(text) if IS_HAN.fullmatch(word)}
    marked = chain(
        (f"^{gram}" for gram in {*all_grams(title), *filter(IS_HAN.match, title)}),
        (f"={word}" for word in words if len(word) > 1),
        (f"+{gram}" for gram, count in counts.items() if count >= OFTEN),
    )
    return list(fitting(chain(counts, marked)))


def fitting(lexemes: Iterable[str]) -> Iterator[str]:
    room = ROOM
    for lexeme in lexemes:
        room -= len(lexeme.encode())
        if room < 0:
            return
        yield lexeme


# --- Asking ------------------------------------------------------------------------------------

ENTRY = "publications_searchentry"
FIND = f"""
    WITH hit AS MATERIALIZED (SELECT article_id, issued_on FROM {ENTRY} WHERE {{where}})
    SELECT (SELECT count(*) FROM hit),
           ARRAY(SELECT article_id FROM hit
                  ORDER BY 4 * (article_id IN ({{in_title}}))::int
                         + 2 * (article_id IN ({{as_typed}}))::int
                         + (article_id IN ({{often}}))::int DESC,
                           issued_on DESC, article_id DESC
                  LIMIT %s OFFSET %s)
"""
HAVING = f"SELECT article_id FROM {ENTRY} WHERE words @@ %s::tsquery"
# The database does not know that looking through the words of a row is slow.
BY_INDEX = "SELECT set_config('enable_seqscan', %s, true)"


@dataclass(frozen=True)
class Among:
    """Which articles are asked about. ``issues``: ids of those that may be seen; None for all."""

    issues: Sequence[int] | None
    publication: int | None = None
    year: int | None = None
    section: str = ""

    def conditions(self) -> Iterator[tuple[str, object]]:
        if self.issues is not None:
            yield "issue_id = ANY(%s)", list(self.issues)
        if self.publication:
            yield "publication_id = %s", self.publication
        if self.year:
            yield "year = %s", self.year
        if self.section:
            yield "section = %s", self.section


@dataclass(frozen=True)
class Found:
    """How many articles there are, and the ids of those of one page, the best first."""

    total: int
    articles: list[int]


def search(asked: Question, among: Among, *, start: int = 0, size: int = 20) -> Found:
    """The articles in which all that is asked for stands. Two queries around one."""
    if not asked or (among.issues is not None and not among.issues):
        return Found(0, [])
    sql, values = statement(asked, among, start, size)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_INDEX, ["off"])
        cursor.execute(sql, values)
        found = Found(*cursor.fetchone())
        cursor.execute(BY_INDEX, ["on"])
    return found


def statement(asked: Question, among: Among, start: int, size: int) -> tuple[str, list]:
    conditions = [
        ("words @@ %s::tsquery", asked.needed),
        *among.conditions(),
        *(standing(word) for word in asked.words if not word.is_known_to_index),
    ]
    where, values = zip(*conditions, strict=True)
    sql = FIND.format(where=" AND ".join(where), in_title=HAVING, as_typed=HAVING, often=HAVING)
    flat = chain.from_iterable(each if isinstance(each, tuple) else [each] for each in values)
    return sql, [*flat, asked.in_title, asked.as_typed, asked.often, size, start]


def standing(word: Word) -> tuple[str, object]:
    """That the word's characters stand side by side: the tokeniser found it, or it is seen."""
    seen = "strpos(text, %s) > 0"
    if not word.is_one_run:
        return seen, word.text
    return f"(article_id IN ({HAVING}) OR {seen})", (f"'={word.text}'", word.text)
