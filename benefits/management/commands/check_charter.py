"""Ask the rule every case of a file and say which answers are not the expected ones."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from benefits.cases import CASES_FILE, parse, run
from benefits.models import BenefitItem
from benefits.yaml_lines import BadFile


class Command(BaseCommand):
    help = gettext_lazy("Check the charter in the database against the cases of a file.")

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=CASES_FILE)

    def handle(self, *, file: Path, **options):
        if not BenefitItem.objects.exists():
            raise CommandError(_("There is no charter yet. First run: manage.py load_charter"))
        try:
            cases = parse(file)
        except BadFile as error:
            message = _("%(file)s cannot be used.\n%(faults)s")
            raise CommandError(message % {"file": file, "faults": error}) from error
        failures = [failure for failure in map(run, cases) if failure]
        for failure in failures:
            self.stdout.write(str(failure))
        counts = {"cases": len(cases), "failed": len(failures)}
        if failures:
            raise CommandError(_("%(failed)d of %(cases)d cases answer otherwise.") % counts)
        self.stdout.write(_("All %(cases)d cases answer as expected.") % counts)
