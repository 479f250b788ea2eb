"""Servers that stay up between test runs, for people who run tests all day.

    eval "$(.venv/bin/python -m stack warm)"    starts them once, names them to this shell
    .venv/bin/python -m stack cool              stops them and forgets their data

`pytest` uses `DATABASE_URL` and `REDIS_URL` where they are set, and then starts nothing.
"""

import json
import shutil
import signal

from stack.places import RUN, Owner, home_for
from stack.postgres import THROWAWAY, Cluster
from stack.processes import is_alive, stop_group
from stack.valkey import Broker

RECORD = RUN / "warm.json"


def warm() -> dict[str, str]:
    """The environment of the warm servers, started unless they are up."""
    record = read_record()
    if record and all(is_alive(pid) for pid in record["processes"].values()):
        return record["environment"]
    cool()
    cluster = Cluster(cluster_home(), settings=THROWAWAY)
    broker = Broker(RUN / "warm-valkey")
    environment = {"DATABASE_URL": cluster.start(), "REDIS_URL": broker.start()}
    processes = {"postgres": cluster.program.pid, "valkey": broker.program.pid}
    RECORD.write_text(json.dumps({"environment": environment, "processes": processes}))
    RECORD.chmod(0o600)
    return environment


def cool() -> None:
    """Stop the warm servers and forget what they held."""
    record = read_record()
    for pid in record["processes"].values() if record else []:
        stop_group(pid, signal.SIGINT, lambda pid=pid: not is_alive(pid))
    RECORD.unlink(missing_ok=True)
    shutil.rmtree(cluster_home(), ignore_errors=True)
    shutil.rmtree(RUN / "warm-valkey", ignore_errors=True)


def read_record() -> dict | None:
    return json.loads(RECORD.read_text()) if RECORD.exists() else None


def cluster_home():
    return home_for(Owner.current(), "warm-postgres")
