"""会费标准: proposing a year's from the year before, and changing one on which rows rest."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from members.foreseeing import Change, foreseen, telling_days
from members.models import DuesNotice, DuesPayment, DuesStandard, MemberUnit, Tier
from members.record import acting

# The rules for associations allow at most so many grades of dues.
GRADES = 4


def too_many_grades(amounts: list[Decimal]) -> str:
    """A warning where a year has more grades than the rules allow; empty where it has not."""
    grades = len(set(amounts))
    if grades <= GRADES:
        return ""
    return _(
        "%(count)s different amounts in one year: the rules allow at most %(most)s grades."
    ) % {
        "count": grades,
        "most": GRADES,
    }


def amounts_of(year: int) -> dict[int, Decimal]:
    """The amounts of a year by the tier's id."""
    return dict(DuesStandard.objects.filter(year=year).values_list("tier_id", "amount"))


def proposal(year: int) -> list[tuple[Tier, Decimal | None]]:
    """Each tier that has no standard for ``year``, with the amount of the latest year before."""
    recorded = amounts_of(year)
    earlier = DuesStandard.objects.filter(year__lt=year).order_by("tier_id", "-year")
    latest = dict(earlier.distinct("tier_id").values_list("tier_id", "amount"))
    return [(tier, latest.get(tier.pk)) for tier in Tier.objects.all() if tier.pk not in recorded]


@transaction.atomic
def set_standards(
    *, year: int, amounts: dict[Tier, Decimal], resolution: str, by: User
) -> list[DuesStandard]:
    """Set the standards of a year by a resolution. Raises ``ValidationError``."""
    if not resolution.strip():
        raise ValidationError({"resolution": _("Name the resolution.")})
    standards = [
        DuesStandard(tier=tier, year=year, amount=amount, resolution=resolution.strip())
        for tier, amount in amounts.items()
    ]
    with acting(by=by, why=resolution.strip()):
        for standard in standards:
            standard.full_clean()
            standard.save()
    return standards


@transaction.atomic
def change(
    *, standard: DuesStandard, amount: Decimal, resolution: str, why: str, by: User
) -> DuesStandard:
    """Change what a tier owes for a year.

    Raises ``ValidationError`` without resolution or reason.
    """
    standard = DuesStandard.objects.select_for_update().get(pk=standard.pk)
    if not resolution.strip():
        raise ValidationError({"resolution": _("Name the resolution.")})
    if not why.strip():
        raise ValidationError({"why": _("Say why.")})
    standard.amount, standard.resolution = amount, resolution.strip()
    standard.full_clean()
    with acting(by=by, why=why.strip()):
        standard.save()
    return standard


def rests_on(standard: DuesStandard) -> tuple[int, int]:
    """How many notices of the year ask the tier's units, and how many of their payments count."""
    notices = DuesNotice.objects.standing().filter(year=standard.year, tier=standard.tier)
    payments = DuesPayment.objects.filter(
        year=standard.year, unit__in=_units(standard).values("pk"), confirmed_at__isnull=False
    )
    return notices.count(), payments.count()


def affected(standard: DuesStandard, act: Callable[[], object], on: dt.date) -> list[Change]:
    """Whose standing ``act`` on the standard changes, from ``on`` on."""
    found = foreseen(_units(standard), telling_days(standard.year, on), act)
    return [each for each in found if each.is_one]


def _units(standard: DuesStandard) -> QuerySet[MemberUnit]:
    """Units that hold the tier at some time in the year."""
    first, last = dt.date(standard.year, 1, 1), dt.date(standard.year, 12, 31)
    held = standard.tier.appointments.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=first), starts_on__lte=last
    )
    return MemberUnit.objects.filter(pk__in=held.values("unit"))
