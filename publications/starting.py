"""Start an issue: its numbers and its day propose themselves, its sections come from a template."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from publications import numbering, schedule
from publications.models import Issue, Publication, Section, SectionTemplate, SkippedIssue
from publications.models.planning import section_titles

LAST_ISSUE = "last"
NO_SECTIONS = "none"


@dataclass(frozen=True)
class Proposal:
    issued_on: dt.date
    number: int
    serial_number: int | None


def proposal(publication: Publication, on: dt.date, issued_on: dt.date | None = None) -> Proposal:
    """What the next issue is, asked on the day ``on``; for the day ``issued_on`` where it is
    chosen. The number begins again with the year of that day."""
    issued_on = issued_on or schedule.next_due(publication, on)
    return Proposal(
        issued_on=issued_on,
        number=numbering.next_number(publication, issued_on.year),
        serial_number=numbering.next_serial_number(publication),
    )


def titles(publication: Publication, sections: str) -> list[str]:
    """The sections an issue starts with: those of the last issue, of a template (its id), or
    none."""
    if sections == LAST_ISSUE:
        last = publication.issues.filter(sections__isnull=False).order_by("-issued_on", "-number")
        latest = last.first()
        return list(latest.sections.values_list("title", flat=True)) if latest else []
    if sections == NO_SECTIONS:
        return []
    template = SectionTemplate.objects.filter(publication=publication)
    found = template.filter(pk=int(sections)).first() if sections.isdecimal() else None
    if found is None:
        raise ValidationError(_("This publication has no such template."), code="template")
    return section_titles(found.titles)


@transaction.atomic
def start(
    *,
    publication: Publication,
    issued_on: dt.date,
    number: int,
    serial_number: int | None,
    sections: str,
    by,
) -> Issue:
    """Make the draft; whoever starts it is its responsible editor. Raises ``ValidationError``
    by field where a number is taken."""
    issue = Issue(
        publication=publication,
        issued_on=issued_on,
        year=issued_on.year,
        number=number,
        serial_number=serial_number,
        masthead=publication.masthead,
        editor=by,
    )
    numbering.refuse_repeats(issue)
    issue.clean_fields()
    try:
        with transaction.atomic():
            issue.save(force_insert=True)
    except IntegrityError as error:
        # Somebody started the same one between the check and now.
        numbering.refuse_repeats(issue)
        raise ValidationError(_("Another issue already has this number.")) from error
    Section.objects.bulk_create(
        Section(issue=issue, title=title, position=position)
        for position, title in enumerate(titles(publication, sections), start=1)
    )
    return issue


def skip(
    *, publication: Publication, due_on: dt.date, reason: str, by, at: dt.datetime
) -> SkippedIssue:
    """Mark that no issue appears for the period of ``due_on``. Raises ``ValidationError`` where
    the period has one."""
    slot = schedule.slot_on(publication, due_on)
    if slot is None or slot.due_on != due_on:
        raise ValidationError(_("No issue is due on this day."), code="not_due")
    inside = publication.issues.filter(issued_on__range=(slot.starts_on, slot.ends_on))
    if inside.exists():
        raise ValidationError(_("There is an issue for this time already."), code="exists")
    row = SkippedIssue(
        publication=publication,
        due_on=due_on,
        reason=reason.strip(),
        skipped_by=by,
        skipped_at=at,
    )
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def appear(*, publication: Publication, due_on: dt.date) -> None:
    """Take back that no issue appears. Raises ``ValidationError`` where nobody had said so."""
    count, _rows = SkippedIssue.objects.filter(publication=publication, due_on=due_on).delete()
    if not count:
        raise ValidationError(_("This issue is not marked as left out."), code="not_skipped")
