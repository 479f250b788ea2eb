"""An editor's corrections of what was read from a file, and the saving of it.

Every verb takes an open import and leaves every character of the file in exactly one block.
"""

import datetime as dt
import hashlib

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from publications import back_issues, importing
from publications.models import Issue, IssueImport
from publications.parsing.blocks import Block, Doubt, Kind, as_rows, from_rows
from publications.parsing.issue import (
    Header,
    ParsedIssue,
    Reading,
    assemble,
    mark_highlights,
)
from publications.parsing.lines import key

FILE_NAME_LENGTH = 200
TITLE_LENGTH = Issue._meta.get_field("title").max_length


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def begin(*, data: bytes, file_name: str, by, at: dt.datetime) -> IssueImport:
    """Read the file. One that is being corrected already is returned as it stands."""
    if found := IssueImport.objects.open().filter(digest=digest_of(data)).first():
        return found
    return keep_open(reading=importing.read(data), data=data, file_name=file_name, by=by, at=at)


def keep_open(
    *, reading: Reading, data: bytes, file_name: str, by, at: dt.datetime, **facts
) -> IssueImport:
    """Store what was read, to be corrected; ``facts`` go before what the cover says."""
    digest = digest_of(data)
    parsed = importing.parsed_from(reading)
    row = IssueImport(
        file_name=file_name[-FILE_NAME_LENGTH:],
        digest=digest,
        characters=reading.characters,
        blocks=as_rows(reading.blocks),
        created_at=at,
        created_by=by,
        **{
            "publication": publication_named(parsed),
            "issued_on": parsed.issued_on,
            "number": parsed.number,
            "serial_number": parsed.serial_number,
            "title": parsed.title[:TITLE_LENGTH],
            "masthead": parsed.masthead,
            **facts,
        },
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Two clicks at once: the first has it.
        return IssueImport.objects.open().get(digest=digest)
    return row


def publication_named(parsed: ParsedIssue):
    try:
        return importing.publication_for(parsed)
    except ValidationError:
        return None


def blocks_of(row: IssueImport) -> list[Block]:
    return from_rows(row.blocks)


def parsed_of(row: IssueImport) -> ParsedIssue:
    """The issue as it would be saved now."""
    header = Header([], row.issued_on, row.number, row.serial_number, row.title)
    parsed = assemble(blocks_of(row), header)
    parsed.masthead = row.masthead
    return parsed


def lost(row: IssueImport) -> int:
    """Characters of the file that stand in no block: 0, whatever was corrected."""
    return row.characters - sum(len(each.solid) for each in blocks_of(row))


# --- Corrections -----------------------------------------------------------------------------


def locked(row: IssueImport) -> IssueImport:
    """The row for a correction. Raises ``ValidationError`` where it is closed."""
    row = IssueImport.objects.select_for_update(of=["self"]).get(pk=row.pk)
    if row.state != IssueImport.State.OPEN:
        raise ValidationError(_("This import is closed; it can no longer be changed."))
    return row


def place_of(blocks: list[Block], number: int) -> int:
    for index, each in enumerate(blocks):
        if each.number == number:
            return index
    raise ValidationError(_("This part is no longer there: it was merged with another."))


def keep(row: IssueImport, blocks: list[Block]) -> IssueImport:
    for each in blocks:
        each.is_highlight = False
    mark_highlights(blocks, doubting=False)
    drop_answered(blocks)
    row.blocks = as_rows(blocks)
    row.save(update_fields=["blocks"])
    return row


def drop_answered(blocks: list[Block]) -> None:
    """A title of the contents that was missing and is a title now is missed no more."""
    titles = {key(each.says) for each in blocks if each.kind == Kind.TITLE}
    for each in blocks:
        if each.doubt == Doubt.NOT_IN_TEXT and key(each.about) in titles:
            each.doubt = each.about = ""


@transaction.atomic
def label(*, row: IssueImport, number: int, kind: str) -> IssueImport:
    """Say what a block is. With that its doubt is settled."""
    if kind not in Kind.values:
        raise ValidationError(_("There is no such kind of part."))
    row = locked(row)
    blocks = blocks_of(row)
    each = blocks[place_of(blocks, number)]
    if each.kind != kind:
        each.kind, each.reads, each.opens_section = kind, "", ""
    each.doubt = each.about = ""
    return keep(row, blocks)


@transaction.atomic
def merge(*, row: IssueImport, number: int) -> int:
    """Put a block behind the one before it, over page numbers that stand between; its number."""
    row = locked(row)
    blocks = blocks_of(row)
    index = place_of(blocks, number)
    above = [
        place
        for place in range(index)
        if blocks[place].kind != Kind.PAGE_MARK or blocks[index].kind == Kind.PAGE_MARK
    ]
    if not above:
        raise ValidationError(_("There is nothing before this part."))
    before = blocks[above[-1]]
    before.pieces += blocks[index].pieces
    before.doubt = before.about = before.reads = ""
    del blocks[index]
    keep(row, blocks)
    return before.number


@transaction.atomic
def split(*, row: IssueImport, number: int, line: int) -> int:
    """Begin a new block with the line, of the same kind (below a title: text); its number."""
    row = locked(row)
    blocks = blocks_of(row)
    index = place_of(blocks, number)
    each = blocks[index]
    behind = [piece for piece in each.pieces if piece[0] >= line]
    if not behind or len(behind) == len(each.pieces):
        raise ValidationError(_("The part begins with this line already."))
    each.pieces = [piece for piece in each.pieces if piece[0] < line]
    each.doubt = each.about = each.reads = ""
    following = Kind.PARAGRAPH if each.kind == Kind.TITLE else each.kind
    highest = max(other.number for other in blocks)
    blocks.insert(index + 1, Block(following, behind, number=highest + 1))
    keep(row, blocks)
    return highest + 1


@transaction.atomic
def settle(*, row: IssueImport, number: int) -> IssueImport:
    """The doubt was looked at: it is as it was read."""
    row = locked(row)
    blocks = blocks_of(row)
    each = blocks[place_of(blocks, number)]
    each.doubt = each.about = ""
    return keep(row, blocks)


@transaction.atomic
def state(*, row: IssueImport, **facts) -> IssueImport:
    """Say of the issue what the cover does not: its publication, date, numbers, title, masthead."""
    row = locked(row)
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=[*facts])
    return row


# --- The end ---------------------------------------------------------------------------------


@transaction.atomic
def save(*, row: IssueImport, by, at: dt.datetime) -> Issue:
    """Make the draft, or the released back issue. Raises ``ValidationError``, by field."""
    row = locked(row)
    if row.publication is None:
        raise ValidationError({"publication": [_("Choose the publication.")]})
    issue = importing.save(
        parsed=parsed_of(row), publication=row.publication, is_back_issue=row.is_back_issue
    )
    if row.is_back_issue:
        back_issues.release(issue=issue, by=by)
    close(row, IssueImport.State.SAVED, by=by, at=at, issue=issue)
    return issue


@transaction.atomic
def discard(*, row: IssueImport, by, at: dt.datetime) -> None:
    close(locked(row), IssueImport.State.DISCARDED, by=by, at=at)


def close(row: IssueImport, state: str, *, by, at: dt.datetime, issue: Issue | None = None) -> None:
    row.state, row.closed_by, row.closed_at, row.issue = state, by, at, issue
    row.save(update_fields=["state", "closed_by", "closed_at", "issue"])


def doubtful(blocks: list[Block]) -> list[Block]:
    """What a person should look at, the grave first and then in the order of the file."""
    return sorted(
        (each for each in blocks if each.doubt), key=lambda each: (not each.is_grave, each.first)
    )
