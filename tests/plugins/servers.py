"""Give the tests a PostgreSQL and a broker, before Django reads its settings.

Where `DATABASE_URL` or `REDIS_URL` is set, that server is used. Otherwise one of each is
started for the whole run, shared by all xdist workers, and gone at its end, even when
pytest is killed. (`python -m stack warm` keeps servers up between runs.)
"""

import os
from pathlib import Path

import pytest

from stack.places import Owner, temporary_home
from stack.postgres import THROWAWAY, Cluster
from stack.processes import Guard
from stack.translations import apps, compile_catalogs
from stack.valkey import Broker

SETTINGS = {"SECRET_KEY": "for tests only", "LOCAL": "1"}


class Servers:
    """What one run of the tests has started."""

    def __init__(self):
        self.home = temporary_home(Owner.current())
        self.guard = Guard()
        self.guard.remove(self.home)
        self.started = []

    def environment(self) -> dict[str, str]:
        """The variables that the settings read; a server is started for each that is not set."""
        environment = {name: self._folder(name) for name in ("MEDIA_ROOT", "STATIC_ROOT")}
        if "DATABASE_URL" not in os.environ:
            cluster = Cluster(self.home / "postgres", settings=THROWAWAY)
            environment["DATABASE_URL"] = self._start(cluster)
        if "REDIS_URL" not in os.environ:
            environment["REDIS_URL"] = self._start(Broker(self.home / "valkey"))
        return SETTINGS | environment | {"TEST_RUN": str(os.getpid())}

    def stop(self) -> None:
        for server in reversed(self.started):
            server.stop()
        self.guard.finish()

    def _start(self, server: Cluster | Broker) -> str:
        url = server.start()
        self.guard.watch(server.program)
        self.started.append(server)
        return url

    def _folder(self, name: str) -> str:
        folder = Path(self.home, name.lower())
        folder.mkdir()
        return str(folder)


def is_xdist_worker() -> bool:
    """A worker inherits the environment of the process that started the servers."""
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    """Runs around pytest-django's own hook, which loads the settings."""
    if not is_xdist_worker():
        servers = Servers()
        early_config.add_cleanup(servers.stop)
        for name, value in servers.environment().items():
            os.environ.setdefault(name, value)
        compile_catalogs(apps())
    return (yield)
