"""An issue in print: typeset as PDF from the same text that the page and the e-mail show.

The page numbers of highlights and contents are the typesetter's own. When an issue is released, its
PDF is stored and each article keeps the number of the page on which it begins.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import pypdf
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from typst import TypstError

from files.typesetting import TypesettingFailed, typeset, unprintable
from publications import masthead, pictures
from publications.markup import tree
from publications.models import Article, Issue, Section

TEMPLATE = Path(__file__).parent / "typst" / "issue.typ"
DIGITS = "〇一二三四五六七八九"
UNITS = ["", "十", "百", "千"]


@dataclass(frozen=True)
class Edition:
    """What is printed: the data of the template, and the pictures by the name of their file."""

    data: dict
    pictures: dict[str, bytes]

    @property
    def digest(self) -> str:
        """The same for the same print: what was typeset once need not be again."""
        parts = [repr(self.data), *sorted(self.pictures), TEMPLATE.read_text()]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def edition(issue: Issue) -> Edition:
    """Everything of the issue that is printed, in Chinese. Four queries."""
    with translation.override(settings.LANGUAGE_CODE):
        shown = pictures.of_issue(issue)
        sections = sections_of(issue)
        data = {
            "title": str(issue),
            "association": settings.ASSOCIATION_NAME,
            "name": bare(issue.publication.name),
            "name_en": issue.publication.name_en,
            "dated": date_format(issue.issued_on),
            "numbered": numbered(issue),
            "running": f"{issue.year}年第{issue.number}期",
            "theme": issue.title,
            "masthead": masthead.lines_of(issue),
            "highlights": [
                {"id": str(article.pk), "title": article.title}
                for section in sections
                for article in section.articles.all()
                if article.is_highlight
            ],
            "sections": [
                {"title": section.title, "articles": list(map(printed, section.articles.all()))}
                for section in sections
            ],
            "pictures": {
                digest: {"path": pictures.file_name(row), "width": row.width, "height": row.height}
                for digest, row in shown.items()
            },
            "words": {
                "highlights": _("Highlights of this issue"),
                "contents": _("Contents"),
                "picture": _("Picture"),
            },
        }
    return Edition(data, {pictures.file_name(row): pictures.content(row) for row in shown.values()})


def sections_of(issue: Issue) -> list[Section]:
    """The sections that have articles, with these, in order."""
    sections = issue.sections.order_by("position").prefetch_related("articles")
    return [section for section in sections if section.articles.all()]


def printed(article: Article) -> dict:
    return {
        "id": str(article.pk),
        "title": article.title,
        "source": _("(%(source)s)") % {"source": article.source} if article.source else "",
        "text": tree(article.body),
    }


def bare(name: str) -> str:
    """《中国矿业信息》 is 中国矿业信息 on its own cover."""
    return name[1:-1] if name.startswith("《") and name.endswith("》") else name


def numbered(issue: Issue) -> str:
    """第七期（总刊第689期）"""
    number = f"第{numeral(issue.number)}期"
    return f"{number}（总刊第{issue.serial_number}期）" if issue.serial_number else number


def numeral(number: int) -> str:
    """7 → 七, 12 → 十二, 105 → 一百零五; for numbers below 10,000."""
    digits = [int(digit) for digit in str(number)]
    written, gap = "", False
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        if digit:
            written += ("零" if gap else "") + DIGITS[digit] + UNITS[place]
        gap = not digit
    return written.removeprefix("一") if 10 <= number < 20 else written


# --- Typesetting -----------------------------------------------------------------------------


def pdf_of(issue: Issue) -> bytes:
    """The issue as PDF. Raises ``ValidationError`` naming the article that cannot be printed."""
    return typeset_edition(edition(issue))


def typeset_edition(wanted: Edition) -> bytes:
    try:
        return typeset(TEMPLATE, files=wanted.pictures, **wanted.data)
    except (TypesettingFailed, TypstError) as error:
        raise ValidationError(why_not(wanted) or str(error), code="typesetting") from error


def why_not(wanted: Edition) -> list[str]:
    """The articles with characters that no font has, in sentences."""
    return [
        _("“%(title)s” has characters that no font has: %(characters)s. Write them otherwise.")
        % {"title": article["title"], "characters": " ".join(lost)}
        for section in wanted.data["sections"]
        for article in section["articles"]
        if (lost := unprintable(repr(article)))
    ]


def begins_on(pdf: bytes) -> list[int]:
    """The printed page on which each article begins, in their order: read from the bookmarks."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    labels = reader.page_labels
    return [
        int(labels[reader.get_destination_page_number(entry)])
        for entry in reader.outline
        if isinstance(entry, list)
        for entry in entry
        if not isinstance(entry, list)
    ]


def publish(issue: Issue) -> None:
    """Store the issue's PDF, and with each article the page on which it begins.

    Nothing where staff gave a PDF, or there is no article. Called in the release's transaction;
    raises ``ValidationError`` where it cannot be printed.
    """
    articles = [article for section in sections_of(issue) for article in section.articles.all()]
    if issue.pdf or not articles:
        return
    pdf = pdf_of(issue)
    for article, page in zip(articles, begins_on(pdf), strict=True):
        article.page = page
    Article.objects.bulk_update(articles, ["page"])
    issue.typeset.save("issue.pdf", ContentFile(pdf), save=False)
    issue.save(update_fields=["typeset"])
