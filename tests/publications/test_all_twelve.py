"""All twelve publications of the charter: planned, started, released, posted and read.

The expected rights are written by hand from the charter, 行业信息服务 第1–12项.
"""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command

from benefits.models import Medium
from members.models import SpecialCommittee
from publications import eligibility, printing, release, schedule, starting
from publications.models import Article, Delivery, Issue, Publication
from tests.factories import ContactFactory, SeatFactory, UserFactory, member
from tests.publications.factories import signed_off

pytestmark = pytest.mark.django_db

ON = dt.date(2026, 3, 20)
AT = dt.datetime(2026, 3, 20, 1, tzinfo=dt.UTC)
NOBODY: dict[str, int] = {}
PDF = b"%PDF-1.7 sample"


@dataclass(frozen=True)
class Expected:
    """By the charter: how often, copies by tier, and who has the electronic edition."""

    period: str
    copies: dict[str, int]
    electronic: str = ""  # nobody; ordinary, all, or a committee's code
    issues_a_year: int = 0


REPORT = {"vice_president": 3, "executive_council": 2, "council": 1}
BOOK = {"vice_president": 2, "executive_council": 1}
MAGAZINE = {"vice_president": 1, "executive_council": 1, "council": 1, "ordinary": 1}
TWELVE = {
    "listed-companies-report": Expected("annual", REPORT, "ordinary", 1),
    "blue-book": Expected("annual", REPORT, "ordinary", 1),
    "conference-proceedings": Expected("annual", BOOK, "", 1),
    "mining-law-review": Expected("annual", BOOK, "", 1),
    "half-year-supply-demand": Expected("half_yearly", NOBODY, "all", 1),
    "full-year-supply-demand": Expected("annual", NOBODY, "all", 1),
    "china-mining-magazine": Expected("monthly", MAGAZINE, "", 12),
    "weekly-bulletin": Expected("weekly", NOBODY, "all", 52),
    "fluorite-report": Expected("annual", NOBODY, "fluorite", 1),
    "nuclear-geology-bulletin": Expected("bimonthly", NOBODY, "nuclear_geology", 6),
    "ccs-newsletter": Expected("bimonthly", NOBODY, "ccs", 6),
    "geophilosophy-newsletter": Expected("irregular", NOBODY, "geophilosophy", 0),
}
TIERS = ["vice_president", "executive_council", "council", "ordinary"]


@pytest.fixture
def charter():
    for command in ("load_charter", "load_catalogue"):
        call_command(command, verbosity=0)


@pytest.fixture
def units(charter):
    """One of each tier; an ordinary one on each committee; one that owes last year's dues."""
    made = {tier: paying(tier) for tier in TIERS}
    for code in SpecialCommittee.objects.values_list("code", flat=True):
        made[code] = paying("ordinary")
        committee = SpecialCommittee.objects.get(code=code)
        SeatFactory(unit=made[code], committee=committee, starts_on=dt.date(2020, 1, 1))
    made["owes"] = member(tier="vice_president", address="样本路9号")
    return made


def paying(tier: str):
    unit = member(tier=tier, paid=(2025,), address="样本路1号")
    ContactFactory(unit=unit)
    return unit


def issue_of(publication: Publication, editor) -> Issue:
    """Started from what proposes itself; a PDF for the reports, an article for the letters."""
    proposed = starting.proposal(publication, ON)
    issue = starting.start(
        publication=publication,
        issued_on=ON,
        number=proposed.number,
        serial_number=proposed.serial_number,
        sections=starting.NO_SECTIONS,
        by=editor,
    )
    if publication.benefit_item.period in ("weekly", "bimonthly", "irregular"):
        section = issue.sections.create(title="要闻", position=1)
        Article.objects.create(section=section, position=1, title="样稿", body="正文。")
    elif TWELVE[publication.code].electronic:  # a printed book needs nothing
        issue.pdf.save("sample.pdf", ContentFile(PDF))
    return issue


def test_the_catalogue_is_the_charters_twelve(charter):
    periods = dict(Publication.objects.values_list("code", "benefit_item__period"))
    assert periods == {code: expected.period for code, expected in TWELVE.items()}


def test_each_has_its_issues_in_the_calendar(charter):
    # One issue each, long ago: the whole year is planned.
    for publication in Publication.objects.all():
        Issue.objects.create(
            publication=publication, issued_on=dt.date(2024, 1, 5), year=2024, number=1
        )
    rows = schedule.year_of(Publication.objects.select_related("benefit_item"), 2026, ON)
    planned = {row.publication.code: sum(len(month) for month in row.months) for row in rows}
    assert planned == {code: expected.issues_a_year for code, expected in TWELVE.items()}


@pytest.mark.parametrize("code", TWELVE)
def test_an_issue_goes_to_whom_the_charter_names(code, units, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    publication, editor = Publication.objects.get(code=code), UserFactory()
    issue = issue_of(publication, editor)

    release.release(issue=signed_off(issue), at=AT, by=editor)

    issue.refresh_from_db()
    assert posted(issue, editor) == copies_by_unit(code, units)
    assert readers(issue, units) == allowed_to_read(code, units)
    assert mailed(issue) == (allowed_to_read(code, units) if publication.is_mailed else set())


def posted(issue: Issue, editor) -> dict[int, int]:
    """What a print run posts; nothing where none is promised on paper."""
    if printing.shortcomings(issue, ON):
        return {}
    run = printing.confirm(issue=issue, posted_on=ON, at=AT, by=editor)
    return dict(run.parcels.to_post().values_list("unit", "copies"))


def copies_by_unit(code: str, units) -> dict[int, int]:
    """Those on a committee are ordinary units."""
    copies = TWELVE[code].copies
    return {
        unit.pk: copies["ordinary" if name not in TIERS else name]
        for name, unit in units.items()
        if name != "owes" and ("ordinary" if name not in TIERS else name) in copies
    }


def readers(issue: Issue, units) -> set[int]:
    """Who reads it online; what is posted is read there too."""
    return {unit.pk for unit in units.values() if eligibility.may_read(unit, issue).entitled}


def allowed_to_read(code: str, units) -> set[int]:
    electronic = TWELVE[code].electronic
    may = {
        "": set(),
        "ordinary": {name for name in units if name not in TIERS[:3]},
        "all": set(units),
    }.get(electronic, {electronic})
    on_paper = copies_by_unit(code, units)
    by_right = {unit.pk for name, unit in units.items() if name in may - {"owes"}}
    return by_right | set(on_paper)


def mailed(issue: Issue) -> set[int]:
    queued = Delivery.objects.filter(distribution__issue=issue, state="queued")
    return set(queued.values_list("unit", flat=True))


@pytest.mark.parametrize("code", ["listed-companies-report", "blue-book"])
def test_an_ordinary_unit_gets_the_electronic_edition_of_a_printed_one(code, units):
    issue = issue_of(Publication.objects.get(code=code), UserFactory())
    media = {tier: eligibility.may_read(units[tier], issue).medium for tier in TIERS}
    on_paper = dict.fromkeys(TIERS[:3], Medium.PAPER)
    assert media == on_paper | {"ordinary": Medium.ELECTRONIC}
