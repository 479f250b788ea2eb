"""Make a draft issue from a file: ``manage.py import_issue FILE``."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from publications import importing


class Command(BaseCommand):
    help = "Create a draft issue from a file (.docx, .pdf, .md, .txt) of a whole issue."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="the file")
        parser.add_argument("--publication", default="", metavar="CODE", help="whose issue it is")
        parser.add_argument("--dry-run", action="store_true", help="show, save nothing")

    def handle(self, *, file: Path, publication: str, dry_run: bool, **options):
        try:
            parsed = importing.parsed_from(importing.read(contents_of(file)))
            chosen = importing.publication_for(parsed, publication)
            issue = importing.save(parsed=parsed, publication=chosen, dry_run=dry_run)
        except ValidationError as error:
            # The file's name leads: a script may import several.
            raise CommandError(f"{file}: " + "\n".join(error.messages)) from error
        self.show(issue, parsed)
        if dry_run:
            self.stdout.write(_("Nothing was saved (--dry-run)."))
        else:
            self.stdout.write(self.style.SUCCESS(_("Saved as a draft.")))

    def show(self, issue, parsed):
        self.stdout.write(f"{issue} ({issue.issued_on.isoformat()}, {issue.serial_number or '—'})")
        self.stdout.write(issue.title)
        for section in parsed.sections:
            self.stdout.write(f"■ {section.title}")
            for article in section.articles:
                mark = "★" if article.is_highlight else " "
                source = article.source or _("no source")
                self.stdout.write(f"{mark} {article.page or '':>3}  {article.title} [{source}]")
        for notice in parsed.notices:
            self.stdout.write(self.style.WARNING(notice))


def contents_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise CommandError(_("There is no file %(file)s.") % {"file": file}) from error
    except OSError as error:
        raise CommandError(
            _("The file %(file)s cannot be read: %(error)s")
            % {"file": file, "error": error.strerror}
        ) from error
