"""The statement as the home page shows it: a card for each item, by the charter's groups."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from benefits.entitlement import Entitlement
from benefits.models import BenefitGroup, Medium
from portal.figures import Figure, figure
from portal.next_steps import Step
from reports.statement import Line, Statement


@dataclass(frozen=True)
class Card:
    line: Line
    figure: Figure
    step: Step | None = None

    @property
    def answer(self) -> Entitlement:
        """What the card explains: today's answer; or, where that is no and an event to come is
        open to the unit, the one for its first day."""
        of_events = (each.answer for each in self.line.seats if each.answer.entitled)
        by_event = None if self.line.answer.entitled else next(of_events, None)
        return by_event if by_event and self.line.is_open else self.line.answer

    @property
    def facts(self) -> list[str]:
        """How often, and in what form."""
        return [text for text in (self.line.item.get_period_display(), self.figure.note) if text]

    @property
    def account(self) -> str:
        """Beside the figure: 共 5 · 已用 2."""
        return account(self.line)


@dataclass(frozen=True)
class Section:
    group: BenefitGroup
    lines: list[Card]

    @property
    def promised(self) -> int:
        return sum(card.line.answer.entitled for card in self.lines)


def sections(statement: Statement, steps: dict[int, Step]) -> list[Section]:
    """The statement's lines, which come in the charter's order, by group."""
    return [
        Section(section.group, [card(line, steps.get(line.item.pk)) for line in section.lines])
        for section in statement.sections
    ]


def card(line: Line, step: Step | None = None) -> Card:
    return Card(line, left(line) if shows_left(line) else figure(line.answer), step)


def shows_left(line: Line) -> bool:
    """Where the unit draws on a number; copies of each issue come by themselves."""
    return line.is_open and line.left is not None and line.account.each is None


def left(line: Line) -> Figure:
    note = figure(line.answer).note if line.answer.entitled else ""
    return Figure(_("%(n)s left") % {"n": line.left}, note)


def account(line: Line) -> str:
    """What of the number is used; without a number, what was used, if anything."""
    if line.promised and (shows_left(line) or not line.is_open):
        words = _("%(promised)s in all · %(used)s used")
        if line.is_over:
            words = _("%(promised)s in all · %(used)s used · over")
        return words % {"promised": line.promised, "used": line.used}
    if line.promised and line.account.each:
        return ngettext(
            "%(promised)s copy this year · %(used)s posted",
            "%(promised)s copies this year · %(used)s posted",
            line.promised,
        ) % {"promised": line.promised, "used": line.used}
    return so_far(line) if line.used else ""


def so_far(line: Line) -> str:
    """How much was used, in the words of its form."""
    medium = line.answer.medium or line.uses[0].medium
    words = {
        Medium.PAPER: ngettext("%(n)s copy posted", "%(n)s copies posted", line.used),
        Medium.ELECTRONIC: ngettext("%(n)s issue received", "%(n)s issues received", line.used),
        Medium.SEAT: ngettext("%(n)s person registered", "%(n)s people registered", line.used),
        Medium.DISCOUNT: ngettext(
            "%(n)s person at the member price", "%(n)s people at the member price", line.used
        ),
        Medium.RIGHT: ngettext("used %(n)s time", "used %(n)s times", line.used),
    }
    return words[medium] % {"n": line.used}
