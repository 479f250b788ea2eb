"""`make run`: start every part, watch them, stop them all.

Where `DATABASE_URL`, `REDIS_URL` or `EMAIL_URL` is set, that server is used and none of ours
is started in its place.
"""

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from stack.places import PROJECT, RUN, Owner, home_for, state_folders
from stack.postgres import Cluster
from stack.processes import Guard, Program, StartFailed, free_port
from stack.valkey import Broker

LOCK = RUN / "run.lock"
STATE = RUN / "run.json"
SIGN_INS = RUN / "sign-ins.txt"
# What `manage.py` needs to know to work on a running `make run` (see there).
ENVIRONMENT = [
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "LOCAL",
    "SITE_URL",
    "SECRET_KEY",
    "MEDIA_ROOT",
    "STATIC_ROOT",
]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COLOURS = {"web": "36", "worker": "32", "beat": "35", "mailbox": "33"}


class Stopped(Exception):
    """Someone asked us to stop."""


class PartDied(Exception):
    """A part ended by itself."""


class Supervisor:
    """One `make run`."""

    def __init__(self):
        self.guard = Guard()
        self.programs: list[Program] = []
        self.environment = dict(os.environ)
        self.addresses: dict[str, str] = {}
        self.asked_to_stop = False

    def run(self) -> None:
        """Start everything in order, then stay until a signal comes or a part dies."""
        self.start_servers()
        self.choose_addresses()
        self.prepare()
        self.start_application()
        self.announce()
        self.watch()

    # --- The servers underneath ---

    def start_servers(self) -> None:
        self.serve("DATABASE_URL", "PostgreSQL", self.start_postgres)
        self.serve("REDIS_URL", "Broker", self.start_broker)
        self.serve("EMAIL_URL", "Mailbox", self.start_mailbox)

    def serve(self, variable: str, name: str, start) -> None:
        """Use the server that a variable names, or start ours and name it there."""
        if self.environment.get(variable):
            say(f"{name}: using {variable}")
            return
        with step(name):
            self.environment[variable] = start()
        self.go_on_unless_stopped()

    def start_postgres(self) -> str:
        cluster = Cluster(home_for(Owner.current(), "postgres"))
        url = cluster.start()
        self.keep(cluster.program)
        return url

    def start_broker(self) -> str:
        broker = Broker(RUN / "valkey")
        url = broker.start()
        self.keep(broker.program)
        return url

    def start_mailbox(self) -> str:
        smtp_port, web_port = free_port(1025), free_port(8025)
        ports = ["--smtp-port", smtp_port, "--web-port", web_port]
        mailbox = self.start("mailbox", python("stack.mailbox", "--folder", RUN / "mail", *ports))
        self.addresses["mailbox"] = f"http://127.0.0.1:{web_port}/"
        mailbox.wait_ready(lambda: self.answers(self.addresses["mailbox"]))
        return f"smtp://127.0.0.1:{smtp_port}"

    # --- The application on top ---

    def choose_addresses(self) -> None:
        """What the settings need to know. What is set already stays as it is."""
        self.web_port = free_port(8000)
        site = f"http://127.0.0.1:{self.web_port}"
        defaults = {
            "LOCAL": "1",
            "SITE_URL": site,
            "SECRET_KEY": secret_key(),
            "MEDIA_ROOT": str(RUN / "media"),
            "STATIC_ROOT": str(RUN / "static"),
            "PYTHONUNBUFFERED": "1",
            # Celery's warning to production; here the worker is as much root as we are.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }
        self.environment = defaults | self.environment
        for name in ("MEDIA_ROOT", "STATIC_ROOT"):
            Path(self.environment[name]).mkdir(parents=True, exist_ok=True)
        self.addresses = {"portal": f"{site}/", "admin": f"{site}/admin/"} | self.addresses

    def prepare(self) -> None:
        """Bring catalogs, tables and data up to date; `stack/prepare.py` says how far it is."""
        preparing = self.start("prepare", python("stack.prepare", SIGN_INS), prefixed=False)
        while not preparing.has_ended():
            self.go_on_unless_stopped()
            time.sleep(0.05)
        if preparing.process.returncode:
            raise PartDied("The preparation failed; the lines above say why.")
        self.programs.remove(preparing)

    def start_application(self) -> None:
        say("Web server, worker and beat …")
        celery = python("celery", "--quiet", "--app", "config")
        quick = ["--concurrency", 2, "--without-gossip", "--without-mingle"]
        self.start("worker", [*celery, "worker", "--loglevel", "INFO", *quick])
        self.start("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""])
        size = ["--workers", 2, "--threads", 4]
        bind = ["--bind", f"127.0.0.1:{self.web_port}", "--no-control-socket"]
        web = self.start("web", python("gunicorn", "config.wsgi", *size, *bind))
        web.wait_ready(lambda: self.answers(self.addresses["portal"]), seconds=60)

    def announce(self) -> None:
        parts = {program.name: program.pid for program in self.programs}
        environment = {name: self.environment[name] for name in ENVIRONMENT}
        STATE.touch(mode=0o600)
        STATE.write_text(
            json.dumps({"addresses": self.addresses, "parts": parts, "environment": environment})
        )
        print()
        print_addresses(self.addresses)
        if SIGN_INS.exists():
            print(f"\n{SIGN_INS.read_text().strip()}")
        print("\n  Ctrl-C stops everything. `make reset` forgets the data.\n", flush=True)

    # --- Keeping an eye on them ---

    def start(self, name: str, command: list, *, prefixed: bool = True) -> Program:
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if prefixed else {}
        program = Program(name, command, cwd=PROJECT, env=self.environment, **output)
        self.keep(program)
        if prefixed:
            threading.Thread(target=self.pass_on, args=(program,), daemon=True).start()
        return program

    def pass_on(self, program: Program) -> None:
        """Print a part's lines under its name, and keep them in its log."""
        label = f"{program.name:8}"
        if sys.stdout.isatty():
            label = f"\033[{COLOURS.get(program.name, '0')}m{label}\033[0m"
        with program.process.stdout as lines, log_of(program).open("wb") as log:
            for line in lines:
                log.write(line)
                log.flush()
                try:
                    print(f"{label}| {line.decode(errors='replace').rstrip()}", flush=True)
                except OSError:  # Nobody reads us any more: our terminal was closed.
                    self.ask_to_stop()

    def keep(self, program: Program) -> None:
        """From here on the program is stopped with us, however we end."""
        self.guard.watch(program)
        self.programs.append(program)

    def watch(self) -> None:
        while True:
            self.go_on_unless_stopped()
            for program in self.programs:
                if program.has_ended():
                    code = program.process.returncode
                    raise PartDied(f"{program.name} ended with code {code}; stopping the rest.")
            time.sleep(0.2)

    def answers(self, address: str) -> bool:
        """Whether a page answers. Any answer will do that is not the server's own failure."""
        self.go_on_unless_stopped()
        try:
            with urllib.request.urlopen(address, timeout=20) as answer:
                return answer.status < 500
        except urllib.error.HTTPError as error:
            if error.code >= 500:
                raise StartFailed(f"{address} answers {error.code}.") from None
            return True
        except OSError:
            return False

    def ask_to_stop(self, *_signal) -> None:
        self.asked_to_stop = True

    def go_on_unless_stopped(self) -> None:
        if self.asked_to_stop:
            raise Stopped

    def stop(self) -> None:
        """Stop what was started, in reverse: the web server first, the database last."""
        for program in reversed(self.programs):
            program.stop()
        self.guard.finish()
        STATE.unlink(missing_ok=True)


# --- The commands ----------------------------------------------------------------------------


def run() -> int:
    """Run until told to stop. The answer is the exit code."""
    with only_one_here():
        supervisor = Supervisor()
        for number in SIGNALS:
            signal.signal(number, supervisor.ask_to_stop)
        try:
            supervisor.run()
        except (Stopped, StartFailed, PartDied) as reason:
            why = reason
        finally:
            with suppress(OSError):  # Perhaps our terminal is what went away.
                say("Stopping …")
            supervisor.stop()
    if supervisor.asked_to_stop:
        return 0
    print(f"\n{why}", file=sys.stderr)
    return 1


def reset() -> int:
    """Forget the local database, mail and files. Servers named by variables are not touched."""
    with only_one_here():
        for folder in state_folders():
            forget(folder)
    say("The local data is forgotten; `make run` begins anew.")
    return 0


def status() -> int:
    """Say whether `make run` is running here, and at which addresses."""
    try:
        with only_one_here():
            say("Not running. `make run` starts it.")
            return 0
    except SystemExit:
        state = json.loads(STATE.read_text()) if STATE.exists() else {"addresses": {}}
        say("Running.")
        print_addresses(state["addresses"])
        return 0


def forget(folder: Path) -> None:
    """Empty a folder of ours, but for the servers kept warm for tests and the lock we hold."""
    for entry in folder.iterdir():
        if entry == LOCK or entry.name.startswith("warm"):
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    with suppress(OSError):  # Not empty: what was kept is still there.
        folder.rmdir()


@contextmanager
def only_one_here():
    """Hold this checkout's lock; the system lets go of it however we end."""
    RUN.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(
                "It is running here already: `make status` says where. Stop it first (Ctrl-C)."
            ) from None
        yield


def python(module: str, *arguments) -> list:
    """A command that runs a module with the Python we run on."""
    return [sys.executable, "-m", module, *arguments]


def secret_key() -> str:
    """This checkout's own key, made once."""
    path = RUN / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def log_of(program: Program) -> Path:
    folder = RUN / "log"
    folder.mkdir(exist_ok=True)
    return folder / f"{program.name}.log"


# --- What it prints --------------------------------------------------------------------------


def say(text: str) -> None:
    print(f"  {text}", flush=True)


@contextmanager
def step(name: str):
    """One line for one step, with the time it took."""
    started = time.monotonic()
    print(f"  {name} …", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def print_addresses(addresses: dict[str, str]) -> None:
    titles = {"portal": "门户 Portal  ", "admin": "后台 Admin   ", "mailbox": "信箱 Mailbox "}
    for name, address in addresses.items():
        say(f"{titles[name]} {address}")
    sys.stdout.flush()
