"""`make run` from nothing to a page, and back to nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request

import pytest

from stack.places import PROJECT, Owner, temporary_home
from stack.processes import is_alive, wait_until

PARTS = ["PostgreSQL", "Valkey", "mailbox", "worker", "beat", "web"]
NAMED_SERVERS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MEDIA_ROOT", "STATIC_ROOT")


class LocalRun:
    """A `python -m stack run` whose state is in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.output = folder / "output.txt"
        self.environment = os.environ | {"MEMBER_SERVICES_STATE": str(folder)}
        for name in NAMED_SERVERS:
            self.environment.pop(name, None)
        self.process = self.stack("run")

    def stack(self, command: str) -> subprocess.Popen:
        with self.output.open("a") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "stack", command],
                cwd=PROJECT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def manage(self, command: str) -> int:
        environment = {k: v for k, v in self.environment.items() if k != "SECRET_KEY"}
        manage = [sys.executable, "manage.py", command]
        return subprocess.run(manage, cwd=PROJECT, env=environment).returncode

    def wait_up(self) -> None:
        state = self.folder / "run.json"
        wait_until(lambda: state.exists() or self.process.poll() is not None, seconds=120)
        assert state.exists(), self.output.read_text()
        found = json.loads(state.read_text())
        self.addresses, self.parts = found["addresses"], found["parts"]

    def restart(self) -> None:
        self.process = self.stack("run")
        self.wait_up()

    def parts_alive(self) -> list[str]:
        return [name for name, pid in self.parts.items() if is_alive(pid)]


@pytest.fixture
def local_run():
    folder = temporary_home(Owner.current())
    run = LocalRun(folder)
    yield run
    if run.process.poll() is None:
        run.process.terminate()
        run.process.wait(timeout=60)
    shutil.rmtree(folder)


def page(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        assert answer.status == 200
        return answer.read().decode()


@pytest.mark.long
def test_it_starts_shows_its_pages_keeps_its_data_and_leaves_nothing_behind(local_run):
    local_run.wait_up()

    assert local_run.parts_alive() == PARTS
    assert {name: bool(page(address)) for name, address in local_run.addresses.items()} == {
        "portal": True,
        "admin": True,
        "mailbox": True,
    }
    assert local_run.stack("run").wait(timeout=20) == 1  # one at a time
    assert local_run.manage("load_catalogue") == 0  # needs no settings while it runs

    os.kill(local_run.parts["beat"], signal.SIGKILL)

    assert local_run.process.wait(timeout=60) == 1
    assert "beat ended with code -9; stopping the rest." in local_run.output.read_text()
    assert local_run.parts_alive() == []

    key = (local_run.folder / "secret_key").read_text()
    local_run.restart()

    assert (local_run.folder / "secret_key").read_text() == key
    local_run.process.send_signal(signal.SIGINT)
    assert local_run.process.wait(timeout=60) == 0
    assert local_run.parts_alive() == []
