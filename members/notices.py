"""缴费通知: asking units for their dues, one unit or all of them at once."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from members import dues_letters
from members.models import DuesNotice, MembershipApplication, MemberUnit, Tier
from members.record import acting
from members.standing import history_since, missing, with_dues

TIME_TO_PAY = dt.timedelta(days=60)
# So many letters are written at a time.
BATCH = 2000


class LeftOut(models.TextChoices):
    """Why a unit gets no notice; the first that applies."""

    HAS_ONE = "has_one", gettext_lazy("has its notice already")
    NOT_A_MEMBER = "not_a_member", gettext_lazy("not a member on the day")
    NO_TIER = "no_tier", gettext_lazy("no tier recorded in the year")
    NO_STANDARD = "no_standard", gettext_lazy("no dues standard for its tier")
    WAIVED = "waived", gettext_lazy("waived in full")
    PAID = "paid", gettext_lazy("paid in full already")


@dataclass(frozen=True)
class Share:
    """So many units of a tier, and what they are asked for together."""

    tier: Tier
    units: int
    amount: Decimal


@dataclass(frozen=True)
class Plan:
    """What raising the notices of a year would do."""

    year: int
    shares: list[Share]
    left_out: list[tuple[LeftOut, int]]

    @property
    def units(self) -> int:
        return sum(share.units for share in self.shares)

    @property
    def amount(self) -> Decimal:
        return sum((share.amount for share in self.shares), Decimal(0))


# --- A year's, all at once ---------------------------------------------------------------------

INSERT = """
    INSERT INTO members_duesnotice (
           unit_id, kind, year, tier_id, amount, due_on, raised_at, raised_by_id, withdrawn_because)
    SELECT unit_id, 'annual', %s, tier_id, amount, %s, %s, %s, ''
      FROM ({asked}) AS asked (unit_id, tier_id, amount)
        ON CONFLICT DO NOTHING
 RETURNING id
"""


def plan(year: int, on: dt.date) -> Plan:
    """Who would be asked for the dues of ``year`` as of ``on``, and who is left out and why."""
    units = judged(MemberUnit.objects.all(), year, on).order_by()
    tiers = Tier.objects.in_bulk()
    asked = units.filter(left_out="").values("notice_tier")
    shares = [
        Share(tiers[row["notice_tier"]], row["units"], row["amount"])
        for row in asked.annotate(units=Count("pk"), amount=Sum("notice_amount"))
    ]
    counted = dict(units.exclude(left_out="").values_list("left_out").annotate(units=Count("pk")))
    return Plan(
        year,
        sorted(shares, key=lambda share: share.tier.rank),
        [(reason, counted[reason]) for reason in LeftOut if reason in counted],
    )


def judged(units: QuerySet[MemberUnit], year: int, on: dt.date) -> QuerySet[MemberUnit]:
    """Every unit with ``left_out`` (a `LeftOut`, empty for none), ``notice_tier`` and
    ``notice_amount``: what is due for the year as of ``on``, whatever was paid of it."""
    member = MembershipApplication.objects.in_force(on).filter(unit=OuterRef("pk"))
    has_one = DuesNotice.objects.standing().filter(
        unit=OuterRef("pk"), year=year, kind=DuesNotice.Kind.ANNUAL
    )
    units = with_dues(units, year, on).alias(
        dues_asked=F("dues_due") + Coalesce(F("dues_added"), Value(Decimal(0))),
        dues_missing=missing(),
    )
    reason = Case(
        When(Exists(has_one), then=Value(LeftOut.HAS_ONE)),
        When(~Exists(member), then=Value(LeftOut.NOT_A_MEMBER)),
        When(dues_has_tier__isnull=True, then=Value(LeftOut.NO_TIER)),
        When(dues_due__isnull=True, then=Value(LeftOut.NO_STANDARD)),
        When(dues_asked__lte=0, then=Value(LeftOut.WAIVED)),
        When(dues_missing__lte=0, then=Value(LeftOut.PAID)),
        default=Value(""),
        output_field=models.CharField(),
    )
    return units.annotate(
        left_out=reason, notice_tier=F("dues_by_tier"), notice_amount=F("dues_asked")
    )


@transaction.atomic
def raise_notices(
    *, year: int, on: dt.date, due_on: dt.date, by: User, at: dt.datetime, why: str
) -> int:
    """Ask every unit that `plan` names, by a notice and letters; returns how many were asked.

    A second call raises nothing twice, also while the first is under way.
    """
    asked = judged(MemberUnit.objects.order_by("pk"), year, on).filter(left_out="")
    sql, parameters = asked.values_list(
        "pk", "notice_tier", "notice_amount"
    ).query.sql_with_params()
    with acting(by=by, why=why), connection.cursor() as cursor:
        cursor.execute(INSERT.format(asked=sql), [year, due_on, at, by.pk, *parameters])
        raised = [pk for (pk,) in cursor.fetchall()]
    for start in range(0, len(raised), BATCH):
        some = DuesNotice.objects.filter(pk__in=raised[start : start + BATCH])
        announce(some.select_related("unit").order_by("pk"), at=at)
    return len(raised)


def announce(notices: Iterable[DuesNotice], *, at: dt.datetime) -> int:
    """Write the notices' letters; returns how many. A door wakes the worker after the commit."""
    notices = list(notices)
    asking = dues_letters.notices_asking(notices)
    return dues_letters.send(asking, dues_letters.addresses_of(notices), at=at)


# --- One ---------------------------------------------------------------------------------------


@transaction.atomic
def raise_notice(
    *,
    unit: MemberUnit,
    year: int,
    on: dt.date,
    due_on: dt.date,
    by: User,
    at: dt.datetime,
    why: str,
) -> DuesNotice:
    """Ask one unit for the dues of ``year``, as they are due on the day ``on``.

    Raises ``ValidationError`` where no standard is recorded for its tier, where nothing is due,
    or where the unit has its notice of the year already.
    """
    history = history_since(unit, dt.date(year, 1, 1))
    amount, tier = history.amount_due(year, on), history.dues_tier(year)
    if amount is None:
        raise ValidationError(
            _("No dues standard of %(year)s is recorded for the tier of %(unit)s.")
            % {"year": year, "unit": unit}
        )
    notice = DuesNotice(
        unit=unit,
        year=year,
        tier=tier,
        amount=amount,
        due_on=due_on,
        raised_at=at,
        raised_by=by,
    )
    notice.full_clean()
    with acting(by=by, why=why):
        notice.save()
    return notice


@transaction.atomic
def withdraw(*, notice: DuesNotice, because: str, by: User, at: dt.datetime) -> DuesNotice:
    """Take back a notice that was wrong; another can then be raised.

    Raises ``ValidationError`` without a reason, or if it was withdrawn before.
    """
    notice = DuesNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if notice.withdrawn_at is not None:
        raise ValidationError(_("This notice has been withdrawn already."))
    if not because.strip():
        raise ValidationError(_("Say why."))
    notice.withdrawn_at, notice.withdrawn_by = at, by
    notice.withdrawn_because = because.strip()
    with acting(by=by, why=notice.withdrawn_because):
        notice.save()
    return notice
