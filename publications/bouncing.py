"""Addresses that the bulletin does not reach, passed on to the register of contacts."""

import datetime as dt

from django.db.models import F, OuterRef, Subquery

from members.addresses import MONTH, Failure, mark
from publications.models import Delivery


def mark_bad_addresses(at: dt.datetime) -> int:
    """Mark the addresses whose newest delivery of the last month was refused for good."""
    over = Delivery.objects.filter(
        unit=OuterRef("unit"), address=OuterRef("address"), state__in=Delivery.SENT + Delivery.LOST
    )
    newest = over.order_by("-pk").values("pk")[:1]
    failed = Delivery.objects.filter(
        state__in=Delivery.LOST,
        distribution__planned_at__gt=at - MONTH,
        contact__email=F("address"),
        due_at__isnull=False,
    )
    found = failed.filter(pk=Subquery(newest)).values_list("address", "due_at", "reply")
    return mark(Failure(*row) for row in found)
