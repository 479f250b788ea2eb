"""Make articles findable: ``manage.py index_articles``."""

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from publications import searching
from publications.models import Article


class Command(BaseCommand):
    help = "Index the articles that the search does not know yet; run twice, it changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--again", action="store_true", help="every article anew, as after a new dictionary"
        )

    def handle(self, *, again: bool, **options):
        if again:
            total = Article.objects.filter(section__isnull=False).count()
            batches = all_again()
        else:
            total, batches = searching.unindexed().count(), iter(searching.index_some, 0)
        done = 0
        for some in batches:
            done += some
            self.stdout.write(f"{done}/{max(done, total)}")
        words = ngettext("%(n)s article was indexed.", "%(n)s articles were indexed.", done)
        self.stdout.write(self.style.SUCCESS(words % {"n": done}))


def all_again():
    """How many were indexed in each batch."""
    found = searching.index_again(0)
    while found:
        yield len(found)
        found = searching.index_again(found[-1])
