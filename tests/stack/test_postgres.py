"""A private PostgreSQL starts, keeps its data, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from stack.places import PROJECT, Owner, temporary_home
from stack.postgres import THROWAWAY, Cluster
from stack.processes import is_alive, wait_until


@pytest.fixture
def home():
    folder = temporary_home(Owner.current())
    yield folder / "postgres"
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture
def cluster(home):
    cluster = Cluster(home, settings=THROWAWAY)
    yield cluster
    cluster.stop()


def scalar(url: str, query: str):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()[0]


def postmaster_of(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_chinese_is_text_to_it(cluster):
    url = cluster.start()

    assert scalar(url, "SELECT datctype FROM pg_database WHERE datname = current_database()") == (
        "C.UTF-8"
    )
    assert scalar(url, "SELECT '矿业' ~ '^\\w+$'") is True


def test_second_start_keeps_the_data(cluster):
    with psycopg.connect(cluster.start()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    cluster.stop()

    assert scalar(cluster.start(), "SELECT answer FROM kept") == 42


def test_stop_leaves_no_process(cluster):
    cluster.start()
    pid = cluster.program.pid

    cluster.stop()

    assert not is_alive(pid)
    assert not (cluster.data / "postmaster.pid").exists()


def test_a_stranger_is_kept_out(cluster):
    url = cluster.start()
    password = url.split(":")[2].split("@")[0]

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace(password, "guessed"))


def test_interrupted_making_is_begun_anew(cluster):
    cluster.data.mkdir(parents=True)
    (cluster.data / "half.done").touch()

    assert scalar(cluster.start(), "SELECT 1") == 1


def test_failure_to_start_shows_the_log(cluster):
    cluster.settings = ("shared_buffers=nonsense",)

    with pytest.raises(RuntimeError, match="nonsense"):
        cluster.start()


KILLED = """
import sys, time
from pathlib import Path
from stack.postgres import THROWAWAY, Cluster
from stack.processes import Guard
home = Path(sys.argv[1])
guard = Guard()
guard.remove(home)
cluster = Cluster(home, settings=THROWAWAY)
cluster.start()
guard.watch(cluster.program)
print("ready", flush=True)
time.sleep(60)
"""


def test_the_guard_stops_it_when_we_are_killed(home):
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home)], cwd=PROJECT, stdout=subprocess.PIPE
    ) as starter:
        starter.stdout.readline()
        pid = postmaster_of(home)
        os.kill(starter.pid, signal.SIGKILL)

    assert wait_until(lambda: not is_alive(pid), seconds=10)
    assert wait_until(lambda: not home.exists(), seconds=20)
