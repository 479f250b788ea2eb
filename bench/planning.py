"""How long freezing the list takes, beside a bare INSERT … SELECT of the same rows."""

from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import population
from bench.measure import Figure, at_most, interleaved, peak_memory, seconds
from publications.distribution import plan
from publications.models import Delivery, Publication

ROUNDS = 3
COLUMNS = """distribution_id, unit_id, contact_id, channel, address, state, reason, tier_id, basis,
    message_id, due_at, attempts, reply"""
MEGABYTE = 1024 * 1024


def figures() -> Iterator[Figure]:
    publication = population.promised_bulletin()
    population.add_units(1, 50_000)
    half, _bare = compared(publication)
    before = peak_memory()
    population.add_units(50_001, 100_000)
    whole, bare = compared(publication)
    yield at_most("planning: 100,000 units", f"{whole:.2f} s", f"{bare:.2f} s", whole / bare, 2.0)
    yield at_most(
        "planning: 100,000 / 50,000 units", f"{whole:.2f} s", f"{half:.2f} s", whole / half, 2.4
    )
    after = peak_memory()
    yield at_most(
        "planning: memory, 100,000/50,000",
        f"{after / MEGABYTE:.1f} MB",
        f"{before / MEGABYTE:.1f} MB",
        after / before,
        1.05,
    )
    count = statements(publication)
    yield at_most("planning: statements for the list", f"{count}", "1", count, 1)


def compared(publication: Publication) -> list[float]:
    """Seconds of the plan and of the bare statement, each into an empty table."""
    keep_rows(publication)

    def ours() -> float:
        empty()
        issue = population.new_issue(publication, articles=1)
        return seconds(lambda: plan(issue=issue, at=timezone.now()))

    return interleaved(ours, bare, rounds=ROUNDS)


def keep_rows(publication: Publication) -> None:
    """Put the rows of a plan aside: what the bare statement inserts."""
    empty()
    plan(issue=population.new_issue(publication, articles=1), at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS same_rows")
        cursor.execute(f"CREATE TABLE same_rows AS SELECT {COLUMNS} FROM publications_delivery")
        cursor.execute("ANALYZE same_rows")


def bare() -> float:
    empty()
    with connection.cursor() as cursor:
        return seconds(
            lambda: cursor.execute(
                f"INSERT INTO publications_delivery ({COLUMNS}) SELECT {COLUMNS} FROM same_rows"
            )
        )


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE publications_delivery")
        cursor.execute("CHECKPOINT")


def statements(publication: Publication) -> int:
    empty()
    issue = population.new_issue(publication, articles=1)
    with CaptureQueriesContext(connection) as captured:
        plan(issue=issue, at=timezone.now())
    table = Delivery._meta.db_table
    return sum(f"INTO {table}" in query["sql"] for query in captured)
