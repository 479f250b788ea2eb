"""How fast one worker process sends an issue, ledger included, beside a bare smtplib loop."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from bench import population
from bench.measure import PROJECT, Figure, at_least, at_most, interleaved, run_measured
from publications.distribution import plan
from publications.message import Letter
from publications.models import Distribution, Issue, Publication

RECIPIENTS = 10_000
ROUNDS = 3
ATTACHMENT = 300_000
MEGABYTE = 1024 * 1024


def figures() -> Iterator[Figure]:
    publication = population.promised_bulletin()
    population.add_units(1, 1_000, everyone=True)
    with sink() as (port, record):
        few = send(publication, port, record, expected=1_000)
        population.add_units(1_001, RECIPIENTS, everyone=True)
        yield from rate(publication, port, record, few)
    yield attachment(publication)


def rate(publication: Publication, port: int, record: Path, few: dict) -> Iterator[Figure]:
    """The interleaved runs, and what was counted in the last of ours."""
    runs = {}

    def ours() -> float:
        runs["ours"] = send(publication, port, record, expected=RECIPIENTS)
        return RECIPIENTS / runs["ours"]["seconds"]

    def bare() -> float:
        runs["bare"] = run_measured("bench.bare", Issue.objects.latest("pk").pk, port, RECIPIENTS)
        return RECIPIENTS / runs["bare"]["seconds"]

    ours_rate, bare_rate = interleaved(ours, bare, rounds=ROUNDS)
    size = f"{runs['bare']['size'] / 1000:.0f} kB"
    yield at_least(
        f"distribution: {RECIPIENTS} x {size}",
        f"{ours_rate:.0f} messages/s",
        f"{bare_rate:.0f} messages/s",
        ours_rate / bare_rate,
        0.5,
    )
    statements = runs["ours"]["statements"]
    yield at_most(
        "distribution: SQL statements",
        f"{statements}",
        f"{RECIPIENTS} messages",
        statements / RECIPIENTS,
        1.1,
    )
    more, less = runs["ours"]["memory"], few["memory"]
    yield at_most(
        "distribution: memory, 10,000/1,000",
        f"{more / MEGABYTE:.1f} MB",
        f"{less / MEGABYTE:.1f} MB",
        more / less,
        1.05,
    )


def send(publication: Publication, port: int, record: Path, *, expected: int) -> dict:
    """Send a new issue to everyone, and see that everyone got one."""
    distribution = plan(issue=population.new_issue(publication), at=timezone.now())
    record.write_text("")
    measured = run_measured("bench.sending", distribution.pk, port)
    got = {line.split("\t")[0] for line in record.read_text().splitlines()}
    finished = Distribution.objects.get(pk=distribution.pk).state
    if len(got) != expected or finished != Distribution.State.FINISHED:
        raise RuntimeError(f"{len(got)} of {expected} got the issue; it is {finished}.")
    return measured


def attachment(publication: Publication) -> Figure:
    """How often a PDF of 300 kB is encoded for 1,000 messages."""
    issue = population.new_issue(publication)
    issue.pdf.save("bench.pdf", ContentFile(b"%PDF-" + b"x" * ATTACHMENT))
    try:
        encoded = times_encoded(Issue.objects.select_related("publication").get(pk=issue.pk))
    finally:
        issue.pdf.delete()
    return at_most("distribution: attachment encoded", f"{encoded} time(s)", "1 time", encoded, 1)


def times_encoded(issue: Issue) -> int:
    """Count the encodings of anything as long as the attachment while 1,000 are spliced."""
    from publications import message
    from publications.message import Recipient

    found = 0
    original = message.base64_lines

    def counting(content: bytes) -> bytes:
        nonlocal found
        found += len(content) >= ATTACHMENT
        return original(content)

    message.base64_lines = counting
    try:
        letter, at = Letter(issue), timezone.now()
        for number in range(1_000):
            letter.to(Recipient("a@b.example", "联系人", "单位", number, "<x@y>"), at=at)
    finally:
        message.base64_lines = original
    return found


@contextmanager
def sink() -> Iterator[tuple[int, Path]]:
    """A mail server in a process of its own that records who got something."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "taken.txt"
        program = subprocess.Popen(
            [sys.executable, PROJECT / "tests" / "publications" / "smtp_sink.py", record],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield int(program.stdout.readline()), record
        finally:
            program.terminate()
            program.wait()
            program.stdout.close()
