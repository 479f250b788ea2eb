"""What an application still lacks before it can be handed in."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from awards.models import AwardApplication, CycleQuestion, MaterialRequirement
from cases.questions import name_of


@dataclass(frozen=True)
class Missing:
    """One thing that is missing, in words, and the id of the place on the page to put it right."""

    words: str
    place: str


class Incomplete(ValidationError):
    """The application cannot be handed in yet; ``missing`` says why, one by one."""

    def __init__(self, missing: list[Missing]):
        super().__init__([each.words for each in missing], code="incomplete")
        self.missing = missing


def missing(application: AwardApplication) -> list[Missing]:
    """Everything that is missing, in the order of the form; empty when it can be handed in."""
    found = [] if application.title.strip() else [untitled()]
    answered = {answer.question_id for answer in application.answers.all() if answer.text.strip()}
    found += [
        unanswered(question)
        for question in application.cycle.questions.all()
        if question.is_required and question.pk not in answered
    ]
    handed_in = {material.requirement_id for material in application.materials.all()}
    found += [
        not_handed_in(requirement)
        for requirement in application.cycle.requirements.all()
        if requirement.is_required and requirement.pk not in handed_in
    ]
    return found


def untitled() -> Missing:
    return Missing(_("Name the nominee or the project."), "id_title")


def unanswered(question: CycleQuestion) -> Missing:
    words = _("Answer “%(question)s”.") % {"question": question.in_words}
    return Missing(words, f"id_{name_of(question.pk)}")


def not_handed_in(requirement: MaterialRequirement) -> Missing:
    words = _("Upload “%(material)s”.") % {"material": requirement.label}
    return Missing(words, f"material-{requirement.pk}")
