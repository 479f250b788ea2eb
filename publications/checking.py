"""Before review: what an editor would be glad to be told. Each finding is settled by a person.

A finding is a sentence with a place to go to. Its fingerprint is that of the text it is about:
what was let stand on purpose stays settled until that text changes.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from stdnum.cn import ric

from accounts.models import User
from publications import masthead, numbering
from publications.content import has_something, pdf_digest
from publications.models import (
    Article,
    Issue,
    LinkCheck,
    Picture,
    Section,
    SettledFinding,
)
from publications.models.issues import text_key

# A title of more characters takes a third line in the contents and is cut in a phone's list.
TITLE_LIMIT = 40
# Characters around what was found.
AROUND = 12
# Rows of one kind that are shown of an earlier use.
EARLIER = 3

# Eleven digits of a mobile number, in the groups people write; no digit before or after them.
MOBILE = re.compile(
    r"(?<!\d)(?<!\d[-\s])(?:\+?86[-\s]?)?(1[3-9]\d[-\s]?\d{4}[-\s]?\d{4})(?![-\s]?\d)"
)
IDENTITY = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
LINK = re.compile(r"https?://[^\s<>\"'()\[\]（）《》“”，。；、！？]+")
PICTURE = re.compile(r"!\[[^\]]*\]\(picture:([0-9a-f]*)[^)]*\)")
# Characters that only a broken conversion leaves behind.
ODD = re.compile(r"[\ufffd\ue000-\uf8ff\u0000-\u0008\u000b\u000c\u000e-\u001f]")
# What stands for "to be written" in a draft.
PLACEHOLDER = re.compile(r"(?:TODO|TBD|待补充|待核实|此处略|[?？]{3,}|[×✕]{3,}|X{4,})")


@dataclass(frozen=True)
class Finding:
    """One thing to look at, in ``article`` or in the issue as a whole."""

    kind: str
    sentence: str
    article: Article | None = None
    section: Section | None = None
    excerpt: str = ""
    # The text that it is about; a changed one is another finding.
    about: str = ""

    @property
    def is_personal(self) -> bool:
        return self.kind in ("mobile", "identity")

    @cached_property
    def fingerprint(self) -> str:
        where = f"{self.article.pk if self.article else ''}/{self.section and self.section.pk}"
        text = "\n".join([self.kind, where, self.about or self.sentence])
        return hashlib.sha256(text.encode()).hexdigest()


def findings(issue: Issue) -> list[Finding]:
    """All of them, in the order of the issue; a fixed number of queries."""
    sections = list(issue.sections.order_by("position").prefetch_related("articles"))
    articles = [article for section in sections for article in section.articles.all()]
    return [
        *of_issue(issue, sections, articles),
        *(found for article in articles for found in of_article(article)),
        *unknown_pictures(articles),
        *links_found(articles),
        *used_twice(issue, articles),
    ]


def unsettled(issue: Issue) -> list[Finding]:
    """Findings that nobody has let stand."""
    settled = set(issue.settled_findings.values_list("fingerprint", flat=True))
    return [found for found in findings(issue) if found.fingerprint not in settled]


@transaction.atomic
def settle(
    *, issue: Issue, fingerprint: str, by: User, at: dt.datetime, why: str = ""
) -> SettledFinding:
    """It is so on purpose. Raises ``ValidationError`` where there is no such finding any more."""
    found = next((each for each in findings(issue) if each.fingerprint == fingerprint), None)
    if found is None:
        raise ValidationError(_("This finding is gone: the text was changed."), code="gone")
    row, _made = SettledFinding.objects.get_or_create(
        issue=issue,
        fingerprint=fingerprint,
        defaults={"said": found.sentence[:500], "why": why.strip()[:200], "by": by, "at": at},
    )
    return row


# --- The issue as a whole ----------------------------------------------------------------------


def of_issue(issue: Issue, sections: list[Section], articles: list[Article]) -> Iterator[Finding]:
    for sentence in numbering.gaps(issue):
        yield Finding("numbering", sentence)
    if not articles and not has_something(issue):
        yield Finding("nothing", _("The issue has neither articles nor a PDF."))
    if issue.pdf and pdf_digest(issue) == "-":
        yield Finding("no_file", _("The PDF is named, but its file is not there."))
    for line in masthead.typed_lines(issue):
        sentence = _("The masthead names people by hand: “%(line)s”. They fill themselves in.")
        yield Finding("masthead", sentence % {"line": line}, about=line)
    if articles and not any(article.is_highlight for article in articles):
        yield Finding("no_highlight", _("No article is a highlight: the cover shows none."))
    for section in sections:
        if not section.articles.all():
            yield Finding(
                "empty_section",
                _("Section “%(title)s” holds no article.") % {"title": section.title},
                section=section,
            )


# --- One article -------------------------------------------------------------------------------


def of_article(article: Article) -> Iterator[Finding]:
    if not article.body.strip():
        yield Finding("empty", _("The article has no text."), article)
    if not article.source.strip():
        yield Finding("no_source", _("The article names no source."), article, about="-")
    if len(article.title) > TITLE_LIMIT:
        sentence = _("The title has %(length)s characters; beyond %(limit)s it is hard to take in.")
        numbers = {"length": len(article.title), "limit": TITLE_LIMIT}
        yield Finding("long_title", sentence % numbers, article, about=article.title)
    text = f"{article.title}\n{article.source}\n{article.body}"
    for kind, pattern, sentence in (
        ("mobile", MOBILE, _("A personal mobile number: %(found)s")),
        ("identity", IDENTITY, _("A person's ID number: %(found)s")),
        ("odd", ODD, _("A character that a conversion left behind.")),
        ("placeholder", PLACEHOLDER, _("Something still to be written: %(found)s")),
    ):
        for match in pattern.finditer(text):
            if kind != "identity" or ric.is_valid(match[0]):
                yield in_text(kind, sentence, article, text, match)


def in_text(kind: str, sentence: str, article: Article, text: str, match: re.Match) -> Finding:
    excerpt = around(text, match.start(), match.end())
    said = sentence % {"found": match[0]} if "%(" in sentence else sentence
    return Finding(kind, said, article, excerpt=excerpt, about=excerpt)


def around(text: str, start: int, end: int) -> str:
    """What was found with a few characters on both sides, on one line."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return " ".join(f"{before}{text[start:end]}{after}".split())


def unknown_pictures(articles: list[Article]) -> Iterator[Finding]:
    named = [(article, match) for article in articles for match in PICTURE.finditer(article.body)]
    known = set(
        Picture.objects.filter(digest__in={match[1] for _article, match in named}).values_list(
            "digest", flat=True
        )
    )
    for article, match in named:
        if match[1] not in known:
            sentence = _("A picture that nobody has uploaded.")
            yield Finding("picture", sentence, article, excerpt=match[0][:80], about=match[0])


# --- Links -------------------------------------------------------------------------------------


def links_of(articles: list[Article]) -> list[tuple[Article, str]]:
    """The addresses in the texts, each article's once."""
    return [
        (article, url)
        for article in articles
        for url in dict.fromkeys(each.rstrip(".,;:!?*_") for each in LINK.findall(article.body))
    ]


def links_found(articles: list[Article]) -> Iterator[Finding]:
    """Those that were asked and are not there. A server that is silent says nothing."""
    links = links_of(articles)
    outcomes = dict(
        LinkCheck.objects.filter(url__in={url for _article, url in links}).values_list(
            "url", "outcome"
        )
    )
    sentences = {
        LinkCheck.Outcome.DEAD: _("A link leads nowhere: %(url)s"),
        LinkCheck.Outcome.NOT_PUBLIC: _("A link that members cannot reach: %(url)s"),
    }
    for article, url in links:
        if sentence := sentences.get(outcomes.get(url)):
            yield Finding("link", sentence % {"url": url}, article, about=url)


# --- Twice -------------------------------------------------------------------------------------


def used_twice(issue: Issue, articles: list[Article]) -> Iterator[Finding]:
    """The same text, or the same title, earlier in this issue or in an issue before it.

    Two indexed look-ups, however many articles the archive holds.
    """
    yield from twice_here(issue, articles)
    for article, other in twice_before(issue, articles):
        sentence = (
            _("The same text stands in %(issue)s.")
            if same_text(article, other)
            else _("An article of this title stands in %(issue)s.")
        )
        about = f"{other.pk}/{article.title}/{hashlib.sha256(article.body.encode()).hexdigest()}"
        yield Finding("twice", sentence % {"issue": other.section.issue}, article, about=about)


def twice_here(issue: Issue, articles: list[Article]) -> Iterator[Finding]:
    seen: dict[str, Article] = {}
    for article in articles:
        keys = [f"title {article.title}", *([f"text {key}"] if (key := squeezed(article)) else [])]
        first = next((seen[key] for key in keys if key in seen), None)
        if first:
            yield Finding(
                "twice",
                _("The same as “%(title)s” earlier in this issue.") % {"title": first.title},
                article,
                about=f"{first.pk}/{article.title}/{squeezed(article)}",
            )
        for key in keys:
            seen.setdefault(key, article)


def twice_before(issue: Issue, articles: list[Article]) -> list[tuple[Article, Article]]:
    """Pairs: an article of this issue, and one of an earlier issue of the publication."""
    mine = {article.pk: article for article in articles}
    keys = dict(
        Article.objects.filter(pk__in=mine)
        .exclude(body__regex=r"^\s*$")
        .values_list("pk", text_key())
    )
    titles = {article.title: article for article in articles}
    texts = {key: mine[pk] for pk, key in keys.items()}
    earlier = Article.objects.filter(
        section__issue__publication=issue.publication_id,
        section__issue__issued_on__lte=issue.issued_on,
    ).exclude(section__issue=issue)
    earlier = earlier.select_related("section__issue__publication").annotate(key=text_key())
    # One look-up each: together, neither index would serve.
    rows = {row.pk: row for row in earlier.filter(title__in=titles)}
    rows |= {row.pk: row for row in earlier.filter(key__in=texts)}
    latest = sorted(rows.values(), key=lambda row: row.section.issue.issued_on, reverse=True)
    pairs: dict[int, list[Article]] = {}
    for row in latest:
        own = texts.get(row.key) or titles[row.title]
        pairs.setdefault(own.pk, []).append(row)
    return [(mine[pk], row) for pk, found in pairs.items() for row in found[:EARLIER]]


def squeezed(article: Article) -> str:
    return "".join(article.body.split())


def same_text(one: Article, other: Article) -> bool:
    return squeezed(one) == squeezed(other)
