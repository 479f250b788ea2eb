"""Several people of a unit ask at the same moment; the numbers and the once-only rule hold."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from benefits.models import BenefitItem
from services import numbering
from services.models import ServiceRequest
from tests.services.factories import asked, offering, paid_up, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

CONNECTIONS, RUNS = 6, 4


def together(call) -> list:
    """What each of several connections got, all beginning at the same moment."""
    barrier = Barrier(CONNECTIONS)

    def one(_number):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        return list(threads.map(one, range(CONNECTIONS)))


def code_of(call) -> str:
    """``done``, or the code of the refusal."""
    try:
        call()
    except ValidationError as error:
        return error.code
    return "done"


def test_once_per_unit_is_once_and_the_others_are_told():
    once = {"counted_per": BenefitItem.CountedPer.UNIT}
    made = offering("showcase", item=once)
    for _ in range(RUNS):
        unit = paid_up()
        by = person(unit)

        codes = together(lambda unit=unit, by=by: code_of(lambda: asked(made, unit, by)))

        assert sorted(codes) == ["done", *["once"] * (CONNECTIONS - 1)]
        assert unit.service_requests.count() == 1


def test_numbers_are_given_out_once_each():
    made, unit = offering(), paid_up()
    by = person(unit)

    for _ in range(RUNS):
        assert together(lambda: code_of(lambda: asked(made, unit, by))) == ["done"] * CONNECTIONS

    numbers = ServiceRequest.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [f"S2026-{n:04d}" for n in range(1, CONNECTIONS * RUNS + 1)]


def test_without_the_lock_numbers_would_be_given_out_twice(monkeypatch):
    """The control: the test above does meet the race."""

    def unlocked(year):
        last = ServiceRequest.objects.order_by("-pk").values_list("number", flat=True).first()
        barrier.wait(timeout=20)
        return f"S{year}-{int(last.partition('-')[2]) + 1 if last else 1:04d}"

    barrier = Barrier(CONNECTIONS)
    made, unit = offering(), paid_up()
    by = person(unit)
    monkeypatch.setattr(numbering, "next_number", unlocked)

    def outcome():
        try:
            asked(made, unit, by)
        except Exception as error:  # noqa: BLE001  (whatever the database says)
            return type(error).__name__
        return "done"

    assert sorted(together(outcome)) == ["IntegrityError"] * (CONNECTIONS - 1) + ["done"]
