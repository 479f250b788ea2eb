"""Start a program, know when it is ready, and never leave it behind.

Every program gets its own process group, so that stopping it stops its children too.
A guard, a tiny process that holds the other end of a pipe, stops them when we are
killed and can no longer do it ourselves.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from stack.places import PROJECT

POLL_SECONDS = 0.02
STOP_SECONDS = 10


class StartFailed(RuntimeError):
    """A program ended, or stayed silent, before it was ready."""


def free_port(preferred: int = 0) -> int:
    """A port on 127.0.0.1 that nobody listens on; `preferred` or the next free one."""
    for port in range(preferred, preferred + 100) if preferred else [0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return probe.getsockname()[1]
    raise StartFailed(f"No free port from {preferred} to {preferred + 99}.")


def is_alive(pid: int) -> bool:
    """Whether a process of this id still runs. One that only waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not is_zombie(pid)


def is_zombie(pid: int) -> bool:
    """Linux says so in /proc; elsewhere zombies of strangers are collected at once."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def stop_group(pid: int, number: int, ended: Callable[[], bool]) -> None:
    """Ask a process group to stop; after `STOP_SECONDS` insist."""
    signal_group(pid, number)
    if not wait_until(ended, seconds=STOP_SECONDS):
        signal_group(pid, signal.SIGKILL)
        wait_until(ended, seconds=STOP_SECONDS)


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


class Program:
    """One running program and its process group."""

    def __init__(self, name: str, command: list, *, stop_signal: int = signal.SIGTERM, **options):
        self.name = name
        self.stop_signal = stop_signal
        self.process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def wait_ready(self, is_ready: Callable[[], bool], *, seconds: float = 30) -> None:
        """Return once `is_ready()`; raise as soon as the program ends or time is over."""
        wait_until(lambda: is_ready() or self.has_ended(), seconds=seconds)
        if self.has_ended():
            raise StartFailed(f"{self.name} ended with code {self.process.returncode}.")
        if not is_ready():
            self.stop()
            raise StartFailed(f"{self.name} was not ready after {seconds:.0f} seconds.")

    def stop(self) -> None:
        """Stop the program and everything it started. Harmless when it has ended."""
        stop_group(self.pid, self.stop_signal, self.has_ended)
        signal_group(self.pid, signal.SIGKILL)


class Guard:
    """A process that outlives us just long enough to clean up after us.

    It reads its orders from a pipe that only we can write to. The pipe ends when we
    end, however that happens; then the guard stops what it was told to watch, last
    started first, and removes the folders it was given.
    """

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stack.processes"],
            stdin=subprocess.PIPE,
            cwd=PROJECT,
            start_new_session=True,
            text=True,
        )

    def watch(self, program: Program) -> None:
        self._order("stop", f"{program.pid} {int(program.stop_signal)}")

    def remove(self, folder: Path) -> None:
        self._order("remove", str(folder))

    def finish(self) -> None:
        """Let the guard do its work now."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()

    def _order(self, verb: str, what: str) -> None:
        self.process.stdin.write(f"{verb} {what}\n")
        self.process.stdin.flush()


def stand_guard(orders) -> None:
    """The guard's own life: collect orders until the pipe ends, then carry them out."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for order in reversed(orders.readlines()):
        verb, what = order.rstrip("\n").split(" ", 1)
        if verb == "stop":
            pid, number = map(int, what.split())
            stop_group(pid, number, lambda pid=pid: not is_alive(pid))
        elif verb == "remove":
            shutil.rmtree(what, ignore_errors=True)


if __name__ == "__main__":
    stand_guard(sys.stdin)
