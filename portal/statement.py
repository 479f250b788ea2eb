"""The statement of a unit's rights as the home page shows it: one section per charter group."""

from dataclasses import dataclass
from itertools import groupby

from benefits.entitlement import Entitlement
from benefits.models import BenefitGroup
from portal.figures import Figure, figure


@dataclass(frozen=True)
class Line:
    answer: Entitlement
    figure: Figure

    @property
    def facts(self) -> list[str]:
        """How often, and in what form."""
        return [text for text in (self.answer.item.get_period_display(), self.figure.note) if text]


@dataclass(frozen=True)
class Section:
    group: BenefitGroup
    lines: list[Line]

    @property
    def promised(self) -> int:
        return sum(line.answer.entitled for line in self.lines)


def sections(answers: list[Entitlement]) -> list[Section]:
    """The answers, which come in the charter's order, by group."""
    return [
        Section(group, [Line(answer, figure(answer)) for answer in of_group])
        for group, of_group in groupby(answers, key=lambda answer: answer.item.group)
    ]
