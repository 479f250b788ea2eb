"""A PostgreSQL and a broker that end with us, for tests and measurements.

    python -m stack with COMMAND …    runs a command on servers of its own

Where `DATABASE_URL` or `REDIS_URL` is set, that server is used. The others are gone at the
end, with their data, even when we are killed.
"""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path

from stack.places import Owner, temporary_home
from stack.postgres import Cluster
from stack.processes import Guard
from stack.valkey import Broker

SETTINGS = {"SECRET_KEY": "for tests only", "LOCAL": "1"}


class Servers:
    """What one run has started, and the folder it is in."""

    def __init__(self, *, postgres_settings: tuple[str, ...] = ()):
        self.postgres_settings = postgres_settings
        self.home = temporary_home(Owner.current())
        self.guard = Guard()
        self.guard.remove(self.home)
        self.started = []

    def environment(self) -> dict[str, str]:
        """The variables the settings read; a server is started for each that is not set."""
        environment = {name: self._folder(name) for name in ("MEDIA_ROOT", "STATIC_ROOT")}
        if "DATABASE_URL" not in os.environ:
            cluster = Cluster(self.home / "postgres", settings=self.postgres_settings)
            environment["DATABASE_URL"] = self._start(cluster)
        if "REDIS_URL" not in os.environ:
            environment["REDIS_URL"] = self._start(Broker(self.home / "valkey"))
        return SETTINGS | environment

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


@contextmanager
def throwaway_environment():
    """This process's environment with servers added where it names none."""
    servers = Servers()
    try:
        yield servers.environment() | os.environ
    finally:
        servers.stop()


def run_with(command: list[str]) -> int:
    """Run a command on throwaway servers that write to the disk as real ones do."""
    with throwaway_environment() as environment:
        try:
            return subprocess.run(command, env=environment).returncode
        except KeyboardInterrupt:
            return 130
