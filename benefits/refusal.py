"""A no that a unit meets when it wants to use something: the answer of the rule, as an error."""

from django.core.exceptions import ValidationError

from benefits.entitlement import Entitlement, entitlement
from benefits.models import BenefitItem
from members.models import MemberUnit

NOT_ENTITLED = "not_entitled"


class NotEntitled(ValidationError):
    """The unit may not use the item on the day; ``answer`` says why and what would change it."""

    def __init__(self, answer: Entitlement):
        super().__init__(list(answer.because + answer.would_change), code=NOT_ENTITLED)
        self.answer = answer


def entitled(unit: MemberUnit, item: BenefitItem, on) -> Entitlement:
    """The unit's right to the item on the day. Raises `NotEntitled`."""
    answer = entitlement(unit, item, on)
    if not answer.entitled:
        raise NotEntitled(answer)
    return answer
