"""Bad luck, for real: a Celery worker process, a broker, a mail server, and things that break.

The test plays the beat: it calls the clock's tasks as beat does, and they wake the worker through
the broker. At every moment promised = sent + pending + failed + left out.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import quote, urlsplit

import pytest
import redis
from celery import current_app
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from members.models import Contact
from publications import distribution as distributions
from publications import release, tasks
from publications.models import Delivery, Distribution, Issue
from stack.places import PROJECT
from stack.processes import Program, wait_until
from stack.valkey import Broker
from tests.factories import UserFactory, member
from tests.publications.mailing import Sink, promised_issue, readers, states

pytestmark = pytest.mark.django_db(transaction=True)

# Waits as short as a busy machine allows.
QUICK = {"EMAIL_TIMEOUT": "2", "DELIVERY_RETRY_DELAYS": "0.2,0.2,0.2,0.2,0.2,0.2"}
PATIENCE = 30


class Worker:
    """A real Celery worker on this test's database, broker and mail server."""

    def __init__(self, broker: Broker, sink: Sink, log):
        database = urlsplit(os.environ["DATABASE_URL"])
        name = quote(connection.settings_dict["NAME"])
        self.environment = os.environ | QUICK
        self.environment["DATABASE_URL"] = database._replace(path=f"/{name}").geturl()
        self.environment["REDIS_URL"] = f"redis://127.0.0.1:{broker.port}/0"
        self.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}"
        self.environment["DEBUG"] = "0"
        self.log = log
        self.program: Program | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "--quiet", "--app", "config", "worker"]
        options = ["--concurrency", 2, "--without-gossip", "--without-mingle"]
        with self.log.open("a") as log:
            self.program = Program(
                "worker",
                [*command, *options, "--without-heartbeat", "--loglevel", "INFO"],
                cwd=PROJECT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        ready = self.log.read_text().count(" ready.")
        assert wait_until(
            lambda: self.log.read_text().count(" ready.") > ready, seconds=PATIENCE
        ), self.log.read_text()

    def kill(self) -> None:
        """As the machine does when it is out of memory: no goodbye, no cleaning up."""
        os.killpg(self.program.pid, signal.SIGKILL)
        self.program.process.wait()

    def stop(self) -> None:
        if self.program:
            self.program.stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """A broker for this module's worker, which the tasks of this process use as well."""
    server = Broker(tmp_path_factory.mktemp("broker"))
    url = server.start()
    usual = current_app.conf.broker_url
    use_broker(url)
    yield server
    use_broker(usual)
    server.stop()


def use_broker(url: str) -> None:
    current_app.conf.broker_url = url
    current_app.close()  # forgets the connections to the other one
    current_app.amqp._producer_pool = None


@pytest.fixture(scope="module")
def mail(tmp_path_factory):
    sink = Sink(tmp_path_factory.mktemp("mail"))
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture(scope="module")
def lasting_worker(broker, mail, tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        worker = Worker(broker, mail, tmp_path_factory.mktemp("worker") / "worker.log")
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def worker(lasting_worker, mail):
    """The module's worker, and an empty mail server that behaves."""
    mail.restart()
    mail.clear()
    yield lasting_worker
    wait_until(lambda: is_idle() and is_idle(), seconds=PATIENCE)


def is_idle() -> bool:
    """Nobody but us is at work in the database: it can be emptied for the next test."""
    time.sleep(0.05)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND state <> 'idle' "
            "AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] == 0


def released(count: int, *, domain: str = "unit.example") -> Distribution:
    """An issue with so many readers and one unit that nobody can be written to, released."""
    issue = promised_issue()
    readers(count, domain)
    member(paid=(2025,))
    planned = release.release(issue=issue, at=timezone.now())
    tasks.wake(planned.pk)
    return planned


def beat_until_finished(distribution: Distribution) -> None:
    """Play the beat, as fast as it need be, until everything is done; watch the tally."""
    deadline = time.monotonic() + PATIENCE
    while distribution.state != Distribution.State.FINISHED:
        assert time.monotonic() < deadline, (states(distribution), distribution.trouble)
        tally = distribution.deliveries.tally()
        parts = [tally[part] for part in ("sent", "pending", "failed", "left_out")]
        assert sum(parts) == tally["promised"]
        tasks.sweep()
        time.sleep(0.05)
        distribution.refresh_from_db()


def wait_for_some(mail: Sink, count: int) -> None:
    assert wait_until(lambda: len(mail.taken()) >= count, seconds=PATIENCE)


def assert_everyone_got_one(distribution: Distribution, mail: Sink) -> None:
    promised = distribution.deliveries.exclude(address="").values_list("address", "message_id")
    assert sorted(mail.taken()) == sorted(promised)
    assert states(distribution) == {"accepted": len(promised), "left_out": 1}


def repeated(mail: Sink) -> list[tuple[str, str]]:
    """What was taken more than once; raises if a repetition has another Message-ID."""
    taken = mail.taken()
    assert len({recipient for recipient, _ in taken}) == len(set(taken))
    return [pair for pair in set(taken) if taken.count(pair) > 1]


# --- The usual way ---------------------------------------------------------------------------


def test_a_scheduled_issue_reaches_everyone(worker, mail):
    issue = promised_issue()
    readers(20)
    member(paid=(2025,))
    now = timezone.now()
    release.schedule(issue=issue, release_at=now - dt.timedelta(seconds=1), by=UserFactory())
    tasks.release_due()
    distribution = distributions.of(issue)
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


def test_released_twice_goes_out_once(worker, mail):
    distribution = released(5)
    with pytest.raises(ValidationError):
        release.release(issue=distribution.issue, at=timezone.now())
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


def test_two_beats_at_once_release_it_once(worker, mail):
    issue = promised_issue()
    readers(5)
    member(paid=(2025,))
    release.schedule(issue=issue, release_at=timezone.now(), by=UserFactory())
    together = Barrier(2)

    def beat() -> list[Issue]:
        together.wait()
        try:
            return release.release_due(at=timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as two:
        found = [future.result() for future in [two.submit(beat), two.submit(beat)]]
    assert sorted(len(issues) for issues in found) == [0, 1]
    distribution = distributions.of(issue)
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


def test_many_wakes_share_the_work(worker, mail):
    distribution = released(60)
    for _wake in range(4):
        tasks.wake(distribution.pk)
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


# --- The mail server -------------------------------------------------------------------------


def test_mail_server_away_then_back(worker, mail):
    mail.stop()
    distribution = released(10)
    assert wait_until(
        lambda: Distribution.objects.filter(pk=distribution.pk).exclude(trouble="").exists(),
        seconds=PATIENCE,
    )
    assert states(distribution) == {"queued": 10, "left_out": 1}
    mail.start()
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


def test_throttled_addresses_get_it_later(worker, mail):
    answer = "550 RP:TRC too many recipients"
    mail.restart({"to": "@163.com", "at": "rcpt", "do": answer, "times": 1})
    distribution = released(3, domain="163.com")
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)
    assert Contact.objects.filter(is_active=False).count() == 0


def test_refused_hung_and_cut_each_end_as_they_should(worker, mail):
    mail.restart(
        {"to": "r001@", "at": "rcpt", "do": "550 no such user"},
        {"to": "r002@", "at": "data", "do": "cut", "times": 1},
        {"to": "r004@", "at": "end", "do": "hang", "times": 1},
        {"to": "r006@", "at": "end", "do": "cut", "taken": True, "times": 1},
    )
    distribution = released(9)
    beat_until_finished(distribution)
    assert states(distribution) == {"accepted": 8, "failed": 1, "left_out": 1}
    cut_after = distribution.deliveries.get(address__startswith="r006@")
    assert repeated(mail) == [(cut_after.address, cut_after.message_id)]
    assert sorted(set(mail.recipients())) == [
        f"r00{number}@unit.example" for number in range(9) if number != 1
    ]


# --- The broker ------------------------------------------------------------------------------


def test_broker_emptied_costs_a_delay_and_nothing_else(worker, mail, broker):
    worker.kill()
    distribution = released(10)
    with redis.Redis(port=broker.port) as store:
        assert store.llen("celery") == 1
        store.flushall()
    worker.start()
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


def test_broker_away_at_the_release_breaks_nothing(worker, mail, broker, caplog):
    broker.stop()
    started = time.monotonic()
    distribution = released(5)
    assert time.monotonic() - started < 10
    assert distribution.state == Distribution.State.RUNNING
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] != []
    broker.start()
    beat_until_finished(distribution)
    assert_everyone_got_one(distribution, mail)


# --- The worker ------------------------------------------------------------------------------


def test_killed_worker_repeats_at_most_the_one_in_flight(worker, mail):
    """Each of its two processes has at most one in flight; a repetition has the same Message-ID."""
    worker.kill()
    distribution = released(150)
    worker.start()
    wait_for_some(mail, 20)
    worker.kill()
    unfinished = distribution.deliveries.filter(state__in=Delivery.PENDING).count()
    assert unfinished > 0
    worker.start()
    distribution.deliveries.filter(state__in=Delivery.IN_HAND).update(
        lease_until=F("lease_until") - dt.timedelta(hours=1)  # the lease's time passes
    )
    beat_until_finished(distribution)
    assert states(distribution) == {"accepted": 150, "left_out": 1}
    assert len(set(mail.taken())) == 150
    assert len(repeated(mail)) <= 2
