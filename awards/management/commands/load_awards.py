"""Add the awards that are not there yet: ``manage.py load_awards``."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from awards import catalogue


class Command(BaseCommand):
    help = "Add the awards that the association helps with; those that exist are left alone."

    def handle(self, **options):
        try:
            loaded = catalogue.load()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(
            _("Awards: %(added)s added, %(kept)s already there.")
            % {"added": loaded.added, "kept": loaded.kept}
        )
