"""申报: what a unit does with its application, from the first draft to withdrawing it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from awards.completeness import Incomplete, missing
from awards.eligibility import refuse_closed, refuse_full
from awards.models import (
    Answer,
    ApplicationStep,
    Award,
    AwardApplication,
    AwardCycle,
    Material,
    MaterialRequirement,
)
from awards.moving import check, locked, move, require
from benefits.refusal import entitled
from members.days import day_of
from members.models import MemberUnit

State = AwardApplication.State
What = ApplicationStep.What
OTHERS = 10


@transaction.atomic
def start(
    *, cycle: AwardCycle, unit: MemberUnit, at: dt.datetime, by: User, title: str = ""
) -> AwardApplication:
    """A new draft of the unit.

    Raises ``ValidationError`` where the cycle takes no applications now, or the unit has as many
    as it may hand in, drafts included; ``NotEntitled`` where it has no right today.
    """
    lock_award(cycle)
    refuse_closed(cycle, at)
    answer = entitled(unit, cycle.award.benefit_item, day_of(at))
    refuse_full(cycle, answer, unit.award_applications.exclude(state=State.WITHDRAWN))
    application = AwardApplication(
        cycle=cycle, unit=unit, title=title, created_by=by, created_at=at
    )
    check(application)
    application.save()
    ApplicationStep.objects.create(application=application, what=What.STARTED, at=at, by=by)
    return application


@transaction.atomic
def save_draft(
    *,
    application: AwardApplication,
    title: str | None = None,
    answers: dict[int, str] | None = None,
) -> AwardApplication:
    """Keep what has been written so far; what is not given stays as it is.

    ``answers``: texts as `cases.questions` stores them, by question id. Raises
    ``ValidationError`` once the application is out of the unit's hands, and for a question of
    another cycle.
    """
    application = locked(application)
    require(application, *AwardApplication.EDITABLE)
    if title is not None and not (application.state == State.RETURNED and not title.strip()):
        application.title = title.strip()
        check(application)
        application.save(update_fields=["title"])
    if answers:
        keep_answers(application, answers)
    return application


def keep_answers(application: AwardApplication, answers: dict[int, str]) -> None:
    known = set(application.cycle.questions.values_list("pk", flat=True))
    if unknown := set(answers) - known:
        raise ValidationError(
            _("The form has no question %(ids)s."),
            code="unknown_question",
            params={"ids": ", ".join(map(str, sorted(unknown)))},
        )
    Answer.objects.bulk_create(
        [
            Answer(application=application, question_id=pk, text=text)
            for pk, text in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["application", "question"],
        update_fields=["text"],
    )


@transaction.atomic
def attach(
    *,
    application: AwardApplication,
    requirement: MaterialRequirement | None,
    upload: File,
    at: dt.datetime,
    by: User,
) -> Material:
    """Hand in a file; one for the same requirement takes the place of the earlier one.

    Raises ``ValidationError`` for a file that is not accepted (`files.kinds`), once the
    application is out of the unit's hands, and for more than ten files beside those asked for.
    """
    application = locked(application)
    require(application, *AwardApplication.EDITABLE)
    material = Material(
        application=application, requirement=requirement, uploaded_by=by, uploaded_at=at
    )
    material.hold(upload)
    if requirement is None:
        refuse_too_many(application)
    else:
        refuse_foreign(application, requirement)
        for earlier in application.materials.filter(requirement=requirement):
            remove(earlier)
    material.save()
    return material


def refuse_too_many(application: AwardApplication) -> None:
    if application.materials.filter(requirement=None).count() >= OTHERS:
        raise ValidationError(
            _("There are %(count)s further files already. Remove one first."),
            code="too_many",
            params={"count": OTHERS},
        )


def refuse_foreign(application: AwardApplication, requirement: MaterialRequirement) -> None:
    if requirement.cycle_id != application.cycle_id:
        raise ValidationError(_("This material belongs to another cycle."), code="foreign")


@transaction.atomic
def detach(*, application: AwardApplication, material: Material) -> None:
    """Take a file back. Raises ``ValidationError`` once it is out of the unit's hands."""
    application = locked(application)
    require(application, *AwardApplication.EDITABLE)
    for found in application.materials.filter(pk=material.pk):
        remove(found)


def remove(material: Material) -> None:
    """The row now, its content on the disk once that is certain."""
    stored, name = material.file.storage, material.file.name
    material.delete()
    transaction.on_commit(lambda: stored.delete(name), robust=True)


@transaction.atomic
def submit(*, application: AwardApplication, at: dt.datetime, by: User) -> AwardApplication:
    """Hand the application in, or hand it in again when it was returned.

    The first time it gets its number; the right is judged on that day, and the deadline's second
    still counts. Again: until the end of the day by which it was to be completed.
    Raises ``ValidationError``, `Incomplete` or `NotEntitled`.
    """
    application = locked(application)
    require(application, *AwardApplication.EDITABLE)
    if application.state == State.DRAFT:
        file_first(application, at)
        what = What.SUBMITTED
    else:
        refuse_late(application, at)
        application.complete_by = None
        what = What.RESUBMITTED
    refuse_incomplete(application)
    application.filed_by = by
    return move(application, what, at=at, by=by)


def file_first(application: AwardApplication, at: dt.datetime) -> None:
    """Number, day and basis of the first submission."""
    cycle, unit, on = application.cycle, application.unit, day_of(at)
    lock_award(cycle)
    refuse_closed(cycle, at)
    answer = entitled(unit, cycle.award.benefit_item, on)
    refuse_full(cycle, answer, unit.award_applications.counted())
    application.filed_on, application.tier, application.basis = on, answer.tier, answer.basis
    application.number = next_number(cycle)


def lock_award(cycle: AwardCycle) -> None:
    """One submission at a time for each award: numbers without gaps, limits that hold."""
    Award.objects.select_for_update(no_key=True).get(pk=cycle.award_id)


def next_number(cycle: AwardCycle) -> str:
    """2026-003: the cycle's year, and the how-manieth submission it is."""
    return f"{cycle.year}-{cycle.applications.exclude(number='').count() + 1:03}"


def refuse_late(application: AwardApplication, at: dt.datetime) -> None:
    if day_of(at) > application.complete_by:
        raise ValidationError(
            _(
                "The application was to be completed by %(day)s. "
                "Ask the association's member services whether more time can be given."
            ),
            code="late",
            params={"day": date_format(application.complete_by)},
        )


def refuse_incomplete(application: AwardApplication) -> None:
    if found := missing(application):
        raise Incomplete(found)


@transaction.atomic
def withdraw(
    *, application: AwardApplication, at: dt.datetime, by: User, comment: str = ""
) -> AwardApplication:
    """Take the application back while nothing is decided; it then uses no right.

    Raises ``ValidationError``.
    """
    application = locked(application)
    require(application, *AwardApplication.UNDECIDED)
    application.complete_by = None
    return move(application, What.WITHDRAWN, at=at, by=by, comment=comment)


@transaction.atomic
def discard(*, application: AwardApplication) -> None:
    """Throw a draft away with its files. Raises ``ValidationError`` for anything handed in."""
    application = locked(application)
    require(application, State.DRAFT)
    for material in application.materials.all():
        remove(material)
    application.delete()
