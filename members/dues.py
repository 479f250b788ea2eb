"""会费: confirming what has arrived. A confirmed row is never edited; a refund corrects it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from members.models import DuesPayment


@transaction.atomic
def confirm(*, payment: DuesPayment, at: dt.datetime, by: User) -> DuesPayment:
    """Let the payment (or refund) count from its own date.

    Raises ``ValidationError`` if it is confirmed already, or dated after ``at``.
    """
    payment = DuesPayment.objects.select_for_update().select_related("unit").get(pk=payment.pk)
    if payment.confirmed_at is not None:
        raise ValidationError(_("This payment has been confirmed already."))
    if payment.paid_on > at.date():
        raise ValidationError(_("A payment dated in the future cannot be confirmed."))
    payment.confirmed_at = at
    payment.confirmed_by = by
    payment.full_clean()
    payment.save()
    return payment
