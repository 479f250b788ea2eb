"""全文检索: what the search reads of each article. Articles themselves stay as
they are; what stands here can be made anew from them at any time."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from publications.models.issues import Article, Issue
from publications.models.publications import Publication


class SearchEntry(models.Model):
    """One article of an issue, in a narrow row beside the words of its text.

    What results are filtered and ordered by stands in the row; the text and its words are long
    and stored apart (TOAST), and a search of a word reads neither. No index but that of the words:
    with another the database might prefer to look through the words of each row.
    """

    article = models.OneToOneField(
        Article, models.CASCADE, primary_key=True, related_name="search_entry"
    )
    issue = models.ForeignKey(Issue, models.CASCADE, db_index=False, related_name="+")
    publication = models.ForeignKey(Publication, models.CASCADE, db_index=False, related_name="+")
    year = models.PositiveSmallIntegerField()
    issued_on = models.DateField()
    section = models.CharField(max_length=60)
    # Title, source and text as they are read, folded: what a phrase is looked up in.
    text = models.TextField()
    words = SearchVectorField()

    class Meta:
        default_permissions = ()
        indexes = [GinIndex(fields=["words"], name="search_words")]

    def __str__(self) -> str:
        return str(self.article_id)
