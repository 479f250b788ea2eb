"""What an issue says, as one plain value with a digest: what a reviewer signs.

The page numbers and the reviewers' names are not part of it: typesetting and signing make them.
A picture is named by its digest in the text, a PDF by the digest of its bytes.
"""

import datetime as dt
import hashlib
import json

from publications.copies import is_printed
from publications.models import Issue, IssueVersion


def content_of(issue: Issue) -> dict:
    """The contents as they are stored now."""
    found = Issue.objects.select_related("publication").get(pk=issue.pk)
    return {
        "publication": found.publication.code,
        "issued_on": found.issued_on.isoformat(),
        "number": found.number,
        "serial_number": found.serial_number,
        "title": found.title,
        "masthead": found.masthead,
        "editor": found.editor_id,
        "pdf": pdf_digest(found),
        "sections": [
            {
                "title": section.title,
                "articles": [article_content(article) for article in section.articles.all()],
            }
            for section in found.sections.order_by("position").prefetch_related("articles")
        ],
    }


def article_content(article) -> dict:
    return {
        "id": article.pk,
        "title": article.title,
        "source": article.source,
        "body": article.body,
        "is_highlight": article.is_highlight,
    }


def pdf_digest(issue: Issue) -> str:
    """That of the uploaded file; empty where there is none, a dash where it cannot be read."""
    if not issue.pdf:
        return ""
    try:
        with issue.pdf.storage.open(issue.pdf.name, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "-"


def digest_of(content: dict) -> str:
    """The same contents have the same digest, wherever and whenever it is made."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def version_of(issue: Issue, at: dt.datetime) -> IssueVersion:
    """The stored version that equals the contents now; made where there is none.

    Within the lock on the issue's row nobody changes the contents under it.
    """
    content = content_of(issue)
    version, _made = IssueVersion.objects.get_or_create(
        issue=issue,
        digest=digest_of(content),
        defaults={"content": content, "made_at": at},
    )
    return version


def locked(issue: Issue) -> Issue:
    """The row as it stands now; until the transaction ends nobody changes the contents."""
    rows = Issue.objects.select_related("publication").select_for_update(of=["self"])
    return rows.get(pk=issue.pk)


def is_empty(issue: Issue) -> bool:
    """There is nothing to review or to send. What is printed and not mailed needs nothing to read
    online: its copies are posted."""
    if has_something(issue):
        return False
    return issue.publication.is_mailed or not is_printed(issue.publication, issue.issued_on)


def has_something(issue: Issue) -> bool:
    """There is an article or a PDF."""
    return bool(issue.pdf) or issue.sections.filter(articles__isnull=False).exists()
