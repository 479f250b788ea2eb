"""The cliff: who loses its standing at the turn of a half-year, what that costs, and telling it.

On 30 June the dues of last year stop to count, on 31 December those of the year become the last
year's. A unit is on the list of a last good day while it would be in good standing on that day
and not on the next, with nothing more paid; one that pays falls off.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.entitlement import Right, rights
from benefits.models import BenefitItem, Extent
from benefits.words import amount
from events.models import Attendee
from letters.models import Letter
from letters.writing import Draft, write_many
from members.addressees import finance_addresses
from members.models import BankAccount, MemberUnit
from members.remarks import remark
from members.standing import (
    DAY,
    GOOD,
    Basis,
    in_good_standing,
    missing,
    with_dues,
    with_standing,
)
from members.standing_words import yuan
from reports.models import CliffLetter
from reports.statement import Statement, day_in, statement

TEMPLATE = "reports/mail/cliff.txt"
SOON = dt.timedelta(days=60)
# A letter tells what the unit has had; so many are written at one press.
MOST = 200


def last_days(on: dt.date) -> list[dt.date]:
    """The last good days to choose from: the one before ``on``, and the three to come."""
    every = [
        dt.date(year, month, day)
        for year in range(on.year - 1, on.year + 2)
        for month, day in ((6, 30), (12, 31))
    ]
    ahead = [day for day in every if day >= on]
    return [day for day in every if day < on][-1:] + ahead[:3]


def next_last_day(on: dt.date) -> dt.date:
    """The 30 June or 31 December that comes next; the day itself, where it is one."""
    return next(day for day in last_days(on) if day >= on)


def falling(units: QuerySet[MemberUnit], last_day: dt.date) -> QuerySet[MemberUnit]:
    """Those of ``units`` in good standing on ``last_day`` and not on the day after.

    Annotates what `with_standing` does as of the day after, and ``dues_missing`` for the year of
    ``last_day``, which then decides (NULL where the amount is unknown).
    """
    after = last_day + DAY
    judged = with_dues(with_standing(units, after), last_day.year, after, name="cliff")
    # The good ones are named last: the joins would look for them again, each by itself.
    good = in_good_standing(units, last_day).values("pk")
    falling = judged.exclude(standing_basis__in=GOOD).filter(pk__in=good)
    return falling.annotate(dues_missing=missing("cliff"))


def soon_falling(on: dt.date) -> QuerySet[MemberUnit]:
    """Those of the next last good day, once it is near."""
    last_day = next_last_day(on)
    if last_day - on > SOON:
        return MemberUnit.objects.none()
    return falling(MemberUnit.objects.all(), last_day)


def regaining(last_day: dt.date) -> int:
    """How many units gain their standing on the day after, with nothing more paid."""
    units = MemberUnit.objects.all()
    before = in_good_standing(units, last_day).values("pk")
    return in_good_standing(units, last_day + DAY).exclude(pk__in=before).count()


@dataclass(frozen=True)
class Cost:
    """What a unit may enjoy on the last good day and not on the next, in the charter's order;
    and the free seats it has taken at events after that day."""

    lost: list[tuple[BenefitItem, Right, Right | None]] = field(default_factory=list)
    seats_ahead: int = 0


def costs(units: Iterable[MemberUnit], last_day: dt.date) -> dict[int, Cost]:
    """The cost for each unit by its id, in a fixed number of queries for any number of units."""
    units, after = list(units), last_day + DAY
    enjoyed = rights(units, [last_day, after])
    seats = dict(
        Attendee.objects.live()
        .filter(
            is_free=True,
            registration__unit__in=units,
            registration__event__starts_on__gt=last_day,
        )
        .order_by()
        .values_list("registration__unit")
        .annotate(count=Count("pk"))
    )
    return {
        unit.pk: Cost(
            lost=[
                (item, right, left)
                for item, right in enjoyed[last_day][unit.pk].items()
                for left in [enjoyed[after][unit.pk].get(item)]
                if left is None or left.weight < right.weight
            ],
            seats_ahead=seats.get(unit.pk, 0),
        )
        for unit in units
    }


# --- The letter ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


@dataclass(frozen=True)
class Written:
    """How many units were written to, and those for which no address is known."""

    units: int
    unreachable: list[MemberUnit]


def letter_text(unit: MemberUnit, cost: Cost, *, last_day: dt.date, on: dt.date) -> Text:
    """What is written to a unit of `falling`, in Chinese: what it has had so far this year, what
    is still its own until the last day, and what to pay by when."""
    with translation.override("zh-hans"):
        on = day_in(last_day.year, min(on, last_day))
        account = statement(MemberUnit.objects.get(pk=unit.pk), year=last_day.year, on=on)
        is_unpaid = _is_unpaid(unit)
        facts = {
            "unit": unit,
            "last_day": last_day,
            "first_day": last_day + DAY,
            "year": last_day.year,
            "is_unpaid": is_unpaid,
            "missing": yuan(unit.dues_missing) if is_unpaid else "",
            "is_ended": unit.standing_basis == Basis.NOT_A_MEMBER,
            "used": _used(account),
            "until": [_until(account, item, right) for item, right, _left in cost.lost],
            "seats_ahead": cost.seats_ahead,
            "account": BankAccount.objects.filter(is_active=True).first(),
            "remark": remark(unit.name, last_day.year),
            "link": settings.SITE_URL + reverse("home"),
            "association": settings.ASSOCIATION_NAME,
        }
        subject = _("Services of %(unit)s end after %(day)s") % {
            "unit": unit.name,
            "day": date_format(last_day),
        }
        if is_unpaid:
            subject = _("Please pay the dues of %(year)s: services end after %(day)s") % {
                "year": last_day.year,
                "day": date_format(last_day),
            }
        return Text(subject, render_to_string(TEMPLATE, facts))


def _is_unpaid(unit: MemberUnit) -> bool:
    """Whether money is what is missing."""
    unpaid = (Basis.THIS_YEAR_UNPAID, Basis.LAST_YEAR_UNPAID)
    return unit.standing_basis in unpaid and (unit.dues_missing or 0) > 0


def _used(account: Statement) -> list[str]:
    """Each item that was used in the year, with how much in which form."""
    found = []
    for line in account.lines:
        by_medium: dict[str, int] = {}
        for use in line.uses:
            if use.is_counted and use.on <= account.on:
                by_medium[use.medium] = by_medium.get(use.medium, 0) + use.quantity
        parts = [amount(medium, Extent.QUANTITY, number) for medium, number in by_medium.items()]
        if parts:
            found.append(f"{line.item.label}：{'，'.join(parts)}")
    return found


def _until(account: Statement, item: BenefitItem, right: Right) -> str:
    line = account.line(item)
    if line is None or line.left is None or not line.used:
        return f"{item.label}：{right}"
    return _("%(item)s: %(right)s, %(left)s left") % {
        "item": item.label,
        "right": right,
        "left": line.left,
    }


@transaction.atomic
def write_letters(
    *, units: QuerySet[MemberUnit], last_day: dt.date, on: dt.date, by: User, at: dt.datetime
) -> Written:
    """Tell those of ``units`` that are falling and were not told yet: once a unit and day.

    To its contacts for dues, else to its liaisons. Raises ``ValidationError`` for a day that is
    over, and for more than ``MOST`` units at once.
    """
    if last_day < on:
        raise ValidationError(_("This day is over: nothing can be told in time."))
    chosen = list(to_write_to(units, last_day).order_by("pk")[: MOST + 1])
    if len(chosen) > MOST:
        raise ValidationError(_("At most %(count)s letters at a time.") % {"count": MOST})
    addresses = finance_addresses(unit.pk for unit in chosen)
    cost_of = costs(chosen, last_day)
    reachable = [unit for unit in chosen if addresses.get(unit.pk)]
    for unit in reachable:
        text = letter_text(unit, cost_of[unit.pk], last_day=last_day, on=on)
        drafts = [Draft(address, text.subject, text.body) for address in addresses[unit.pk]]
        _keep(unit, last_day, write_many(drafts, at=at), by=by, at=at)
    return Written(len(reachable), [unit for unit in chosen if not addresses.get(unit.pk)])


def to_write_to(units: QuerySet[MemberUnit], last_day: dt.date) -> QuerySet[MemberUnit]:
    told = CliffLetter.objects.filter(last_day=last_day)
    return falling(units, last_day).exclude(pk__in=told.values("unit"))


def _keep(
    unit: MemberUnit, last_day: dt.date, letters: list[Letter], *, by: User, at: dt.datetime
) -> None:
    row = CliffLetter(unit_id=unit.pk, last_day=last_day, written_at=at, written_by=by)
    row.save(force_insert=True)
    row.letters.set(letters)


def totals(units: QuerySet[MemberUnit]) -> tuple[int, Decimal]:
    """How many are falling, and what is missing of all that do so for want of money."""
    for_money = Q(dues_missing__gt=0) & ~Q(standing_basis=Basis.NOT_A_MEMBER)
    found = units.order_by().aggregate(
        count=Count("pk"),
        missing=Sum("dues_missing", filter=for_money, default=Decimal(0)),
    )
    return found["count"], found["missing"]
