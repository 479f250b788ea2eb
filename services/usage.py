"""What a unit has used of the services: its requests, and the studies handed to it."""

import datetime as dt

from benefits.models import Medium
from benefits.usage import Use
from members.models import MemberUnit
from services.models import ServiceRequest, StudyCopy


def uses(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Use]:
    """Uses with a service date from ``first`` to ``last``, newest first; in two queries.

    A study that answers the unit's own request is told, not counted: the request counts.
    """
    found = [*by_request(unit, first, last), *by_study(unit, first, last)]
    return sorted(found, key=lambda use: use.on, reverse=True)


def by_request(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Use]:
    requests = ServiceRequest.objects.counted().filter(unit=unit, filed_on__range=(first, last))
    return [
        Use(
            item_id=request.offering.benefit_item_id,
            on=request.filed_on,
            quantity=1,
            medium=Medium.RIGHT,
            what=f"{request.title} · {request.number} · {request.get_state_display()}",
            source=request,
        )
        for request in requests.select_related("offering").order_by("-filed_on", "-pk")
    ]


def by_study(unit: MemberUnit, first: dt.date, last: dt.date) -> list[Use]:
    """One use a study, whichever parts of it the unit got."""
    copies = StudyCopy.objects.handed().filter(
        unit=unit,
        study__published_at__isnull=False,
        study__issued_on__range=(first, last),
    )
    copies = copies.select_related("study__offering", "study__request")
    by_study = {copy.study_id: copy for copy in copies.order_by("part")}
    return [
        Use(
            item_id=copy.study.offering.benefit_item_id,
            on=copy.study.issued_on,
            quantity=1,
            medium=Medium.RIGHT,
            what=f"{copy.study.title} · {copy.get_part_display()}",
            source=copy.study,
            is_counted=not answers_own_request(copy),
        )
        for copy in by_study.values()
    ]


def answers_own_request(copy: StudyCopy) -> bool:
    request = copy.study.request
    return request is not None and request.unit_id == copy.unit_id
