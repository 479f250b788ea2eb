"""Everything CI asks before it runs the tests: `python -m stack.check [name…]`.

Every step is run, also after one that failed, and the last line names those that failed.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from stack.places import PROJECT

# Settings as in production, pointing at servers that no step talks to.
PRODUCTION = {
    "SECRET_KEY": "for-this-check-only-" + "a1b2c3d4e5" * 5,
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "SITE_URL": "https://members.example.org",
    "LOCAL": "0",
    "DEBUG": "0",
    # makemigrations warns that it cannot see which migrations were applied; it need not.
    "PYTHONWARNINGS": "ignore::RuntimeWarning",
}

BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]

STEPS = {
    "lint": [
        [BIN / "ruff", "check", "--quiet", "."],
        [BIN / "ruff", "format", "--check", "--quiet", "."],
        [BIN / "lint-imports", "--no-cache"],
    ],
    "settings": [[*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]],
    "migrations": [[*MANAGE, "makemigrations", "--check", "--dry-run"]],
    "translations": [
        [sys.executable, "-m", "stack", "translations", "check"],
        [sys.executable, "-m", "stack", "translations", "compile"],
    ],
    "locks": [[sys.executable, "-c", "from stack.check import locks; locks()"]],
}


def main(names: list[str]) -> int:
    failed = [name for name in names or STEPS if not passes(name)]
    if failed:
        print(f"\nFailed: {', '.join(failed)}.")
    return bool(failed)


def passes(name: str) -> bool:
    """Run one step; what it prints is shown only where it fails."""
    started = time.monotonic()
    done = [run(command) for command in STEPS[name]]
    good = all(result.returncode == 0 for result in done)
    print(
        f"  {name:14}{'ok' if good else 'FAILED':8}{time.monotonic() - started:.1f} s", flush=True
    )
    for result in done:
        if result.returncode:
            print(result.stdout)
    return good


def run(command: list) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=os.environ | PRODUCTION,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def locks() -> None:
    """Lock files hold hashes and no address: everyone installs from the registry they use."""
    faults = [f"{name} is not ours; see `make lock`." for name in ("uv.lock",) if exists(name)]
    for lock in PROJECT.glob("requirements*.lock"):
        text = lock.read_text()
        if "://" in text or "index-url" in text:
            faults.append(f"{lock.name} names an address; compile it with `make lock`.")
        if "--hash=" not in text:
            faults.append(f"{lock.name} has no hashes; compile it with `make lock`.")
    if faults:
        raise SystemExit("\n".join(faults))


def exists(name: str) -> bool:
    return (PROJECT / name).exists()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
