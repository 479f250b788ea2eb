"""From a file to a draft issue: used by ``manage.py import_issue`` and the admin's import page.

The steps are ``decode`` → ``parse`` → ``publication_for`` → ``save``. Each raises
``ValidationError`` with what is wrong and where; nothing is saved unless all of it is.
"""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from publications import numbering
from publications.models import Article, Issue, Publication, Section
from publications.parsing.issue import ParsedIssue, ParsedSection, parse
from publications.parsing.lines import key

# 1 MB of text: ten times the longest issue so far.
FILE_LIMIT = 1024 * 1024
OTHER_FORMATS = {b"PK\x03\x04": "Word", b"\xd0\xcf\x11\xe0": "Word", b"%PDF-": "PDF"}
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or GBK (read as GB18030)."""
    if len(data) > FILE_LIMIT:
        raise ValidationError(_("The file is larger than 1 MB."), code="file_size")
    for mark, name in OTHER_FORMATS.items():
        if data.startswith(mark):
            raise ValidationError(
                _("This is a %(name)s file. Save it as plain text (.txt or .md) and try again."),
                code="file_format",
                params={"name": name},
            )
    encodings = ["utf-16"] if data.startswith(UTF16_MARKS) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(
        _("The file cannot be read as text, neither as UTF-8 nor as GBK. Save it as UTF-8."),
        code="file_encoding",
    )


def read(data: bytes) -> ParsedIssue:
    """What was recognised in a file's bytes."""
    return parse(decode(data))


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
    else:
        message = _("The cover (“%(name)s”) names no publication: choose one. There are: %(known)s")
    raise ValidationError(
        message,
        code="publication",
        params={"name": code or " / ".join(parsed.names), "known": known or "—"},
    )


@transaction.atomic
def save(*, parsed: ParsedIssue, publication: Publication, dry_run: bool = False) -> Issue:
    """Create the draft with sections and articles, all or nothing.

    With ``dry_run`` everything is checked and taken back again. Raises ``ValidationError``.
    """
    issue = Issue(
        publication=publication,
        issued_on=parsed.issued_on,
        year=parsed.issued_on.year,
        number=parsed.number,
        serial_number=parsed.serial_number,
        title=parsed.title,
        masthead=parsed.masthead,
    )
    numbering.refuse_repeats(issue)
    errors = [*faults(issue, _("Issue"))]
    for position, parsed_section in enumerate(parsed.sections, start=1):
        section = Section(issue=issue, position=position, title=parsed_section.title)
        errors += faults(section, _("Section “%(title)s”") % {"title": section.title})
        for article in articles_of(section, parsed_section):
            errors += faults(article, _("Article “%(title)s”") % {"title": article.title})
    if errors:
        raise ValidationError(errors)
    write(issue, parsed)
    if dry_run:
        transaction.set_rollback(True)
    return issue


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
