"""权益 for a set of units: the rule of `benefits.entitlement` as one query.

Each part of the evidence is computed once for all units and joined: who stands how, what the
charter gives each tier, what it gives the units of a committee, what was granted exceptionally.
"""

import datetime as dt

from django.contrib.postgres.aggregates import BoolOr
from django.db import models
from django.db.models import Case, Expression, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Greatest

from benefits.basis import GOOD, NOT_STATED, UNLIMITED, Basis, StandingBasis
from benefits.models import Allowance, BenefitItem, ExceptionalGrant, Extent
from members.derived import join_rows
from members.models import MemberUnit
from members.standing import with_standing

NOTHING = -1  # below every weight
PROMISE = ("extent", "quantity", "medium", "weight")


def judged(units: QuerySet[MemberUnit], item: BenefitItem, on: dt.date) -> QuerySet[MemberUnit]:
    """Every unit with the answer for ``item`` on the day ``on``, in one query.

    Annotates ``is_entitled``, ``allowed_quantity``, ``allowed_extent`` and ``allowed_medium``
    (NULL where not entitled), ``basis`` (a `Basis`), and what `with_standing` annotates:
    ``tier_held`` (a tier's id or NULL) and ``standing_basis``.
    """
    units = with_standing(units, on)
    tiers = promised_to_tiers(item, on)
    units = join_rows(units, tiers, name="tier", key="tier_id", on="tier_held")
    units = join_rows(units, promised_to_seats(item, on), name="seat", key="seated", on="pk")
    units = join_rows(units, granted(item, on), name="grant", key="unit_id", on="pk")
    return units.alias(**conditions()).annotate(**verdict())


def entitled_units(item: BenefitItem, on: dt.date) -> QuerySet[MemberUnit]:
    """The units entitled to ``item`` on the day ``on``, annotated as by `judged`."""
    return judged(MemberUnit.objects.all(), item, on).filter(is_entitled=True)


# --- The evidence, one row a tier or a unit -----------------------------------------------------

WEIGHT = Case(
    When(extent=Extent.UNLIMITED, then=Value(UNLIMITED)),
    When(extent=Extent.NOT_STATED, then=Value(NOT_STATED)),
    default=F("quantity"),
    output_field=models.IntegerField(),
)
EVERYONE_FIRST = Case(When(audience=Allowance.Audience.EVERYONE, then=0), default=1)


def promises(item: BenefitItem, on: dt.date) -> QuerySet[Allowance]:
    """What the charter promises of the item on the day; zero is no promise."""
    rows = Allowance.objects.promised(on).filter(item=item)
    return rows.filter(~Q(extent=Extent.QUANTITY, quantity=0)).annotate(weight=WEIGHT)


def promised_to_tiers(item: BenefitItem, on: dt.date) -> QuerySet:
    """The largest promise to each tier."""
    rows = promises(item, on).filter(tier__isnull=False)
    ordered = rows.order_by("tier_id", "-weight", EVERYONE_FIRST, "part", "pk")
    return ordered.distinct("tier_id").values("tier_id", *PROMISE)


def promised_to_seats(item: BenefitItem, on: dt.date) -> QuerySet:
    """The largest promise to each unit through the committees it sits on."""
    seated = Q(committee__seats__ends_on__isnull=True) | Q(committee__seats__ends_on__gte=on)
    rows = promises(item, on).filter(seated, committee__seats__starts_on__lte=on)
    ordered = rows.annotate(seated=F("committee__seats__unit_id")).order_by(
        "seated", "-weight", EVERYONE_FIRST, "part", "pk"
    )
    return ordered.distinct("seated").values("seated", *PROMISE)


def granted(item: BenefitItem, on: dt.date) -> QuerySet:
    """Each unit's grants for the item or for all; at most one of them gives a number of its own."""
    as_charter = Q(gives=ExceptionalGrant.Gives.AS_CHARTER)
    weight = Case(
        When(gives=ExceptionalGrant.Gives.UNLIMITED, then=Value(UNLIMITED)),
        default=F("quantity"),
        output_field=models.IntegerField(),
    )
    rows = ExceptionalGrant.objects.on(on).filter(Q(item=item) | Q(item__isnull=True))
    own = ~as_charter
    return (
        rows.order_by()
        .values("unit_id")
        .alias(own_weight=weight)
        .annotate(
            lifts=BoolOr(as_charter),
            extent=Max("gives", filter=own),
            weight=Max("own_weight", filter=own),
            medium=Max("medium", filter=own),
        )
        .annotate(quantity=Max("quantity", filter=own))  # last: it hides the field
    )


# --- The rule, as `benefits.entitlement.Question` says it for one unit ---------------------------


def conditions() -> dict[str, Expression]:
    """What the verdict is made of: the weights of what the charter and a grant give the unit."""
    by_charter = Greatest("tier_weight", "seat_weight")
    may_enjoy = Q(standing_basis__in=GOOD) | Q(grant_lifts=True)
    return {
        "promised_weight": Coalesce(by_charter, NOTHING),
        "charter_weight": Case(
            When(may_enjoy, then=Coalesce(by_charter, NOTHING)), default=NOTHING
        ),
        "giving_weight": Coalesce("grant_weight", NOTHING),
    }


NOT_A_MEMBER = Q(standing_basis=StandingBasis.NOT_A_MEMBER)
BY_GRANT = Q(giving_weight__gt=F("charter_weight"))
BY_CHARTER = Q(charter_weight__gt=NOTHING)
BY_SEAT = Q(seat_weight__gt=Coalesce("tier_weight", NOTHING))


def verdict() -> dict[str, Expression]:
    """The answer's columns."""
    return {
        "is_entitled": Case(
            When(~NOT_A_MEMBER & (BY_GRANT | BY_CHARTER), then=True), default=False
        ),
        "allowed_extent": enjoyed("extent"),
        "allowed_quantity": enjoyed("quantity"),
        "allowed_medium": enjoyed("medium"),
        "basis": Case(
            When(NOT_A_MEMBER, then=Value(Basis.NOT_A_MEMBER)),
            When(BY_GRANT, then=Value(Basis.EXCEPTIONAL_GRANT)),
            When(BY_CHARTER & Q(standing_basis__in=GOOD), then=Value(Basis.CHARTER)),
            When(BY_CHARTER, then=Value(Basis.EXCEPTIONAL_GRANT)),
            When(
                Q(promised_weight__gt=NOTHING) | Q(standing_basis=StandingBasis.NO_TIER),
                then=F("standing_basis"),
            ),
            default=Value(Basis.NOT_PROMISED),
            output_field=models.CharField(),
        ),
    }


def enjoyed(column: str) -> Case:
    """One column of the promise on which a yes rests; NULL where the answer is no."""
    return Case(
        When(NOT_A_MEMBER, then=None),
        When(BY_GRANT, then=F(f"grant_{column}")),
        When(~BY_CHARTER, then=None),
        When(BY_SEAT, then=F(f"seat_{column}")),
        default=F(f"tier_{column}"),
    )
