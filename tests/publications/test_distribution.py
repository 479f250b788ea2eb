"""The states of a delivery, step by step, against a real mail server that can misbehave."""

import datetime as dt
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from publications import ledger
from publications.courier import Courier
from publications.distribution import deliver, pause, plan, resume, stop, sweep, try_failed_again
from publications.models import Delivery, Distribution
from publications.unsubscribing import unsubscribe
from tests.factories import UserFactory
from tests.publications.mailing import AT, promised_issue, readers, states

# Deliveries commit as they go: no transaction is open while talking to the mail server.
pytestmark = pytest.mark.django_db(transaction=True)


def step(token, **what) -> bool:
    """One step of the ledger by itself."""
    with ledger.steps(token) as steps:
        return steps.record(**what)


State = Delivery.State


@pytest.fixture
def issue():
    return promised_issue()


def begin(issue, count: int, domain: str = "unit.example") -> Distribution:
    readers(count, domain)
    return plan(issue=issue, at=AT)


def row(distribution, address: str) -> Delivery:
    return distribution.deliveries.get(address=address)


def let_time_pass(distribution, **delta) -> None:
    """What was to happen within this time is due now."""
    passed = dt.timedelta(**delta)
    distribution.deliveries.filter(due_at__isnull=False).update(due_at=F("due_at") - passed)
    held = distribution.deliveries.filter(lease_until__isnull=False)
    held.update(lease_until=F("lease_until") - passed)
    waiting = Distribution.objects.filter(pk=distribution.pk, next_try_at__isnull=False)
    waiting.update(next_try_at=F("next_try_at") - passed)


def seconds_until(moment: dt.datetime) -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM %s - statement_timestamp())", [moment])
        return float(cursor.fetchone()[0])


# --- All goes well ---------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [False, True], ids=["pipelining", "step by step"])
def test_everyone_gets_one_with_the_message_id_of_the_list(issue, sink, plain):
    sink.restart(plain=plain)
    distribution = begin(issue, 5)
    assert deliver(distribution.pk) is False
    promised = distribution.deliveries.order_by("pk").values_list("address", "message_id")
    assert sink.taken() == list(promised)
    distribution.refresh_from_db()
    assert distribution.state == Distribution.State.FINISHED
    assert distribution.finished_at is not None
    done = distribution.deliveries.first()
    assert (done.state, done.attempts, done.reply) == (State.ACCEPTED, 1, "250 taken")
    assert (done.token, done.lease_until) == (None, None)
    assert done.sent_at is not None


def test_statements_for_each_message(issue, sink):
    """One mark a message; the rest is for the whole batch."""
    distribution = begin(issue, 40)
    with CaptureQueriesContext(connection) as few:
        deliver(distribution.pk)
    assert states(distribution) == {"accepted": 40}
    assert len(few) <= 40 + 15


def test_two_workers_never_hold_the_same_message(issue):
    distribution = begin(issue, 5)
    one, two = uuid4(), uuid4()
    first = {row.id for row in ledger.claim(distribution.pk, token=one, size=3)}
    second = {row.id for row in ledger.claim(distribution.pk, token=two, size=3)}
    assert (len(first), len(second), first & second) == (3, 2, set())


def test_an_open_transaction_is_refused(issue, sink):
    from django.db import transaction

    distribution = begin(issue, 1)
    with transaction.atomic(), pytest.raises(RuntimeError):
        deliver(distribution.pk)


def test_a_time_slice_leaves_the_rest_for_later(issue, sink):
    distribution = begin(issue, 3)
    assert deliver(distribution.pk, seconds=0) is True
    assert states(distribution) == {"queued": 3}
    assert deliver(distribution.pk) is False
    assert states(distribution) == {"accepted": 3}


# --- The mail server says no -------------------------------------------------------------------


def test_a_refused_address_fails_with_the_answer_and_the_others_go_on(issue, sink):
    sink.restart({"to": "r001@", "at": "rcpt", "do": "550 5.1.1 no such user"})
    distribution = begin(issue, 3)
    deliver(distribution.pk)
    failed = row(distribution, "r001@unit.example")
    assert (failed.state, failed.reply) == (State.FAILED, "550 5.1.1 no such user")
    assert sink.recipients() == ["r000@unit.example", "r002@unit.example"]
    assert failed.contact.is_active


def test_content_that_is_refused_fails_with_the_answer(issue, sink):
    sink.restart({"to": "r000@", "at": "end", "do": "554 not today"})
    distribution = begin(issue, 2)
    deliver(distribution.pk)
    assert row(distribution, "r000@unit.example").reply == "554 not today"
    assert states(distribution) == {"failed": 1, "accepted": 1}


def test_a_passing_trouble_is_tried_again_later_and_later(issue, sink):
    sink.restart({"to": "r000@", "at": "rcpt", "do": "450 mailbox is locked"})
    distribution = begin(issue, 2)
    waits = []
    for _try in range(2):
        deliver(distribution.pk)
        again = row(distribution, "r000@unit.example")
        assert (again.state, again.reply) == (State.RETRY, "450 mailbox is locked")
        waits.append(round(seconds_until(again.due_at), -1))
        let_time_pass(distribution, hours=1)
    assert waits == [60, 300]
    deliver(distribution.pk)
    last = row(distribution, "r000@unit.example")
    assert (last.state, last.attempts) == (State.FAILED, 3)
    assert sink.recipients() == ["r001@unit.example"]


def test_failed_ones_arrive_when_tried_again(issue, sink):
    sink.restart({"at": "rcpt", "do": "550 no", "times": 1})
    distribution = begin(issue, 1)
    deliver(distribution.pk)
    assert states(distribution) == {"failed": 1}
    try_failed_again(distribution=distribution, by=UserFactory(), at=AT)
    deliver(distribution.pk)
    assert sink.taken() == [tuple(distribution.deliveries.values_list("address", "message_id")[0])]


def test_throttling_slows_the_domain_down_and_no_other(issue, sink):
    answer = "550 Ip frequency limited [样本]"
    sink.restart({"to": "r000@qq.com", "at": "rcpt", "do": answer, "times": 1})
    readers(4, "qq.com")
    distribution = begin(issue, 2)
    deliver(distribution.pk)
    assert sink.recipients() == ["r000@unit.example", "r001@unit.example"]
    slowed = distribution.deliveries.filter(address__endswith="@qq.com").order_by("due_at")
    assert [delivery.state for delivery in slowed] == ["retry", "queued", "queued", "queued"]
    waits = [seconds_until(delivery.due_at) for delivery in slowed]
    gaps = [round(later - earlier) for earlier, later in pairwise(waits)]
    assert (round(waits[0], -1), gaps) == (60, [1, 1, 1])
    let_time_pass(distribution, hours=1)
    deliver(distribution.pk)
    assert states(distribution) == {"accepted": 6}


def test_a_closing_server_is_asked_again_on_a_new_connection(issue, sink):
    """Servers end a connection after so many messages; that says nothing about the message."""
    sink.restart({"to": "r001@", "at": "rcpt", "do": "421 too many messages here", "times": 1})
    distribution = begin(issue, 3)
    deliver(distribution.pk)
    assert states(distribution) == {"accepted": 3}
    assert len(sink.taken()) == 3


# --- The conversation breaks --------------------------------------------------------------------


def test_cut_before_the_content_is_sent_again_and_arrives_once(issue, sink):
    sink.restart({"to": "r000@", "at": "data", "do": "cut", "times": 1})
    distribution = begin(issue, 2)
    deliver(distribution.pk)
    assert row(distribution, "r000@unit.example").state == State.RETRY
    let_time_pass(distribution, minutes=2)
    deliver(distribution.pk)
    assert sorted(sink.recipients()) == ["r000@unit.example", "r001@unit.example"]


def test_cut_after_the_content_is_unknown_and_repeats_its_message_id(issue, sink):
    sink.restart({"to": "r000@", "at": "end", "do": "cut", "times": 1, "taken": True})
    distribution = begin(issue, 2)
    deliver(distribution.pk)
    unsure = row(distribution, "r000@unit.example")
    assert (unsure.state, unsure.attempts) == (State.UNKNOWN, 1)
    let_time_pass(distribution, minutes=2)
    deliver(distribution.pk)
    taken = sink.taken()
    assert [pair for pair in taken if taken.count(pair) > 1] == [
        ("r000@unit.example", unsure.message_id)
    ] * 2
    assert len(taken) == 3


def test_silence_beyond_the_timeout_is_unknown_and_the_others_go_on(issue, sink, settings):
    settings.EMAIL_TIMEOUT = 0.3
    sink.restart({"to": "r000@", "at": "end", "do": "hang", "times": 1})
    distribution = begin(issue, 3)
    deliver(distribution.pk)
    assert row(distribution, "r000@unit.example").state == State.UNKNOWN
    assert states(distribution) == {"unknown": 1, "accepted": 2}


def test_a_server_that_breaks_every_conversation_is_left_alone_for_a_while(issue, sink):
    sink.restart({"at": "data", "do": "cut"})
    distribution = begin(issue, 5)
    assert deliver(distribution.pk) is False
    distribution.refresh_from_db()
    assert states(distribution) == {"retry": 3, "queued": 2}
    assert round(seconds_until(distribution.next_try_at), -1) == 60
    assert sweep() == []


def test_no_server_leaves_the_queue_as_it_is_and_says_so(issue, sink):
    sink.stop()
    distribution = begin(issue, 2)
    assert deliver(distribution.pk) is False
    distribution.refresh_from_db()
    assert states(distribution) == {"queued": 2}
    assert distribution.trouble.endswith("Connection refused")
    assert sweep() == []
    sink.start()
    let_time_pass(distribution, minutes=2)
    assert sweep() == [distribution.pk]
    deliver(distribution.pk)
    distribution.refresh_from_db()
    assert len(sink.taken()) == 2
    assert (distribution.trouble, distribution.next_try_at) == ("", None)


def test_a_server_that_refuses_the_sender_costs_nobody_the_bulletin(issue, sink):
    sink.restart({"at": "mail", "do": "553 sign in first", "times": 1})
    distribution = begin(issue, 2)
    deliver(distribution.pk)
    distribution.refresh_from_db()
    assert states(distribution) == {"queued": 2}
    assert distribution.trouble == "553 sign in first"
    assert list(distribution.deliveries.values_list("attempts", flat=True)) == [0, 0]
    let_time_pass(distribution, minutes=2)
    deliver(distribution.pk)
    assert states(distribution) == {"accepted": 2}


# --- The worker dies ----------------------------------------------------------------------------


def test_claims_of_a_dead_worker_go_back_to_the_queue(issue, sink):
    distribution = begin(issue, 3)
    token = uuid4()
    [first, *_others] = ledger.claim(distribution.pk, token=token, size=3)
    assert step(token, done=None, following=first.id)
    assert states(distribution) == {"sending": 1, "claimed": 2}
    assert sweep() == []
    let_time_pass(distribution, hours=1)
    assert sweep() == [distribution.pk]
    assert states(distribution) == {"unknown": 1, "queued": 2}


def test_a_worker_that_lost_its_claim_changes_nothing(issue):
    distribution = begin(issue, 2)
    token, other = uuid4(), uuid4()
    [first, second] = ledger.claim(distribution.pk, token=token, size=2)
    step(token, done=None, following=first.id)
    let_time_pass(distribution, hours=1)
    sweep()
    ledger.claim(distribution.pk, token=other, size=2)
    done = ledger.Outcome(first.id, State.ACCEPTED, "250 ok")
    assert step(token, done=done, following=second.id) is False
    ledger.give_back(token)
    assert states(distribution) == {"claimed": 2}


def test_a_message_that_kills_every_worker_fails_in_the_end(issue, settings):
    settings.DELIVERY_RETRY_DELAYS = [60, 300]
    distribution = begin(issue, 1)
    for _try in range(3):
        token = uuid4()
        [claimed] = ledger.claim(distribution.pk, token=token, size=1)
        step(token, done=None, following=claimed.id)
        let_time_pass(distribution, hours=1)
        sweep()
    assert states(distribution) == {"failed": 1}


# --- A person steps in ---------------------------------------------------------------------------


def test_nothing_is_claimed_while_paused(issue, sink):
    distribution = begin(issue, 2)
    pause(distribution=distribution, by=UserFactory(), at=AT)
    assert deliver(distribution.pk) is False
    assert sweep() == []
    resume(distribution=distribution, by=UserFactory(), at=AT)
    assert sweep() == [distribution.pk]
    deliver(distribution.pk)
    assert states(distribution) == {"accepted": 2}


class Interrupted(Courier):
    """A courier during whose second message something happens."""

    def __init__(self, *arguments, happening, **options):
        super().__init__(*arguments, **options)
        self.happening, self.handed = happening, 0

    def hand_over(self, row):
        self.handed += 1
        if self.handed == 2:
            self.happening()
        return super().hand_over(row)


@pytest.mark.parametrize(
    ("verb", "left"), [(pause, {"queued": 3}), (stop, {"cancelled": 3})], ids=["pause", "stop"]
)
def test_steering_works_between_two_messages(issue, sink, monkeypatch, verb, left):
    """The message in flight is finished, and no other is begun."""
    distribution, person = begin(issue, 5), UserFactory()

    def courier(*arguments, **options):
        def happening():
            verb(distribution=distribution, by=person, at=AT)

        return Interrupted(*arguments, happening=happening, **options)

    monkeypatch.setattr("publications.distribution.Courier", courier)
    deliver(distribution.pk)
    assert states(distribution) == {"accepted": 2, **left}
    assert len(sink.taken()) == 2


def test_a_message_in_flight_at_the_stop_is_not_tried_again(issue):
    distribution = begin(issue, 1)
    token = uuid4()
    [claimed] = ledger.claim(distribution.pk, token=token, size=1)
    step(token, done=None, following=claimed.id)
    stop(distribution=distribution, by=UserFactory(), at=AT)
    assert states(distribution) == {"sending": 1}
    step(token, done=ledger.Outcome(claimed.id, State.RETRY, "450 no", 60), following=None)
    assert states(distribution) == {"cancelled": 1}


def test_who_unsubscribed_or_left_since_is_suppressed_with_the_reason(issue, sink):
    distribution = begin(issue, 4)
    one, two, three, _four = distribution.deliveries.order_by("address")
    unsubscribe(contact=one.contact, at=AT)
    two.unit.contacts.update(is_active=False)
    three.contact.delete()
    deliver(distribution.pk)
    found = distribution.deliveries.order_by("address").values_list("state", "reason")
    assert list(found) == [
        ("suppressed", "unsubscribed"),
        ("suppressed", "contact_gone"),
        ("suppressed", "contact_gone"),
        ("accepted", ""),
    ]
    assert sink.recipients() == ["r003@unit.example"]
    tally = distribution.deliveries.tally()
    assert (tally["promised"], tally["sent"], tally["left_out"]) == (4, 1, 3)
