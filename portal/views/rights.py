"""权益: what the charter promises the unit on a day, and why."""

from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from benefits.entitlement import Basis, entitlement, entitlements
from benefits.models import BenefitItem
from events.models import Event
from members.standing import standing
from portal.acting import for_unit
from portal.figures import figure
from portal.forms import DayForm
from portal.statement import sections
from publications.models import Issue


@require_safe
@for_unit
def home(request):
    today = timezone.localdate()
    form = DayForm(request.GET)
    on = form.day(today)
    answers = entitlements(request.unit, on)
    context = {
        "form": form,
        "on": on,
        "is_today": on == today,
        "standing": answers[0].standing if answers else standing(request.unit, on),
        "sections": sections(answers),
        "total": len(answers),
        "promised": sum(answer.entitled for answer in answers),
        "granted": sum(answer.basis == Basis.EXCEPTIONAL_GRANT for answer in answers),
        "latest_issue": latest_bulletin(),
        "next_event": next_event(today),
    }
    return render(request, "portal/home.html", context)


def latest_bulletin() -> Issue | None:
    issues = Issue.objects.released().filter(publication__is_mailed=True)
    return issues.select_related("publication").first()


def next_event(today) -> Event | None:
    return Event.objects.announced().not_over(today).order_by("starts_on", "pk").first()


@require_safe
@for_unit
def rights_item(request, code: str):
    """One benefit item on a day, with everything the answer rests on."""
    item = get_object_or_404(
        BenefitItem.objects.select_related("group", "publication", "event_series"), code=code
    )
    today = timezone.localdate()
    form = DayForm(request.GET)
    on = form.day(today)
    answer = entitlement(request.unit, item, on)
    context = {
        "item": item,
        "answer": answer,
        "figure": figure(answer),
        "form": form,
        "on": on,
        "is_today": on == today,
    }
    return render(request, "portal/rights_item.html", context)
