"""申报周期: which are due by the award's period, opening the next one, and what may be changed."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.models import User
from awards.models import Award, AwardCycle, CycleQuestion
from awards.models.awards import YEARS_BETWEEN


@dataclass(frozen=True)
class DueCycle:
    """An award whose next cycle is due, the year proposed for it, and the last one, if any."""

    award: Award
    year: int
    last: AwardCycle | None


def due_awards(on: dt.date) -> QuerySet[Award]:
    """Awards that have a period and no cycle yet for the year that is due on the day ``on``."""
    due = Q(last_year__isnull=True, benefit_item__period__in=list(YEARS_BETWEEN))
    for period, years in YEARS_BETWEEN.items():
        due |= Q(benefit_item__period=period, last_year__lte=on.year - years)
    kept = Q(benefit_item__retired_on__isnull=True) | Q(benefit_item__retired_on__gt=on)
    return Award.objects.annotate(last_year=Max("cycles__year")).filter(due & kept)


def due_cycles(on: dt.date) -> list[DueCycle]:
    """What to open this year: two queries for any number of awards."""
    latest = AwardCycle.objects.order_by("-year", "-round")
    awards = due_awards(on).prefetch_related(Prefetch("cycles", latest, to_attr="latest"))
    return [
        DueCycle(award, on.year, award.latest[0] if award.latest else None)
        for award in awards.select_related("benefit_item")
    ]


@transaction.atomic
def open_from(*, award: Award, year: int, by: User) -> AwardCycle:
    """The cycle of ``year``, made from the award's last one: guidance, questions and materials
    as they were, dates as many years later. It is not announced yet.

    Raises ``ValidationError`` where the award has no cycle to start from, or has one of the year
    already (an irregular award gets another round).
    """
    award = Award.objects.select_for_update(no_key=True).get(pk=award.pk)
    last = award.cycles.order_by("-year", "-round").first()
    if last is None:
        raise ValidationError(
            _("There is no earlier cycle to start from. Add the first one by hand."),
            code="no_earlier",
        )
    cycle = next_after(last, year)
    if award.cycles.filter(year=year, round=cycle.round).exists():
        raise ValidationError(_("The award already has a cycle of this year."), code="exists")
    cycle.opened_by = by
    cycle.full_clean()
    cycle.save()
    copy_form(last, cycle)
    return cycle


def next_after(last: AwardCycle, year: int) -> AwardCycle:
    """Unsaved, with everything moved to ``year``."""
    years = year - last.year
    rounds = round_in(last, year)
    return AwardCycle(
        award=last.award,
        name=named(last.name, last.year, year, rounds),
        name_en=named(last.name_en, last.year, year, rounds) if last.name_en else "",
        year=year,
        round=rounds,
        opens_on=later(last.opens_on, years),
        closes_at=closing(last.closes_at, years),
        guidance=last.guidance,
        per_unit_limit=last.per_unit_limit,
        result_expected_on=last.result_expected_on and later(last.result_expected_on, years),
    )


def round_in(last: AwardCycle, year: int) -> int:
    """The first round of a new year; for an irregular award the next one of the same year."""
    is_same = year == last.year and last.award.years_between is None
    return last.round + 1 if is_same else 1


def named(name: str, before: int, year: int, rounds: int) -> str:
    """The last cycle's name with the new year in it, and the round where it is not the first."""
    base = name.rpartition(" #")[0] or name
    base = base.replace(str(before), str(year)) if str(before) in base else f"{year} {base}"
    return f"{base} #{rounds}" if rounds > 1 else base


def closing(at: dt.datetime, years: int) -> dt.datetime:
    """The same time of day, years later, in Asia/Shanghai."""
    local = at.astimezone(get_default_timezone())
    day = later(local.date(), years)
    return dt.datetime.combine(day, local.time(), get_default_timezone())


def later(day: dt.date, years: int) -> dt.date:
    """The same day of another year; 28 February where that year has no 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def copy_form(last: AwardCycle, cycle: AwardCycle) -> None:
    for row in [*last.questions.all(), *last.requirements.all()]:
        row.pk, row.cycle = None, cycle
        row._state.adding = True
        row.save()


def check_question(question: CycleQuestion) -> None:
    """Refuse what would make given answers meaningless: another kind, or a choice less.

    ``question`` is as it is to be saved. Raises ``ValidationError`` by field.
    """
    before = CycleQuestion.objects.filter(pk=question.pk).first() if question.pk else None
    if before is None or not question.cycle.applications.exists():
        return
    if question.kind != before.kind:
        words = _("Applications exist already: the kind of answer stays. Add another question.")
        raise ValidationError({"kind": words})
    if lost := [option for option in before.options() if option not in question.options()]:
        words = _("Applications exist already: these choices stay: %(choices)s")
        raise ValidationError({"choices": words % {"choices": "、".join(lost)}})


def check_removal(cycle: AwardCycle) -> None:
    """Refuse to take a question or a material from a form that units are filling in.

    Raises ``ValidationError``.
    """
    if cycle.applications.exists():
        raise ValidationError(
            _(
                "Applications exist already: questions and materials stay. "
                "Make one optional if it is no longer needed."
            ),
            code="in_use",
        )
