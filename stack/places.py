"""Where the local state of this checkout lives, and as whom its servers run."""

import hashlib
import os
import pwd
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# Everything a local run keeps. Another folder, another run: the tests have their own.
RUN = Path(os.environ.get("MEMBER_SERVICES_STATE", PROJECT / ".run"))
UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Owner:
    """The user a server runs as: ourselves, or `nobody` where we are root."""

    name: str | None = None

    @classmethod
    def current(cls) -> "Owner":
        return cls(UNPRIVILEGED if os.geteuid() == 0 else None)

    def popen_options(self) -> dict:
        """Arguments for `subprocess` that run a program as this user."""
        if self.name is None:
            return {}
        return {"user": self.name, "group": pwd.getpwnam(self.name).pw_gid, "extra_groups": []}

    def give(self, folder: Path) -> None:
        """Hand a folder of ours to this user, closed to everyone else."""
        folder.chmod(0o700)
        if self.name is not None:
            entry = pwd.getpwnam(self.name)
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through the folder and every folder above it."""
        return self._answers("test", "-x", str(folder))

    def can_run(self, program: Path) -> bool:
        return self._answers(str(program), "--version")

    def _answers(self, *command: str) -> bool:
        try:
            done = subprocess.run(command, capture_output=True, cwd="/", **self.popen_options())
        except OSError:
            return False
        return done.returncode == 0


def home_for(owner: Owner, name: str) -> Path:
    """The folder for one server's state: under `.run/` unless its owner cannot get there.

    A checkout under /root is closed to `nobody`; its state then lives in /var/tmp, under
    a name made from its path, so that two checkouts never share a database.
    """
    RUN.mkdir(parents=True, exist_ok=True)
    home = RUN if owner.can_enter(RUN) else outside_home()
    return home / name


def temporary_home(owner: Owner) -> Path:
    """A new folder for servers that end with us, which their owner can enter."""
    home = Path(tempfile.mkdtemp(prefix="member-services-"))
    home.chmod(0o755)
    if owner.can_enter(home):
        return home
    home.rmdir()
    home = Path(tempfile.mkdtemp(prefix="member-services-", dir="/var/tmp"))
    home.chmod(0o755)
    return home


def outside_home() -> Path:
    """Our folder in /var/tmp. Refused if someone else made one of that name first."""
    home = outside_path()
    home.mkdir(exist_ok=True)
    if home.lstat().st_uid != os.geteuid():
        raise PermissionError(f"{home} belongs to another user; remove it and try again.")
    home.chmod(0o755)
    return home


def outside_path() -> Path:
    mark = hashlib.sha256(str(RUN).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"member-services-{mark}"


def state_folders() -> list[Path]:
    """Every folder that `make reset` empties."""
    return [folder for folder in (RUN, outside_path()) if folder.exists()]
