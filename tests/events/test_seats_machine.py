"""Register, substitute, cancel, resize and wait, in any order: the seats always add up.

After every step the counters equal the live rows, nobody waits who could be seated, and no unit
owes for a seat while it has a free one left (`tests.events.seating.wrongs`).
"""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events.hall import resize
from events.models import Attendee, Event
from events.paying import mark_paid
from events.registration import cancel, judge_again, register, substitute
from tests.events.seating import (
    AT,
    FEE,
    MEMBER_PRICE,
    STARTS_ON,
    entitled_unit,
    event_with,
    people,
    person,
    unentitled_unit,
    wrongs,
)
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.long]

which = st.integers(min_value=0, max_value=99)


class Seats(RuleBasedStateMachine):
    """One event, two units with the right and one without it."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.by = UserFactory()
        self.units = [entitled_unit(), entitled_unit(), unentitled_unit()]

    def teardown(self):
        transaction.savepoint_rollback(self.savepoint)

    @initialize(
        free=st.sampled_from([1, 2, None]),
        capacity=st.sampled_from([3, 5, None]),
        member_price=st.sampled_from([MEMBER_PRICE, None]),
        fee=st.sampled_from([FEE, None]),
    )
    def announce(self, free, capacity, member_price, fee):
        self.event = event_with(free=free, capacity=capacity, member_price=member_price, fee=fee)
        for unit in self.units:
            self.attempt(register, event=self.event, unit=unit, people=people(2), by=self.by)

    def expected(self) -> list[Attendee]:
        return list(Attendee.objects.expected().filter(registration__event=self.event))

    def one(self, number: int) -> Attendee:
        expected = self.expected()
        return expected[number % len(expected)]

    def somebody_is_expected(self) -> bool:
        return bool(self.expected())

    def attempt(self, verb, **arguments):
        """Do it, or be refused and change nothing."""
        before = self.state()
        try:
            return verb(at=AT, **arguments)
        except ValidationError:
            assert self.state() == before
            return None

    def state(self) -> list:
        held = Attendee.objects.filter(registration__event=self.event).order_by("pk")
        event = Event.objects.get(pk=self.event.pk)
        return [event.taken, event.capacity, *held.values_list("pk", "state", "price", "turn")]

    @rule(unit=which, number=st.integers(1, 3))
    def register_people(self, unit, number):
        unit = self.units[unit % len(self.units)]
        self.attempt(register, event=self.event, unit=unit, people=people(number), by=self.by)

    @precondition(somebody_is_expected)
    @rule(number=which)
    def cancel_one(self, number):
        line = self.line()
        chosen = self.one(number)
        self.attempt(cancel, attendee=chosen, by=self.by)
        assert self.line() == [name for name in line if name in self.line()]

    @precondition(somebody_is_expected)
    @rule(number=which)
    def substitute_one(self, number):
        chosen, line, new = self.one(number), self.line(), person()
        self.attempt(substitute, attendee=chosen, person=new, by=self.by)
        assert self.line() == [new.name if name == chosen.name else name for name in line]

    @precondition(somebody_is_expected)
    @rule(number=which)
    def pay_for_one(self, number):
        chosen = self.one(number)
        if chosen.is_to_be_paid:
            mark_paid(attendee=chosen, on=STARTS_ON)

    @rule(capacity=st.sampled_from([None, 1, 2, 4, 6]))
    def resize_the_hall(self, capacity):
        self.attempt(resize, event=self.event, capacity=capacity, by=self.by)

    @precondition(somebody_is_expected)
    @rule(number=which, price=st.sampled_from([None, MEMBER_PRICE]))
    def change_the_price_and_judge_again(self, number, price):
        registration = self.one(number).registration
        Event.objects.filter(pk=self.event.pk).update(member_price=price)
        self.attempt(judge_again, registration=registration)

    def line(self) -> list[str]:
        """The names in the waiting list, the first in front."""
        waiting = Attendee.objects.waiting().filter(registration__event=self.event)
        return list(waiting.values_list("name", flat=True))

    @invariant()
    def seats_add_up(self):
        if hasattr(self, "event"):
            assert wrongs(self.event) == []


def test_seats_add_up_whatever_happens():
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
