"""Arrange an issue: articles and sections in their order, to other issues, to and from the stock.

Every step locks the issues it touches, so that two editors at once get one after the other, and
refuses issues that have gone out. Places are numbered 1, 2, 3 … anew each time.
"""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from publications.models import Article, Issue, Publication, Section
from publications.models.planning import TITLE_LENGTH

Place = Section | Publication


@transaction.atomic
def move(*, article: Article, to: Place, position: int | None = None) -> Article:
    """Put the article at ``position`` (1 is the first, none the end) of a section, or into the
    stock of a publication. Raises ``ValidationError`` where an issue it touches has gone out
    (code ``frozen``), or where somebody else moved it meanwhile (``moved``)."""
    section = to if isinstance(to, Section) else None
    locked = lock(issue_ids(article, section))
    row = Article.objects.select_for_update(of=["self"]).select_related("section")
    row = row.get(pk=article.pk)
    if row.section and row.section.issue_id not in locked:
        raise ValidationError(
            _("“%(title)s” was moved by somebody else meanwhile. Look again."),
            code="moved",
            params={"title": row.title},
        )
    left = row.section
    if section is None:
        row.section, row.stock_of, row.position = None, to, 0
    elif left != section:
        row.section, row.stock_of, row.position = section, None, section.next_position()
    row.save(update_fields=["section", "stock_of", "position"])
    if left and left != section:
        renumber(left.articles.all())
    if section:
        renumber(section.articles.all(), row, position)
    return row


@transaction.atomic
def shift(*, article: Article, by: int) -> Article:
    """Move the article up (-1) or down (1) within its section."""
    section = Article.objects.select_related("section").get(pk=article.pk).section
    if section is None:
        return article
    lock([section.issue_id])
    order = list(section.articles.values_list("pk", flat=True))
    if article.pk not in order:
        return article
    place = order.index(article.pk) + 1 + by
    return move(article=article, to=section, position=max(1, place))


@transaction.atomic
def highlight(*, article: Article, is_highlight: bool) -> None:
    """本期要闻 or not."""
    lock(issue_ids(article, None))
    Article.objects.filter(pk=article.pk).update(is_highlight=is_highlight)


@transaction.atomic
def add_section(*, issue: Issue, title: str) -> Section:
    """A section behind the others."""
    lock([issue.pk])
    last = issue.sections.aggregate(last=Max("position"))["last"] or 0
    title = title_of(issue, title)
    return Section.objects.create(issue=issue, title=title, position=last + 1)


@transaction.atomic
def rename_section(*, section: Section, title: str) -> None:
    lock([section.issue_id])
    title = title_of(section.issue, title, section)
    Section.objects.filter(pk=section.pk).update(title=title)


@transaction.atomic
def move_section(*, section: Section, position: int) -> None:
    """Put the section at ``position`` of its issue; 1 is the first."""
    lock([section.issue_id])
    renumber(section.issue.sections.all(), section, max(1, position))


@transaction.atomic
def remove_section(*, section: Section) -> None:
    """An empty section goes. Raises ``ValidationError`` (``not_empty``) where it holds articles."""
    lock([section.issue_id])
    if section.articles.exists():
        raise ValidationError(
            _("Section “%(title)s” still holds articles. Move them first."),
            code="not_empty",
            params={"title": section.title},
        )
    issue = section.issue
    section.delete()
    renumber(issue.sections.all())


# --- Two editors at once --------------------------------------------------------------------------


def arrangement(issue: Issue) -> str:
    """What stands where in the issue and the stock beside it, as one short word: another word,
    another arrangement."""
    placed = Article.objects.filter(section__issue=issue).order_by("pk")
    rows = [
        list(issue.sections.order_by("position").values_list("pk", "position")),
        list(placed.values_list("pk", "section", "position", "is_highlight")),
        list(issue.publication.stock.order_by("pk").values_list("pk", flat=True)),
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def refuse_stale(*, issue: Issue, seen: str) -> None:
    """Lock the issue; what is done next is meant for the arrangement that was ``seen``. Raises
    ``ValidationError`` (``stale``) where it is another one by now."""
    lock([issue.pk])
    if arrangement(issue) != seen:
        raise ValidationError(
            _("Somebody else rearranged this issue meanwhile. See how it stands; do it again."),
            code="stale",
        )


# --- Guards and numbers ---------------------------------------------------------------------------


def issue_ids(article: Article, to: Section | None) -> set[int]:
    """The issues that the article's way touches."""
    now = Article.objects.filter(pk=article.pk).values_list("section__issue", flat=True).first()
    return {pk for pk in (now, to and to.issue_id) if pk is not None}


def lock(pks) -> set[int]:
    """Lock the issues, always in the same order. Raises ``ValidationError`` where one has gone
    out."""
    issues = Issue.objects.select_for_update(of=["self"]).filter(pk__in=pks).order_by("pk")
    found = list(issues)
    if any(issue.is_frozen for issue in found):
        raise ValidationError(
            _("The issue has gone out; its contents can no longer be changed."), code="frozen"
        )
    return {issue.pk for issue in found}


def renumber(rows, moved=None, position: int | None = None) -> None:
    """Number the rows 1, 2, 3 … in their order, ``moved`` at its new place; one statement."""
    order = [row for row in rows.order_by("position", "pk") if moved is None or row != moved]
    if moved is not None:
        order.insert(len(order) if position is None else max(0, position - 1), moved)
    changed = []
    for number, row in enumerate(order, start=1):
        if row.position != number:
            row.position = number
            changed.append(row)
    if changed:
        rows.model.objects.bulk_update(changed, ["position"])


def id_of(section: Section | None) -> int | None:
    return section.pk if section else None


def title_of(issue: Issue, title: str, section: Section | None = None) -> str:
    """The title as it is kept. Raises ``ValidationError`` where it is none, or taken."""
    title = " ".join(title.split())
    if not title:
        raise ValidationError(_("A section needs a title."), code="title")
    if len(title) > TITLE_LENGTH:
        raise ValidationError(
            _("“%(title)s” is longer than %(limit)s characters."),
            code="title",
            params={"title": title, "limit": TITLE_LENGTH},
        )
    others = issue.sections.exclude(pk=id_of(section))
    if others.filter(title=title).exists():
        raise ValidationError(
            _("The issue has a section “%(title)s” already."),
            code="title",
            params={"title": title},
        )
    return title
