"""Add the services offered that are not there yet: ``manage.py load_offerings``."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from services import catalogue


class Command(BaseCommand):
    help = "Add the services the association offers; those that exist are left alone."

    def handle(self, **options):
        try:
            loaded = catalogue.load()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(
            _("Services: %(added)s added, %(kept)s already there.")
            % {"added": loaded.added, "kept": loaded.kept}
        )
