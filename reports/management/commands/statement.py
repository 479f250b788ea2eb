"""权益账单 of one unit and year on the terminal, or as JSON."""

import datetime as dt
import json
import unicodedata
from collections.abc import Iterable, Iterator

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from benefits.finding import NotFound, find_unit
from benefits.management.days import day
from members.models import MemberUnit
from reports.statement import Line, Section, Statement, day_in, statement

FIRST, LAST = 1990, 2100  # the years that can be asked about, as in the portal
GAP = "  "
ITEM_WIDTH = 44  # columns of the terminal; a Chinese character takes two


class Command(BaseCommand):
    help = gettext_lazy("Say what a unit was promised in a year, has used, and has left.")

    def add_arguments(self, parser):
        parser.add_argument("unit", help=_("credit code, id, or a part of its name or former name"))
        parser.add_argument("--year", type=int, help=_("the calendar year, else that of the day"))
        parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help=_("as of this day"))
        parser.add_argument("--json", action="store_true", help=_("answer as JSON"))

    def handle(self, *, unit: str, year: int | None, on, json: bool, **options):
        year, on = asked(year, on, timezone.localdate())
        answer = statement(found(unit), year=year, on=on)
        self.stdout.write(as_json(answer) if json else "\n".join(as_table(answer)))


def asked(year: int | None, on: dt.date | None, today: dt.date) -> tuple[int, dt.date]:
    """The year and its day that are meant. Raises ``CommandError``."""
    year = year or (on or today).year
    if not FIRST <= year <= LAST:
        message = _("--year %(year)d: choose a year from %(first)d to %(last)d.")
        raise CommandError(message % {"year": year, "first": FIRST, "last": LAST})
    on = on or day_in(year, today)
    if on.year != year:
        message = _("--on %(on)s is not in %(year)d. Give a day of that year, or leave it out.")
        raise CommandError(message % {"on": on, "year": year})
    return year, on


def found(text: str) -> MemberUnit:
    """The unit with this id, or the one `find_unit` finds. Raises ``CommandError``."""
    if text.isdecimal() and len(text) < 10:
        unit = MemberUnit.objects.filter(pk=int(text)).first()
        if unit:
            return unit
    try:
        return find_unit(text)
    except NotFound as error:
        raise CommandError(str(error)) from error


def as_json(answer: Statement) -> str:
    return json.dumps(answer.as_json(), ensure_ascii=False, indent=2)


# --- The table ---------------------------------------------------------------------------------


def as_table(answer: Statement) -> Iterator[str]:
    """One table; its columns line up over all groups, whose names stand between the lines."""
    heading = (
        _("Item"),
        pgettext("column", "used"),
        pgettext("column", "left"),
        pgettext("column", "promised"),
    )
    rows = [columns(line) for line in answer.lines]
    widths = [max(map(width, column)) for column in zip(heading, *rows, strict=True)]
    yield from head(answer)
    yield ""
    yield joined(heading, widths)
    for section in answer.sections:
        yield from ["", f"[{section.group.label}]"]
        yield from lines_of(section, widths)


def head(answer: Statement) -> Iterator[str]:
    standing = answer.standing
    tier = standing.tier.label if standing.tier else _("no tier recorded")
    yield f"{answer.unit.name} · {answer.unit.credit_code} · {tier}"
    yield _("Benefit statement of %(year)d, as of %(on)s") % {
        "year": answer.year,
        "on": date_format(answer.on),
    }
    if standing.good_until:
        yield _("In good standing until %(until)s") % {"until": date_format(standing.good_until)}
    else:
        yield _("Not in good standing: %(basis)s") % {"basis": standing.basis.label}
        yield from ways(standing.would_change)
    yield _("%(entitled)d of %(items)d items may be used on the day; %(used)d were used.") % {
        "entitled": answer.entitled,
        "items": len(answer.lines),
        "used": answer.used,
    }


def lines_of(section: Section, widths: list[int]) -> Iterator[str]:
    """The group's items, the reason and the way below each no."""
    for line in section.lines:
        yield joined(columns(line), widths)
        if not line.is_open:
            yield from (f"    {sentence}" for sentence in why_not(line))


def columns(line: Line) -> tuple[str, str, str, str]:
    said = line.words
    return shortened(line.item.label), said.used, said.left, said.promised


def why_not(line: Line) -> Iterator[str]:
    """What refuses, and what would change it; what the dues would change stands at the head."""
    said = line.answer.standing.would_change
    yield line.answer.basis.label
    yield from ways(each for each in line.answer.would_change if each not in said)


def ways(sentences: Iterable[str]) -> Iterator[str]:
    return (f"→ {sentence}" for sentence in sentences)


def joined(cells: tuple[str, ...], widths: list[int]) -> str:
    return GAP.join(map(padded, cells, widths)).rstrip()


def padded(text: str, wanted: int) -> str:
    return text + " " * (wanted - width(text))


def width(text: str) -> int:
    """Columns on the terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def shortened(text: str) -> str:
    """At most ``ITEM_WIDTH`` columns."""
    if width(text) <= ITEM_WIDTH:
        return text
    while width(text) > ITEM_WIDTH - 1:
        text = text[:-1]
    return text + "…"
