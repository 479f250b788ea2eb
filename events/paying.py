"""Staff record that a seat was paid for."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from events.models import Attendee
from events.registration import locked


@transaction.atomic
def mark_paid(*, attendee: Attendee, on: dt.date | None) -> Attendee:
    """The seat was paid for on the day; ``None`` takes that back.

    Raises ``ValidationError`` where there is nothing to pay.
    """
    locked(attendee.registration.event_id)  # a seat that becomes free meanwhile is not paid for
    attendee = Attendee.objects.get(pk=attendee.pk)
    if not attendee.is_live or not attendee.price:
        raise ValidationError(
            _("There is nothing to pay for %(name)s.") % {"name": attendee.name}, code="nothing"
        )
    attendee.paid_on = on
    attendee.save(update_fields=["paid_on"])
    return attendee
