"""Bring the database in line with the charter's file."""

import datetime as dt
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.charter import Change, load, plan
from benefits.charter_file import CHARTER_FILE, Charter, parse
from benefits.management.days import day
from benefits.yaml_lines import BadFile


class Command(BaseCommand):
    help = gettext_lazy("Load the charter; what changed holds from today, or from --from.")

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=CHARTER_FILE)
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show the differences, change nothing")
        )
        parser.add_argument(
            "--from",
            dest="since",
            type=day,
            metavar="YYYY-MM-DD",
            help=_("the first day on which what changed holds (today, if not given)"),
        )

    def handle(self, *, file: Path, dry_run: bool, since: dt.date | None, verbosity, **options):
        charter = self._parsed(file)
        act = plan if dry_run else load
        try:
            changes = act(charter, today=timezone.localdate(), since=since)
        except IntegrityError as error:
            message = _("The file contradicts what the database holds; nothing was changed. %s")
            raise CommandError(message % error) from error
        if verbosity:
            self._report(charter, changes, dry_run=dry_run)

    def _parsed(self, file: Path) -> Charter:
        try:
            return parse(file)
        except BadFile as error:
            message = _("%(file)s cannot be used; nothing was changed.\n%(faults)s")
            raise CommandError(message % {"file": file, "faults": error}) from error

    def _report(self, charter: Charter, changes: list[Change], *, dry_run: bool) -> None:
        for change in changes:
            self.stdout.write(str(change))
        written = sum(change.is_written for change in changes)
        if not written:
            message = _("%(items)d items, nothing to change.")
        elif dry_run:
            message = _("%(items)d items, %(written)d differences; nothing was changed.")
        else:
            message = _("%(items)d items, %(written)d differences written.")
        self.stdout.write(message % {"items": len(charter.items), "written": written})
