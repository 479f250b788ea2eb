"""A figure and how it is told; a database of its own; programs that measure themselves."""

import json
import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figure:
    """One line of the report. ``limit`` is the machine's own, measured in the same run."""

    name: str
    ours: str
    limit: str
    ratio: float
    goal: str
    is_met: bool

    def __str__(self) -> str:
        met = "met" if self.is_met else "NOT MET"
        return (
            f"{self.name:34} ours {self.ours:22} limit {self.limit:22} "
            f"ratio {self.ratio:<8.3f} goal {self.goal:10} {met}"
        )


def at_least(name: str, ours: str, limit: str, ratio: float, goal: float) -> Figure:
    return Figure(name, ours, limit, ratio, f">= {goal:g}", ratio >= goal)


def at_most(name: str, ours: str, limit: str, ratio: float, goal: float) -> Figure:
    return Figure(name, ours, limit, ratio, f"<= {goal:g}", ratio <= goal)


def seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def interleaved(*works: Callable[[], float], rounds: int) -> list[float]:
    """The median of what each work returns, the works taking turns."""
    found = [[work() for work in works] for _round in range(rounds)]
    return [statistics.median(results) for results in zip(*found, strict=True)]


def run_measured(module: str, *arguments: object) -> dict:
    """Run a program of ours in a process of its own; it prints one JSON object."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def peak_memory() -> int:
    """The most memory, in bytes, that this process has held so far."""
    import resource

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held if sys.platform == "darwin" else held * 1024


@contextmanager
def scratch_database() -> Iterator[None]:
    """A new database on the server of `DATABASE_URL`, which then names it; gone afterwards."""
    import psycopg

    given = os.environ["DATABASE_URL"]
    name = f"bench_{secrets.token_hex(6)}"
    server = urlsplit(given)._replace(path="/postgres", scheme="postgresql").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        os.environ["DATABASE_URL"] = urlsplit(given)._replace(path=f"/{name}").geturl()
        try:
            yield
        finally:
            os.environ["DATABASE_URL"] = given
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def set_up() -> None:
    """Django on the database that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_hex(32))
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
    os.environ.setdefault("LOCAL", "1")
    os.environ["DEBUG"] = "0"  # with it, Django keeps every statement in memory
    import django

    django.setup()


def report(name: str) -> None:
    """Print the figures of one module; its database is empty at first."""
    set_up()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for figure in import_module(f"bench.{name}").figures():
        print(figure, flush=True)
