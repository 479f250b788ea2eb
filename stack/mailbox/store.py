"""The messages: one file each, and an index that is read once and then only appended to."""

import json
import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path


@dataclass(frozen=True)
class Entry:
    """What the list shows of a message."""

    number: int
    received_at: str
    sender: str
    recipients: list[str]
    subject: str
    size: int

    @property
    def received(self) -> datetime:
        return datetime.fromisoformat(self.received_at)

    def matches(self, words: list[str]) -> bool:
        haystack = f"{' '.join(self.recipients)} {self.subject}".lower()
        return all(word in haystack for word in words)


@dataclass
class Store:
    """Messages in a folder. Safe to add to from one thread while others read."""

    folder: Path
    entries: list[Entry] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.index = self.folder / "index.jsonl"
        if self.index.exists():
            self.entries = [entry for line in self._lines() if (entry := read_entry(line))]

    def add(self, sender: str, recipients: list[str], content: bytes) -> Entry:
        """Keep a message. The file is written before the index names it."""
        with self.lock:
            number = self.entries[-1].number + 1 if self.entries else 1
            entry = Entry(
                number=number,
                received_at=datetime.now(UTC).isoformat(timespec="seconds"),
                sender=sender,
                recipients=list(recipients),
                subject=subject_of(content),
                size=len(content),
            )
            self.path(number).write_bytes(content)
            with self.index.open("a", encoding="utf-8") as index:
                index.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            self.entries.append(entry)
        return entry

    def search(self, query: str) -> list[Entry]:
        """Newest first; every word of the query in a recipient or the subject."""
        words = query.lower().split()
        return [entry for entry in reversed(self.entries) if entry.matches(words)]

    def find(self, number: int) -> Entry | None:
        return next((entry for entry in self.entries if entry.number == number), None)

    def content(self, number: int) -> bytes:
        return self.path(number).read_bytes()

    def message(self, number: int) -> EmailMessage:
        return message_from_bytes(self.content(number), policy=policy.default)

    def path(self, number: int) -> Path:
        return self.folder / f"{number:07}.eml"

    def _lines(self) -> list[str]:
        return self.index.read_text(encoding="utf-8").splitlines()


def read_entry(line: str) -> Entry | None:
    """An entry of the index; nothing for a line that was cut off when the machine stopped."""
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None


def subject_of(content: bytes) -> str:
    headers = BytesHeaderParser(policy=policy.compat32).parsebytes(content)
    return readable(headers.get("Subject", ""))


def readable(header) -> str:
    """A header in its own characters; as it came where its encoding is broken."""
    try:
        text = str(make_header(decode_header(header)))
    except (LookupError, UnicodeError, ValueError):
        text = str(header)
    return " ".join(text.encode("utf-8", "replace").decode().split())
