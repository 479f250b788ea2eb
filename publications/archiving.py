"""The archive: a folder of back issues, brought in file by file.

Each file is a transaction of its own: a run that was cut off is simply run again, and a second
run changes nothing. A file in which text could stand in a wrong place is not taken in unseen: it
waits as an open import for an editor. Nothing of this is sent to anybody.
"""

import csv
import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from publications import correcting, importing, numbering
from publications.file_text import FILE_LIMIT, decode, refuse_large
from publications.models import IssueImport
from publications.parsing.issue import ParsedIssue, Reading, counted, said

INDEX = "index.csv"
COLUMNS = {
    "file": "file",
    "文件": "file",
    "date": "date",
    "日期": "date",
    "number": "number",
    "期号": "number",
    "serial": "serial",
    "总刊号": "serial",
}
DATE = re.compile(r"^(\d{4})\D(\d{1,2})\D(\d{1,2})\D?$")


class Outcome(models.TextChoices):
    TAKEN = "taken", pgettext_lazy("file of the archive", "taken in")
    KNOWN = "known", pgettext_lazy("file of the archive", "was in already")
    DOUBTFUL = "doubtful", pgettext_lazy("file of the archive", "to be looked at")
    FAILED = "failed", pgettext_lazy("file of the archive", "failed")


@dataclass
class Result:
    """What became of a file, and why, in sentences."""

    name: str
    outcome: Outcome
    issue: str = ""
    recognised: str = ""
    sentences: list[str] = field(default_factory=list)


# --- The folder ------------------------------------------------------------------------------


def files_in(folder: Path) -> list[Path]:
    """Every file that is meant: not the index, not what a system or an open Word leaves there."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / INDEX and is_meant(path.relative_to(folder))
    ]


def is_meant(path: Path) -> bool:
    return not any(part.startswith((".", "~$")) or part == "Thumbs.db" for part in path.parts)


def index_of(folder: Path) -> dict[str, dict]:
    """What ``index.csv`` says of each file: file, date, number, serial; {} where there is none.

    Raises ``ValidationError`` with the line that is wrong.
    """
    path = folder / INDEX
    if not path.exists():
        return {}
    found = {}
    rows = csv.DictReader(decode(path.read_bytes()).splitlines())
    for number, row in enumerate(rows, start=2):
        values = {
            COLUMNS.get((name or "").strip().lower(), ""): (value or "").strip()
            for name, value in row.items()
            if isinstance(value, str)
        }
        if not values.get("file"):
            raise ValidationError(
                _("%(index)s, line %(line)s: the column “file” is missing or empty.")
                % {"index": INDEX, "line": number}
            )
        found[values["file"]] = facts_of(values, number)
    return found


def facts_of(values: dict[str, str], line: int) -> dict:
    facts = {}
    for column, name, read in (
        ("date", "issued_on", date_of),
        ("number", "number", number_of),
        ("serial", "serial_number", number_of),
    ):
        if text := values.get(column, ""):
            try:
                facts[name] = read(text)
            except ValueError as error:
                raise ValidationError(
                    _("%(index)s, line %(line)s: “%(text)s” is no %(column)s.")
                    % {"index": INDEX, "line": line, "text": text, "column": column}
                ) from error
    return facts


def date_of(text: str) -> dt.date:
    found = DATE.match(text)
    if not found:
        raise ValueError(text)
    return dt.date(*(int(part) for part in found.groups()))


def number_of(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


# --- One file --------------------------------------------------------------------------------


def take_in(
    *, path: Path, name: str, facts: dict, publication: str, at: dt.datetime, dry_run: bool
) -> Result:
    """Bring in one file as a released back issue, all of it or nothing; says what became of it."""
    try:
        with transaction.atomic():
            result = taken_in(path, name, facts, publication, at)
            transaction.set_rollback(dry_run)
    except ValidationError as error:
        return Result(name, Outcome.FAILED, sentences=error.messages)
    except OSError as error:
        sentence = _("The file %(file)s cannot be read: %(error)s")
        return Result(
            name,
            Outcome.FAILED,
            sentences=[sentence % {"file": name, "error": error.strerror}],
        )
    return result


def taken_in(path: Path, name: str, facts: dict, publication: str, at: dt.datetime) -> Result:
    data = contents_of(path)
    digest = correcting.digest_of(data)
    if known := IssueImport.objects.saved_from(digest).select_related("issue__publication").first():
        return Result(name, Outcome.KNOWN, issue=str(known.issue))
    if IssueImport.objects.open().filter(digest=digest).exists():
        return Result(name, Outcome.DOUBTFUL, sentences=[_("It waits among the imports.")])
    reading = importing.read(data)
    refuse_lossy(reading)
    parsed = with_facts(importing.parsed_from(reading), facts)
    chosen = importing.publication_for(parsed, publication)
    issue = importing.issue_from(parsed, chosen)
    numbering.refuse_repeats(issue)
    row = correcting.keep_open(
        reading=reading,
        data=data,
        file_name=name,
        by=None,
        at=at,
        is_back_issue=True,
        publication=chosen,
        **facts,
    )
    if not parsed.grave:
        issue = correcting.save(row=row, by=None, at=at)
    return Result(
        name,
        Outcome.DOUBTFUL if parsed.grave else Outcome.TAKEN,
        issue=str(issue) if issue.number else "",
        recognised=said(counted(reading.blocks)),
        sentences=parsed.notices,
    )


def contents_of(path: Path) -> bytes:
    """The file's bytes; a huge one is refused before it is read."""
    with path.open("rb") as file:
        data = file.read(FILE_LIMIT + 1)
    refuse_large(len(data))
    return data


def refuse_lossy(reading: Reading) -> None:
    if reading.lost:
        raise ValidationError(
            _("%(count)s characters of the file would be lost: this is a fault of the program."),
            params={"count": reading.lost},
        )


def with_facts(parsed: ParsedIssue, facts: dict) -> ParsedIssue:
    """What the index says goes before what the cover says."""
    for name, value in facts.items():
        setattr(parsed, name, value)
    return parsed


def missing(index: dict[str, dict], names: set[str]) -> list[Result]:
    """Files that the index names and the folder does not hold."""
    return [
        Result(name, Outcome.FAILED, sentences=[_("There is no file %(file)s.") % {"file": name}])
        for name in index
        if name not in names
    ]
