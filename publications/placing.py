"""会员动态: put what members sent in, and the association accepted, into an issue.

A text is placed once. It becomes an article of the issue's section for members' news; once the
issue has gone out, it stays there for good.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from news.models import NewsSubmission
from publications.content import locked
from publications.models import Article, Issue, Publication, Section

SECTION = "会员动态"
SOURCE_LENGTH = Article._meta.get_field("source").max_length


def candidates() -> QuerySet[NewsSubmission]:
    """Accepted texts that stand in no issue yet, those waiting longest first."""
    waiting = NewsSubmission.objects.filter(article__isnull=True).select_related("unit")
    return waiting.order_by("accepted_at", "pk")


def placed_in(issue: Issue) -> QuerySet[Article]:
    """The members' texts of an issue, in its order."""
    articles = Article.objects.filter(section__issue=issue, submission__isnull=False)
    return articles.select_related("section", "submission__unit").order_by(
        "section__position", "position"
    )


@transaction.atomic
def place(
    *,
    submission: NewsSubmission,
    issue: Issue,
    by,
    at: dt.datetime,
    section: Section | None = None,
) -> Article:
    """Make an article of the text, in the section for members' news or in the one given.

    Raises ``ValidationError`` where the issue has gone out (code ``frozen``) or the text stands
    in an issue or the stock already (``already_placed``).
    """
    refuse_frozen(locked(issue))
    text = waiting(submission)
    section = section or section_of(issue)
    article = article_of(text, by=by, at=at)
    article.section, article.position = section, section.next_position()
    article.full_clean()
    article.save()
    return article


@transaction.atomic
def keep(*, submission: NewsSubmission, publication: Publication, by, at: dt.datetime) -> Article:
    """Make an article of the text in the publication's stock, for an issue to come. Raises
    ``ValidationError`` (``already_placed``) where it stands in an issue or a stock already."""
    article = article_of(waiting(submission), by=by, at=at)
    article.stock_of = publication
    article.full_clean()
    article.save()
    return article


def waiting(submission: NewsSubmission) -> NewsSubmission:
    """The text, locked. Raises ``ValidationError`` where it is placed already."""
    text = NewsSubmission.objects.select_for_update(of=["self"]).select_related("unit")
    text = text.get(pk=submission.pk)
    refuse_placed(text)
    return text


def article_of(text: NewsSubmission, *, by, at: dt.datetime) -> Article:
    """The text as an article that stands nowhere yet."""
    return Article(
        title=" ".join(text.title.split()),
        source=text.unit.name[:SOURCE_LENGTH],
        body=paragraphs(text.body),
        submission=text,
        placed_at=at,
        placed_by=by,
    )


@transaction.atomic
def take_back(*, submission: NewsSubmission) -> None:
    """Take the text out of its issue or the stock, with what editors changed in it; it waits
    again.

    Raises ``ValidationError`` where the issue has gone out, and where it stands in none.
    """
    article = Article.objects.filter(submission=submission).select_related("section__issue").first()
    if article is None:
        raise ValidationError(_("This text stands in no issue."), code="not_placed")
    if article.section:
        refuse_frozen(locked(article.section.issue))
    article.delete()


def refuse_frozen(issue: Issue) -> None:
    if issue.is_frozen:
        raise ValidationError(
            _("The issue has gone out; its contents can no longer be changed."), code="frozen"
        )


def refuse_placed(submission: NewsSubmission) -> None:
    article = Article.objects.filter(submission=submission).select_related(
        "section__issue__publication", "stock_of"
    )
    if found := article.first():
        raise ValidationError(
            _("“%(title)s” stands in %(issue)s already."),
            code="already_placed",
            params={"title": submission.title, "issue": place_of(found)},
        )


def place_of(article: Article) -> str:
    """Where the article stands, in words."""
    if article.section:
        return str(article.section.issue)
    return _("the stock of %(publication)s") % {"publication": article.stock_of.label}


def section_of(issue: Issue) -> Section:
    """The issue's section for members' news; made behind the others where there is none."""
    section = issue.sections.filter(title=SECTION).order_by("position").first()
    if section is None:
        last = issue.sections.aggregate(last=Max("position"))["last"] or 0
        section = Section.objects.create(issue=issue, title=SECTION, position=last + 1)
    return section


def paragraphs(text: str) -> str:
    """The text as Markdown. Where it has no empty lines, each of its lines is a paragraph."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(lines) if "" in lines else "\n\n".join(lines)
