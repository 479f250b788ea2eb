"""From a file to an issue: used by ``manage.py import_issue``, ``import_archive`` and the admin.

The steps are ``read`` → (an editor's corrections) → ``publication_for`` → ``save``. Each raises
``ValidationError`` with what is wrong and where; nothing is saved unless all of it is.
"""

import functools
from pathlib import Path

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from publications import numbering
from publications.file_text import text_of
from publications.models import Article, Issue, Publication, Section
from publications.parsing.issue import ParsedIssue, ParsedSection, Reading, assemble, read_issue
from publications.parsing.lines import key

# Names of sections for a database that has had no issue yet.
KNOWN_SECTIONS = Path(__file__).with_name("known_sections.txt")
# So many names of sections of earlier issues are known again.
EARLIER_SECTIONS = 2000


def read(data: bytes) -> Reading:
    """What was recognised in a file's bytes."""
    return read_issue(text_of(data), sections=section_names(), names=publication_names())


def section_names() -> list[str]:
    """Of the list that comes with the product, and of the issues so far."""
    earlier = Section.objects.order_by().values_list("title", flat=True).distinct()
    return [*listed_sections(), *earlier[:EARLIER_SECTIONS]]


@functools.cache
def listed_sections() -> list[str]:
    return KNOWN_SECTIONS.read_text(encoding="utf-8").split()


def publication_names() -> list[str]:
    return list(Publication.objects.values_list("name", flat=True))


def publication_for(parsed: ParsedIssue, code: str = "") -> Publication:
    """The publication with the code, else the one whose name stands on the cover."""
    publications = list(Publication.objects.all())
    if code:
        chosen = [publication for publication in publications if publication.code == code]
    else:
        names = {key(name) for name in parsed.names}
        chosen = [publication for publication in publications if key(publication.name) in names]
    if chosen:
        return chosen[0]
    known = "、".join(f"{publication.code} {publication.label}" for publication in publications)
    if code:
        message = _("There is no publication with the code “%(name)s”. There are: %(known)s")
    elif parsed.names:
        message = _("The cover (“%(name)s”) names no publication: choose one. There are: %(known)s")
    else:
        message = _("The text has no cover that names its publication: choose one of %(known)s")
    raise ValidationError(
        message,
        code="publication",
        params={"name": code or " / ".join(parsed.names), "known": known or "—"},
    )


@transaction.atomic
def save(
    *,
    parsed: ParsedIssue,
    publication: Publication,
    dry_run: bool = False,
    is_back_issue: bool = False,
) -> Issue:
    """Create the draft with sections and articles, all or nothing.

    With ``dry_run`` everything is checked and taken back again. Raises ``ValidationError``: what
    is wrong with the issue's own values stands at its fields.
    """
    refuse_incomplete(parsed)
    issue = issue_from(parsed, publication, is_back_issue=is_back_issue)
    numbering.refuse_repeats(issue)
    refuse_faulty(issue, parsed)
    write(issue, parsed)
    if dry_run:
        transaction.set_rollback(True)
    return issue


def issue_from(parsed: ParsedIssue, publication: Publication, **fields) -> Issue:
    """The issue without its contents, not saved."""
    return Issue(
        publication=publication,
        issued_on=parsed.issued_on,
        year=parsed.issued_on.year if parsed.issued_on else None,
        number=parsed.number,
        serial_number=parsed.serial_number,
        title=parsed.title,
        masthead=parsed.masthead,
        **fields,
    )


def refuse_incomplete(parsed: ParsedIssue) -> None:
    """Raises ``ValidationError`` by field for what the cover does not say and nobody filled in."""
    missing = {}
    if parsed.issued_on is None:
        missing["issued_on"] = [_("The cover gives no date (year, month, day).")]
    if parsed.number is None:
        missing["number"] = [_("The cover gives no number in the year, such as “第七期”.")]
    if not parsed.articles:
        missing[NON_FIELD_ERRORS] = [
            _(
                "No article was recognised: the text needs contents (目录), or articles that end "
                "with their source in brackets."
            )
        ]
    if missing:
        raise ValidationError(missing)


def refuse_faulty(issue: Issue, parsed: ParsedIssue) -> None:
    errors = [*faults(issue, _("Issue"))]
    for position, parsed_section in enumerate(parsed.sections, start=1):
        section = Section(issue=issue, position=position, title=parsed_section.title)
        errors += faults(section, _("Section “%(title)s”") % {"title": section.title})
        for article in parsed_section.articles:
            if not article.body:
                errors.append(
                    ValidationError(
                        _("The article “%(title)s” (line %(line)s) has no text."),
                        code="article_empty",
                        params={"title": article.title, "line": article.line},
                    )
                )
        for article in articles_of(section, parsed_section):
            if article.body:
                errors += faults(article, _("Article “%(title)s”") % {"title": article.title})
    if errors:
        raise ValidationError(errors)


def write(issue: Issue, parsed: ParsedIssue) -> None:
    try:
        with transaction.atomic():
            issue.save(force_insert=True)
    except IntegrityError as error:
        # Somebody saved the same number between the check and now.
        numbering.refuse_repeats(issue)
        raise ValidationError(_("Another issue already has this number.")) from error
    for position, parsed_section in enumerate(parsed.sections, start=1):
        section = Section.objects.create(issue=issue, position=position, title=parsed_section.title)
        Article.objects.bulk_create(articles_of(section, parsed_section))


def articles_of(section: Section, parsed: ParsedSection) -> list[Article]:
    return [
        Article(
            section=section,
            position=position,
            title=article.title,
            source=article.source,
            body=article.body,
            page=article.page,
            is_highlight=article.is_highlight,
        )
        for position, article in enumerate(parsed.articles, start=1)
    ]


def faults(instance, name: str) -> list[ValidationError]:
    """What the model refuses, each with the name of the thing and of its field."""
    relations = {field.name for field in instance._meta.fields if field.is_relation}
    try:
        instance.clean_fields(exclude=relations)
    except ValidationError as error:
        return [
            ValidationError(
                _("%(thing)s, %(field)s: %(message)s")
                % {
                    "thing": name,
                    "field": instance._meta.get_field(field).verbose_name,
                    "message": message,
                }
            )
            for field, messages in error.message_dict.items()
            for message in messages
        ]
    return []


def parsed_from(reading: Reading) -> ParsedIssue:
    return assemble(reading.blocks, reading.header)
