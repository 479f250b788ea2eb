"""Numbers and limits under real concurrency: many connections submit at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from awards import applying
from awards.models import AwardApplication
from tests.awards.factories import AT, CycleFactory, applicant, draft

pytestmark = pytest.mark.django_db(transaction=True)

RUNS, CONNECTIONS = 5, 6


def submit_together(drafts) -> list[str]:
    """The number of each, or the code of its refusal."""
    gate = threading.Barrier(len(drafts))

    def one(application) -> str:
        try:
            gate.wait(10)
            done = applying.submit(application=application, at=AT, by=application.created_by)
            return done.number
        except (ValidationError, IntegrityError) as error:
            return getattr(error, "code", None) or "clash"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(drafts)) as pool:
        return sorted(pool.map(one, drafts))


def test_numbers_are_given_once_and_without_gaps():
    cycle = CycleFactory()
    units = [applicant() for _ in range(CONNECTIONS)]
    for run in range(RUNS):
        drafts = [draft(unit, cycle) for unit in units]

        numbers = submit_together(drafts)

        first = run * CONNECTIONS + 1
        assert numbers == [f"2026-{n:03}" for n in range(first, first + CONNECTIONS)]


def test_a_unit_never_hands_in_more_than_it_may():
    unit = applicant()
    for year in range(2020, 2020 + RUNS):
        cycle = CycleFactory(year=year, name=f"{year}年申报")
        drafts = [draft(unit, cycle) for _ in range(CONNECTIONS)]
        type(cycle).objects.filter(pk=cycle.pk).update(per_unit_limit=2)

        said = submit_together(drafts)

        assert said == [f"{year}-001", f"{year}-002"] + ["full"] * (CONNECTIONS - 2)
        assert AwardApplication.objects.counted().filter(cycle=cycle).count() == 2


def test_the_race_is_real(monkeypatch):
    """Without the lock the same runs want a number twice, or let too many through."""
    monkeypatch.setattr(applying, "lock_award", lambda cycle: None)
    broken = 0
    unit = applicant()
    for year in range(2020, 2020 + RUNS):
        cycle = CycleFactory(year=year, name=f"{year}年申报")
        drafts = [draft(unit, cycle) for _ in range(CONNECTIONS)]
        type(cycle).objects.filter(pk=cycle.pk).update(per_unit_limit=2)
        said = submit_together(drafts)
        broken += said != [f"{year}-001", f"{year}-002"] + ["full"] * (CONNECTIONS - 2)
    assert broken >= RUNS // 2
