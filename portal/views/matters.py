"""办事: what the unit can ask for or apply to, and how its own matters stand."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Case, Q, When
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.entitlement import Entitlement, entitlements
from benefits.models import BenefitGroup
from members.models import MemberUnit
from portal.acting import for_unit
from portal.views.awards import open_cycles, own_applications
from services.models import ServiceOffering, ServiceRequest
from services.studies import readable

SHOWN = 20
LONG = 8  # more own requests than this get a search field
YOURS_FIRST = Case(
    When(state=ServiceRequest.State.WAITING_FOR_UNIT, then=0),
    When(state__in=ServiceRequest.STAFF_TURN, then=1),
    default=2,
)


@dataclass(frozen=True)
class Offered:
    """A service, whether the unit may ask today, and the request that used it up if any."""

    offering: ServiceOffering
    answer: Entitlement
    used: ServiceRequest | None


@dataclass(frozen=True)
class Section:
    group: BenefitGroup
    lines: list[Offered]


@require_safe
@for_unit
def matters(request):
    unit, today = request.unit, timezone.localdate()
    wanted = request.GET.get("q", "").strip()
    own = ServiceRequest.objects.filter(unit=unit)
    count = own.count()
    context = {
        "requests": listed(own, wanted),
        "wanted": wanted,
        "count": count,
        "is_long": count > LONG,
        "is_cut": not wanted and count > SHOWN,
        "sections": sections(unit, today),
        "studies_count": len(readable(unit)),
        "cycles": open_cycles(unit, today),
        "applications": own_applications(unit),
    }
    return render(request, "portal/matters.html", context)


def listed(own, wanted: str) -> list[ServiceRequest]:
    """What waits for the unit first, then what is under way, then what has ended."""
    if wanted:
        own = own.filter(
            Q(number__icontains=wanted)
            | Q(title__icontains=wanted)
            | Q(offering__name__icontains=wanted)
        )
    ordered = own.select_related("offering", "stage").order_by(YOURS_FIRST, "-filed_on", "-pk")
    return list(ordered[:SHOWN])


def sections(unit: MemberUnit, on) -> list[Section]:
    """The services that take requests, by group of the charter, with the unit's right today."""
    offerings = list(
        ServiceOffering.objects.filter(is_open=True).select_related("benefit_item__group")
    )
    answers = entitlements(unit, on, [offering.benefit_item for offering in offerings])
    used = {
        request.offering_id: request
        for request in ServiceRequest.objects.counted().filter(unit=unit, is_once=True)
    }
    lines = [
        Offered(offering, answer, used.get(offering.pk))
        for offering, answer in zip(offerings, answers, strict=True)
    ]
    return [
        Section(group, list(of_group))
        for group, of_group in groupby(lines, key=lambda line: line.offering.benefit_item.group)
    ]
