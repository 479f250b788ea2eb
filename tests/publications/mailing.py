"""What the tests of a distribution share: a promised bulletin, its readers, a mail server."""

import datetime as dt
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from benefits.models import Allowance, Extent, Medium
from members.models import MemberUnit, Tier
from publications.models import Distribution, Issue
from stack.places import PROJECT
from stack.processes import Program
from tests.factories import ContactFactory, StandardFactory, TierFactory, member
from tests.publications.factories import PublicationFactory, issue_with_article, signed_off

# In the first half of 2026 the dues of 2025 count.
ISSUED_ON = dt.date(2026, 3, 13)
AT = dt.datetime(2026, 3, 13, 1, tzinfo=dt.UTC)


def promised_issue(*, tier: str = "ordinary", **fields) -> Issue:
    """An issue with an article, of a bulletin that the charter promises to a tier."""
    publication = PublicationFactory()
    rank = TierFactory(code=tier)
    promise(publication.benefit_item, rank)
    for year in (2025, 2026):
        StandardFactory(tier=rank, year=year)
    return signed_off(issue_with_article(publication=publication, issued_on=ISSUED_ON, **fields))


def promise(item, tier: Tier) -> Allowance:
    return Allowance.objects.create(
        item=item,
        tier=tier,
        medium=Medium.ELECTRONIC,
        extent=Extent.UNLIMITED,
        clause="样本条款",
        starts_on=dt.date(2020, 1, 1),
    )


def reader(address: str | None = None, **unit) -> MemberUnit:
    """An entitled unit with a bulletin contact."""
    made = member(paid=(2025,), **unit)
    ContactFactory(unit=made, **({"email": address} if address else {}))
    return made


def readers(count: int, domain: str = "unit.example") -> list[str]:
    """So many entitled units; their addresses in the order of the list."""
    addresses = [f"r{number:03}@{domain}" for number in range(count)]
    for address in addresses:
        reader(address)
    return addresses


def states(distribution: Distribution) -> dict[str, int]:
    return dict(Counter(distribution.deliveries.values_list("state", flat=True)))


class Sink:
    """A mail server in a process of its own; it keeps its port and its record for a restart."""

    def __init__(self, folder: Path):
        self.record = folder / "taken.txt"
        self.record.touch()
        self.port = 0
        self.program: Program | None = None

    def start(self, *rules: dict, plain: bool = False) -> None:
        self.program = Program(
            "mail sink",
            [
                *(sys.executable, PROJECT / "tests" / "publications" / "smtp_sink.py"),
                *(self.record, "--port", self.port, "--rules", json.dumps(rules)),
                *(["--plain"] if plain else []),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.program.process.stdout.readline())

    def stop(self) -> None:
        if self.program:
            self.program.stop()
            self.program.process.stdout.close()
            self.program = None

    def restart(self, *rules: dict, plain: bool = False) -> None:
        self.stop()
        self.start(*rules, plain=plain)

    def clear(self) -> None:
        self.record.write_text("")

    def taken(self) -> list[tuple[str, str]]:
        """(recipient, Message-ID) of every message taken, in order."""
        lines = self.record.read_text().splitlines()
        return [tuple(line.split("\t")) for line in lines]

    def recipients(self) -> list[str]:
        return [recipient for recipient, _message_id in self.taken()]
