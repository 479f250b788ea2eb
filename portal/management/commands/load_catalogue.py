"""Publications and series of events in one: ``manage.py load_catalogue``."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction


class Command(BaseCommand):
    help = "Add the association's publications and series of events; what exists is left alone."

    @transaction.atomic
    def handle(self, **options):
        for command in ("load_publications", "load_event_series", "load_awards", "load_offerings"):
            call_command(command, stdout=self.stdout)
