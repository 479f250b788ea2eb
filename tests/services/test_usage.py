"""What a unit has used: requests that came to something, and studies handed to it."""

import datetime as dt

import pytest

from services import asking, handling, studies
from services.usage import uses
from tests.services.factories import (
    AT,
    ON,
    asked,
    delivered,
    in_hand,
    offering,
    paid_up,
    problems,
    staff,
    study,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def test_requests_count_on_their_day_unless_they_came_to_nothing():
    unit, made = paid_up(), offering()
    withdrawn, declined = asked(made, unit), asked(made, unit)
    asking.withdraw(request=withdrawn, by=withdrawn.asked_by, at=AT)
    handling.decline(request=declined, reason="不在范围", by=staff(), at=AT)
    filed = asked(made, unit, at=AT, title="甲")
    closed = delivered(asked(made, unit, at=AT + DAY, title="乙"))
    in_hand(asked(made, paid_up()))

    found = uses(unit, dt.date(2026, 1, 1), dt.date(2026, 12, 31))

    assert [(use.source, use.on, use.quantity, use.medium) for use in found] == [
        (closed, ON + DAY, 1, "right"),
        (filed, ON, 1, "right"),
    ]
    assert [use.item_id for use in found] == [made.benefit_item_id] * 2
    assert [use.what for use in found] == ["乙 · S2026-0004 · 已办结", "甲 · S2026-0003 · 已提交"]


@pytest.mark.parametrize(("first", "last", "count"), [(0, 0, 1), (1, 9, 0), (-9, -1, 0)])
def test_the_first_and_the_last_day_are_included(first, last, count):
    request = asked()

    assert len(uses(request.unit, ON + first * DAY, ON + last * DAY)) == count


def test_a_study_counts_once_whichever_parts_a_unit_got():
    vice_president, concerned, other = paid_up("vice_president"), paid_up(), paid_up()
    row = study(concerned=[vice_president, concerned])
    study(row.offering, concerned=[concerned], title="未发布")
    studies.publish(study=row, by=staff(), at=AT)

    found = {unit: uses(unit, ON, ON) for unit in (vice_president, concerned, other)}

    assert [use.what for use in found[vice_president]] == ["尾矿库整治专题 · 研究报告全文"]
    assert [use.what for use in found[concerned]] == ["尾矿库整治专题 · 研究报告全文"]
    assert found[other] == []


def test_a_study_that_answers_the_units_own_request_is_told_not_counted():
    unit, neighbour, made = paid_up(), paid_up(), problems()
    request = asked(made, unit)
    row = study(made, concerned=[unit, neighbour], request=request)
    studies.publish(study=row, by=staff(), at=AT)

    assert [use.is_counted for use in uses(unit, ON, ON)] == [True, False]
    assert [use.is_counted for use in uses(neighbour, ON, ON)] == [True]


def test_uses_take_two_queries(django_assert_num_queries):
    unit, made = paid_up(), problems()
    for _ in range(3):
        row = study(made, concerned=[unit], request=asked(made, unit))
        studies.publish(study=row, by=staff(), at=AT)

    with django_assert_num_queries(2):
        assert len(uses(unit, ON, ON)) == 6
