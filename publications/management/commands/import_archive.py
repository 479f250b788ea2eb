"""Bring in a folder of back issues: ``manage.py import_archive DIR``."""

import csv
from collections import Counter
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import archiving
from publications.archiving import Outcome, Result

BAR_WIDTH = 30
MARKS = {Outcome.TAKEN: "✓", Outcome.KNOWN: "=", Outcome.DOUBTFUL: "?", Outcome.FAILED: "✗"}
# So many sentences about a file go on the terminal; the report has all.
SENTENCES = 5


class Command(BaseCommand):
    help = gettext_lazy(
        "Bring in a folder of back issues (.docx, .pdf, .md, .txt). They are released as of their "
        "own dates and sent to nobody. Run again, it changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            type=Path,
            metavar="DIR",
            help=_("the folder; an index.csv in it may give file, date, number, serial"),
        )
        parser.add_argument(
            "--publication", default="", metavar="CODE", help=_("whose issues they are")
        )
        parser.add_argument("--dry-run", action="store_true", help=_("show, save nothing"))
        parser.add_argument("--report", type=Path, metavar="FILE", help=_("write a table (CSV)"))

    def handle(self, *, folder: Path, publication: str, dry_run: bool, report, **options):
        if not folder.is_dir():
            raise CommandError(_("There is no folder %(folder)s.") % {"folder": folder})
        try:
            index = archiving.index_of(folder)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        results = self.taken_in(folder, index, publication, dry_run, report)
        if report:
            write_report(report, results)
        self.conclude(results, dry_run)

    def taken_in(self, folder, index, publication, dry_run, report) -> list[Result]:
        files = [path for path in archiving.files_in(folder) if not is_same(path, report)]
        names = {path: path.relative_to(folder).as_posix() for path in files}
        results = archiving.missing(index, set(names.values()))
        for result in results:
            self.tell(result)
        for done, path in enumerate(files):
            self.bar(done, len(files), names[path])
            result = archiving.take_in(
                path=path,
                name=names[path],
                facts=index.get(names[path], {}),
                publication=publication,
                at=timezone.now(),
                dry_run=dry_run,
            )
            self.bar(None, len(files))
            self.tell(result)
            results.append(result)
        return results

    def bar(self, done: int | None, total: int, name: str = "") -> None:
        """How far it has come, on a terminal; ``None`` takes the bar away for a line of text."""
        if not self.stderr.isatty():
            return
        full = BAR_WIDTH * (done or 0) // max(total, 1)
        line = f"{'█' * full}{'░' * (BAR_WIDTH - full)} {done}/{total} {name[:30]}"
        self.stderr.write(f"\r\033[K{'' if done is None else line}", ending="", style_func=str)
        self.stderr.flush()

    def tell(self, result: Result) -> None:
        parts = [result.name, str(result.outcome.label), result.issue, result.recognised]
        line = f"{MARKS[result.outcome]} {' · '.join(part for part in parts if part)}"
        failed = result.outcome == Outcome.FAILED
        self.stdout.write(self.style.ERROR(line) if failed else line)
        for sentence in result.sentences[:SENTENCES]:
            self.stdout.write(f"    {sentence}")
        more = len(result.sentences) - SENTENCES
        if more > 0:
            self.stdout.write(
                "    " + ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more}
            )

    def conclude(self, results: list[Result], dry_run: bool) -> None:
        counts = Counter(result.outcome for result in results)
        self.stdout.write(" · ".join(f"{outcome.label} {counts[outcome]}" for outcome in Outcome))
        if dry_run:
            self.stdout.write(_("Nothing was saved (--dry-run)."))
        elif counts[Outcome.DOUBTFUL]:
            self.stdout.write(_("What is to be looked at waits on the page “Import an issue”."))
        if failed := counts[Outcome.FAILED]:
            raise CommandError(
                ngettext("%(n)s file failed.", "%(n)s files failed.", failed) % {"n": failed}
            )


def is_same(path: Path, report: Path | None) -> bool:
    return report is not None and path.resolve() == report.resolve()


def write_report(path: Path, results: list[Result]) -> None:
    """A table that a spreadsheet opens: with the mark of UTF-8, for Excel."""
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow([_("file"), _("outcome"), _("issue"), _("recognised"), _("notes")])
            for each in results:
                notes = "\n".join(each.sentences)
                table.writerow([each.name, each.outcome.label, each.issue, each.recognised, notes])
    except OSError as error:
        raise CommandError(
            _("The report %(file)s cannot be written: %(error)s")
            % {"file": path, "error": error.strerror}
        ) from error
