"""On what an answer about a right rests."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from benefits.models import Extent
from members.standing import GOOD
from members.standing import Basis as StandingBasis


class Basis(models.TextChoices):
    """Stored on the rows that an answer decides. Refusals of standing keep their codes."""

    CHARTER = "charter", _("the charter")
    EXCEPTIONAL_GRANT = "exceptional_grant", _("exceptional grant")
    NOT_PROMISED = "not_promised", _("not promised to the unit")
    NOT_A_MEMBER = StandingBasis.NOT_A_MEMBER.value, StandingBasis.NOT_A_MEMBER.label
    NO_TIER = StandingBasis.NO_TIER.value, StandingBasis.NO_TIER.label
    NO_STANDARD = StandingBasis.NO_STANDARD.value, StandingBasis.NO_STANDARD.label
    THIS_YEAR_UNPAID = StandingBasis.THIS_YEAR_UNPAID.value, StandingBasis.THIS_YEAR_UNPAID.label
    LAST_YEAR_UNPAID = StandingBasis.LAST_YEAR_UNPAID.value, StandingBasis.LAST_YEAR_UNPAID.label


# Of several promises the largest counts: unlimited, then numbers, then what is not stated.
UNLIMITED, NOT_STATED = 1_000_000_000, 0


def weight(extent: str, quantity: int | None) -> int:
    """How a promise compares with others. A number of zero promises nothing: ask before."""
    if extent == Extent.QUANTITY:
        return quantity
    return UNLIMITED if extent == Extent.UNLIMITED else NOT_STATED


__all__ = ["GOOD", "NOT_STATED", "UNLIMITED", "Basis", "StandingBasis", "weight"]
